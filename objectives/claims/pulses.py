"""Short pulses forgive amplitude and temperature, and punish duration.

Rehm et al. / Kent, on pulses that flip half the time. The slopes are of the switching model alone,
at the amplitude that gives P = ½ at each duration, behind the access transistor of the design.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from device_models.params import Environment, Pulse
from device_models.pulse_effects import Polarity, flip_probability
from device_models.ranges import Checked, Range, RangeError, ranges_of
from device_models.temperature import at_temperature
from device_models.variation import nominal_cell
from objectives.claims.curve import Check, Curve, Line, checked_levels
from objectives.design import Design, operating
from objectives.evaluate import DataSets

STEP = 0.01
"""Relative step of the slopes in amplitude and duration."""
STEP_K = 5.0
AMPLITUDE, TEMPERATURE, DURATION = (
    "dP for 1 % more amplitude",
    "dP for 10 K more",
    "dP for 1 % more duration",
)


@dataclass(frozen=True, kw_only=True)
class Params(Checked):
    """Durations [s] at which P = ½ is looked for, and the two that are compared."""

    levels: tuple[float, ...] = (1e-9, 2e-9, 5e-9, 1e-8, 2e-8, 5e-8, 1e-7)
    short_s: Annotated[float, Range(0.2e-9, 1e-6, "s", "Fokker-Planck table")] = 1e-9
    long_s: Annotated[float, Range(0.2e-9, 1e-6, "s", "Fokker-Planck table")] = 1e-7


def chance(design: Design, volts: float, duration_s: float, kelvin: float) -> float:
    """P of one AP→P pulse on the nominal junction at that temperature."""
    mtj = at_temperature(design.device, kelvin)
    pulse, ohm = Pulse(amplitude_v=volts, duration_s=duration_s), design.array.access_ohm
    up: Polarity = "potentiation"
    cell = nominal_cell(mtj)
    return float(flip_probability(mtj, cell, pulse, ohm, up, Environment()))


def half_amplitude(design: Design, duration_s: float) -> float:
    """Driver voltage [V] of P = ½, by bisection."""
    allowed, kelvin = ranges_of(Pulse)["amplitude_v"], design.environment.temperature_k
    low, high = allowed.low, allowed.high
    if chance(design, high, duration_s, kelvin) < 0.5:
        raise RangeError(f"no pulse of {duration_s:g} s up to {high:g} V flips half the time")
    for _ in range(50):
        middle = (low + high) / 2
        below = chance(design, middle, duration_s, kelvin) < 0.5
        low, high = (middle, high) if below else (low, middle)
    return (low + high) / 2


def slopes(design: Design, duration_s: float) -> tuple[float, float, float]:
    """Change of P for 1 % of amplitude, for 10 K and for 1 % of duration, central differences."""
    volts, kelvin = half_amplitude(design, duration_s), design.environment.temperature_k
    up, down = 1 + STEP, 1 - STEP

    def gap(high: tuple[float, float, float], low: tuple[float, float, float]) -> float:
        return chance(design, *high) - chance(design, *low)

    return (
        gap((volts * up, duration_s, kelvin), (volts * down, duration_s, kelvin)) / 2,
        gap((volts, duration_s, kelvin + STEP_K), (volts, duration_s, kelvin - STEP_K)),
        gap((volts, duration_s * up, kelvin), (volts, duration_s * down, kelvin)) / 2,
    )


def measure(params: Params, design: Design, _: DataSets | None = None) -> Curve:
    """The three slopes at every duration."""
    levels = checked_levels("levels", params.levels, ranges_of(Pulse)["duration_s"])
    at_work = replace(design, device=operating(design).device)
    found = np.array([slopes(at_work, float(duration_s)) for duration_s in levels])
    lines = (AMPLITUDE, TEMPERATURE, DURATION)
    return Curve(
        x_name="pulse",
        x_unit="s",
        x=levels,
        y_name="change of P at P = ½",
        lines=tuple(Line(name=n, values=found[:, k : k + 1]) for k, n in enumerate(lines)),
    )


def judge(params: Params, curve: Curve) -> tuple[Check, ...]:
    """Ends compared, and whether the order is the same all the way between them."""
    short, long = curve.at(params.short_s), curve.at(params.long_s)
    span = slice(short, long + 1)
    checks = []
    for name, sign in ((AMPLITUDE, 1), (TEMPERATURE, 1), (DURATION, -1)):
        size = np.abs(curve.line(name).mean)
        word = "smaller" if sign > 0 else "larger"
        checks.append(
            Check(
                rule=f"|{name}| is {word} at {1e9 * curve.x[short]:g} ns than at "
                f"{1e9 * curve.x[long]:g} ns",
                found=f"{size[short]:.4f} against {size[long]:.4f}",
                holds=bool(sign * (size[long] - size[short]) > 0),
            )
        )
        steps = sign * np.diff(size[span])
        checks.append(
            Check(
                rule=f"|{name}| moves one way at every step between",
                found=f"{int((steps > 0).sum())} of {len(steps)} steps do",
                holds=bool((steps > 0).all()),
                essential=False,
            )
        )
    return tuple(checks)
