"""Tracking beside the search: a thread that logs what is finished and never stops a trial."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from dse.record import Record, Trial
from dse.storage import NONE, readable_name, sqlite_path
from objectives.design import Value

if TYPE_CHECKING:
    from dse.tracking import View

FINISH_WAIT_S = 120.0  # for a view that is being written
ANSWER_WAIT_S = 8.0  # for one that has not answered yet
CURVE_S = 5.0  # at least, between two looks at the curve while it searches
CURVE_SHARE = 0.02  # of the time, at most, for those looks
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",  # a server that is down must not hold up the end
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}
"""Read by mlflow when it is imported; what the user has set stays."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where runs are logged: MLflow's address, and a folder for the files of a new experiment.

    artifacts: for a database without a server; None leaves it to the server.
    """

    uri: str
    artifacts: Path | None = None


def tracked_at(uri: str) -> Place | None:
    """The place of a tracking address, its folder made; None for "none"."""
    if uri == NONE:
        return None
    database = sqlite_path(uri)
    if database is None:
        return Place(uri=uri)
    with suppress(OSError):  # MLflow then says what is wrong, which is a warning
        database.parent.mkdir(parents=True, exist_ok=True)
    return Place(uri=uri, artifacts=database.with_name(f"{database.stem}-artifacts"))


def first_line(error: Exception) -> str:
    """What went wrong, short."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def log_run(
    place: Place,
    tags: Mapping[str, str],
    params: Mapping[str, Value],
    metrics: Mapping[str, float],
    files: Iterable[Path],
) -> str:
    """A run beside the studies; a warning if MLflow does not take it, for all else is done."""
    os.environ.update(QUIET | os.environ)
    try:
        from dse import tracking  # seconds to import

        tracking.log_run(place, tags, params, metrics, files)
    except Exception as error:
        name = readable_name(place.uri)
        return (
            f"warning: MLflow at {name} does not work ({first_line(error)}); all else is done: "
            "give another --tracking and run the command again to log it"
        )
    return ""


class Tracker:
    """Logs a study to MLflow from a thread of its own; after a failure it only warns, once.

    everything: a run for every trial as it ends, not only for members of the front at the end.
    `problem` is what went wrong, or "".
    """

    def __init__(
        self,
        place: Place,
        record: Record,
        warn: Callable[[str], None],
        everything: bool = False,
    ) -> None:
        self.problem = ""
        self._place, self._record, self._warn = place, record, warn
        self._everything = everything
        self._trials: SimpleQueue[Trial | None] = SimpleQueue()
        self._files: tuple[Path, ...] = ()
        self._pictures: Mapping[int, Path] = {}
        self._answered, self._warned = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def add(self, trial: Trial) -> None:
        """Take note of a finished trial."""
        self._trials.put(trial)

    def finish(
        self, record: Record, files: tuple[Path, ...], pictures: Mapping[int, Path] | None = None
    ) -> None:
        """Log what is left, roles, files and the pictures of single trials, and wait for it."""
        self._record, self._files, self._pictures = record, files, pictures or {}
        self._trials.put(None)
        self._thread.join(ANSWER_WAIT_S)
        if self._answered.is_set():
            self._thread.join(FINISH_WAIT_S)
        if self._thread.is_alive():
            self._warn_once("is slow" if self._answered.is_set() else "does not answer")

    def _warn_once(self, what: str) -> None:
        if self._warned.acquire(blocking=False):
            place = readable_name(self._place.uri)
            self._warn(
                f"MLflow at {place} {what}: its view lacks runs, but every trial is kept: log "
                f"them later by dse sync {self._record.study.name}"
            )

    def _work(self) -> None:
        try:
            self._log_all()
        except Exception as error:  # a view that is broken must not cost a trial
            self.problem = first_line(error)
            self._warn_once(f"does not work ({self.problem})")

    def _log_all(self) -> None:
        os.environ.update(QUIET | os.environ)
        from dse import tracking  # seconds: beside the search, not before it

        view = tracking.open_view(self._place, self._record)
        self._answered.set()
        self._follow(view)
        view = tracking.open_view(self._place, self._record)  # a sync may have come between
        tracking.finish(view, self._record, self._files, everything=self._everything)
        tracking.log_pictures(view, self._pictures)

    def _follow(self, view: "View") -> None:
        """What can be seen while the study runs: its hypervolume, and each trial if wanted."""
        from dse import tracking

        seen, pause_s, looked_s = list(self._record.trials), CURVE_S, time.monotonic()
        while True:
            with suppress(Empty):
                new = self._trials.get(timeout=pause_s)
                if new is None:
                    return
                seen.append(new)
                if self._everything:
                    tracking.log_trial(view, self._record, new, role="")
            start_s = time.monotonic()
            if start_s - looked_s > pause_s:
                tracking.log_so_far(view, replace(self._record, trials=tuple(seen)))
                looked_s = time.monotonic()
                pause_s = max(CURVE_S, (looked_s - start_s) / CURVE_SHARE)
