"""Record a table of the quickstart's real objective, for benchmarks of the search.

A row a design: its parameters, its scores with one seed, its looks and what each took. Designs are
drawn evenly, by TPE and by NSGA-II in turn, so that the table is dense where searches go. Rows are
appended as they come: run it again to go on.

    python -m benchmarks.search_table FILE.jsonl [rows]
    python -m benchmarks.search_table FILE.jsonl pack     # makes search_table.npz of it
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import optuna

from benchmarks.recorded import TABLE, row, unit_point
from dse.space import ask
from dse.study import Study, rewarded
from dse.study_file import load
from objectives.design import unflatten
from objectives.evaluate import check_constraints, evaluate, load_data
from objectives.scores import METRICS
from objectives.stopping import look

LOOKS = (2500, 5000, 10000, 20000)
EACH = 120
"""Trials of one search before the next begins."""


def searches(study: Study, first: int) -> Iterator[optuna.Study]:
    """Evenly, by TPE, by NSGA-II, and again with other seeds."""
    while True:
        for sampler in (
            optuna.samplers.RandomSampler(seed=first),
            optuna.samplers.TPESampler(seed=first),
            optuna.samplers.NSGAIISampler(seed=first, population_size=20),
        ):
            directions = [METRICS[name].direction for name in study.objectives]
            yield optuna.create_study(directions=directions, sampler=sampler)
        first += 1


def record(path: Path, wanted: int) -> None:
    """Append rows until the file has so many."""
    study, data = load("quickstart"), load_data("mnist")
    done = sum(1 for _ in path.open()) if path.exists() else 0
    for held in searches(study, 1000 + done):
        for _ in range(EACH):
            if done >= wanted:
                return
            trial = held.ask()
            ask(trial, study.space)
            design = unflatten({**study.fixed, **trial.params})
            broken = check_constraints(design, data)
            for name, value in broken.items():
                trial.set_constraint(name, value)
            if max(broken.values()) > 0:
                held.tell(trial, state=optuna.trial.TrialState.PRUNED)
                continue
            found = measured(design, data, study, seed=5000 + done)
            values = rewarded(study, found["final"])
            held.tell(trial, list(values.values()))
            with path.open("a") as file:
                file.write(json.dumps({"params": trial.params, **found}) + "\n")
            done += 1


def measured(design, data, study, seed):  # type: ignore[no-untyped-def]
    """Looks and scores of one design with one seed, and the seconds each took."""
    names, found = study.objectives, {}
    for images in LOOKS:
        start = time.perf_counter()
        seen = look(design, data, seed, images)
        found[f"look_{images}"] = {name: seen[name] for name in names}
        found[f"look_{images}"]["seconds"] = time.perf_counter() - start
    start = time.perf_counter()
    scores = evaluate(design, data, (seed,))
    found["final"] = {name: scores.values[name] for name in names}
    found["final"]["seconds"] = time.perf_counter() - start
    return found


def pack(path: Path) -> None:
    """The table that comes with the benchmarks, of the rows recorded so far."""
    study, rows = load("quickstart"), [json.loads(line) for line in path.open()]
    points = [unit_point(study, one["params"]) for one in rows]
    names = [*(f"look_{images}" for images in LOOKS), "final"]
    values = [[x for name in names for x in row(one[name])] for one in rows]
    stages = [*LOOKS, study.fixed["training.images"]]
    table = {"points": np.array(points, "f4"), "rows": np.array(values, "f4")}
    np.savez_compressed(TABLE, **table, stages=np.array(stages))
    print(f"{len(points)} designs in {TABLE}, {TABLE.stat().st_size} bytes")


if __name__ == "__main__":
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    if sys.argv[2:] == ["pack"]:
        pack(Path(sys.argv[1]))
        sys.exit()
    record(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2000)
