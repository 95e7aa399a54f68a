"""Workers on a PostgreSQL server, as processes that are killed, stopped and told to leave."""

import os
import re
import signal
import time
from contextlib import ExitStack, contextmanager
from functools import cache

import optuna
import pytest

from dse import heartbeat, search, shared
from tests.dse import postgres
from tests.dse.processes import Command, wait_gone

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        postgres.program("initdb") is None,
        reason=f"PostgreSQL's initdb is neither in PATH nor in {postgres.INSTALLED}/*/bin",
    ),
]
TRIALS = 4
LONG = "fixed.training.images=4000"
"""A trial of seconds, so that there is time to hit it."""


@pytest.fixture(scope="module")
def server():
    """Address of a server of its own."""
    with postgres.server() as url:
        yield url


@contextmanager
def looking(url):
    """Gives a function: name -> the study on a server."""
    with ExitStack() as opened:

        @cache
        def storage():  # opened by the first look: the workers make it
            found = search.open_storage(url)
            opened.callback(found.engine.dispose)
            return found

        yield lambda name: optuna.load_study(study_name=name, storage=storage())


@pytest.fixture(scope="module")
def look(server):
    """Name -> the study on the server."""
    with looking(server) as found:
        yield found


@pytest.fixture
def start(here, tiny, server, request):
    """Start a command on a study of the test's own, and end what is left of it."""
    name, started = re.sub(r"\W", "-", request.node.name)[:60], []

    def call(command, *options):
        common = ("--storage", server, "--name", name, "-n", TRIALS, "-S", LONG)
        more = ("--heartbeat", 1) if command == "worker" else ("--tracking", "none")
        started.append(Command(here, command, tiny, *common, *more, *options))
        return started[-1]

    call.name = name
    yield call
    for command in started:
        if command.process.poll() is None:
            os.killpg(command.process.pid, signal.SIGKILL)
        if not command.process.stderr.closed:
            command.end()


def held_by(look, name, command):
    """Number of the trial that a command works at, once it does."""
    command.wait_for("preparing")
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and command.process.poll() is None:
        for sign in heartbeat.running(look(name)):
            if sign.holder.get("process") == command.process.pid:
                return sign.trial.number
        time.sleep(0.1)
    raise AssertionError(command.said)


def check_whole(record):
    """LAW: as many trials as asked for, each point that was asked for evaluated, and once."""
    assert len(record.finished) == len(record.complete) == TRIALS
    assert {trial.state for trial in record.trials} <= {"complete", "given back"}
    points = [tuple(sorted(trial.params.items())) for trial in record.complete]
    assert len(set(points)) == TRIALS
    whole = [trial for trial in record.trials if len(trial.params) == 2]
    assert {tuple(sorted(trial.params.items())) for trial in whole} == set(points)
    assert all(trial.reused_from is None for trial in record.complete)


def test_a_worker_killed_in_the_middle_of_a_trial_is_replaced(look, start, here):
    killed, other = start("worker"), start("worker")  # at once: both make tables and study
    number = held_by(look, start.name, killed)
    os.killpg(killed.process.pid, signal.SIGKILL)
    assert other.end() == 0, other.said
    assert killed.end() == -signal.SIGKILL
    record = search.record(look(start.name))
    check_whole(record)
    (lost,) = [trial.number for trial in record.trials if trial.state == "given back"]
    assert lost == number
    assert any(line.startswith(f"trial {number} is queued again: ") for line in other.said)
    assert re.match(rf"{TRIALS} trials are finished, \d by this worker", other.said[-2])
    assert other.said[-1].startswith("confirm the front and write it: dse run ")
    run = start("run")
    assert run.end() == 0, run.said
    assert (here / "runs" / start.name / "front.csv").is_file()
    assert search.record(look(start.name)).complete == record.complete


def test_a_worker_that_was_only_asleep_is_warned_and_nothing_is_counted_twice(look, start):
    asleep, other = start("worker"), start("worker")
    number = held_by(look, start.name, asleep)
    os.kill(asleep.process.pid, signal.SIGSTOP)
    other.wait_for(rf"trial {number} is queued again: ")
    os.kill(asleep.process.pid, signal.SIGCONT)
    assert (asleep.end(), other.end()) == (0, 0), (asleep.said, other.said)
    assert any(line.startswith(f"warning: trial {number} was taken over") for line in asleep.said)
    check_whole(search.record(look(start.name)))


def test_a_worker_that_is_told_to_leave_gives_back_and_run_waits_its_turn(look, start, server):
    worker = start("worker", "--heartbeat", 60)
    held_by(look, start.name, worker)
    os.killpg(worker.process.pid, signal.SIGSTOP)  # it cannot be over before the run looks
    assert shared.is_worked_at(server, start.name)
    refused = start("run")
    assert refused.end() == 1
    assert re.search(r"is worked at by dse worker on \S+ \(process \d+\); wait", refused.said[-1])
    os.killpg(worker.process.pid, signal.SIGCONT)
    number = held_by(look, start.name, worker)
    os.killpg(worker.process.pid, signal.SIGTERM)
    assert worker.end() == 130, worker.said
    assert worker.said[-1] == "interrupted: its trial is queued again; the same command goes on"
    states = [t.state for t in search.record(look(start.name)).trials]
    assert states[number:] == ["given back", "waiting"]
    short = start("worker", "--stop-after", "1s")
    assert short.end() == 0, short.said
    assert re.match(rf"stopped after 1s: \d of {TRIALS} trials are left", short.said[-2])
    states = [t.state for t in search.record(look(start.name)).trials]
    assert states.count("waiting") == 1
    assert "running" not in states
    assert not shared.is_worked_at(server, start.name)
    run = start("run")
    assert run.end() == 0, run.said
    check_whole(search.record(look(start.name)))


def test_a_worker_is_refused_while_a_run_has_the_study(look, start):
    run = start("run")
    held_by(look, start.name, run)
    os.killpg(run.process.pid, signal.SIGSTOP)  # it cannot be over before the worker looks
    worker = start("worker")
    assert worker.end() == 1, worker.said
    os.killpg(run.process.pid, signal.SIGCONT)
    assert re.search(r"is being run by dse run on \S+ \(process \d+\); wait", worker.said[-1])
    assert run.end() == 0, run.said
    check_whole(search.record(look(start.name)))


def test_a_server_that_goes_away_ends_a_worker_in_one_line(here, tiny):
    with postgres.server() as url, looking(url) as look:
        worker = Command(here, "worker", tiny, "--storage", url, "-S", LONG)
        held_by(look, "tiny", worker)
    assert worker.end() == 1
    assert "cannot be reached" in worker.said[-1]
    assert "Traceback" not in "\n".join(worker.said)
    wait_gone(worker.process.pid)
