"""The quickstart study and one full trial, timed; cold start of the command."""

import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from dse.run import Settings, Summary, run
from dse.sampler_choice import Wanted
from dse.storage import storage_url
from dse.study import Study
from dse.study_file import load
from dse.workers import evaluator

FULL_TRIAL = {
    "potentiation.amplitude_v": 0.86,
    "potentiation.duration_s": 5e-9,
    "depression.amplitude_v": 0.88,
    "depression.duration_s": 5e-9,
    "array.tile_rows": 98,
    "neuron.count": 400,
    "neuron.threshold": 60.0,
    "neuron.bias_step": 1.6,
}
STARTS = 7
SAME_DESIGNS = 60


def one_trial_s() -> tuple[float, float]:
    """Wall time [s] of a trial of 400 neurons, 50,000 images, one-shot; and its accuracy."""
    study = replace(load("quickstart"), repeats=1)
    evaluate = evaluator(study)
    evaluate({**study.fixed, **FULL_TRIAL, "training.images": 100, "training.label_images": 100})
    outcomes = [evaluate({**study.fixed, **FULL_TRIAL}) for _ in range(3)]
    best = min(outcomes, key=lambda outcome: outcome.duration_s)
    assert not isinstance(best.scores, str)  # it learns: nothing stops it early
    return best.duration_s, best.scores.values["accuracy"]


def cold_start_s() -> float:
    """Least wall time [s] of `dse --help` in a fresh process."""
    command = [str(Path(sys.executable).with_name("dse")), "--help"]
    times = []
    for _ in range(STARTS):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return min(times)


def quickstart(jobs: int) -> Summary:
    """The quickstart with so many workers, MLflow view and figures included."""
    return _timed_run(load("quickstart"), jobs, "auto")


def same_designs(jobs: int) -> Summary:
    """Random points of the quickstart's space, all trained to the end: the same for any jobs."""
    study = replace(load("quickstart"), trials=SAME_DESIGNS, stop=None, confirm=1)
    return _timed_run(study, jobs, "random")


def _timed_run(study: Study, jobs: int, sampler: Wanted) -> Summary:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(
            jobs=jobs,
            storage=storage_url(str(home / "dse.db")),
            tracking=storage_url(str(home / "mlflow.db")),
            folder=home,
            sampler=sampler,
        )
        return run(study, settings)


def _lost(summary: Summary) -> str:
    """Percentage of the workers' time not spent in evaluation; of the parent's processor time."""
    idle, parent = 1 - summary.evaluating, summary.parent_s / summary.wall_s
    return f"{100 * idle:.0f}; {100 * parent:.0f} %"


def report() -> str:
    """The section of docs/benchmarks.md."""
    trial_s, accuracy = one_trial_s()
    whole = quickstart(2)
    one, two = same_designs(1), same_designs(2)
    return f"""## A study

| what | measured | target |
|---|---|---|
| one trial on one die, N = 400, one-shot, 50,000 images, 20,000 more to name and score | \
{trial_s:.1f} s, \
accuracy {100 * accuracy:.1f} % | ≤ 6 s |
| `quickstart`, {whole.new} trials, front on three dies each, two workers, \
no pictures of what members learned | \
{whole.wall_s:.0f} s | ≤ 300 s |
| there: time of the workers not spent in evaluation (search, storage, MLflow, figures, start); \
processor time of the parent over wall time | {_lost(whole)} | ≤ 15 %; |
| {SAME_DESIGNS} random designs of it, the feasible ones \
trained to their end: time of one worker over that of two | \
{one.wall_s:.0f} s / {two.wall_s:.0f} s = {one.wall_s / two.wall_s:.2f} | |
| there: the same two shares, one worker | {_lost(one)} | |
| the same, two workers | {_lost(two)} | |
| `dse --help`, fresh process | {cold_start_s():.2f} s | ≤ 0.5 s |
"""


if __name__ == "__main__":
    print(report())
