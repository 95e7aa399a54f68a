"""`--json`: one shape for every command that reads."""

import json
from pathlib import Path

import pytest

from device_models.library import DEVICES
from dse import claims, json_page
from dse.study_file import load, shipped

DOC = Path(__file__).parents[2] / "docs/command.md"


def read(answer, command):
    """The body, once its frame is as documented."""
    assert answer.err == []
    assert answer.code == 0
    assert answer.out.count("\n") == 1 or command == "verify"  # a line is an object
    found = json.loads(answer.out, parse_constant=pytest.fail)  # NaN is no JSON
    assert list(found)[:2] == ["schema_version", "command"]
    assert found.pop("schema_version") == 1
    assert found.pop("command") == command
    return found


def test_figures_that_are_not_finite_are_null():
    # LAW: JSON knows neither NaN nor infinity
    text = json_page.to_text("x", {"a": [float("nan"), (1.0, float("inf"))], "b": {"c": 2}})
    assert json.loads(text) == {
        "schema_version": 1, "command": "x", "a": [None, [1.0, None]], "b": {"c": 2},
    }  # fmt: skip


def test_lists_of_what_ships(dse):
    studies = read(dse("studies", "--json"), "studies")["studies"]
    assert [each["name"] for each in studies] == list(shipped())
    assert all(each["trials"] == load(each["name"]).trials for each in studies)
    devices = read(dse("device", "--json"), "device")["devices"]
    assert [each["name"] for each in devices] == list(DEVICES)
    listed = read(dse("claim", "--json"), "claim")["claims"]
    assert [each["name"] for each in listed] == list(claims.shipped())
    assert all(each["words"] and each["source"] for each in listed)


def test_a_front_and_what_is_exported_of_it(dse, stored, here):
    record, storage = stored
    found = read(dse("front", "fake", "--storage", storage, "--json"), "front")
    assert found["trials"] == len(record.finished)
    found = read(
        dse("export", "fake", "--storage", storage, "--json", "--no-tolerance", "-o", "a.json"),
        "export",
    )
    assert found["files"] == ["a.json"]
    assert found["spec"] == json.loads((here / "a.json").read_text())


def test_a_claim_with_its_curve_and_verdict(dse, tmp_path):
    from tests.dse.test_claim import SMALL

    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    found = read(dse("claim", path, "-o", tmp_path, "--json"), "claim")
    assert found["verdict"] == "reproduced"
    assert found["x"]["values"] == [1e-9, 1e-7]
    assert all(len(line["values"]) == 2 for line in found["lines"])
    assert [Path(name).name for name in found["files"]] == ["small.csv", "small.png"]
