"""Tracking beside the search: a thread that logs what is finished and never stops a trial."""

import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from dse.record import Record, Trial
from dse.storage import NONE, sqlite_path

if TYPE_CHECKING:
    from dse.tracking import View

FINISH_WAIT_S = 120.0  # for a view that is being written
ANSWER_WAIT_S = 8.0  # for one that has not answered yet
CURVE_S = 5.0  # at least, between two looks at the curve while it searches
CURVE_SHARE = 0.02  # of the time of this thread's process, at most, for those looks
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


class Tracker:
    """Logs a study to MLflow from a thread of its own; after a failure it only warns, once.

    everything: a run for every trial as it ends, not only for members of the front at the end.
    `busy_s` is the processor time it took; `problem` what went wrong, or "".
    """

    def __init__(
        self,
        place: Place,
        record: Record,
        warn: Callable[[str], None],
        everything: bool = False,
    ) -> None:
        self.problem, self.busy_s = "", 0.0
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
            self._warn(
                f"MLflow at {self._place.uri} {what}: its view lacks runs, but every trial is "
                f"kept: log them later by dse sync {self._record.study.name}"
            )

    def _work(self) -> None:
        try:
            self._log_all()
        except Exception as error:  # a view that is broken must not cost a trial
            self.problem = (str(error).strip() or type(error).__name__).splitlines()[0]
            self._warn_once(f"does not work ({self.problem})")
        self.busy_s = time.thread_time()

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

        seen, pause_s, looked_s = self._record, CURVE_S, time.monotonic()
        while True:
            with suppress(Empty):
                new = self._trials.get(timeout=pause_s)
                if new is None:
                    return
                seen = replace(seen, trials=(*seen.trials, new))
                if self._everything:
                    tracking.log_trial(view, seen, new, role="")
            start_s = time.monotonic()
            if start_s - looked_s > pause_s:
                tracking.log_so_far(view, seen)
                looked_s = time.monotonic()
                pause_s = max(CURVE_S, (looked_s - start_s) / CURVE_SHARE)
