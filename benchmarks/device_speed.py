"""Time of the device layer on a million cells and of a junction at another temperature: one core.

python -m benchmarks.device_speed. Target: 0.2 s to draw 10^6 cells, within a die and between dies.
"""

import numpy as np

from benchmarks.switching_speed import cpu_seconds
from device_models.library import device
from device_models.params import Array, Environment, Pulse, Variation
from device_models.pulse_effects import flip_probability
from device_models.temperature import at_temperature
from device_models.variation import draw_cells
from objectives.die import read_conductances

SHAPE = (1000, 1000)


def measure() -> dict[str, float]:
    """CPU seconds by case; compiled and warm."""
    mtj, variation, rng = device("ut-austin-50nm").mtj, Variation(), np.random.default_rng(0)
    cells, array = draw_cells(mtj, variation, SHAPE, rng), Array()
    pulse = Pulse(amplitude_v=0.7, duration_s=10e-9)

    def flip(env: Environment) -> float:
        work = mtj, cells, pulse, array.access_ohm, "potentiation", env
        return cpu_seconds(lambda: flip_probability(*work))

    return {
        "draw 10^6 cells": cpu_seconds(lambda: draw_cells(mtj, variation, SHAPE, rng)),
        "conductances of 10^6 cells, P and AP, exact read bias": cpu_seconds(
            lambda: read_conductances(cells, array)
        ),
        "switching of 10^6 cells, series voltage and probability": flip(Environment()),
        "the same with self-heating": flip(Environment(self_heating="on")),
        "the same with back-hopping": flip(Environment(back_hopping="on")),
        "one junction at another temperature": cpu_seconds(lambda: at_temperature(mtj, 350.0)),
    }


def report() -> str:
    """The section of docs/benchmarks.md."""
    rows = [f"| {case} | {seconds:.2g} s |" for case, seconds in measure().items()]
    head = (
        "## Devices\n\nTarget: 0.2 s to draw 10^6 cells.\n\n| case | processor time |\n|---|---|\n"
    )
    return head + "\n".join([*rows, ""])


if __name__ == "__main__":
    print(report())
