"""MLflow shows a study as it is, however often it is logged, and never costs a trial."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from dse import front, search, tracked, tracking, workers
from dse.colours import PALETTE
from dse.front_files import write_front
from dse.live import Place, Tracker
from dse.record import Record
from dse.run import Settings, Voice
from dse.run import run as run_study
from dse.spec import read_spec
from dse.storage import readable_name, storage_url
from dse.study import make_design
from dse.study_file import device_values
from objectives.scores import METRICS
from tests.dse import fakes
from tests.dse.conftest import submit_here

# MLflow's models use a way of SQLAlchemy that is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")

FILES = ["front.csv", "front.png", "front.html", "breakdown.png", "breakdown.html"]


@dataclass(frozen=True, kw_only=True)
class Logged:
    """A study of twelve trials in an MLflow database of its own, logged live, every trial."""

    record: Record
    place: Place
    folder: Path
    files: tuple[Path, ...]
    warnings: list[str]

    def log_again(self, record, *, everything=True):
        """What a second run of the same command does."""
        tracker = Tracker(self.place, record, self.warnings.append, everything)
        tracker.finish(record, self.files)
        return tracker

    @property
    def client(self) -> Any:
        """MLflow's own view of the database."""
        from mlflow import MlflowClient

        return MlflowClient(self.place.uri)

    def runs(self, record=None):
        """The parent run and, by trial number, the child runs of a study."""
        client, record = self.client, record or self.record
        place = [experiment.experiment_id for experiment in client.search_experiments()]
        found = [
            run
            for run in client.search_runs(place, max_results=1000)
            if run.data.tags["dse.study_id"] == record.id
        ]
        parents = [run for run in found if "mlflow.parentRunId" not in run.data.tags]
        children = [run for run in found if "mlflow.parentRunId" in run.data.tags]
        return parents, children


def searched(study, url, evaluate, about, on_finished=lambda _: None):
    held = search.open_study(study, url, about)
    search.search(held, study, submit_here(evaluate), 1, on_finished)
    return search.record(held)


ABOUT = {"versions": {"made": "up"}, "data": {"set": "none"}}


@pytest.fixture(scope="module")
def logged(study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("logged")
    url, uri = (storage_url(str(folder / name)) for name in ("dse.db", "mlflow.db"))
    place = Place(uri=uri, artifacts=folder / "artifacts")
    warnings: list[str] = []
    before = searched(replace(study, trials=3), url, fakes.evaluate_or_raise, ABOUT)
    tracker = Tracker(place, before, warnings.append, everything=True)
    longer = replace(study, trials=12)
    record = searched(longer, url, fakes.evaluate_or_raise, ABOUT, tracker.add)
    files = write_front(record, folder / "front")
    tracker.finish(record, files)
    assert warnings == []
    return Logged(record=record, place=place, folder=folder, files=files, warnings=warnings)


@pytest.fixture(scope="module")
def parent(logged):
    return logged.runs()[0][0]


@pytest.fixture(scope="module")
def children(logged):
    return {int(run.data.tags["dse.trial"]): run for run in logged.runs()[1]}


def test_a_study_is_one_parent_and_one_child_a_trial_in_one_experiment(logged):
    names = [experiment.name for experiment in logged.client.search_experiments()]
    parents, children = logged.runs()
    assert names.count("mtj-dse") == 1
    assert set(names) <= {"mtj-dse", "Default"}
    assert [run.info.run_name for run in parents] == ["fake"]
    assert sorted(int(run.data.tags["dse.trial"]) for run in children) == list(range(12))
    for run in children:
        assert run.data.tags["mlflow.parentRunId"] == parents[0].info.run_id
        assert run.info.experiment_id == parents[0].info.experiment_id


def test_the_parent_holds_question_configuration_and_origin(logged, parent):
    tags, record = parent.data.tags, logged.record
    assert parent.info.status == "FINISHED"
    assert tags["dse.role"] == "study"
    assert tags["dse.configuration_sha256"] == record.hash
    assert tags["mlflow.note.content"] == record.study.question
    assert tags["dse.version.made"] == "up"
    assert tags["dse.data.set"] == "none"
    params = parent.data.params
    assert params["study.objectives"] == "accuracy, learning_energy_j, lifetime_images"
    assert params["space.potentiation.duration_s"] == "1 ns … 50 ns (log)"
    assert params["space.neuron.count"] == "100, 200, 400"
    assert params["array.tile_rows"] == "98"


def test_a_child_holds_every_parameter_of_its_design(logged, children):
    for trial in logged.record.finished:
        design = {**logged.record.study.fixed, **trial.params}
        params = children[trial.number].data.params
        assert params.keys() == design.keys()
        for name, value in design.items():
            if isinstance(value, float):
                # LAW: six digits
                assert float(params[name]) == pytest.approx(value, rel=5e-6)
            else:
                assert params[name] == str(value)


def test_a_child_holds_figures_constraints_and_spread_to_the_last_bit(logged, children):
    for trial in logged.record.complete:
        metrics = children[trial.number].data.metrics
        expected = {
            **trial.values,
            **{f"constraint.{name}": value for name, value in trial.constraints.items()},
            **{f"sd.{name}": value for name, value in trial.spread.items()},
            "duration_s": trial.duration_s,
        }
        assert metrics.items() >= expected.items()
        copies = metrics.keys() - expected.keys()
        assert copies == {
            f"log10_{name}" for name, m in METRICS.items() if m.decades and not m.part
        }
        for name in copies:
            # INDEPENDENT: the power of ten
            assert 10 ** metrics[name] == pytest.approx(trial.values[name.removeprefix("log10_")])


def test_a_child_is_tagged_with_its_role_and_seeds(logged, children):
    roles = front.roles(logged.record)
    assert {"knee", "failed"} <= set(roles)
    for trial, role in zip(logged.record.finished, roles, strict=True):
        tags = children[trial.number].data.tags
        assert tags["dse.role"] == role
        assert json.loads(tags["dse.seeds"]) == list(trial.seeds)
        assert tags["dse.study"] == "fake"


def test_a_failed_trial_is_a_failed_run_with_the_first_line_of_its_error(logged, children):
    for trial in logged.record.finished:
        run = children[trial.number]
        failed = trial.state == "failed"
        assert run.info.status == ("FAILED" if failed else "FINISHED")
        assert run.data.tags.get("dse.error") == ("the model broke" if failed else None)


def test_a_child_ends_when_its_trial_ended(logged, children):
    for trial in logged.record.finished:
        info = children[trial.number].info
        assert info.end_time == trial.finished_ms
        # LAW: started one evaluation earlier, in whole milliseconds
        assert info.end_time - info.start_time == int(trial.duration_s * 1000)


def files_of(logged, run):
    return {file.path for file in logged.client.list_artifacts(run.info.run_id)}


def test_a_member_of_the_front_carries_its_spec_and_its_energy(logged, children):
    for trial, role in zip(logged.record.finished, front.roles(logged.record), strict=True):
        found = files_of(logged, children[trial.number])
        if role not in front.SHOWN:
            assert found == set()
            continue
        assert found == {"spec.json", "spec.md", "energy.svg"}
        place = Path(children[trial.number].info.artifact_uri.removeprefix("file://"))
        assert read_spec(place / "spec.json") == make_design(logged.record.study, trial.params)


def test_a_part_of_a_cost_has_a_logarithm_only_where_it_is_searched_for(logged):
    study, trial = logged.record.study, logged.record.complete[0]
    assert "log10_energy_adc_j" not in tracked.trial_metrics(study, trial)
    wanted = replace(study, objectives=("accuracy", "energy_adc_j"))
    copy = tracked.trial_metrics(wanted, trial)["log10_energy_adc_j"]
    # INDEPENDENT: the power of ten
    assert 10**copy == pytest.approx(trial.values["energy_adc_j"])


def test_a_page_can_be_read_while_runs_are_written(logged):
    writer, reader = (sqlite3.connect(logged.folder / "mlflow.db") for _ in range(2))
    with closing(writer), closing(reader):
        writer.execute("begin exclusive")
        runs = reader.execute("select count(*) from runs").fetchone()[0]
        writer.rollback()
    assert runs == sum(len(found) for found in logged.runs())


def curve(logged, parent):
    history = logged.client.get_metric_history(parent.info.run_id, "hypervolume")
    return sorted((metric.step, metric.value) for metric in history)


def test_the_hypervolume_is_logged_over_trials(logged, parent):
    assert curve(logged, parent) == front.hypervolume_curve(logged.record)


def test_configuration_and_pictures_are_artifacts_of_the_parent(logged, parent):
    listed = {file.path for file in logged.client.list_artifacts(parent.info.run_id)}
    assert listed == {"configuration.json", "device.toml", *FILES}
    place = Path(parent.info.artifact_uri.removeprefix("file://"))
    assert place.is_relative_to(logged.folder / "artifacts")
    assert json.loads((place / "configuration.json").read_text()) == logged.record.configuration
    for file in logged.files:
        assert (place / file.name).read_bytes() == file.read_bytes()


def snapshot(logged, record=None):
    parents, children = logged.runs(record)
    return [
        (run.info.run_id, run.info.status, run.data.params, run.data.metrics, run.data.tags)
        for run in sorted([*parents, *children], key=lambda run: run.info.run_id)
    ]


def test_logging_twice_changes_nothing(logged, parent):
    before, points = snapshot(logged), curve(logged, parent)
    assert logged.log_again(logged.record).problem == ""
    assert snapshot(logged) == before
    assert curve(logged, parent) == points


def front_of(record):
    pairs = zip(record.finished, front.roles(record), strict=True)
    return {trial.number: role for trial, role in pairs if role in front.SHOWN}


def roles_of(children):
    return {int(run.data.tags["dse.trial"]): run.data.tags["dse.role"] for run in children}


def test_unless_every_trial_is_wanted_the_children_are_the_front(logged):
    record = replace(logged.record, id="front only")
    logged.log_again(record, everything=False)
    assert 1 < len(front_of(record)) < len(record.finished)
    assert roles_of(logged.runs(record)[1]) == front_of(record)


def test_a_design_that_has_left_the_front_keeps_its_run_with_its_new_role(logged):
    first = replace(logged.record, id="overtaken", trials=logged.record.trials[:5])
    best = {"accuracy": 1.0, "learning_energy_j": 1e-20, "lifetime_images": 1e30}
    winner = logged.record.complete[-1]
    assert winner.number > 4
    winner = replace(winner, values={**winner.values, **best})
    whole = replace(first, trials=(*first.trials, winner))
    logged.log_again(first, everything=False)
    logged.log_again(whole, everything=False)
    expected = dict.fromkeys(front_of(first), "dominated") | {winner.number: "knee"}
    assert len(expected) > 2
    assert roles_of(logged.runs(whole)[1]) == expected


def test_a_trial_with_more_seeds_is_logged_anew_and_once(logged):
    record = replace(logged.record, id="confirmed")
    logged.log_again(record)
    number = next(iter(front_of(record)))
    trials = [
        replace(t, seeds=(*t.seeds, 98, 99), values={**t.values, "accuracy": 0.123})
        if t.number == number
        else t
        for t in record.trials
    ]
    logged.log_again(replace(record, trials=tuple(trials)))
    found = [r for r in logged.runs(record)[1] if r.data.tags["dse.trial"] == str(number)]
    assert [run.data.metrics["accuracy"] for run in found] == [0.123]
    assert len(logged.runs(record)[1]) == len(record.finished)


def test_each_study_has_a_colour_of_its_own_which_its_designs_share(logged, parent):
    other = replace(logged.record, id="coloured")
    logged.log_again(other, everything=False)
    parents, children = logged.runs(other)
    colours = {run.data.tags["mlflow.runColor"] for run in [*parents, *children]}
    assert len(colours) == 1
    assert colours <= set(PALETTE)
    assert colours != {parent.data.tags["mlflow.runColor"]}


def test_the_device_file_of_the_parent_is_one(logged, parent):
    place = Path(parent.info.artifact_uri.removeprefix("file://"))
    values = device_values("device.toml", place)
    assert values
    assert values.items() <= logged.record.study.fixed.items()


def test_two_studies_of_one_name_stay_apart_in_one_experiment(logged):
    before = snapshot(logged)
    other = replace(logged.record, id="another", trials=logged.record.trials[:2])
    assert logged.log_again(other).problem == ""
    parents, children = logged.runs(other)
    assert (len(parents), len(children)) == (1, 2)
    assert len([e for e in logged.client.search_experiments() if e.name == "mtj-dse"]) == 1
    assert snapshot(logged) == before


def test_a_study_that_has_grown_gets_new_children_and_new_roles(logged):
    first = replace(logged.record, id="growing", trials=logged.record.trials[:5])
    whole = replace(logged.record, id="growing")
    logged.log_again(first)
    known = {run.info.run_id for run in logged.runs(first)[1]}
    logged.log_again(whole)
    parents, children = logged.runs(whole)
    assert len(parents) == 1
    assert known < {run.info.run_id for run in children}
    roles = {int(run.data.tags["dse.trial"]): run.data.tags["dse.role"] for run in children}
    assert [roles[number] for number in sorted(roles)] == front.roles(whole)


@pytest.fixture
def broken(tmp_path):
    """The address of a tracking database that is none."""
    path = tmp_path / "broken.db"
    path.write_text("this is not a database, it is text " * 100)
    return storage_url(str(path))


def test_tracking_that_does_not_work_warns_once(finished, broken):
    warnings: list[str] = []
    tracker = Tracker(Place(uri=broken), finished, warnings.append)
    for trial in finished.finished:
        tracker.add(trial)
    tracker.finish(finished, ())
    assert len(warnings) == 1
    assert warnings[0].startswith(f"MLflow at {readable_name(broken)} does not work (")
    assert "file is not a database" in tracker.problem
    assert "every trial is kept: log them later by dse sync fake" in warnings[0]
    assert "\n" not in warnings[0]


def test_tracking_that_does_not_work_costs_no_trial(study, broken, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "evaluator", lambda _: fakes.evaluate)
    warnings: list[str] = []
    voice = Voice(
        began=lambda _: None, warn=warnings.append, step=lambda _: None, finished=lambda _: None
    )
    settings = Settings(
        jobs=1,
        storage=storage_url(str(tmp_path / "dse.db")),
        tracking=broken,
        folder=tmp_path / "front",
    )
    summary = run_study(study, settings, voice)
    assert len(warnings) == 1
    assert len(summary.record.complete) == study.trials
    assert [path.name for path in summary.files] == FILES


def test_a_logging_that_was_cut_off_leaves_one_child_a_trial(logged, monkeypatch):
    record = replace(logged.record, id="cut", trials=logged.record.trials[:2])
    view = tracking.open_view(logged.place, record)

    def die(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(view.client, "set_terminated", die)
    with pytest.raises(KeyboardInterrupt):
        tracking.log_trial(view, record, record.finished[0], "dominated")
    logged.log_again(record)
    assert len(logged.runs(record)[1]) == 2
    assert "RUNNING" not in {run.info.status for run in logged.runs(record)[1]}
