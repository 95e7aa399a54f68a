"""Cost of search, storage, figures and tracking against the number of trials, 100 to 100,000.

The recorded objective (`recorded`) gives up to 300 trials by the product's own search; the store
is then filled with copies whose parameters and figures are moved by a few per cent, written
straight into its tables. At each size the product goes on from there. Seconds are processor time
of the parent.

    python -m benchmarks.scale FILE.jsonl SIZE …      measures
    python -m benchmarks.scale FILE.jsonl             writes docs/scale.md and its picture
"""

import json
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.recorded import Recorded, recorded
from dse import front, search, tracking
from dse.front_files import write_front
from dse.live import Place
from dse.promise import Promise
from dse.record import Record, Trial
from dse.sampler_choice import Kind
from dse.storage import storage_url
from dse.study import Study, evaluation_seeds
from dse.workers import Outcome
from objectives.rules import Stop

TEMPLATES = 300
PER_TRIAL = ("trial_params", "trial_values", "trial_user_attributes", "trial_system_attributes")
SAMPLERS: Mapping[Kind, int] = {"tpe": 30_000, "nsga2": 100_000, "random": 100_000}
"""Sampler -> most trials it is asked at."""
ASKED = 4
TRACKED = 50
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def measure(trials: int) -> dict[str, Any]:
    """Every cost at this number of trials."""
    objective = recorded()
    rule = Stop(after=(5000, 20000), front=True)
    templates = min(TEMPLATES, trials)
    study = replace(objective.study, trials=templates, repeats=1, stop=rule)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = storage_url(str(folder / "dse.db"))
        held = search.open_study(study, url, {})
        search.use_sampler(held, study, "random")
        search.search(held, study, submit(objective, study), 1, lambda _: None)
        grow(folder / "dse.db", trials)
        found: dict[str, Any] = {"trials": trials, "bytes": (folder / "dse.db").stat().st_size}
        loading_s, record = _timed(lambda: search.load_record(url, study.name))
        found["loading_s"] = loading_s
        found["table_s"], _ = _timed(lambda: front.table(record))
        found["members"] = sum(role in front.SHOWN for role in front.roles(record))
        found["curve_s"], _ = _timed(lambda: front.hypervolume_curve(record))
        found["files_s"], _ = _timed(lambda: write_front(record, folder))
        found["html_bytes"] = (folder / "front.html").stat().st_size
        for kind, most in SAMPLERS.items():
            if trials <= most:
                found[f"{kind}_s"] = _loop_s(objective, study, url, kind)
        found["run_s"] = _tracking_s(record, folder)
    return found


def submit(objective: Recorded, study: Study, clock: list[float] | None = None) -> Any:
    """Evaluation by the recorded objective; clock: gets the processor time of each."""

    def submit(flat: Mapping[str, Any], promise: Promise) -> "Future[Outcome]":
        start_s = time.process_time()
        future: Future[Outcome] = Future()
        future.set_result(objective.evaluate(flat, promise, evaluation_seeds(study)))
        if clock is not None:
            clock.append(time.process_time() - start_s)
        return future

    return submit


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    start_s = time.process_time()
    found = call()
    return time.process_time() - start_s, found


def _loop_s(objective: Recorded, study: Study, url: str, kind: Kind) -> float:
    """Seconds of the parent a trial: ask, judge, tell, keep; without the first, which loads."""
    held = search.open_study(study, url, {})
    search.use_sampler(held, study, kind)
    done = len(search.record(held).finished)
    evaluating: list[float] = []
    moments: list[float] = []
    search.search(
        held,
        replace(study, trials=done + ASKED),
        submit(objective, study, evaluating),
        1,
        lambda _: moments.append(time.process_time() - sum(evaluating)),
    )
    return float(np.median(np.diff(moments)))


def _tracking_s(record: Record, folder: Path) -> float:
    """Seconds to log a trial as a run of its own."""
    place = Place(uri=f"sqlite:///{folder}/mlflow.db", artifacts=folder / "artifacts")
    view = tracking.open_view(place, record)
    some: tuple[Trial, ...] = record.finished[:TRACKED]
    spent_s, _ = _timed(
        lambda: [tracking.log_trial(view, record, trial, "dominated") for trial in some]
    )
    return spent_s / len(some)


def grow(database: Path, trials: int) -> None:
    """Copies of the trials in the store, each moved a little, until there are so many."""
    draw = np.random.default_rng(1)
    with closing(sqlite3.connect(database)) as store:
        store.execute("PRAGMA synchronous = OFF")
        rows = store.execute("SELECT * FROM trials ORDER BY trial_id").fetchall()
        kept = {table: _by_trial(store, table) for table in PER_TRIAL}
        for number in range(len(rows), trials):
            source, new = rows[number % len(rows)], number + 1
            _insert(store, "trials", (new, number, *source[2:]))
            for table, of_trial in kept.items():
                for row in of_trial.get(source[0], ()):
                    _insert(store, table, (None, new, *_moved(table, row[2:], draw)))
        store.commit()


def _by_trial(store: sqlite3.Connection, table: str) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    for row in store.execute(f"SELECT * FROM {table}"):
        found.setdefault(row[1], []).append(row)
    return found


def _insert(store: sqlite3.Connection, table: str, row: tuple[Any, ...]) -> None:
    store.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)


def _moved(table: str, row: tuple[Any, ...], draw: np.random.Generator) -> Iterator[Any]:
    """The row with its figures moved by up to 3 %; choices and marks stay."""
    factor = 1 + 0.03 * draw.uniform(-1, 1)
    name, value, *rest = row
    if table == "trial_params" and "Float" in rest[0]:
        bounds = json.loads(rest[0])["attributes"]
        value = min(max(value * factor, bounds["low"]), bounds["high"])
    elif table == "trial_values":
        value *= factor if value > 1 or value < 1e-3 else 1 - 0.03 * draw.uniform()
    elif name == "result":
        value = NUMBER.sub(lambda number: repr(float(number[0]) * factor), value)
    return iter((name, value, *rest))


if __name__ == "__main__":
    path, *sizes = sys.argv[1:]
    for size in map(int, sizes):
        line = json.dumps(measure(size))
        with Path(path).open("a") as file:
            file.write(line + "\n")
        print(line, flush=True)
    if not sizes:
        from benchmarks.scale_page import write

        write(Path(path))
