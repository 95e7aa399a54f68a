"""One study, many workers: who takes the next trial, and what becomes of those of the dead.

Only one worker at a time decides: it takes its turn, looks, and acts. So exactly as many trials
run or are finished as the study asks for, and a trial is taken over once.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import optuna
from optuna.trial import TrialState

from dse.errors import RunError
from dse.heartbeat import RUN, Beat, Sign, database, named, running
from dse.sampler import given_back
from dse.search import give_back, open_storage

Turn = Callable[[], AbstractContextManager[None]]
"""Alone among the workers of a study, as long as it is open."""


@dataclass(frozen=True, kw_only=True)
class Count:
    """Trials of a study that count: those cut off do not, for they are queued again."""

    finished: int
    running: int


def count(held: optuna.Study) -> Count:
    """How far the study is."""
    trials = held.get_trials(deepcopy=False)
    lost = given_back(trials)
    states = [trial.state for trial in trials if trial.number not in lost]
    return Count(
        finished=sum(state.is_finished() for state in states),
        running=states.count(TrialState.RUNNING),
    )


def reserve(held: optuna.Study, total: int, turn: Turn, beat: Beat) -> int | None:
    """Id of the trial that is this worker's from now on, one queued or a new one.

    None if as many as `total` run or are finished. RunError if `dse run` has the study.
    """
    with turn():
        check_no_run(held)
        now = count(held)
        if now.finished + now.running >= total:
            return None
        trial_id = _next(held)
        beat(trial_id)
        return trial_id


def _next(held: optuna.Study) -> int:
    storage = held._storage
    for trial in held.get_trials(deepcopy=False, states=(TrialState.WAITING,)):
        if storage.set_trial_state_values(trial._trial_id, TrialState.RUNNING):
            return trial._trial_id
    return storage.create_new_trial(held._study_id)


def check_no_run(held: optuna.Study) -> None:
    """RunError if `dse run` has the study: it counts on being alone."""
    runs = [s for s in running(held) if s.alive and s.holder.get("command") == RUN]
    if runs:
        raise RunError(
            f"study {held.study_name!r} is being run by {named(runs)}; wait for it to end"
        )


def take_over(held: optuna.Study, turn: Turn, heartbeat_s: float) -> list[Sign]:
    """Queue again the trials of workers that have been silent for too long; which ones.

    One that died before its first heartbeat is given that by whoever sees it first.
    """
    if not any(_is_due(sign) for sign in running(held, heartbeat_s)):
        return []
    with turn():
        due = [sign for sign in running(held, heartbeat_s) if _is_due(sign)]
        for sign in due:
            if sign.silent_s is None:
                database(held).record_heartbeat(sign.trial._trial_id)
            else:
                give_back(held, sign.trial)
    return [sign for sign in due if sign.silent_s is not None]


def _is_due(sign: Sign) -> bool:
    return not sign.alive


def is_worked_at(url: str, name: str) -> bool:
    """Whether a process was heard of lately that works at a study on a server."""
    storage = open_storage(url)
    try:
        held = optuna.load_study(study_name=name, storage=storage)
        return any(sign.alive for sign in running(held))
    finally:
        storage.engine.dispose()


def hand_back(held: optuna.Study, turn: Turn, trial_id: int) -> None:
    """Queue a trial of this worker again, unless that has been done for it."""
    with turn():
        trial = held._storage.get_trial(trial_id)
        if trial.state == TrialState.RUNNING:
            give_back(held, trial)
