"""`dse status`: what a storage holds of a study, and whether it runs."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dse import front, search, status
from dse.storage import is_run, run_lock, storage_url
from objectives.rules import Stop
from tests.dse import fakes
from tests.dse.command import refused
from tests.dse.test_json import read


def broken(flat):
    """Stopped when weak, failing when strong."""
    if flat["potentiation.amplitude_v"] > 0.95:
        raise ValueError("the model broke")
    return fakes.evaluate_or_stop(flat)


@pytest.fixture
def mixed(study, run_fake, tmp_path):
    """A study with trials of every outcome."""
    ruled = replace(study, trials=40, stop=Stop(after=(50,), accuracy=0.6))
    return run_fake(ruled, broken), storage_url(str(tmp_path / "dse.db"))


def test_every_trial_is_counted_once_by_its_outcome(mixed):
    record, url = mixed
    found = status.status(record, url)
    roles = Counter(front.roles(record))
    # INDEPENDENT: the roles of the front's table
    assert found.trials["stopped"] == roles["stopped"] > 0
    assert found.trials["failed"] == roles["failed"] > 0
    assert found.trials["infeasible"] == roles["infeasible"] > 0
    assert sum(found.trials.values()) == 40
    assert found.front == roles["pareto"] + roles["knee"]
    assert found.complete == len(record.complete)
    best = max((t for t in record.complete if t.feasible), key=lambda t: t.values["accuracy"])
    assert (found.best_accuracy, found.best_trial) == (best.values["accuracy"], best.number)
    assert found.hypervolume == front.hypervolume_curve(record)[-1][1] > 0
    age = datetime.now(UTC) - datetime.fromisoformat(found.last_finished)
    assert 0 <= age.total_seconds() < 600


def test_a_run_is_seen_by_its_lock_and_the_look_does_not_hold_it(mixed):
    record, url = mixed
    assert status.status(record, url).running_now is False  # there is no lock file
    with run_lock(url, "fake"):
        assert is_run(url, "fake") is True
        assert is_run(url, "other") is False
    assert is_run(url, "fake") is False
    with run_lock(url, "fake"):  # LAW: still to be had
        pass
    assert is_run("postgresql://host/db", "fake") is None


def test_trials_cut_off_by_a_kill_are_told_apart_from_a_run(mixed):
    record, url = mixed
    held = search.open_study(record.study, url, {})
    held.ask()
    found = status.status(search.record(held), url)
    assert found.trials["running"] == 1
    assert "not running; 1 trials were cut off" in status.as_text(found)
    search.recover(held)
    found = status.status(search.record(held), url)
    # LAW: the one given back is counted as the one that waits
    assert (found.trials["running"], found.trials["waiting"]) == (0, 1)
    assert sum(found.trials.values()) == 41


def test_a_study_without_a_feasible_design_says_so(study, run_fake, tmp_path):
    record = run_fake(study, fakes.evaluate_never)
    found = status.status(record, storage_url(str(tmp_path / "dse.db")))
    assert (found.best_accuracy, found.front, found.hypervolume) == (None, 0, 0.0)
    assert "none yet, no design is feasible" in status.as_text(found)


def test_the_command_prints_both_forms(dse, stored, here):
    record, storage = stored
    answer = dse("status", "fake", "--storage", storage)
    assert (answer.code, answer.err) == (0, [])
    assert f"storage        {storage}" in answer.out
    assert "8 complete (" in answer.out
    found = read(dse("status", "fake", "--storage", storage, "--json"), "status")
    assert found["complete"] == len(record.complete) == 8
    assert found["storage"] == str(storage)
    line = f"storage {here}/runs/dse.db does not exist; run a study first: dse run fake"
    refused(dse("status", "fake"), line, here)
