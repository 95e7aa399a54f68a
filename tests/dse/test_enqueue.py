"""`--enqueue`: known designs first, once, and only if they lie in the space."""

import csv
import json
from dataclasses import replace

import pytest

from dse import enqueue, front, search, workers
from dse import spec as spec_files
from dse.errors import InputError
from dse.front_files import write_front
from dse.storage import storage_url
from dse.study import Interval
from tests.dse import fakes
from tests.dse.command import TINY
from tests.dse.conftest import submit_here

AMPLITUDE, DURATION, COUNT = "potentiation.amplitude_v", "potentiation.duration_s", "neuron.count"


def test_values_are_read_with_units_and_land_on_the_axis(study):
    found = enqueue.points(study, [f"{AMPLITUDE}=600 mV,{COUNT}=200", f"{DURATION}=2e-8"])
    assert found == [{AMPLITUDE: 0.6, COUNT: 200}, {DURATION: 2e-8}]
    assert isinstance(found[0][COUNT], int)
    grid = replace(study, space={AMPLITUDE: Interval(low=0.4, high=1.0, step=0.1)})
    assert enqueue.points(grid, [f"{AMPLITUDE}=0.7"]) == [{AMPLITUDE: pytest.approx(0.7)}]
    with pytest.raises(InputError, match="is not in the space"):
        enqueue.points(grid, [f"{AMPLITUDE}=0.75"])


def test_the_front_of_another_study_is_taken_without_what_it_dominates(study, finished, tmp_path):
    write_front(finished, tmp_path)
    members = [t for t, r in zip(finished.finished, front.roles(finished), strict=True)
               if r in front.ON_FRONT]  # fmt: skip
    given = [dict(t.params) for t in members]
    found = enqueue.points(study, [str(tmp_path / "front.csv")])
    assert found == [{name: p[name] for name in study.space} for p in given]  # LAW: bit for bit
    narrow = replace(study, space={COUNT: study.space[COUNT]})
    counts = {p[COUNT] for p in given}
    few = enqueue.points(narrow, [str(tmp_path / "front.csv")])
    assert {p[COUNT] for p in few} == counts
    assert len(few) == len(counts)  # only the columns of the space, each point once


def test_a_spec_a_list_and_a_printed_front_are_read(study, finished, tmp_path):
    trial = front.pick(finished, "knee")
    spec = spec_files.make_spec(finished, trial, "knee", "knee")
    file = tmp_path / "spec.json"
    file.write_text(spec_files.to_json(spec))
    knee = {name: trial.params[name] for name in study.space}
    assert enqueue.points(study, [str(file)]) == [knee]
    file.write_text(json.dumps([{COUNT: 100}, {COUNT: 200, AMPLITUDE: "0.5 V"}]))
    assert enqueue.points(study, [str(file)]) == [{COUNT: 100}, {AMPLITUDE: 0.5, COUNT: 200}]
    rows = [{**trial.params, "trial": 3, "role": "knee", "accuracy": None}]
    file.write_text(json.dumps({"schema_version": 1, "front": rows}))
    assert enqueue.points(study, [str(file)]) == [knee]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{AMPLITUDE}=1.2", r"amplitude_v = 1.2 V is not in the space \(400 mV … 1 V\)"),
        (f"{AMPLITUDE}=9 V", r"amplitude_v = 9 V \(9 V\) is outside 0.05 … 2.5 V"),
        (f"{COUNT}=300", r"neuron.count = 300 is not in the space \(100, 200, 400\)"),
        ("neuron.cont=200", r"neuron.cont: not a parameter; did you mean 'neuron.count'\?"),
        ("array.tile_rows=98", "array.tile_rows: it is fixed"),
        ("200", "neither a .csv or .json file nor KEY=VALUE"),
        ("lost.csv", "--enqueue lost.csv: no such file; check the path"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(study, text, message):
    with pytest.raises(InputError, match=message) as caught:
        enqueue.points(study, [text])
    assert "\n" not in str(caught.value)


def test_the_row_that_does_not_fit_is_named(study, tmp_path):
    file = tmp_path / "front.csv"
    file.write_text(f"role,{COUNT}\npareto,100\ndominated,300\nknee,300\n")
    with pytest.raises(InputError, match=r"front.csv, design 2: neuron.count = 300 is not in"):
        enqueue.points(study, [str(file)])
    file.write_text("role,other\npareto,100\n")
    with pytest.raises(InputError, match=r"design 1: nothing of the space is given; it has"):
        enqueue.points(study, [str(file)])
    file.write_text("role,other\n")
    with pytest.raises(InputError, match=r"front.csv: no design in it"):
        enqueue.points(study, [str(file)])


def test_known_designs_are_evaluated_first_and_queued_once(study, tmp_path):
    url = storage_url(str(tmp_path / "dse.db"))
    known = enqueue.points(
        study, [f"{AMPLITUDE}=0.6,{DURATION}=10 ns,{COUNT}=200", f"{COUNT}=400"]
    )

    def go_on(trials):
        longer = replace(study, trials=trials)
        held = search.open_study(longer, url, {})
        search.recover(held)
        new = enqueue.queue(held, study.space, known)
        search.search(held, longer, submit_here(), 1, lambda _: None)
        return new, search.record(held)

    new, record = go_on(1)
    assert (new, len(record.complete)) == (2, 1)
    assert dict(record.complete[0].params) == known[0]
    new, record = go_on(6)
    assert new == 0
    assert len(record.complete) == 6
    assert record.complete[1].params[COUNT] == 400
    # LAW: what was not given is searched, within its axis
    assert 0.4 <= record.complete[1].params[AMPLITUDE] <= 1.0
    assert [dict(t.params) for t in record.complete].count(known[0]) == 1
    assert all(t.state == "complete" for t in record.trials)


def test_the_command_begins_with_them_and_says_how_many(dse, tiny, here, monkeypatch):
    monkeypatch.setattr(workers, "evaluator", lambda _: fakes.evaluate)
    first = f"{AMPLITUDE}=0.55 V,{DURATION}=20 ns"
    run = ("run", tiny, "--tracking", "none", "--figures", "none", "--enqueue", first)
    assert "begins with 1 known designs" in dse(*run, "--dry-run").out
    answer = dse(*run, "-n", 2)
    assert answer.code == 0
    assert "known designs: 1 queued, 0 were before" in answer.err
    with (here / "runs/tiny/front.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert (float(rows[0][AMPLITUDE]), float(rows[0][DURATION])) == (0.55, 2e-8)
    again = dse(*run, "--enqueue", f"{AMPLITUDE}=0.6", "-n", 2)
    assert "known designs: 1 queued, 1 were before" in again.err
    assert any("leave no room for all known designs; give -n 3" in line for line in again.err)
    tiny.write_text(TINY)
    assert dse("run", tiny, "--enqueue", f"{AMPLITUDE}=2 V").code == 2
