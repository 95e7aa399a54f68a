"""Record a table of the quickstart's real objective, for benchmarks of the search.

A row a design: its parameters, its scores with one seed, its looks and what each took. Designs are
drawn evenly, by TPE and by NSGA-II in turn, so that the table is dense where searches go. Rows are
appended as they come: run it again to go on.

    python -m benchmarks.search_table FILE.jsonl [rows]
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import optuna

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


def record(path: Path, rows: int) -> None:
    """Append rows until the file has so many."""
    study, data = load("quickstart"), load_data("mnist")
    done = sum(1 for _ in path.open()) if path.exists() else 0
    for held in searches(study, 1000 + done):
        for _ in range(EACH):
            if done >= rows:
                return
            trial = held.ask()
            for name, axis in study.space.items():
                _suggest(trial, name, axis)
            design = unflatten({**study.fixed, **trial.params})
            broken = check_constraints(design, data)
            for name, value in broken.items():
                trial.set_constraint(name, value)
            if max(broken.values()) > 0:
                held.tell(trial, state=optuna.trial.TrialState.PRUNED)
                continue
            row = measured(design, data, study, seed=5000 + done)
            values = rewarded(study, row["final"])
            held.tell(trial, list(values.values()))
            with path.open("a") as file:
                file.write(json.dumps({"params": trial.params, **row}) + "\n")
            done += 1


def measured(design, data, study, seed):  # type: ignore[no-untyped-def]
    """Looks and scores of one design with one seed, and the seconds each took."""
    names, row = study.objectives, {}
    for images in LOOKS:
        start = time.perf_counter()
        seen = look(design, data, seed, images)
        row[f"look_{images}"] = {name: seen[name] for name in names}
        row[f"look_{images}"]["seconds"] = time.perf_counter() - start
    start = time.perf_counter()
    scores = evaluate(design, data, (seed,))
    row["final"] = {name: scores.values[name] for name in names}
    row["final"]["seconds"] = time.perf_counter() - start
    return row


if __name__ == "__main__":
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    record(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2000)
