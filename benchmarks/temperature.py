"""A junction from 250 to 400 K: docs/pictures/temperature.png.

python -m benchmarks.temperature. The 50 nm device, pulses on it, barriers of the library. A few
seconds.
"""

from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from device_models.library import DEVICES, device
from device_models.params import Environment, Mtj, Pulse
from device_models.pulse_effects import Polarity, flip_probability
from device_models.temperature import at_temperature
from device_models.transport import resistance_antiparallel
from device_models.variation import nominal_cell

PICTURE = Path(__file__).parents[1] / "docs/pictures/temperature.png"
KELVIN = np.linspace(250.0, 400.0, 61)
ACCESS_OHM = 3e3
PULSES_S = (2e-9, 5e-9, 20e-9)
ENVIRONMENTS = (Environment(), Environment(self_heating="on"))


def relative(mtj: Mtj) -> dict[str, np.ndarray]:
    """Δ, I_c0, TMR and R_AP at read bias over their values at 300 K."""
    steps = [at_temperature(mtj, float(kelvin)) for kelvin in KELVIN]
    cells = [nominal_cell(step) for step in (mtj, *steps)]
    r_ap = [resistance_antiparallel(c.r_p_ohm, c.tmr, 0.1, c.tmr_half_v) for c in cells]
    table = {
        "Δ": [c.barrier for c in cells],
        "I_c0": [c.critical_a for c in cells],
        "TMR": [c.tmr for c in cells],
        "R_AP": r_ap,
    }
    return {name: np.array(row[1:]) / row[0] for name, row in table.items()}


def half_amplitude(mtj: Mtj, pulse_s: float) -> float:
    """Driver voltage of P = 1/2 at 300 K, AP→P, by bisection."""
    low, high = 0.1, 2.5
    for _ in range(40):
        middle = (low + high) / 2
        p = probability(mtj, Pulse(amplitude_v=middle, duration_s=pulse_s), ENVIRONMENTS[0])
        low, high = (middle, high) if p < 0.5 else (low, middle)
    return low


def probability(mtj: Mtj, pulse: Pulse, env: Environment) -> float:
    """Probability that the pulse flips the nominal cell, AP→P."""
    up: Polarity = "potentiation"
    return float(flip_probability(mtj, nominal_cell(mtj), pulse, ACCESS_OHM, up, env))


def draw_pulses(axes: Axes, mtj: Mtj) -> None:
    """P of fixed pulses over temperature, cold and self-heated."""
    colors = mpl.colormaps["viridis"](np.linspace(0.1, 0.8, len(PULSES_S)))
    for color, pulse_s in zip(colors, PULSES_S, strict=True):
        pulse = Pulse(amplitude_v=half_amplitude(mtj, pulse_s), duration_s=pulse_s)
        label = f"{pulse_s * 1e9:g} ns, {pulse.amplitude_v:.2f} V"
        for env, style in zip(ENVIRONMENTS, ("-", "--"), strict=True):
            row = [probability(at_temperature(mtj, float(k)), pulse, env) for k in KELVIN]
            axes.plot(KELVIN, row, style, color=color, label=label if style == "-" else None)
    axes.plot([], [], "k--", label="with self-heating")
    axes.set(title="P of one pulse, ½ at 300 K", ylabel="switching probability, AP→P")
    axes.legend(frameon=False, fontsize=8)


def draw(mtj: Mtj) -> Figure:
    """Three panels: numbers of one junction, P of fixed pulses, barriers of the library."""
    figure = Figure(figsize=(12, 3.9), layout="constrained")
    first, second, third = figure.subplots(1, 3)
    for name, row in relative(mtj).items():
        first.plot(KELVIN, row, label=name)
    first.set(title="50 nm junction, over its value at 300 K", ylabel="ratio")
    first.legend(frameon=False)
    draw_pulses(second, mtj)
    for name, known in DEVICES.items():
        steps = [at_temperature(known.mtj, float(kelvin)).barrier for kelvin in KELVIN]
        third.plot(KELVIN, steps, label=name)
    wall = replace(mtj, barrier_model="domain_wall", barrier_ratio=0.6, barrier=mtj.barrier * 0.6)
    steps = [at_temperature(wall, float(kelvin)).barrier for kelvin in KELVIN]
    third.plot(KELVIN, steps, "k--", label="50 nm, wall at 0.6 K_eff·V")
    third.set(title="barrier Δ of the library", ylabel="Δ")
    third.legend(frameon=False, fontsize=7)
    for axes in (first, second, third):
        axes.set(xlabel="temperature [K]")
        axes.grid(color="#e7e9ec")
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def main() -> None:
    """Save the picture."""
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    draw(device("ut-austin-50nm").mtj).savefig(PICTURE, dpi=110)
    print(PICTURE)


if __name__ == "__main__":
    main()
