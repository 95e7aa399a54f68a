"""Many workers, one study: no trial is lost or doubled, and nobody works where he must not."""

import os
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace

import optuna
import pytest
import sqlalchemy
from optuna.trial import TrialState

from dse import cluster_worker, heartbeat, search, server, shared
from dse.cluster_worker import Job, Terms
from dse.errors import InputError, RunError
from dse.promise import promise
from dse.slurm import Array, script, seconds
from dse.space import ask
from dse.storage import storage_url
from dse.told import finish
from tests.dse import fakes
from tests.dse.command import listed, refused
from tests.dse.conftest import submit_here

POSTGRESQL = "postgresql+psycopg://me@db/dse"
TERMS = Terms()


def quiet(_):
    """Say nothing."""


@pytest.fixture(autouse=True)
def _look_often(monkeypatch):
    monkeypatch.setattr(cluster_worker, "LOOK_S", 0.05)


@pytest.fixture
def opened(study, tmp_path):
    """The study in a file, opened anew by each call as another process would."""
    url = storage_url(str(tmp_path / "dse.db"))
    return lambda: search.open_study(study, url, {})


@pytest.fixture
def job(study, opened):
    """What one worker works at; all of them take turns at one lock."""
    lock = threading.Lock()

    def make(submit=None, turn=lambda: lock):
        return Job(held=opened(), study=study, submit=submit or submit_here(), turn=turn)

    return make


def silence(held, trial_id):
    """Make the last heartbeat of a trial an hour older."""
    engine = heartbeat.database(held).engine
    with engine.begin() as connection:
        text = "UPDATE trial_heartbeats SET heartbeat = :then WHERE trial_id = :trial"
        change = sqlalchemy.text(text).bindparams(
            sqlalchemy.bindparam("then", type_=sqlalchemy.DateTime)
        )
        now = connection.execute(sqlalchemy.select(sqlalchemy.func.now())).scalar_one()
        then = now.replace(hour=0, year=now.year - 1)
        connection.execute(change, {"then": then, "trial": trial_id})


def reserved(job, command=heartbeat.WORKER):
    """A trial of another process that has begun."""
    beat = heartbeat.pulse(job.held, command)
    return shared.reserve(job.held, job.study.trials, job.turn, beat)


def evaluated(job, trial_id):
    """Do what a worker does with a trial that it has reserved."""
    trial = optuna.Trial(job.held, trial_id)
    ask(trial, job.study.space)
    outcome = submit_here()({**job.study.fixed, **trial.params})
    finish(job.held, trial, promise(job.study, []), outcome)


def waiting(held):
    return held.get_trials(states=(TrialState.WAITING,))


def test_together_workers_finish_exactly_as_many_trials_as_the_study_asks_for(job, study):
    submit = submit_here(lambda flat: time.sleep(0.01) or fakes.evaluate(flat))
    jobs = [job(submit) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        left = list(threads.map(lambda each: cluster_worker.work(each, TERMS, quiet), jobs))
    record = search.record(jobs[0].held)
    assert {trial.state for trial in record.trials} == {"complete"}
    assert len(record.trials) == study.trials
    assert sum(each.own for each in left) == study.trials
    assert {each.finished for each in left} == {study.trials}


def test_the_last_trial_goes_to_one_of_two_who_ask_at_once(job, study, monkeypatch):
    one, both_ask, lock = job(), threading.Barrier(2), threading.Lock()
    for _ in range(study.trials - 1):
        reserved(one)
    looked = shared.count
    monkeypatch.setattr(shared, "count", lambda held: (looked(held), time.sleep(0.3))[0])

    def turn():
        both_ask.wait(10)
        return lock

    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(reserved, [job(turn=turn) for _ in range(2)]))
    assert found.count(None) == 1
    assert len(search.record(one.held).trials) == study.trials


def test_one_worker_asks_for_the_same_points_as_a_run(job, run_fake, study):
    one = job()
    cluster_worker.work(one, TERMS, quiet)
    whole = run_fake(study, name="run.db")
    assert [t.params for t in search.record(one.held).trials] == [t.params for t in whole.trials]


def test_trials_that_run_elsewhere_leave_no_room(job, study):
    one = job()
    others = [reserved(one) for _ in range(study.trials)]
    assert reserved(one) is None
    assert len(set(others)) == study.trials
    assert shared.count(one.held) == shared.Count(finished=0, running=study.trials)


def test_what_is_queued_comes_before_anything_new(job):
    one = job()
    one.held.enqueue_trial({"neuron.count": 400})
    queued = waiting(one.held)[0]
    assert reserved(one) == queued._trial_id


def test_a_silent_worker_is_replaced_once_however_many_see_it(job):
    first = job()
    lost = reserved(first)
    silence(first.held, lost)
    lock, both_saw_it = threading.Lock(), threading.Barrier(2)

    def turn():
        both_saw_it.wait(10)  # both looked before one of them acts
        return lock

    jobs = [job(turn=turn) for _ in range(2)]
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda each: shared.take_over(each.held, turn, 60), jobs))
    assert sorted(len(signs) for signs in found) == [0, 1]
    assert [t.user_attrs["again"] for t in waiting(first.held)] == [0]
    assert [t.state for t in search.record(first.held).trials] == ["given back", "waiting"]


def test_what_a_silent_worker_had_is_evaluated_by_another_and_counted_once(job, study):
    first = job()
    trial_id = reserved(first)
    trial = optuna.Trial(first.held, trial_id)
    ask(trial, study.space)
    silence(first.held, trial_id)
    said = []
    left = cluster_worker.work(job(), TERMS, said.append)
    record = search.record(first.held)
    assert said[0] == (
        f"trial 0 is queued again: dse worker on {socket.gethostname()} "
        f"(process {os.getpid()}) is silent"
    )
    assert left.finished == len(record.complete) == study.trials
    assert trial.params in [t.params for t in record.complete]
    assert len(record.trials) == study.trials + 1


def test_one_that_died_before_its_first_heartbeat_is_replaced_after_the_grace(job):
    one = job()
    trial_id = one.held._storage.create_new_trial(one.held._study_id)
    assert shared.take_over(one.held, one.turn, 60) == []  # nobody knows since when it is silent
    assert not waiting(one.held)
    assert shared.take_over(one.held, one.turn, 60) == []
    silence(one.held, trial_id)
    assert [s.trial.number for s in shared.take_over(one.held, one.turn, 60)] == [0]
    assert len(waiting(one.held)) == 1


def test_a_point_that_was_never_drawn_is_drawn_as_the_one_cut_off_not_as_another(job, study):
    first, second = job(), job()
    lost, drawn = reserved(first), reserved(second)
    evaluated(second, drawn)
    silence(first.held, lost)
    cluster_worker.work(job(), TERMS, quiet)
    record = search.record(first.held)
    assert {t.reused_from for t in record.complete} == {None}
    assert len({tuple(t.params.values()) for t in record.complete}) == study.trials


def test_a_worker_with_a_slow_heartbeat_is_not_replaced_by_one_with_a_fast(job):
    one = job()
    trial_id = reserved(one)
    beat = heartbeat.pulse(one.held, heartbeat.WORKER, 86400 * 365)
    beat(trial_id)
    silence(one.held, trial_id)
    assert shared.take_over(one.held, one.turn, 0.1) == []


def test_one_that_wakes_up_after_it_was_replaced_is_warned_and_goes_on(job, study):
    one, other, stolen = job(), job(), []

    def submit(flat, _):
        if not stolen:
            (sign,) = heartbeat.running(other.held)
            silence(other.held, sign.trial._trial_id)
            stolen.extend(shared.take_over(other.held, nullcontext, 60))
        return submit_here()(flat)

    said = []
    left = cluster_worker.work(replace(one, submit=submit), TERMS, said.append)
    record = search.record(one.held)
    assert said[0].startswith("warning: trial 0 was taken over by another worker")
    assert left.finished == left.own == len(record.complete) == study.trials
    assert record.trials[0].state == "given back"
    assert record.trials[0].params == record.trials[1].params


def test_a_worker_whose_time_is_over_gives_back_what_runs(job, study):
    one = job(lambda *_: Future())
    left = cluster_worker.work(one, replace(TERMS, stop_after_s=0.5), quiet)
    assert left == cluster_worker.Left(own=0, finished=0)
    assert [t.state for t in search.record(one.held).trials] == ["given back", "waiting"]
    assert cluster_worker.work(job(), TERMS, quiet).finished == study.trials


def test_a_worker_that_is_interrupted_gives_back_what_runs(job):
    def submit(*_):
        os.kill(os.getpid(), signal.SIGINT)
        return Future()

    one = job(submit)
    with pytest.raises(KeyboardInterrupt):
        cluster_worker.work(one, TERMS, quiet)
    assert [t.state for t in search.record(one.held).trials] == ["given back", "waiting"]


def test_a_worker_stays_until_the_trials_of_the_others_are_over(job, study):
    one, other = job(), job()
    trial_id = reserved(other)
    said = []

    def say(text):
        said.append(text)
        if text.startswith("waiting"):  # the other comes to its end only now
            evaluated(other, trial_id)

    left = cluster_worker.work(one, TERMS, say)
    assert said[-1] == "waiting for 1 trials of other workers"
    assert left == cluster_worker.Left(own=study.trials - 1, finished=study.trials)


def test_a_run_of_its_own_is_refused_where_a_worker_is_alive(job, monkeypatch):
    one = job()
    trial_id = reserved(one)
    monkeypatch.setattr(heartbeat, "is_shared", lambda _: True)
    who = rf"dse worker on \S+ \(process {os.getpid()}\)"
    line = rf"^study 'fake' in .* is worked at by {who}; wait for the end, or 1\d\d s if that was"
    with pytest.raises(RunError, match=line):
        heartbeat.check_alone(one.held, POSTGRESQL)
    silence(one.held, trial_id)
    heartbeat.check_alone(one.held, POSTGRESQL)


def test_a_worker_is_refused_where_a_run_of_its_own_is_alive(job):
    one = job()
    trial_id = reserved(one, heartbeat.RUN)
    with pytest.raises(RunError, match=r"is being run by dse run on .*; wait for it to end$"):
        cluster_worker.work(job(), TERMS, quiet)
    silence(one.held, trial_id)
    assert cluster_worker.work(job(), TERMS, quiet).finished == one.study.trials


def test_a_heartbeat_is_renewed_when_it_is_due_and_a_failure_is_no_end(job, monkeypatch):
    one, written = job(), []
    storage = heartbeat.database(one.held)
    trial_id = one.held._storage.create_new_trial(one.held._study_id)
    monkeypatch.setattr(type(storage), "record_heartbeat", lambda _, i: written.append(i))
    clock_s = [0.0]
    monkeypatch.setattr(heartbeat.time, "monotonic", lambda: clock_s[0])
    beat = heartbeat.pulse(one.held, heartbeat.WORKER, 60)

    def after(now_s):
        clock_s[0] = now_s
        beat(trial_id)
        return len(written)

    assert [after(t) for t in (0, 59, 60, 61, 120)] == [1, 1, 2, 2, 3]

    def broken(*_):
        written.append(None)
        raise sqlalchemy.exc.OperationalError("", {}, Exception("gone"))

    monkeypatch.setattr(type(storage), "record_heartbeat", broken)
    assert [after(t) for t in (180, 194, 196)] == [4, 4, 5]


@pytest.mark.parametrize(
    ("storage", "line"),
    [
        ("runs/dse.db", "is a file, which workers on several machines break; give --storage "
         "postgresql+psycopg://USER@HOST/DATABASE, or on one machine: dse run -j"),
        ("mysql://me:secret@db/dse", "mysql://me:***@db/dse: workers share a PostgreSQL server; "
         "give --storage postgresql+psycopg://USER@HOST/DATABASE"),
        ("postgresql://me@db/dse", "postgresql://me@db/dse needs the module psycopg2, which is "
         "not installed; pip install 'mtj-dse[cluster]' and begin the address with "
         "postgresql+psycopg://"),
        ("postgresql+psycopg://me@db:x/dse", "postgresql+psycopg://me@db:x/dse is no address "
         "(invalid literal for int() with base 10: 'x'); write "
         "postgresql+psycopg://USER@HOST:PORT/DATABASE"),
    ],
)  # fmt: skip
def test_a_storage_that_workers_cannot_share_is_refused(dse, tiny, here, storage, line):
    answer = dse("worker", tiny, "--storage", storage)
    told = f"{here}/{storage} {line}" if "://" not in storage else line
    refused(answer, f"storage {told}", here)


def test_without_the_extra_it_says_what_to_install(dse, tiny, here, monkeypatch):
    monkeypatch.setattr(server, "find_spec", lambda _: None)
    line = (
        f"storage {POSTGRESQL} needs the module psycopg, which is not installed; pip install "
        "'mtj-dse[cluster]' and begin the address with postgresql+psycopg://"
    )
    for command in ("worker", "run", "front"):
        answer = dse(
            command, *([tiny] if command != "front" else ["tiny"]), "--storage", POSTGRESQL
        )
        refused(answer, line, here)


@pytest.mark.parametrize("command", ["worker", "status"])
def test_a_server_that_does_not_answer_is_told_in_one_line(dse, tiny, command):
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql+psycopg://me:secret@127.0.0.1:{taken.getsockname()[1]}/dse"
        answer = dse(command, tiny, "--storage", url)
    assert answer.code == 1
    (line,) = answer.err
    shown = url.replace("secret", "***")
    assert line.startswith(f"dse: storage {shown} cannot be reached (connection failed: ")
    assert line.endswith(
        "see whether its server runs and lets you in and run the same command again"
    )


@pytest.mark.parametrize("text", ["soon", "-5m", "0", "5x", "5m3", ""])
def test_a_time_that_is_none_is_refused(text):
    with pytest.raises(InputError, match=r"^--time .*: no time above zero; write for example 55m"):
        seconds("--time", text)


def test_times_are_read_as_people_write_them():
    found = [
        seconds("--time", text) for text in ("90", "3300s", "55m", "2h", "1h30m", "1.5h", "1d")
    ]
    assert found == [90, 3300, 3300, 7200, 5400, 5400, 86400]


def submitted(text, folder, lines):
    """Words of the command that a batch script ends in, run by bash with another `dse`."""
    stub = folder / "bin" / "dse"
    stub.parent.mkdir()
    stub.write_text('#!/bin/sh\nprintf "%s\\n" "$@" "$OMP_NUM_THREADS" "$SETUP"\n')
    stub.chmod(0o755)
    done = subprocess.run(
        ["bash"], input=text, env={"PATH": f"{stub.parent}:/usr/bin:/bin", **lines},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()


def test_a_slurm_script_starts_workers_that_end_before_their_job(dse, tiny, here, tmp_path):
    url = f"{POSTGRESQL}?host=/a folder"
    answer = dse(
        "slurm-script", tiny, "--storage", url, "--workers", 8, "--time", "1h", "--memory", "4G",
        "--partition", "short", "--setup", "export SETUP='a b'", "-n", 30,
        "-S", "space.array.tile_rows=[28, 98]", "-S", "study.question='why?'",
    )  # fmt: skip
    assert (answer.code, answer.err) == (0, [])
    assert listed(here) == []
    options = [line for line in answer.out.splitlines() if line.startswith("#SBATCH")]
    assert options == [
        "#SBATCH --job-name=dse-tiny", "#SBATCH --output=dse-tiny-%A_%a.log",
        "#SBATCH --array=1-8", "#SBATCH --nodes=1", "#SBATCH --ntasks=1",
        "#SBATCH --cpus-per-task=1", "#SBATCH --mem=4G", "#SBATCH --partition=short",
        "#SBATCH --time=0-01:00:00", "#SBATCH --signal=B:TERM@60",
    ]  # fmt: skip
    subprocess.run(["bash", "-n"], input=answer.out, text=True, check=True)
    assert submitted(answer.out, tmp_path, {}) == [
        "worker", str(tiny), "-n", "30", "-S", "space.array.tile_rows=[28, 98]",
        "-S", "study.question='why?'", "--storage", url, "--stop-after", "3300s", "1", "a b",
    ]  # fmt: skip


def test_a_password_in_a_script_is_warned_of_and_comes_better_from_the_environment(
    dse, tiny, tmp_path, monkeypatch
):
    url = "postgresql+psycopg://me:secret@db/dse"
    options = ("slurm-script", tiny, "--workers", 1, "--time", "1d")
    answer = dse(*options, "--storage", url)
    assert "secret" in answer.out
    (line,) = answer.err
    assert line.startswith(
        "warning: the script holds the password of postgresql+psycopg://me:***@"
    )
    assert "~/.pgpass" in line
    monkeypatch.setenv("DSE_STORAGE", url)
    answer = dse(*options)
    assert answer.err == []
    assert "secret" not in answer.out
    words = submitted(answer.out, tmp_path, {"DSE_STORAGE": url})
    assert words[:-2] == ["worker", str(tiny), "--stop-after", "86100s"]
    monkeypatch.delenv("DSE_STORAGE")
    lacking = subprocess.run(["bash"], input=answer.out, stderr=subprocess.PIPE, text=True)
    assert lacking.returncode != 0
    assert "DSE_STORAGE: set it to the address of the database" in lacking.stderr


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"time_s": 300}, "--time 300s is too short, for a worker stops 5 min before its job "
         "ends; give 10m or more"),
        ({"memory": "4G\n#"}, "--memory 4G"),
        ({"partition": "a b"}, "--partition a b: no name of a partition"),
    ],
)  # fmt: skip
def test_what_slurm_would_not_understand_is_refused(change, line):
    array = Array(name="tiny", worker=("dse", "worker", "tiny"), workers=1, time_s=3600)
    with pytest.raises(InputError) as caught:
        script(replace(array, **change))
    assert str(caught.value).startswith(line)


def test_a_name_with_odd_letters_makes_no_other_option():
    array = Array(name="a b\n#SBATCH --x", worker=("dse",), workers=1, time_s=3600)
    assert "#SBATCH --job-name=dse-a-b--SBATCH---x" in script(array).splitlines()


def test_a_worker_ends_with_the_command_that_confirms_the_front(dse, tiny, monkeypatch):
    left = cluster_worker.Left(own=3, finished=19)
    asked = []
    monkeypatch.setattr(cluster_worker, "worker", lambda *given: asked.append(given) or left)
    url = "postgresql+psycopg://me:secret@db/dse"
    answer = dse("worker", tiny, "--storage", url, "-S", "study.seed=3", "--heartbeat", 2)
    shown = url.replace("secret", "***")
    assert answer.code == 0
    assert answer.err == [
        "19 trials are finished, 3 by this worker",
        f"confirm the front and write it: dse run {tiny} -S study.seed=3 --storage '{shown}'",
    ]
    assert asked[0][2] == Terms(heartbeat_s=2)
    monkeypatch.setenv("DSE_STORAGE", url)
    answer = dse("worker", tiny, "-n", 24, "--stop-after", "55m")
    assert answer.code == 0
    assert answer.err == [
        "stopped after 55m: 5 of 24 trials are left",
        f"go on with more workers, or with: dse run {tiny} -n 24",
    ]
    assert asked[1][2] == Terms(stop_after_s=3300)


def test_a_worker_that_is_interrupted_ends_with_130(dse, tiny, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cluster_worker, "worker", interrupted)
    answer = dse("worker", tiny, "--storage", POSTGRESQL)
    assert answer.code == 130
    assert answer.err == ["interrupted: its trial is queued again; the same command goes on"]
