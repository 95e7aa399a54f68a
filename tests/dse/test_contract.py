"""What is finished stays, whatever storage or MLflow do: each trouble is told in one line."""

import resource
import socket
import sqlite3
from contextlib import closing

import mlflow
import pytest

from dse import live, server, workers
from tests.dse import fakes
from tests.dse.processes import Command, finished_rows

QUIET = ("--tracking", "none", "--figures", "none")


@pytest.fixture(autouse=True)
def made_up(monkeypatch):
    """Designs are scored by a made-up objective."""
    monkeypatch.setattr(workers, "evaluator", lambda _: fakes.evaluate)


@pytest.mark.slow
def test_a_locked_storage_ends_a_run_and_the_next_one_goes_on(dse, tiny, here, monkeypatch):
    monkeypatch.setattr(server, "SQLITE_WAIT_S", 0.2)
    dse("run", tiny, "-n", 3, *QUIET)
    database = here / "runs/dse.db"
    kept = finished_rows(database)
    assert len(kept) == 3
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        answer = dse("run", tiny, "-n", 6, *QUIET)
        other.execute("ROLLBACK")
    assert answer.code == 1
    assert answer.err[-1] == (
        f"dse: storage {database} is locked by another process and stayed so (database is "
        "locked); finished trials are kept: wait until it is free and run the same command again"
    )
    assert dse("run", tiny, "-n", 6, *QUIET).code == 0
    after = finished_rows(database)
    assert len(after) == 6
    assert {number: after[number] for number in kept} == kept


@pytest.mark.slow
def test_a_disk_that_fills_up_ends_a_run_and_the_next_one_goes_on(here, tiny):
    assert Command(here, "run", tiny, "-n", 3, *QUIET).end() == 0
    database = here / "runs/dse.db"
    kept, size = finished_rows(database), database.stat().st_size

    def full():
        """No file of this process may grow beyond the storage as it is."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    run = Command(here, "run", tiny, "-n", 200, *QUIET, before=full)
    assert run.end() == 1
    assert run.said[-1].startswith(f"dse: storage {database} cannot be ")
    assert "finished trials are kept: " in run.said[-1]
    assert "full" in run.said[-1]
    assert "Traceback" not in "".join(run.said)
    between = finished_rows(database)
    assert {number: between[number] for number in kept} == kept
    again = Command(here, "run", tiny, "-n", len(between) + 2, *QUIET)
    assert again.end() == 0
    after = finished_rows(database)
    assert len(after) == len(between) + 2
    assert {number: after[number] for number in between} == between


def logged(uri):
    """How many trials a tracking store has."""
    client = mlflow.MlflowClient(uri)
    runs = [
        client.search_runs([experiment.experiment_id])
        for experiment in client.search_experiments()
    ]
    return sum("dse.trial" in run.data.tags for found in runs for run in found)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")
def test_an_unreachable_mlflow_is_warned_about_once_and_caught_up_with(dse, tiny, here):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    answer = dse("run", tiny, "-n", 4, "--tracking", nobody, "--figures", "none")
    assert answer.code == 0
    warned = [line for line in answer.err if line.startswith("warning: ")]
    assert len(warned) == 1
    assert warned[0].startswith(f"warning: MLflow at {nobody} ")
    assert "every trial is kept: log them later by dse sync tiny" in warned[0]
    assert len(finished_rows(here / "runs/dse.db")) == 4
    assert dse("sync", "tiny", "--tracking", "ml.db", "--all-trials").code == 0
    assert logged(f"sqlite:///{here}/ml.db") == 4


@pytest.mark.slow
def test_an_mlflow_that_never_answers_costs_no_trial(dse, tiny, here, monkeypatch):
    monkeypatch.setattr(live, "ANSWER_WAIT_S", 1.0)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        uri = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        answer = dse("run", tiny, "-n", 4, "--tracking", uri, "--figures", "none")
    assert answer.code == 0
    warned = [line for line in answer.err if line.startswith("warning: ")]
    assert len(warned) == 1
    assert "does not answer" in warned[0]
    assert len(finished_rows(here / "runs/dse.db")) == 4
