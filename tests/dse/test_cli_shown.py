"""What the command shows and exports: tables for people, JSON and CSV for scripts."""

import csv
import io
import json
import re

import numpy as np
import pytest

from device_models.library import DEVICES
from dse import front
from dse.export import FORMATS
from dse.spec import read_spec
from dse.study import make_design
from dse.study_file import load, shipped
from tests.dse.command import TINY, listed, refused


def test_studies_lists_every_shipped_study_with_its_question(dse):
    answer = dse("studies")
    assert answer.code == 0
    for name in shipped():
        assert name in answer.out
        assert load(name).question in answer.out


def test_the_front_as_json_holds_every_member_in_si(dse, stored):
    record, storage = stored
    answer = dse("front", "fake", "--storage", storage, "--json")
    assert (answer.code, answer.err) == (0, [])
    found = json.loads(answer.out)
    members = front.front_rows(front.table(record), record.study)
    assert found["study"] == "fake"
    assert found["trials"] == len(record.finished)
    assert found["configuration_sha256"] == record.hash
    assert found["objectives"]["learning_energy_j"] == {"unit": "J", "direction": "minimize"}
    assert [row["trial"] for row in found["front"]] == members["trial"].tolist()
    assert sum(row["role"] == "knee" for row in found["front"]) == 1
    trials = {trial.number: trial for trial in record.finished}
    for row in found["front"]:
        trial = trials[row["trial"]]
        assert row.items() >= trial.params.items() | trial.values.items()
        assert row["constraint.drive_current"] == trial.constraints["drive_current"]


def test_the_front_as_csv_holds_the_same_numbers(dse, stored):
    record, storage = stored
    answer = dse("front", "fake", "--storage", storage, "--csv")
    assert (answer.code, answer.err) == (0, [])
    rows = list(csv.DictReader(io.StringIO(answer.out)))
    trials = {trial.number: trial for trial in record.finished}
    assert len(rows) == len(front.front_rows(front.table(record), record.study))
    for row in rows:
        trial = trials[int(row["trial"])]
        for name, value in (trial.params | trial.values).items():
            assert float(row[name]) == value


def test_the_front_as_a_table_marks_the_knee(dse, stored):
    record, storage = stored
    answer = dse("front", "fake", "--storage", storage, "--all")
    knee = front.pick(record, "knee").number
    assert re.search(rf"^ *\*{knee} ", answer.out, re.MULTILINE)
    assert "[%]" in answer.out
    assert "energy an" in answer.out


def test_a_study_file_names_its_stored_study(dse, tiny, stored):
    _, storage = stored
    tiny.write_text(TINY.replace('"tiny"', '"fake"', 1))
    by_name = dse("front", "fake", "--storage", storage, "--json")
    assert dse("front", tiny, "--storage", storage, "--json") == by_name


def test_the_storage_of_the_environment_is_used(dse, stored, monkeypatch):
    monkeypatch.setenv("DSE_STORAGE", str(stored[1]))
    assert dse("front", "fake", "--csv").code == 0


def test_a_device_as_json_holds_parameters_and_curves(dse):
    answer = dse("device", "ut-austin-50nm", "--json")
    assert (answer.code, answer.err) == (0, [])
    found = json.loads(answer.out, parse_constant=pytest.fail)  # NaN is no JSON
    assert found["parameters"]["diameter_m"] == 5e-8
    assert found["derived"]["r_p_ohm"]["unit"] == "ohm"
    curves = np.array(list(found["switching_probability"].values()))
    # LAW: a probability, rising with the voltage
    assert curves.shape == (2, len(found["duration_s"]), len(found["amplitude_v"]))
    assert curves.min() >= 0
    assert curves.max() <= 1
    assert np.all(np.diff(curves, axis=2) >= -1e-9)


def test_the_curves_of_a_device_are_drawn_where_asked(dse, here):
    answer = dse("device", "ut-austin-50nm", "-o", "curves.png")
    assert answer.code == 0
    assert listed(here) == ["curves.png"]
    assert (here / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert "curves.png" in answer.out
    assert "5 kΩ" in answer.out


def test_devices_are_listed_and_an_unknown_one_is_refused_with_the_nearest(dse, here):
    answer = dse("device")
    for name in DEVICES:
        assert name in answer.out
    line = (
        "device 'referense-40nm' is unknown; did you mean 'reference-40nm'?; the library has "
        f"{', '.join(DEVICES)}; or give the path of a .toml file"
    )
    refused(dse("device", "referense-40nm"), line, here)


def test_export_writes_every_format_and_names_the_files(dse, here, stored):
    record, storage = stored
    answer = dse("export", "fake", "--storage", storage, "--no-tolerance")
    paths = [f"runs/fake/spec-knee{ending}" for ending in FORMATS]
    assert (answer.code, answer.err) == (0, [])
    assert answer.out.splitlines()[-len(paths) :] == paths
    assert sorted(name for name in listed(here) if "spec" in name) == sorted(paths)
    knee = front.pick(record, "knee")
    assert read_spec(here / paths[0]) == make_design(record.study, knee.params)
    assert f"trial {knee.number}" in (here / paths[1]).read_text().splitlines()[0]


def test_export_writes_the_trial_and_the_file_it_was_asked_for(dse, here, stored):
    record, storage = stored
    for pick in ("3", "trial 3"):
        answer = dse(
            "export", "fake", "--storage", storage, "--pick", pick, "--no-tolerance", "-o",
            "a.json",
        )  # fmt: skip
        assert answer.code == 0
        assert listed(here) == ["a.json"]
        trial = next(t for t in record.finished if t.number == 3)
        assert read_spec(here / "a.json") == make_design(record.study, trial.params)


def test_the_map_of_a_device_as_csv_holds_both_polarities(dse):
    answer = dse("device", "ut-austin-50nm", "--csv")
    rows = list(csv.DictReader(io.StringIO(answer.out)))
    assert (answer.code, answer.err) == (0, [])
    assert {row["polarity"] for row in rows} == {"AP→P", "P→AP"}
    assert set(rows[0]) >= {"duration_s", "amplitude_v", "probability", "energy_j", "overdrive"}


def test_parameters_and_pulse_of_a_device_can_be_given(dse, here):
    changed = dse(
        "device", "ut-austin-50nm", "-S", "barrier=60", "-S", "diameter_m=40 nm", "--polarity",
        "P-AP", "--amplitude", "0.9 V", "--duration", "5 ns", "--temperature", "300 K", "--json",
        "-o", "page.html",
    )  # fmt: skip
    found = json.loads(changed.out)
    assert found["parameters"]["barrier"] == 60
    assert found["parameters"]["diameter_m"] == 4e-8
    point = found["operating_point"]
    assert point["polarity"] == "P→AP"
    assert point["pulse"] == {"amplitude_v": 0.9, "duration_s": 5e-9}
    assert listed(here) == ["page.html"]
    page = (here / "page.html").read_text(encoding="utf-8")
    assert "cdn.plot.ly" not in page.split("plotly.js v")[0]
    assert "intermediate" in page


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("-S", "barier=60"), "-S barier=60: not KEY=VALUE of a device; did you mean 'barrier'?"),
        (("-S", "tmr=-1"), "-S tmr = -1 is outside 0.05 … 6 "),
        (("-S", "ra_ohm_m2=nan"), "-S ra_ohm_m2 = nan ohm m^2 is outside 5e-13 … 1e-10 ohm m^2"),
        (("--temperature", "0 K"), "--temperature = 0 K (0 K) is outside 250 … 400 K"),
        (("--amplitude", "0.7 V"), "--amplitude and --duration belong together"),
        (("--amplitude", "0.7 V", "--duration", "7 mV"), '--duration: "7 mV" is not a quantity'),
        (("--polarity", "up"), "--polarity up: use AP-P or P-AP"),
        (("-o", "x.pdf"), "-o x.pdf: unknown kind of file; use a name ending in .png or .html"),
    ],
)
def test_physical_nonsense_about_a_device_is_refused(dse, here, options, line):
    answer = dse("device", "ut-austin-50nm", *options, "-o", "curves.png")
    assert len(answer.err) == 1
    assert answer.err[0].startswith(f"dse: {line}")
    assert (answer.code, answer.out, listed(here)) == (2, "", [])
