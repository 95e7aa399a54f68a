"""One of many workers that run a study together, on one storage that all of them reach.

Each asks, evaluates and tells for itself; what they share is in the storage only.
"""

import math
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace

import optuna
from optuna.exceptions import UpdateFinishedTrialError

from dse import search, server, workers
from dse.errors import RunError
from dse.heartbeat import HEARTBEAT_S, WORKER, Beat, database, named, pulse
from dse.images import check_data
from dse.interrupt import heard_between_steps
from dse.promise import promise
from dse.record import Trial
from dse.sampler_choice import choose, has_torch
from dse.shared import Turn, check_no_run, count, hand_back, reserve, take_over
from dse.space import ask, flat_names
from dse.storage_errors import ERRORS, StorageError, told
from dse.study import Study
from dse.told import finish, first_line, reuse
from dse.versions import commit, versions
from dse.workers import Submit

LOOK_S = 5.0
"""Longest time between two looks at what the others do."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How a worker works, none of which changes a score. stop_after_s: then it leaves [s]."""

    heartbeat_s: float = HEARTBEAT_S
    stop_after_s: float = math.inf


@dataclass(frozen=True, kw_only=True)
class Left:
    """own: trials that this worker finished; finished: of all workers."""

    own: int
    finished: int


@dataclass(frozen=True, kw_only=True)
class Job:
    """A study to work at: where it is held, how a design is sent out, how workers take turns."""

    held: optuna.Study
    study: Study
    submit: Submit
    turn: Turn


Say = Callable[[str], None]
Over = Callable[[], bool]
"""Whether the time is over; KeyboardInterrupt if a signal came."""


def worker(study: Study, url: str, terms: Terms, say: Say) -> Left:
    """Open the study, or make it, and work at it until it has its trials or the time is over."""
    start_s = time.monotonic()
    server.check_postgresql(url)
    about = {"versions": versions() | commit(), "data": check_data(study)}
    with told(url), workers.pool(1) as executor:
        with server.opening(url):
            held = search.open_study(study, url, about)
            before, torch = search.stored_sampler(held), has_torch()
            # workers take turns at asking: the time of a trial, over all of them, counts as none
            kind, _ = choose("auto", before, study.trials, 0.0, torch=torch)
            search.use_sampler(held, study, kind)
        check_no_run(held)
        evaluate = workers.evaluator(study)
        if count(held).finished < study.trials:
            say("preparing (compiles the models on the first run)")
            _wait_warm(executor.submit(workers.warm_up, study, evaluate))
        job = Job(
            held=held,
            study=study,
            submit=workers.submit_to(executor, evaluate),
            turn=lambda: server.in_turn(database(held).engine, held._study_id),
        )
        left_s = terms.stop_after_s - (time.monotonic() - start_s)
        return work(job, replace(terms, stop_after_s=left_s), say)


def _wait_warm(warm: "Future[None]") -> None:
    """A model that fails here fails its trials too, and is kept with them."""
    if isinstance(warm.exception(), BrokenProcessPool):
        raise RunError("the evaluation cannot start, most often for lack of memory; give it more")


def work(job: Job, terms: Terms, say: Say) -> Left:
    """Work until the study has its trials, those of the others too, or the time is over.

    A signal is heard between two steps; what is running is queued again then.
    """
    stop_s, own = time.monotonic() + terms.stop_after_s, 0
    beat = pulse(job.held, WORKER, terms.heartbeat_s)
    with heard_between_steps() as check:

        def over() -> bool:
            check()
            return time.monotonic() >= stop_s

        waits = False
        while not over():
            for sign in take_over(job.held, job.turn, terms.heartbeat_s):
                say(f"trial {sign.trial.number} is queued again: {named([sign])} is silent")
            trial_id = reserve(job.held, job.study.trials, job.turn, beat)
            now = count(job.held)
            if trial_id is not None:
                own += _one(job, trial_id, beat, over, say)
            elif now.finished >= job.study.trials:
                break
            else:
                if not waits:
                    say(f"waiting for {now.running} trials of other workers")
                _rest(min(LOOK_S, terms.heartbeat_s), over)
            waits = trial_id is None
    return Left(own=own, finished=count(job.held).finished)


def _rest(seconds: float, over: Over) -> None:
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s and not over():
        time.sleep(search.LISTEN_S)


def _one(job: Job, trial_id: int, beat: Beat, over: Over, say: Say) -> bool:
    """Evaluate and tell a reserved trial; whether it is finished now and by this worker."""
    try:
        finished = _evaluated(job, trial_id, beat, over)
    except (UpdateFinishedTrialError, ValueError) as error:
        now = job.held._storage.get_trial(trial_id)
        if not now.state.is_finished():
            hand_back(job.held, job.turn, trial_id)
            raise
        say(
            f"warning: trial {now.number} was taken over by another worker, for this one was "
            f"silent too long; its result is dropped ({first_line(error)})"
        )
        return False
    except (*ERRORS, StorageError):
        raise  # nothing can be written: another worker takes it over
    except BaseException:
        hand_back(job.held, job.turn, trial_id)
        raise
    if finished is None:
        hand_back(job.held, job.turn, trial_id)
        return False
    say(f"trial {finished.number} {finished.state}; {count(job.held).finished} finished in all")
    return True


def _evaluated(job: Job, trial_id: int, beat: Beat, over: Over) -> Trial | None:
    """The finished trial; None if the time is over before it is."""
    trial = optuna.Trial(job.held, trial_id)
    ask(trial, job.study.space)
    params, complete = flat_names(trial.params), search.record(job.held).complete
    for twin in complete:
        if search.point_key(twin.params) == search.point_key(params):
            return reuse(job.held, job.study, trial, twin)
    judged = promise(job.study, complete)
    future = job.submit({**job.study.fixed, **params}, judged)
    while not future.done():
        if over():
            return None
        beat(trial_id)
        wait([future], timeout=search.LISTEN_S)
    return finish(job.held, trial, judged, future)
