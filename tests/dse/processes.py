"""The command in a process of its own, and what a second process reads of its storage."""

import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLES = (
    "trial_params",
    "trial_values",
    "trial_user_attributes",
    "trial_system_attributes",
)
DONE = ("COMPLETE", "PRUNED")
WAIT_S = 300.0


class Command:
    """A running `dse`, leader of a process group as a terminal gives; `said` grows."""

    def __init__(
        self, here: Path, *arguments: object, before: Callable[[], None] | None = None
    ) -> None:
        self.said: list[str] = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from dse.cli import main; main()", *map(str, arguments)],
            cwd=here,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=before,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stderr:
            with self._news:
                self.said.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self.said.append("")
            self._news.notify_all()

    def wait_for(self, pattern: str) -> None:
        """Until it has said a line like that, or has said its last."""
        with self._news:
            self._news.wait_for(
                lambda: any(not s or re.match(pattern, s) for s in self.said), WAIT_S
            )

    def end(self) -> int:
        """Its exit code, once it and everyone who holds its standard error are gone."""
        code = self.process.wait(WAIT_S)
        self._reader.join(WAIT_S)
        assert not self._reader.is_alive(), "somebody of the run outlived it"
        self.process.stderr.close()
        self.said = [line for line in self.said if line]
        wait_gone(self.process.pid)
        return code

    @property
    def told(self) -> int:
        """How many trials it said are finished."""
        counts = [int(m[1]) for line in self.said if (m := re.match(r"(\d+)/\d+ ", line))]
        return counts[-1] if counts else 0


def wait_gone(group: int) -> None:
    """Until no process of a group is left; AssertionError after twenty seconds."""
    deadline = time.monotonic() + 20
    while left := members(group):
        assert time.monotonic() < deadline, f"processes {left} outlived their parent"
        time.sleep(0.02)


def members(group: int) -> list[int]:
    """Processes of a group that are not zombies."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, owner = path.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(owner) == group and state != "Z":
            found.append(int(path.parent.name))
    return found


def wait_running(database: Path) -> None:
    """Until a trial is being evaluated; AssertionError after twenty seconds."""
    deadline = time.monotonic() + 20
    with closing(sqlite3.connect(database, timeout=60)) as held:
        while not held.execute("SELECT 1 FROM trials WHERE state = 'RUNNING'").fetchone():
            assert time.monotonic() < deadline, "no trial is running"
            time.sleep(0.02)


def finished_rows(database: Path) -> dict[int, list[tuple[object, ...]]]:
    """Trial number -> every stored row of a finished trial, as the file holds it."""
    if not database.is_file():
        return {}
    with closing(sqlite3.connect(database, timeout=60)) as held:
        tables = {name for (name,) in held.execute("SELECT name FROM sqlite_master")}
        if not {"trials", *TABLES} <= tables:
            return {}
        rows = held.execute(
            "SELECT * FROM trials WHERE state IN (?, ?) ORDER BY trial_id", DONE
        ).fetchall()
        return {
            number: [
                (trial, number, *rest),
                *(
                    (table, *row)
                    for table in TABLES
                    for row in held.execute(
                        f"SELECT * FROM {table} WHERE trial_id = ? ORDER BY 1", (trial,)
                    )
                ),
            ]
            for trial, number, *rest in rows
        }
