"""The search: reproducible, resumable, and honest about what it was asked."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from dse import search, workers
from dse.errors import InputError, RunError
from dse.storage import run_lock, storage_url
from dse.study import Choices, Interval
from tests.dse import fakes

ROOT = Path(__file__).parents[2]


def points(record):
    return [dict(trial.params) for trial in record.complete]


def test_the_same_study_asks_for_the_same_points(study, run_fake):
    first, second = run_fake(study, name="a.db"), run_fake(study, name="b.db")
    assert points(first) == points(second)
    assert first.id != second.id


def test_another_seed_asks_for_other_points(study, run_fake):
    assert points(run_fake(study)) != points(run_fake(replace(study, seed=2), name="b.db"))


def test_a_study_cut_in_two_asks_for_the_same_points_as_one_that_was_not(study, run_fake):
    longer = replace(study, trials=16)  # TPE has more than random points to go on
    whole = run_fake(longer, name="whole.db")
    run_fake(replace(study, trials=7), name="cut.db")
    assert points(run_fake(longer, name="cut.db")) == points(whole)


def test_a_study_goes_on_to_the_total_number_of_trials_and_no_further(study, run_fake):
    assert len(run_fake(replace(study, trials=5)).finished) == 5
    assert len(run_fake(replace(study, trials=8)).finished) == 8
    assert len(run_fake(replace(study, trials=3)).finished) == 8


def test_a_changed_study_of_the_same_name_is_refused_with_the_difference(study, run_fake):
    run_fake(study)
    space = {**study.space, "neuron.count": Choices(values=(100, 200))}
    with pytest.raises(InputError) as caught:
        run_fake(replace(study, space=space))
    assert (
        'space.neuron.count is {"choices": [100, 200]}, was {"choices": [100, 200, 400]}'
        in str(caught.value)
    )
    fixed = {**study.fixed, "array.tile_rows": 28}
    with pytest.raises(InputError, match=r"fixed.array.tile_rows is 28, was 98"):
        run_fake(replace(study, fixed=fixed))
    with pytest.raises(InputError, match=r"study.objectives is .*, was .*"):
        run_fake(replace(study, objectives=("accuracy", "area_m2")))


def test_wording_and_reference_of_a_study_may_change(study, run_fake):
    run_fake(study)
    again = replace(study, question="Better put?", pick="balanced", trials=9)
    assert len(run_fake(again).finished) == 9
    kept = run_fake(again).study
    assert (kept.question, kept.pick) == ("Better put?", "balanced")


def test_everything_a_trial_found_is_kept_in_the_storage(study, run_fake):
    record = run_fake(study)
    for trial in record.complete:
        outcome = fakes.evaluate({**study.fixed, **trial.params})
        assert trial.values == outcome.scores.values
        assert trial.constraints == outcome.scores.constraints
        assert trial.spread == outcome.scores.spread
        assert trial.seeds == fakes.SEEDS
        assert trial.duration_s == outcome.duration_s
        assert trial.feasible == (trial.params["potentiation.amplitude_v"] <= 0.9)
    assert record.study.space == study.space
    assert record.versions == {"made": "up"}


def test_an_evaluation_that_raises_fails_its_trial_and_the_search_goes_on(study, run_fake):
    record = run_fake(study, fakes.evaluate_or_raise)
    failed = [trial for trial in record.finished if trial.state == "failed"]
    assert len(record.finished) == study.trials
    assert failed
    assert record.complete
    for trial in failed:
        assert trial.params["potentiation.amplitude_v"] > 0.8
        assert trial.error.startswith("the model broke\n")
        assert "evaluate_or_raise" in trial.error


@pytest.mark.slow
def test_the_search_turns_away_from_designs_that_cannot_be_evaluated(study, run_fake):
    record = run_fake(replace(study, trials=60), fakes.evaluate_or_raise)
    failed = [trial.state == "failed" for trial in record.finished]
    first, last = failed[:20], failed[-20:]
    # LAW: points drawn evenly fail as often at the end as at the start; a sampler that learns from
    # failures comes back to them less often.
    assert sum(last) < sum(first) / 2


def test_a_point_that_comes_again_takes_over_the_scores(study, run_fake):
    asked = []

    def counted(flat):
        asked.append(flat)
        return fakes.evaluate(flat)

    two = Choices(values=(0.5, 0.6))
    space = {"potentiation.amplitude_v": two}
    fixed = {**study.fixed, "potentiation.duration_s": 1e-8, "neuron.count": 100}
    record = run_fake(replace(study, space=space, fixed=fixed), counted)
    # LAW: two points exist
    assert len(asked) == 2
    assert len(record.complete) == study.trials
    assert sum(trial.reused_from is not None for trial in record.complete) == study.trials - 2


def test_a_score_that_is_not_a_number_fails_the_trial(study, run_fake):
    def broken(flat):
        outcome = fakes.evaluate(flat)
        values = {**outcome.scores.values, "accuracy": float("nan")}
        return replace(outcome, scores=replace(outcome.scores, values=values))

    record = run_fake(replace(study, trials=2), broken)
    assert [trial.error for trial in record.finished] == ["accuracy is not a number"] * 2


def test_steps_stay_inside_the_bounds(study, run_fake):
    space = {
        "potentiation.amplitude_v": Interval(low=0.4, high=0.95, step=0.1),
        "potentiation.duration_s": study.space["potentiation.duration_s"],
        "neuron.count": Interval(low=100, high=350, step=100, integer=True),
    }
    for trial in run_fake(replace(study, space=space)).complete:
        steps = (trial.params["potentiation.amplitude_v"] - 0.4) / 0.1
        assert steps == pytest.approx(round(steps), abs=1e-9)
        assert 0 <= round(steps) <= 5
        assert trial.params["neuron.count"] in (100, 200, 300)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_design_scores_the_same_whatever_the_number_of_workers(study, tmp_path, jobs):
    url = storage_url(str(tmp_path / "dse.db"))
    with workers.pool(jobs) as executor:
        held = search.open_study(study, url, {})
        submit = workers.submit_to(executor, fakes.evaluate)
        search.search(held, study, submit, jobs, lambda _: None)
    record = search.record(held)
    assert len(record.complete) == study.trials
    for trial in record.complete:
        alone = fakes.evaluate({**study.fixed, **trial.params})
        assert trial.values == alone.scores.values


DRIVER = """
import pickle, sys
sys.path.insert(0, {root!r})
from dse import search, workers
from tests.dse import fakes
if __name__ == "__main__":
    study, url = pickle.loads({pickled!r})
    with workers.pool(2) as executor:
        held = search.open_study(study, url, {{}})
        search.recover(held)
        submit = workers.submit_to(executor, fakes.evaluate_slowly)
        tell = lambda t: print(t.number, executor._processes.keys(), flush=True)
        search.search(held, study, submit, 2, tell)
"""


@pytest.fixture
def driver(study, tmp_path):
    """Start the study in a process of its own; gives it and the storage."""
    import pickle

    url = storage_url(str(tmp_path / "dse.db"))
    path = tmp_path / "driver.py"
    pickled = pickle.dumps((replace(study, trials=12), url))
    path.write_text(DRIVER.format(root=str(ROOT), pickled=pickled))

    def start():
        return subprocess.Popen(
            [sys.executable, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    return start, url


@pytest.mark.slow
def test_a_killed_search_loses_no_finished_trial_and_is_gone_on_with(study, driver):
    start, url = driver
    process = start()
    for _ in range(3):
        line = process.stdout.readline()
    process.kill()
    process.communicate()
    cut = search.load_record(url, study.name)
    running = [trial for trial in cut.trials if trial.state == "running"]
    assert len(cut.complete) >= 3
    assert running
    _wait_gone([int(pid) for pid in line[line.index("[") + 1 : line.index("]")].split(",")])
    again = start()
    assert again.wait(60) == 0, again.communicate()
    again.communicate()
    record = search.load_record(url, study.name)
    # LAW: total reached, nothing lost, nothing doubled, nothing left running
    assert len(record.finished) == 12
    assert {t.number for t in cut.complete} <= {t.number for t in record.complete}
    assert {t.state for t in record.trials} == {"complete", "given back"}
    keys = [json.dumps(dict(t.params), sort_keys=True) for t in record.complete]
    assert len(set(keys)) == 12
    for trial in running:
        if len(trial.params) == len(study.space):
            assert dict(trial.params) in points(record)


def _wait_gone(pids):
    """Workers end with their parent, even if it was killed."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if not any(Path(f"/proc/{pid}/cmdline").exists() and _alive(pid) for pid in pids):
            return
        time.sleep(0.05)
    pytest.fail(f"workers {pids} outlived their parent")


def _alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_an_interrupted_search_gives_its_trials_back(study, driver):
    start, url = driver
    process = start()
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    record = search.load_record(url, study.name)
    states = [trial.state for trial in record.trials]
    assert "running" not in states
    assert states.count("waiting") == states.count("given back") > 0


def test_recovering_twice_queues_a_trial_once(study, tmp_path):
    held = search.open_study(study, storage_url(str(tmp_path / "dse.db")), {})
    trial = held.ask()
    trial.suggest_float("potentiation.amplitude_v", 0.4, 1.0)
    assert search.recover(held) == 1
    assert search.recover(held) == 0
    assert [t.state for t in search.record(held).trials] == ["given back", "waiting"]


def test_one_study_is_run_by_one_process_at_a_time(tmp_path):
    url = storage_url(str(tmp_path / "dse.db"))
    with (
        run_lock(url, "mine"),
        pytest.raises(RunError, match=r"study 'mine' is being run"),
        run_lock(url, "mine"),
    ):
        pass
    with run_lock(url, "mine"), run_lock(url, "other"):
        pass


def test_a_study_that_is_not_stored_is_named_with_what_is(study, run_fake, tmp_path):
    run_fake(study)
    url = storage_url(str(tmp_path / "dse.db"))
    with pytest.raises(InputError, match=r"study 'fak' is not in .*; it holds fake; did you mean"):
        search.load_record(url, "fak")
    with pytest.raises(InputError, match=r"none.db does not exist; run a study first"):
        search.load_record(storage_url(str(tmp_path / "none.db")), "fake")
    (tmp_path / "text.db").write_text("this is not a database, it is text " * 100)
    with pytest.raises(InputError, match=r"text.db cannot be opened .*; give another --storage"):
        search.load_record(storage_url(str(tmp_path / "text.db")), "fake")


def test_processes_that_make_one_storage_at_once_all_get_it(tmp_path):
    """Two studies started side by side in a new folder."""
    for number in range(5):
        url = storage_url(str(tmp_path / f"{number}.db"))
        with ThreadPoolExecutor(4) as several:
            opened = list(several.map(search.open_storage, [url] * 4))
        assert len(opened) == 4
        assert all(storage.get_all_studies() == [] for storage in opened)
