"""Tracking beside the search: a thread that logs what is finished and never stops a trial."""

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import SimpleQueue

from dse.record import Record, Trial

FINISH_WAIT_S = 120.0  # for a view that is being written
ANSWER_WAIT_S = 8.0  # for one that has not answered yet
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",  # a server that is down must not hold up the end
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}
"""Read by mlflow when it is imported; what the user has set stays."""


class Tracker:
    """Logs trials to MLflow from a thread of its own; after a failure it only warns, once.

    uri: MLflow's tracking address; artifacts: folder for the files of a new experiment.
    `busy_s` is the time it took; `problem` what went wrong, or "".
    """

    def __init__(
        self, uri: str, artifacts: Path | None, record: Record, warn: Callable[[str], None]
    ) -> None:
        self.problem = ""
        self._uri, self._artifacts, self._record, self._warn = uri, artifacts, record, warn
        self._trials: SimpleQueue[Trial | None] = SimpleQueue()
        self._files: tuple[Path, ...] = ()
        self._pictures: Mapping[int, Path] = {}
        self._answered, self._warned = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def add(self, trial: Trial) -> None:
        """Log a finished trial soon."""
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
                f"MLflow at {self._uri} {what}: its view lacks trials, but every trial is kept: "
                "run the same command again to log them"
            )

    def _work(self) -> None:
        try:
            self._log_all()
        except Exception as error:  # a view that is broken must not cost a trial
            self.problem = (str(error).strip() or type(error).__name__).splitlines()[0]
            self._warn_once(f"does not work ({self.problem})")

    def _log_all(self) -> None:
        os.environ.update(QUIET | os.environ)
        from dse import tracking  # seconds: beside the search, not before it

        view = tracking.open_view(self._uri, self._artifacts, self._record)
        self._answered.set()
        study, study_id = self._record.study, self._record.id
        for trial in self._record.finished:
            tracking.log_trial(view, study, study_id, trial)
        while (new := self._trials.get()) is not None:
            tracking.log_trial(view, study, study_id, new)
        for trial in self._record.finished:
            tracking.log_trial(view, study, study_id, trial)
        tracking.log_pictures(view, self._pictures)
        tracking.finish(view, self._record, self._files)
