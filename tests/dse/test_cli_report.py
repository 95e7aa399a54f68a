"""`dse report`: where the page goes, what it costs, how the command ends."""

import json
import re
from pathlib import Path

import pytest

from dse import front, sensitivity_table, workers
from tests.dse import fakes
from tests.dse.command import TINY, listed
from tests.dse.pages import EVIL, Read

INFEASIBLE = TINY.replace('low = "0.5 V", high = "0.65 V"', 'low = "0.95 V", high = "1 V"')


@pytest.fixture
def asked_for(dse, stored):
    """`dse report` on the stored study."""
    record, storage = stored
    return record, storage, lambda *more: dse("report", "fake", "--storage", storage, *more)


def test_the_command_names_the_file_and_leaves_the_storage_as_it_is(asked_for, here):
    _, storage, call = asked_for
    before = storage.read_bytes()
    answer = call()
    assert (answer.code, answer.out) == (0, "runs/fake/report.html\n")
    assert answer.err == ["writing the report"]
    assert listed(here) == ["runs", "runs/fake", "runs/fake/report.html"]
    assert storage.read_bytes() == before
    text = (here / "runs/fake/report.html").read_text(encoding="utf-8")
    assert f"dse run fake.toml -n 16 --storage {storage}" in text


def test_another_design_can_be_recommended(asked_for, here):
    record, _, call = asked_for
    number = next(t.number for t in record.complete if front.role_of(record, t) == "pareto")
    answer = call("--pick", f"trial {number}", "-o", "new/r.html", "--json")
    assert answer.code == 0
    found = json.loads(answer.out)
    assert [each["trial"] for each in found["designs"]] == [
        number,
        front.pick(record, "knee").number,
    ]
    assert found["files"] == ["new/r.html"]
    assert found["trials"]["feasible"] == sum(t.feasible for t in record.finished)
    assert found["hypervolume"] == front.hypervolume_curve(record)[-1][1]
    trial = next(t for t in record.finished if t.number == number)
    assert found["designs"][0]["values"]["accuracy"] == trial.values["accuracy"]
    assert f"Pareto front, trial {number}" in Read((here / "new/r.html").read_text()).text


def test_sensitivity_is_evaluated_if_asked_for(asked_for, here, monkeypatch):
    record, _, call = asked_for
    monkeypatch.setattr(workers, "with_seeds", lambda *_: fakes.evaluate)
    answer = call("--sensitivity", "-o", "r.html")
    assert (answer.code, answer.out) == (0, "r.html\n")
    shown = Read((here / "r.html").read_text(encoding="utf-8"))
    rows = shown.table("parameter", "from", "to")
    assert {row[0] for row in rows} == set(record.study.space)
    assert any(re.match(r"[+-]", row[3]) for row in rows)


def test_a_move_that_cannot_be_evaluated_is_4_and_says_why_on_the_page(
    asked_for, here, monkeypatch
):
    from dse.sensitivity import measure
    from tests.dse.conftest import submit_here

    def run(record, trial, *_):
        def evaluate(flat, _=None):
            if flat["neuron.count"] != trial.params["neuron.count"]:
                raise ValueError(EVIL)
            return fakes.evaluate(flat)

        return measure(
            record.study, (trial.number, trial.params), (7,), submit_here(evaluate, judged=True)
        )

    _, _, call = asked_for
    monkeypatch.setattr(sensitivity_table, "run", run)
    answer = call("--sensitivity", "-o", "r.html")
    assert (answer.code, answer.out) == (4, "r.html\n")
    shown = Read((here / "r.html").read_text(encoding="utf-8"))
    reasons = {row[0]: row[-1] for row in shown.table("parameter", "from", "to")}
    assert reasons["neuron.count"] == EVIL
    assert reasons["potentiation.amplitude_v"] == ""


def test_a_study_without_a_feasible_design_is_3_and_nothing_is_written(
    dse, tiny, here, monkeypatch
):
    tiny.write_text(INFEASIBLE)
    monkeypatch.setattr(workers, "evaluator", lambda _: fakes.evaluate)
    dse("run", tiny, "-n", 3, "--tracking", "none", "--figures", "none")
    before = listed(here)
    for more in ((), ("--pick", 0)):
        answer = dse("report", tiny, "-o", "new/report.html", *more)
        assert (answer.code, answer.out) == (3, "")
        assert len(answer.err) == 1
        assert "has no feasible trial" in answer.err[0]
    assert listed(here) == before


def test_what_cannot_be_written_is_told_in_one_line_before_anything_is_evaluated(
    asked_for, here, monkeypatch
):
    monkeypatch.setattr(sensitivity_table, "run", lambda *_: pytest.fail("evaluated"))
    (here / "taken").write_text("")
    (here / "folder.html").mkdir()
    _, _, call = asked_for
    for path, line in {
        "r.pdf": "-o r.pdf: unknown kind of file; use a name ending in .html",
        "taken/r.html": "-o: taken is a file, but a folder is needed; give another path",
        "folder.html": "-o folder.html is a folder; name a file in it",
    }.items():
        answer = call("-o", path, "--sensitivity")
        assert (answer.code, answer.out, answer.err) == (2, "", [f"dse: {line}"])


def test_a_full_disk_is_one_line_and_leaves_no_half_page(asked_for, here, monkeypatch):
    _, _, call = asked_for

    def full(path, *_, **__):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_text", full)
    answer = call("-o", "r.html")
    assert (answer.code, answer.out) == (1, "")
    assert len(answer.err) == 2
    assert "No space left on device" in answer.err[1]
    assert listed(here) == []
