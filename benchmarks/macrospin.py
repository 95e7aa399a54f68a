"""Time of the stochastic LLG Monte Carlo a trajectory and step, beside cmtj on the same core.

python -m benchmarks.macrospin. The junction of tests/data/mtj_switching.json (Δ = 60, α = 0.02) at
the step its counts were made with. Target: three times the speed of cmtj.
"""

import json
import math
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np

from device_models.constants import GYROMAGNETIC_RAD_PER_S_T
from device_models.macrospin import default_step, switching_counts
from device_models.switching import switching_probability

BARRIER, DAMPING, ANISOTROPY_T = 60.0, 0.02, 0.2636845356298586
PER_S = GYROMAGNETIC_RAD_PER_S_T * ANISOTROPY_T
UNIT_S = (1 + DAMPING**2) / (DAMPING * PER_S)
OVERDRIVE, PULSE_S, STEP_S = 1.5, 3e-9, 1e-12
TRIALS, PEER_TRIALS, REPEATS, TARGET = 20_000, 2000, 7, 3
EULER = (
    "Heun is the same scheme as here. Euler-Heun is what cmtj falls back on with temperature; its "
    "Euler precession opens the cone by dt/2 a unit of time, as an overdrive of dt/(2α) = 1.2 "
    "would at this step, hence its share."
)


def measure(step: float) -> tuple[float, int]:
    """Nanoseconds of processor time a trajectory and step, least of a few, and the last count."""
    best, count = math.inf, 0
    reduced_time = PULSE_S / UNIT_S
    steps = math.ceil(PULSE_S * PER_S / step)
    arguments = OVERDRIVE, reduced_time, BARRIER, DAMPING
    switching_counts(*arguments, 1, np.random.default_rng(0), step)
    for seed in range(REPEATS):
        rng = np.random.default_rng(seed)
        start = time.process_time()
        count = int(switching_counts(*arguments, TRIALS, rng, step))
        best = min(best, time.process_time() - start)
    return 1e9 * best / (TRIALS * steps), count


def peer() -> dict[str, Any] | None:
    """What peer_cmtj.py printed, run now on the same core by the interpreter that has cmtj."""
    python = os.environ.get("CMTJ_PYTHON")
    if not python:
        return None
    options = {"overdrive": OVERDRIVE, "pulse-s": PULSE_S, "step-s": STEP_S, "trials": PEER_TRIALS}
    command = [python, str(Path(__file__).with_name("peer_cmtj.py"))]
    command += [f"--{name}={value}" for name, value in options.items()]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def share(count: int, trials: int) -> str:
    """Switched share with its standard error."""
    p = count / trials
    return f"{p:.4f} ± {math.sqrt(p * (1 - p) / trials):.4f}"


def peer_rows(found: dict[str, Any] | None, own_ns: float) -> list[str]:
    """Rows of the peer, or the line that says it was not measured."""
    if found is None:
        return ["", "cmtj was not measured: set CMTJ_PYTHON to an interpreter that has it."]
    rows = [
        f"| cmtj {found['version']}, {name}, step 1 ps | {solver['ns_per_step']:.0f} ns | "
        f"{solver['ns_per_step'] / own_ns:.0f} | {share(solver['switched'], PEER_TRIALS)} |"
        for name, solver in found["solvers"].items()
    ]
    return [*rows, "", EULER]


def report() -> str:
    """The section of docs/benchmarks.md."""
    found = peer()
    same, count = measure(PER_S * STEP_S)
    usual, usual_count = measure(default_step(DAMPING))
    p = float(switching_probability(OVERDRIVE, PULSE_S / UNIT_S, BARRIER))
    head = (
        "## Stochastic LLG Monte Carlo\n\n"
        f"Δ = {BARRIER:g}, α = {DAMPING:g}, i = {OVERDRIVE:g}, {1e9 * PULSE_S:g} ns, one core, "
        f"processor time. Target: {TARGET} times the speed of cmtj at the same step. "
        f"Fokker-Planck: P = {p:.4f}.\n\n"
        "| code | a trajectory and step | time over ours | switched |\n|---|---|---|---|\n"
    )
    rows = [
        f"| here, step 1 ps | {same:.2f} ns | 1 | {share(count, TRIALS)} |",
        f"| here, default step {1e12 * default_step(DAMPING) / PER_S:.2f} ps | {usual:.2f} ns | "
        f"{usual / same:.1f} | {share(usual_count, TRIALS)} |",
    ]
    return head + "\n".join([*rows, *peer_rows(found, same), ""])


if __name__ == "__main__":
    print(report())
