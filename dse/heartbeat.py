"""Signs of life: who works at the running trials of a study that several processes share.

A process that dies cannot say so. It holds its trial by a heartbeat that it renews in the storage;
one that has been silent for two heartbeats is taken for dead. All times are read from the clock
of the database, so clocks of machines may differ.
"""

import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import optuna
import sqlalchemy
from optuna.trial import FrozenTrial, TrialState

from dse.errors import RunError
from dse.sampler import given_back
from dse.storage import readable_name
from dse.storage_errors import ERRORS

HEARTBEAT_S = 60
GRACE = 2
"""Heartbeats that may be missed."""
RUN, WORKER = "dse run", "dse worker"
HOLDER = "held_by"
"""Attribute of a trial: command, machine and process that work at it, and its heartbeat."""

TRIALS = sqlalchemy.table(
    "trials",
    *map(sqlalchemy.column, ("trial_id", "study_id")),
    sqlalchemy.column("state", sqlalchemy.Enum(TrialState, name="trialstate")),
)
HEARTBEATS = sqlalchemy.table(
    "trial_heartbeats",
    sqlalchemy.column("trial_id"),
    sqlalchemy.column("heartbeat", sqlalchemy.DateTime),
)

Beat = Callable[[int], None]
"""To be called all the time with the id of a trial that is being worked at."""


@dataclass(frozen=True, kw_only=True)
class Sign:
    """A running trial. silent_s: since its last heartbeat, None if it never had one [s]."""

    trial: FrozenTrial
    silent_s: float | None
    heartbeat_s: float

    @property
    def holder(self) -> Mapping[str, Any]:
        """Command, machine and process; empty if it died before it could sign."""
        found: Mapping[str, Any] = self.trial.user_attrs.get(HOLDER, {})
        return found

    @property
    def left_s(self) -> float:
        """Until it is taken for dead; below zero it is [s]."""
        patience_s = GRACE * float(self.holder.get("heartbeat_s", self.heartbeat_s))
        return patience_s - (self.silent_s or 0)

    @property
    def alive(self) -> bool:
        """Whether it was heard of lately."""
        return self.silent_s is not None and self.left_s >= 0


def database(held: optuna.Study) -> optuna.storages.RDBStorage:
    """The storage of a study without optuna's cache."""
    storage = held._storage
    found = getattr(storage, "_backend", storage)
    assert isinstance(found, optuna.storages.RDBStorage)
    return found


def is_shared(held: optuna.Study) -> bool:
    """Whether the study is on a server, where other machines may work at it too."""
    return database(held).engine.dialect.name != "sqlite"


def running(held: optuna.Study, heartbeat_s: float = HEARTBEAT_S) -> list[Sign]:
    """The trials that somebody should be working at.

    heartbeat_s: of those who died before they could say theirs.
    """
    trials = held.get_trials(deepcopy=False)
    lost = given_back(trials)
    left = [t for t in trials if t.state == TrialState.RUNNING and t.number not in lost]
    silent = _silent_s(held) if left else {}
    return [Sign(trial=t, silent_s=silent.get(t._trial_id), heartbeat_s=heartbeat_s) for t in left]


def _silent_s(held: optuna.Study) -> dict[int, float]:
    """Id of a running trial -> seconds since its last heartbeat."""
    asked = (
        sqlalchemy.select(TRIALS.c.trial_id, HEARTBEATS.c.heartbeat, sqlalchemy.func.now())
        .join_from(TRIALS, HEARTBEATS, TRIALS.c.trial_id == HEARTBEATS.c.trial_id)
        .where(TRIALS.c.study_id == held._study_id, TRIALS.c.state == TrialState.RUNNING)
    )
    with database(held).engine.connect() as connection:
        rows = connection.execute(asked).all()
    return {i: (now.replace(tzinfo=None) - last).total_seconds() for i, last, now in rows}


def pulse(held: optuna.Study, command: str, heartbeat_s: float = HEARTBEAT_S) -> Beat:
    """Signs a trial when it is called for the first time, and renews its heartbeat in time.

    That a heartbeat cannot be written is no reason to stop: it is tried again sooner.
    """
    due: dict[int, float] = {}
    storage = database(held)
    holder = {
        "command": command,
        "machine": socket.gethostname(),
        "process": os.getpid(),
        "heartbeat_s": heartbeat_s,
    }

    def beat(trial_id: int) -> None:
        now_s = time.monotonic()
        if trial_id not in due:
            storage.record_heartbeat(trial_id)
            storage.set_trial_user_attr(trial_id, HOLDER, holder)
        elif now_s >= due[trial_id]:
            try:
                storage.record_heartbeat(trial_id)
            except ERRORS:
                due[trial_id] = now_s + heartbeat_s / 4
                return
        else:
            return
        due[trial_id] = now_s + heartbeat_s

    return beat


def no_pulse(_: int) -> None:
    """The beat of a study that is locked for one process."""


def check_alone(held: optuna.Study, url: str) -> None:
    """RunError if another process works at a study on a server."""
    busy = [sign for sign in running(held) if sign.alive] if is_shared(held) else []
    if busy:
        longest_s = max(sign.left_s for sign in busy)
        raise RunError(
            f"study {held.study_name!r} in {readable_name(url)} is worked at by "
            f"{named(busy)}; wait for the end, or {longest_s:.0f} s if that was killed"
        )


def named(signs: list[Sign]) -> str:
    """Who holds these trials."""
    holders = sorted({" ".join(map(str, _who(sign.holder))) for sign in signs})
    more = f" and {len(holders) - 1} more" if len(holders) > 1 else ""
    return f"{holders[0]}{more}"


def _who(holder: Mapping[str, Any]) -> tuple[str, ...]:
    if not holder:
        return ("another process",)
    return (f"{holder['command']} on {holder['machine']} (process {holder['process']})",)
