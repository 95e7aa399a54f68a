"""A run that evaluates on a Dask cluster: real schedulers and workers, one of them killed."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from dse import cluster, search
from dse.storage import storage_url
from tests.dse.command import refused
from tests.dse.processes import ROOT, Command, wait_running

LONG = "fixed.training.images=4000"
"""A trial of seconds, so that there is time to hit it."""
QUIET = ("--tracking", "none", "--figures", "none")
WAIT_S = 60


@contextmanager
def process(kind, *arguments, cwd):
    """A scheduler or worker of the installed Dask, gone in the end."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "dask", kind, *arguments],
        cwd=cwd,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as started:
        try:
            yield started
        finally:
            if started.poll() is None:
                os.killpg(started.pid, signal.SIGKILL)
            started.stderr.read()


def said(process, pattern):
    """What the pattern finds in a line of the standard error of a process."""
    for line in process.stderr:
        if found := re.search(pattern, line):
            return found[1]
    raise AssertionError(f"{pattern} was never said")


@pytest.fixture
def scheduler(tmp_path):
    """Address of a scheduler that gives up on a trial after its second worker has died."""
    with process("scheduler", "--port", "0", "--no-dashboard", cwd=tmp_path) as started:
        yield said(started, r"Scheduler at:\s+(\S+)"), started


@contextmanager
def worker(address, tmp_path):
    """One worker of one thread, without a nanny that would start it again."""
    arguments = (address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
    with process("worker", *arguments, cwd=tmp_path) as started:
        said(started, r"(Registered to)")
        yield started


def params(record):
    return {t.number: (t.params, t.values) for t in record.finished}


@pytest.mark.slow
def test_every_trial_is_finished_once_though_a_worker_is_killed(scheduler, tiny, here, tmp_path):
    address, _ = scheduler
    with worker(address, tmp_path) as one, worker(address, tmp_path):
        run = Command(
            here, "run", tiny, "-n", 8, "-S", LONG, "--scheduler", address, *QUIET
        )  # fmt: skip
        run.wait_for(r"1/8 ")
        time.sleep(0.5)
        os.killpg(one.pid, signal.SIGKILL)
        assert run.end() == 0, run.said
    assert any(line.startswith("2 designs at once on the cluster at tcp://") for line in run.said)
    found = search.load_record(storage_url(str(here / "runs/dse.db")), "tiny")
    assert [t.state for t in found.trials] == ["complete"] * 8  # none lost, none doubled
    for trial in found.finished[:3]:  # INDEPENDENT: the same design here
        point = ",".join(f"{name}={value!r}" for name, value in trial.params.items())
        local = Command(here, "run", tiny, "-n", 1, "-S", LONG, "--enqueue", point, "--name",
                        f"local{trial.number}", *QUIET)  # fmt: skip
        assert local.end() == 0, local.said
        again = search.load_record(storage_url(str(here / "runs/dse.db")), f"local{trial.number}")
        assert again.finished[0].params == trial.params
        assert again.finished[0].values == trial.values


@pytest.mark.slow
def test_a_scheduler_that_goes_ends_the_run_and_the_next_one_goes_on(
    scheduler, tiny, here, tmp_path
):
    address, process = scheduler
    with worker(address, tmp_path):
        run = Command(here, "run", tiny, "-n", 6, "-S", LONG, "--scheduler", address, *QUIET)
        run.wait_for(r"2/6 ")
        os.killpg(process.pid, signal.SIGKILL)
        assert run.end() == 1
    assert run.said[-1].startswith("dse: the scheduler of the cluster is gone; finished trials")
    url = storage_url(str(here / "runs/dse.db"))
    kept = params(search.load_record(url, "tiny"))
    assert len(kept) >= 2
    again = Command(here, "run", tiny, "-n", 6, "-S", LONG, *QUIET)
    assert again.end() == 0, again.said
    found = search.load_record(url, "tiny")
    assert len(found.finished) == 6
    assert kept.items() <= params(found).items()


@pytest.mark.slow
def test_a_signal_gives_back_what_the_cluster_runs(scheduler, tiny, here, tmp_path):
    address, _ = scheduler
    with worker(address, tmp_path):
        run = Command(here, "run", tiny, "-n", 6, "-S", LONG, "--scheduler", address, *QUIET)
        run.wait_for(r"1/6 ")
        wait_running(here / "runs/dse.db")
        os.kill(run.process.pid, signal.SIGINT)
        assert run.end() == 130
    found = search.load_record(storage_url(str(here / "runs/dse.db")), "tiny")
    assert {t.state for t in found.trials} == {"complete", "given back", "waiting"}


@pytest.mark.slow
def test_a_scheduler_without_workers_is_told_with_how_to_start_some(
    scheduler, tiny, here, monkeypatch, dse
):
    address, _ = scheduler
    monkeypatch.setattr(cluster, "WORKERS_S", 1)
    answer = dse("run", tiny, "--scheduler", address)
    assert answer.code == 1
    assert answer.err[-1] == (
        f"dse: the scheduler at {address} has no workers; start some: dask worker {address} "
        "--nthreads 1 --nworkers 4"
    )
    assert list(here.iterdir()) == []


def test_a_scheduler_that_does_not_answer_is_refused_before_anything_is_written(
    dse, tiny, here, monkeypatch
):
    monkeypatch.setattr(cluster, "CONNECT_S", 0.3)
    answer = dse("run", tiny, "--scheduler", "tcp://127.0.0.1:9")
    assert answer.code == 2
    assert answer.err[0].startswith(
        "dse: --scheduler tcp://127.0.0.1:9: no Dask scheduler answers there ("
    )
    assert list(here.iterdir()) == []


def test_without_dask_the_option_says_what_to_install(dse, tiny, here, monkeypatch):
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)
    refused(
        dse("run", tiny, "--scheduler", "tcp://127.0.0.1:9"),
        "--scheduler needs Dask: pip install 'mtj-dse[cluster]', or leave it out",
        here,
    )


class Pretended:
    """A client whose one worker answers as it is told to."""

    def __init__(self, **answers):
        self._answers = answers

    def nthreads(self):
        """Of each worker."""
        return {"tcp://w:1": 1}

    def wait_for_workers(self, *_, **__):
        """It is there."""

    def run(self, call, *_):
        """What was told, or what the call gives here."""
        answer = self._answers.get(call.__name__, call(*_))
        if isinstance(answer, Exception):
            raise answer
        return {"tcp://w:1": answer}


@pytest.mark.parametrize(
    ("answers", "line"),
    [
        (
            {"versions": {**cluster.versions(), "numpy": "1.0"}},
            "worker tcp://w:1 has numpy 1.0, ",
        ),
        ({"versions": ModuleNotFoundError("No module named 'dse'")}, "a worker cannot evaluate "),
        ({"check_data": {"dataset": "mnist"}}, "worker tcp://w:1 has other images in mnist"),
    ],
)
def test_a_worker_that_would_score_otherwise_is_refused(study, answers, line):
    with pytest.raises(cluster.RunError, match=line):
        cluster._check_workers(Pretended(**answers), "tcp://s:1", study, print)


def test_a_worker_like_this_machine_is_taken(study):
    cluster._check_workers(Pretended(), "tcp://s:1", study, print)
