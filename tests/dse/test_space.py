"""A search whose axes depend on a choice: what is asked, stored, queued, read back and shown."""

import csv
import json
import math
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dse import enqueue, figures, front, importance, search, sensitivity, space, terminal
from dse import spec as spec_files
from dse.errors import InputError
from dse.front_files import write_front
from dse.live import Place, Tracker
from dse.storage import storage_url
from dse.study import Cases, Choices, Interval, axes_at, make_design, settings
from dse.study_file import study_of
from tests.dse import fakes
from tests.dse.conftest import submit_here
from tests.dse.test_conditions import AMPLITUDE, COUNT, DURATION, JUNCTIONS, STRINGS, TOPOLOGY

SERIES_2 = f"{AMPLITUDE}@synapse.junctions=2,synapse.topology=series"


@pytest.fixture(scope="module")
def strings():
    return study_of(tomllib.loads(STRINGS), Path())


@pytest.fixture(scope="module")
def strung(strings, tmp_path_factory):
    """Seventy trials and their storage."""
    url = storage_url(str(tmp_path_factory.mktemp("strung") / "dse.db"))
    return searched(replace(strings, trials=70, confirm=1), url), url


def evaluate(flat):
    """The made-up objective; a string shares its voltage, so it is feasible as well."""
    share = int(flat[JUNCTIONS]) if flat[TOPOLOGY] == "series" else 1
    return fakes.evaluate({**flat, AMPLITUDE: float(flat[AMPLITUDE]) / share})


def searched(study, url, known=()):
    held = search.open_study(study, url, {"versions": {"made": "up"}})
    search.recover(held)
    enqueue.queue(held, study.space, known)
    search.search(held, study, submit_here(evaluate), 1, lambda _: None)
    return search.record(held)


def inside(axis, value):
    return value in axis.values if isinstance(axis, Choices) else axis.low <= value <= axis.high


def test_every_design_has_the_axes_of_its_kind_and_values_inside_them(strung, strings):
    record, _ = strung
    assert record.study.space == strings.space
    seen = set()
    for trial in record.complete:
        axes = axes_at(strings.space, trial.params)
        assert trial.params.keys() == axes.keys()  # flat names only, and no more than apply
        assert all(inside(axis, trial.params[name]) for name, axis in axes.items())
        seen.add((trial.params[TOPOLOGY], trial.params[JUNCTIONS]))
    assert len(seen) == len(settings(strings.space))  # LAW: each kind comes up


def test_what_has_no_axis_is_evaluated_at_its_fixed_value(strings, tmp_path):
    given = []

    def kept(flat):
        given.append(flat)
        return evaluate(flat)

    study = replace(strings, trials=20)
    held = search.open_study(study, storage_url(str(tmp_path / "dse.db")), {})
    search.search(held, study, submit_here(kept), 1, lambda _: None)
    series = [flat for flat in given if flat[TOPOLOGY] == "series"]
    assert series
    assert {flat[DURATION] for flat in series} == {1e-8}
    assert all(flat[DURATION] <= 9e-9 for flat in given if flat not in series)


def test_only_the_storage_has_names_with_conditions(strung):
    import optuna

    record, url = strung
    (held,) = optuna.get_all_study_summaries(url)
    stored = optuna.load_study(study_name=held.study_name, storage=url).trials
    names = {name for trial in stored for name in trial.params}
    assert SERIES_2 in names
    assert f"{DURATION}@synapse.topology=single|parallel" in names
    for trial, found in zip(stored, record.trials, strict=True):
        assert space.stored_names(record.study.space, found.params) == trial.params
        assert space.distributions(record.study.space, found.params) == trial.distributions


def test_a_study_that_was_interrupted_asks_for_the_same_points(strings, strung, tmp_path):
    url = storage_url(str(tmp_path / "dse.db"))
    searched(replace(strings, trials=12), url)
    held = search.open_study(strings, url, {})
    cut = held.ask()  # killed while it was evaluated
    space.ask(cut, strings.space)
    record = searched(replace(strings, trials=25), url)
    assert record.trials[12].state == "given back"
    assert [t.params for t in record.complete] == [t.params for t in strung[0].complete[:25]]


def test_a_point_that_comes_again_is_not_evaluated_again(strings, tmp_path):
    given = []

    def kept(flat):
        given.append(flat)
        return evaluate(flat)

    one = Cases(cases=tuple(replace(c, axis=Choices(values=(0.5,)))
                            for c in strings.space[AMPLITUDE].cases))  # fmt: skip
    few = {TOPOLOGY: strings.space[TOPOLOGY], JUNCTIONS: strings.space[JUNCTIONS], AMPLITUDE: one}
    for trials in (15, 30):  # in one run, and in the next
        study = replace(strings, space=few, trials=trials)
        held = search.open_study(study, storage_url(str(tmp_path / "dse.db")), {})
        search.search(held, study, submit_here(kept), 1, lambda _: None)
    assert len(given) <= 6  # LAW: so many designs exist
    assert len({json.dumps(flat, sort_keys=True) for flat in given}) == len(given)
    assert len(search.record(held).complete) == 30


def test_known_designs_are_taken_with_the_range_of_their_kind(strings, tmp_path):
    known = enqueue.points(
        strings,
        [
            f"{TOPOLOGY}=series,{JUNCTIONS}=3,{AMPLITUDE}=1.8 V",
            f"{TOPOLOGY}=parallel,{JUNCTIONS}=2,{AMPLITUDE}=0.6 V,{DURATION}=6 ns,{COUNT}=200",
            f"{TOPOLOGY}=series",
        ],
    )
    record = searched(replace(strings, trials=3), storage_url(str(tmp_path / "dse.db")), known)
    assert dict(record.complete[0].params) == known[0]
    assert dict(record.complete[1].params) == known[1]
    assert record.complete[2].params[TOPOLOGY] == "series"
    assert record.complete[2].params[AMPLITUDE] >= 1.0  # LAW: a range of a string


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{TOPOLOGY}=series,{JUNCTIONS}=3,{AMPLITUDE}=0.6",
         r"amplitude_v = 600 mV is not in the space \(1.5 V … 2 V\)"),
        (f"{AMPLITUDE}=0.6",
         "amplitude_v depends on synapse.topology, synapse.junctions; give that too"),
        (f"{TOPOLOGY}=series,{DURATION}=6 ns",
         "duration_s is fixed at 10 ns with these choices, not searched; leave it out"),
    ],
)  # fmt: skip
def test_a_known_design_of_another_kind_is_refused_in_one_line(strings, text, message):
    with pytest.raises(InputError, match=message) as refused:
        enqueue.points(strings, [text])
    assert "\n" not in str(refused.value)


def test_tables_leave_out_what_a_design_does_not_have(strung, tmp_path):
    record, _ = strung
    write_front(record, tmp_path)
    with (tmp_path / "front.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[3:8] == list(record.study.space)
    for row, trial in zip(rows, record.finished, strict=True):
        for name in record.study.space:
            assert (row[name] == "") == (name not in trial.params)
    # LAW: the front of a study lies in its own space, and its designs are those of its trials
    points = enqueue.points(record.study, [str(tmp_path / "front.csv")])
    members = [t for t, r in zip(record.finished, front.roles(record), strict=True)
               if r in front.ON_FRONT]  # fmt: skip
    assert points == [dict(trial.params) for trial in members]
    table = terminal.front_table(front.table(record), record.study, None)
    cells = [cell for column in table.columns for cell in column.cells]
    assert "-" in cells
    assert not {"nan", "None"} & set(cells)
    frame = front.table(record)
    for row, trial in zip(frame.to_dict("records"), record.finished, strict=True):
        if row["role"] in figures.LOOKS:
            text = figures._hover(row, record.study)
            assert (f"{DURATION} = " in text) == (DURATION in trial.params)


def test_a_spec_holds_the_fixed_value_and_is_a_known_design_again(strung, tmp_path):
    record, _ = strung
    trial = next(t for t in record.complete if t.params[TOPOLOGY] == "series")
    path = tmp_path / "spec.json"
    path.write_text(spec_files.to_json(spec_files.make_spec(record, trial, "1", "dominated")))
    assert spec_files.read_spec(path) == make_design(record.study, trial.params)
    assert spec_files.read_spec(path).potentiation.duration_s == 1e-8
    assert enqueue.points(record.study, [str(path)]) == [dict(trial.params)]


def test_importance_tells_what_decides_within_its_kinds(strung):
    record, _ = strung
    shares = importance.importance(record)
    for found in shares.values():
        assert list(found) == list(record.study.space)
        assert sum(one.share for one in found.values()) == pytest.approx(1)  # LAW
        assert all(math.isfinite(one.share) for one in found.values())
    energy = shares["learning_energy_j"]
    # LAW: energy goes with the square of the voltage, which half the kinds search in every design
    assert energy[AMPLITUDE].share > energy[JUNCTIONS].share


def test_importance_of_an_axis_with_cases_is_conditional_ped_anova(strung):
    import optuna
    from optuna.importance import PedAnovaImportanceEvaluator

    study = strung[0].study
    kept = [
        t for t in strung[0].complete if (t.params[TOPOLOGY], t.params[JUNCTIONS]) != ("series", 2)
    ]
    cost = np.array([t.values["learning_energy_j"] for t in kept])
    held = optuna.create_study()
    for trial, value in zip(kept, cost, strict=True):
        axes = axes_at(study.space, trial.params)
        kinds = {name: space.distribution(axis) for name, axis in axes.items()}
        held.add_trial(optuna.create_trial(params=trial.params, distributions=kinds, value=value))
    # INDEPENDENT: optuna's own handling of one name with several ranges
    wanted = PedAnovaImportanceEvaluator().evaluate(held)
    assert importance._divergences(study, kept, cost) == pytest.approx(wanted, rel=1e-9, abs=0)


def test_moves_stay_with_the_kind_and_one_to_a_kind_with_other_values_is_told(strings):
    single = {TOPOLOGY: "single", JUNCTIONS: 2, AMPLITUDE: 0.6, DURATION: 7e-9}
    moved = sensitivity.moves(strings.space, single)
    assert {move.name for move in moved} == set(single)  # no count: it is fixed there
    evaluated = []

    def submit(flat, _):
        evaluated.append(flat)
        return submit_here(evaluate)(flat)

    found = sensitivity.measure(strings, (0, single), (1,), submit)
    by = {(a.move.name, a.move.after): a for a in found.answers}
    answer = by[TOPOLOGY, "series"]
    assert answer.error == f"needs {AMPLITUDE} = 1 V, 1.2 V"
    assert not answer.changes
    assert all(flat[TOPOLOGY] != "series" for flat in evaluated)
    assert by[TOPOLOGY, "parallel"].error == f"needs {COUNT} = 100, 200"  # the default is 400
    assert by[JUNCTIONS, 3].changes
    assert len(evaluated) == len(moved) + 1 - 2


def test_a_value_that_is_fixed_elsewhere_must_be_that_value(strings):
    parallel = {TOPOLOGY: "parallel", JUNCTIONS: 2, AMPLITUDE: 0.6, DURATION: 7e-9, COUNT: 200}
    away = sensitivity.misplaced(strings, {**parallel, TOPOLOGY: "single"}, TOPOLOGY)
    assert away == f"needs {COUNT} = 400"
    assert sensitivity.misplaced(strings, {**parallel, AMPLITUDE: 0.81}, AMPLITUDE) == ""


@pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")
def test_mlflow_gets_every_value_of_every_design(strings, tmp_path):
    from mlflow import MlflowClient

    record = searched(replace(strings, trials=6), storage_url(str(tmp_path / "dse.db")))
    warnings: list[str] = []
    uri = storage_url(str(tmp_path / "mlflow.db"))
    place = Place(uri=uri, artifacts=tmp_path / "artifacts")
    tracker = Tracker(place, record, warnings.append, everything=True)
    for trial in record.finished:
        tracker.add(trial)
    tracker.finish(record, write_front(record, tmp_path / "front"))
    assert warnings == []
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("mtj-dse")
    runs = client.search_runs([experiment.experiment_id])
    children = {
        r.data.tags["dse.trial"]: r.data.params for r in runs if "dse.trial" in r.data.tags
    }
    assert len(children) == 6
    for trial in record.finished:
        params = children[str(trial.number)]
        assert params.keys() == {**strings.fixed, **trial.params}.keys()
        wanted = trial.params.get(DURATION, 1e-8)
        assert float(params[DURATION]) == pytest.approx(wanted, rel=5e-6, abs=0)
        assert not any("@" in name for name in params)
    (parent,) = [r for r in runs if r.data.tags.get("dse.role") == "study"]
    assert "if synapse.topology is series" in parent.data.params[f"space.{AMPLITUDE}"]


def test_an_axis_without_cases_is_asked_as_before():
    # REGRESSION: the distributions of stored studies
    found = space.distribution(Interval(low=0.4, high=0.95, step=0.1))
    assert (found.low, found.high, found.step) == (0.4, pytest.approx(0.9), 0.1)
    whole = space.distribution(Interval(low=100, high=350, step=100, integer=True))
    assert (whole.low, whole.high, whole.step) == (100, 300, 100)
