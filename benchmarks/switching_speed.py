"""Time of a million switching probabilities and of loading their table: one core, best of seven.

python -m benchmarks.switching_speed. Targets: 0.1 s for 10^6 devices at one pulse, 0.2 s to load.
"""

import time
from collections.abc import Callable

import numpy as np

from device_models import closed_forms, switching

DEVICES = 10**6
REPEATS = 7


def cpu_seconds(task: Callable[[], object]) -> float:
    """Least process CPU time of a few runs."""
    best = float("inf")
    for _ in range(REPEATS):
        start = time.process_time()
        task()
        best = min(best, time.process_time() - start)
    return best


def load() -> None:
    """Read the table and make its spline, as the first call in a process does."""
    switching.load_table.cache_clear()
    switching._spline.cache_clear()
    switching._spline()


def measure() -> dict[str, float]:
    """CPU seconds by case; compiled and warm."""
    rng = np.random.default_rng(0)
    barrier = np.clip(rng.normal(60.0, 5.0, DEVICES), *_limits(switching.BARRIER))
    overdrive = np.clip(rng.normal(1.3, 0.15, DEVICES), *_limits(switching.OVERDRIVE))
    anywhere = rng.uniform(*_limits(switching.OVERDRIVE), DEVICES)
    spread_time = rng.uniform(1.0, 20.0, DEVICES)
    weak, strong = rng.uniform(0.0, 0.6, DEVICES), rng.uniform(2.0, 5.0, DEVICES)
    probability, error_rate = switching.switching_probability, switching.write_error_rate
    probability(1.0, 5.0, 60.0)
    return {
        "load table": cpu_seconds(load),
        "10^6 devices, one pulse": cpu_seconds(lambda: probability(overdrive, 5.0, barrier)),
        "10^6 devices, one pulse, error rate": cpu_seconds(
            lambda: error_rate(overdrive, 5.0, barrier)
        ),
        "10^6 devices, one pulse, i = -1 … 5": cpu_seconds(
            lambda: probability(anywhere, 5.0, barrier)
        ),
        "10^6 devices, a pulse each": cpu_seconds(
            lambda: probability(overdrive, spread_time, barrier)
        ),
        "10^6 devices, one pulse, thermal closed form": cpu_seconds(
            lambda: closed_forms.thermal_probability(weak, 5.0, barrier)
        ),
        "10^6 devices, one pulse, corrected precessional closed form": cpu_seconds(
            lambda: closed_forms.precessional_corrected_probability(strong, 1.0, barrier)
        ),
        "one direct solve, Δ = 60, i = 1.3, τ ≤ 50": cpu_seconds(
            lambda: switching.solve_switching(1.3, 60.0, [5.0, 50.0])
        ),
    }


def _limits(allowed: switching.Range) -> tuple[float, float]:
    return allowed.low, allowed.high


def report() -> str:
    """The section of docs/benchmarks.md."""
    rows = [f"| {case} | {seconds:.3f} s |" for case, seconds in measure().items()]
    head = "## Switching probability\n\nTargets: 0.1 s for 10^6 devices at one pulse, no user "
    head += (
        "waits more than 10 s for a table (it ships).\n\n| case | processor time |\n|---|---|\n"
    )
    return head + "\n".join([*rows, ""])


if __name__ == "__main__":
    print(report())
