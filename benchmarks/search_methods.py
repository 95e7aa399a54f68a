"""Hypervolume against trials and time: samplers, and early stopping against full trainings.

The product's own search on the recorded objective (`recorded`): evaluations take no time but are
charged the seconds they took, the parent is charged its processor time, which other work on the
machine does not touch. Hypervolume is that of the figures without noise, so luck counts for
nothing.

    python -m benchmarks.search_methods FILE.jsonl METHOD SAMPLER TRIALS SEED …
"""

import json
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.recorded import Recorded, recorded
from dse import search
from dse.confirm import confirm
from dse.front import costs, hypervolume
from dse.promise import Promise
from dse.record import Trial
from dse.storage import storage_url
from dse.study import Study, evaluation_seeds
from dse.workers import Outcome
from objectives.rules import Stop

METHODS: Mapping[str, tuple[int, Stop | None]] = {
    "full": (2, None),
    "full, one seed": (1, None),
    "bound": (2, Stop(after=(5000,), accuracy=0.6)),
    "looks": (1, Stop(after=(5000, 20000), front=True)),
    "looks, two seeds": (2, Stop(after=(5000, 20000), front=True)),
    "look early": (1, Stop(after=(2500,), front=True)),
    "look late": (1, Stop(after=(10000,), front=True)),
}
"""Name -> seeds of an evaluation, rule."""


class Clock:
    """Seconds of a search by one worker: evaluations as recorded, the parent's processor time."""

    def __init__(self) -> None:
        self.evaluating_s = self.parent_s = 0.0
        self._since = time.process_time()

    def stop(self) -> None:
        """The parent hands over to a worker."""
        self.parent_s += time.process_time() - self._since

    def go(self, evaluated_s: float) -> None:
        """The parent goes on."""
        self.evaluating_s += evaluated_s
        self._since = time.process_time()


def run(method: str, sampler: Any, trials: int, seed: int) -> dict[str, Any]:
    """One search: after each trial the seconds so far and the hypervolume."""
    objective, (repeats, rule) = recorded(), METHODS[method]
    study = replace(
        objective.study, seed=seed, trials=trials, repeats=repeats, stop=rule, confirm=3
    )
    clock, curve, front = Clock(), [], np.zeros((0, len(study.objectives)))

    def submit(
        flat: Mapping[str, Any], promise: Promise | None, seeds: tuple[int, ...] = ()
    ) -> "Future[Outcome]":
        clock.stop()
        outcome = objective.evaluate(flat, promise, seeds or evaluation_seeds(study))
        future: Future[Outcome] = Future()
        future.set_result(outcome)
        clock.go(outcome.duration_s)
        return future

    def finished(trial: Trial) -> None:
        nonlocal front
        if trial.feasible:
            front = np.vstack([front, true_costs(objective, study, trial)])
        value = hypervolume(front)
        spent_s = (round(clock.evaluating_s, 2), round(clock.parent_s, 2))
        curve.append((*spent_s, trial.state, round(value, 4)))

    with tempfile.TemporaryDirectory() as folder:
        held = search.open_study(study, storage_url(f"{folder}/dse.db"), {})
        search.use_sampler(held, study, sampler)
        search.search(held, study, submit, 1, finished)
        clock.stop()
        clock.go(0.0)
        count = confirm(held, study, lambda flat, seeds: submit(flat, None, seeds), lambda _: None)
        clock.stop()
    return {
        "method": method,
        "sampler": sampler,
        "seed": seed,
        "confirmed": count,
        "total_s": [clock.evaluating_s, clock.parent_s],
        "curve": curve,
    }


def true_costs(objective: Recorded, study: Study, trial: Trial) -> Any:
    """(1, objectives) costs between the corners of the study, without noise."""
    end = objective.figures({**study.fixed, **trial.params})[objective.stages[-1]]
    best = study.reference["lifetime_images"].best
    values = [[min(end[n], best) if n == "lifetime_images" else end[n] for n in study.objectives]]
    return costs(np.array(values), study.objectives, study.reference)


if __name__ == "__main__":
    path, method, sampler, trials, *seeds = sys.argv[1:]
    for seed in map(int, seeds):
        found = run(method, sampler, int(trials), seed)
        with Path(path).open("a") as file:
            file.write(json.dumps(found) + "\n")
        _, _, _, value = found["curve"][-1]
        evaluating, parent = found["total_s"]
        print(f"{method}, {sampler}, {seed}: {value:.4f}, {evaluating:.0f} + {parent:.0f} s")
