"""The quickstart study and one full trial, timed; cold start of the command."""

import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from dse.run import Settings, Summary, run
from dse.storage import storage_url
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


def study(jobs: int) -> Summary:
    """The quickstart with so many workers, MLflow view and figures included."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(
            jobs=jobs,
            storage=storage_url(str(home / "dse.db")),
            tracking=storage_url(str(home / "mlflow.db")),
            folder=home,
        )
        return run(load("quickstart"), settings)


def report() -> str:
    """The section of docs/benchmarks.md."""
    trial_s, accuracy = one_trial_s()
    one, two = study(1), study(2)
    return f"""## A study

| what | measured | target |
|---|---|---|
| one trial on one die, N = 400, one-shot, 50,000 images, 20,000 more to name and score | \
{trial_s:.1f} s, \
accuracy {100 * accuracy:.1f} % | ≤ 6 s |
| `quickstart`, {two.new} trials, front on three dies each, two workers | \
{two.wall_s:.0f} s | ≤ 300 s |
| one worker; it takes so many times as long | \
{one.wall_s:.0f} s; {one.wall_s / two.wall_s:.2f} | |
| time of the workers not spent in evaluation (search, storage, MLflow, figures, start), \
two; one | \
{100 * (1 - two.evaluating):.0f}; {100 * (1 - one.evaluating):.0f} % | ≤ 15 % |
| processor time of the parent over wall time, two; one | \
{100 * two.parent_s / two.wall_s:.0f}; {100 * one.parent_s / one.wall_s:.0f} % | |
| `dse --help`, fresh process | {cold_start_s():.2f} s | ≤ 0.5 s |
"""


if __name__ == "__main__":
    print(report())
