"""Giving designs up at a look against training all to their end: the quickstart itself, for real.

Both searches run with one worker, and seconds are processor time of worker and parent, which other
work on the machine does not touch. What was ever best of a search is trained again with seeds that
neither saw, and its hypervolume over time is that of those scores, so luck counts for nothing.

    python -m benchmarks.early_stop FILE.jsonl SEED …
"""

import json
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dse import search, workers
from dse.front import costs, hypervolume, nondominated, objective_values
from dse.record import Trial
from dse.storage import storage_url
from dse.study import Study, rewarded
from dse.study_file import load
from objectives.rules import Stop

METHODS: Mapping[str, tuple[int, int, Stop | None]] = {
    "full": (70, 2, None),
    "full, one die": (110, 1, None),
    "looks": (180, 1, Stop(after=(6250, 18750), front=True)),
}
"""Name -> trials, dies of an evaluation, rule."""

FRESH = (901, 902)
"""Seeds of the second training."""


def run(method: str, seed: int) -> dict[str, Any]:
    """Seconds since the first trial, state, hypervolume, after each trial of one search."""
    trials, repeats, rule = METHODS[method]
    study = replace(load("quickstart"), trials=trials, seed=seed, repeats=repeats, stop=rule)
    moments: list[tuple[float, Trial]] = []
    with tempfile.TemporaryDirectory() as folder, workers.pool(1) as executor:
        held = search.open_study(study, storage_url(f"{folder}/dse.db"), {})
        evaluate = workers.evaluator(study)
        executor.submit(workers.warm_up, study, evaluate).result()

        def used_s() -> float:
            return time.process_time() + executor.submit(time.process_time).result()

        start_s = used_s()
        search.search(
            held,
            study,
            workers.submit_to(executor, evaluate),
            1,
            lambda trial: moments.append((used_s() - start_s, trial)),
        )
        again = workers.with_seeds(study, FRESH)
        running = {
            trial.number: executor.submit(again, {**study.fixed, **trial.params})
            for trial in ever_best(study, [trial for _, trial in moments])
        }
        fresh = {number: future.result().scores.values for number, future in running.items()}
    return {
        "method": method,
        "seed": seed,
        "curve": curve(study, moments, fresh),
    }


def ever_best(study: Study, trials: list[Trial]) -> list[Trial]:
    """Feasible trials that nothing before them beat, by the scores the search saw."""
    found: list[Trial] = []
    for trial in trials:
        if trial.feasible:
            before = objective_values([*found, trial], study)
            if nondominated(before, study.objectives)[-1]:
                found.append(trial)
    return found


def curve(
    study: Study, moments: list[tuple[float, Trial]], fresh: dict[int, Any]
) -> list[tuple[float, str, float]]:
    """(seconds, state, hypervolume of the fresh scores) after each trial."""
    front, found = np.zeros((0, len(study.objectives))), []
    for seconds, trial in moments:
        if trial.number in fresh:
            value = np.array([list(rewarded(study, fresh[trial.number]).values())])
            front = np.vstack([front, costs(value, study.objectives, study.reference)])
        found.append((round(seconds, 2), trial.state, round(hypervolume(front), 4)))
    return found


if __name__ == "__main__":
    for seed in map(int, sys.argv[2:]):
        for method in METHODS:
            found = run(method, seed)
            with Path(sys.argv[1]).open("a") as file:
                file.write(json.dumps(found) + "\n")
            seconds, _, value = found["curve"][-1]
            print(f"{method}, {seed}: {value:.4f} after {seconds:.0f} s", flush=True)
