"""At a given switching probability some pulse of the intermediate regime needs the least energy.

Vincent et al. 2015. Energy is V·I·t of one attempt from the antiparallel state, drawn from the
driver, transistor included; the amplitude is the one that gives the probability at each duration.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from device_models.closed_forms import PRECESSIONAL_OVERDRIVE, THERMAL_BARRIER
from device_models.params import Pulse
from device_models.ranges import Checked, Range, ranges_of
from device_models.variation import nominal_cell
from device_models.write import OVERDRIVE_MAX, potentiation_write, pulse_probability
from objectives.claims.curve import Check, Curve, Floats, Line, checked_levels
from objectives.design import Design, operating
from objectives.evaluate import DataSets

POINTS = 31
ENERGY, OVERDRIVE = "energy of one attempt [J]", "overdrive I/I_c0"
CHANCE = Range(1e-3, 0.999, "", "chance of the pulse")


@dataclass(frozen=True, kw_only=True)
class Params(Checked):
    """Chances that are kept, and the durations [s] between which the least energy is sought."""

    chances: tuple[float, ...] = (0.1, 0.5, 0.9)
    shortest_s: Annotated[float, Range(0.2e-9, 1e-6, "s", "Fokker-Planck table")] = 0.5e-9
    longest_s: Annotated[float, Range(0.2e-9, 1e-6, "s", "Fokker-Planck table")] = 200e-9


def regime(design: Design) -> tuple[float, float]:
    """Overdrives between which neither closed form of switching holds."""
    barrier = float(nominal_cell(operating(design).device).barrier)
    return 1.0 - float(np.sqrt(THERMAL_BARRIER.low / barrier)), PRECESSIONAL_OVERDRIVE.low


def needed(design: Design, chance: float, duration_s: float) -> tuple[float, float]:
    """Energy [J] and overdrive of the weakest pulse that flips with `chance`; NaN if none does."""
    cell, ohm, allowed = (
        nominal_cell(design.device),
        design.array.access_ohm,
        ranges_of(Pulse)["amplitude_v"],
    )
    low, high = allowed.low, allowed.high
    for _ in range(50):
        pulse = Pulse(amplitude_v=(low + high) / 2, duration_s=duration_s)
        found = pulse_probability(potentiation_write(cell, pulse, ohm), cell, pulse)
        low, high = (pulse.amplitude_v, high) if found < chance else (low, pulse.amplitude_v)
    write = potentiation_write(cell, Pulse(amplitude_v=high, duration_s=duration_s), ohm)
    out = high > allowed.high * (1 - 1e-9) or float(write.overdrive) > OVERDRIVE_MAX
    return (np.nan, np.nan) if out else (float(write.energy_j), float(write.overdrive))


def measure(params: Params, design: Design, _: DataSets | None = None) -> Curve:
    """Energy and overdrive of every chance, at durations a constant factor apart."""
    checked_levels("chances", params.chances, CHANCE)
    levels = np.geomspace(params.shortest_s, params.longest_s, POINTS)
    at_work = replace(design, device=operating(design).device)
    lines = []
    for chance in params.chances:
        found = np.array([needed(at_work, chance, float(t)) for t in levels])
        lines.append(Line(name=energy_line(chance), values=found[:, :1], panel=ENERGY))
        lines.append(Line(name=overdrive_line(chance), values=found[:, 1:], panel=OVERDRIVE))
    low, high = regime(design)
    lines += [
        Line(name=name, values=np.full((POINTS, 1), value), panel=OVERDRIVE)
        for name, value in ((THERMAL_END, low), (PRECESSIONAL_START, high))
    ]
    return Curve(
        x_name="pulse", x_unit="s", x=levels, y_name="energy [J] or overdrive", log_y=True,
        lines=tuple(lines),
    )  # fmt: skip


THERMAL_END, PRECESSIONAL_START = "overdrive: thermal below", "overdrive: precessional above"


def energy_line(chance: float) -> str:
    """Name of the line of energies."""
    return f"energy [J], P = {chance:g}"


def overdrive_line(chance: float) -> str:
    """Name of the line of overdrives."""
    return f"overdrive, P = {chance:g}"


def judge(params: Params, curve: Curve) -> tuple[Check, ...]:
    """For every chance: least energy strictly inside, and in the intermediate regime."""
    low, high = (float(curve.line(n).mean[0]) for n in (THERMAL_END, PRECESSIONAL_START))
    return tuple(
        check
        for chance in params.chances
        for check in _judged(
            chance,
            curve.x,
            curve.line(energy_line(chance)).mean,
            curve.line(overdrive_line(chance)).mean,
            (low, high),
        )
    )


def _judged(
    chance: float, x: Floats, energy: Floats, overdrive: Floats, regime: tuple[float, float]
) -> tuple[Check, Check]:
    place = int(np.nanargmin(energy))
    least, reached = energy[place], energy[np.isfinite(energy)]
    inside = bool(reached[0] > 1.1 * least and reached[-1] > 1.1 * least)
    i = overdrive[place]
    return (
        Check(
            rule=f"P = {chance:g}: both ends need over 10 % more than the least energy",
            found=f"{least * 1e15:.3g} fJ at {x[place] * 1e9:.3g} ns, "
            f"ends {reached[0] / least:.2f} and {reached[-1] / least:.2f} times that",
            holds=inside,
        ),
        Check(
            rule=f"P = {chance:g}: the least energy is in the intermediate regime, overdrive "
            f"{regime[0]:.2f} … {regime[1]:.2f}",
            found=f"overdrive {i:.2f}",
            holds=bool(regime[0] < i < regime[1]),
        ),
    )
