"""Measured points with their errors against the calibrated device, residuals below."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from device_models.arrays import Floats
from device_models.endurance import cycles_to_63_percent, failing_fraction
from dse import calibrate_counts, calibrate_resistance
from dse.calibrate import Calibration
from dse.calibrate_data import Resistance, Stress, Switching
from dse.units import scale, show

POINTS = 200
GRID = "#e7e9ec"
STATES = {False: ("P", "#d1495b"), True: ("AP", "#2e6f95")}

Draw = Callable[[Any, Any], None]


def write_png(calibration: Calibration, title: str, path: Path) -> None:
    """One column a kind of curve: data and model above, residuals below."""
    from matplotlib.figure import Figure

    draws = _draws(calibration)
    figure = Figure(figsize=(4.4 * len(draws) + 0.4, 5.2), layout="constrained")
    axes = figure.subplots(
        2, len(draws), squeeze=False, sharex="col", gridspec_kw={"height_ratios": [3, 1]}
    )
    for draw, (top, below) in zip(draws, axes.T, strict=True):
        for ax in (top, below):
            ax.grid(color=GRID)
            ax.spines[["top", "right"]].set_visible(False)
        draw(top, below)
    figure.suptitle(title)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)


def _draws(calibration: Calibration) -> list[Draw]:
    """How to draw each column."""
    data, draws = calibration.measured, list[Draw]()
    if data.switching:
        for from_ap in (True, False):
            if (data.switching.from_ap == from_ap).any():
                draws.append(partial(_switching, calibration, data.switching, from_ap))
    if data.resistance:
        draws.append(partial(_resistance, calibration, data.resistance))
    if data.stress:
        draws.append(partial(_breakdown, calibration, data.stress))
    return draws


def wilson(switched: Floats, trials: Floats) -> tuple[Floats, Floats]:
    """Ends of the 68 % score interval of a frequency (Wilson 1927)."""
    share, per = switched / trials, 1.0 / trials
    centre = (share + per / 2) / (1 + per)
    half = np.sqrt(share * (1 - share) * per + per * per / 4) / (1 + per)
    return np.minimum(centre - half, share), np.maximum(centre + half, share)


def _colors(count: int) -> Floats:
    import matplotlib as mpl

    return np.asarray(mpl.colormaps["viridis"](np.linspace(0.05, 0.85, count)))


def _switching(
    calibration: Calibration, data: Switching, from_ap: bool, top: Any, below: Any
) -> None:
    series = calibration.start.series_ohm
    p, q = calibrate_counts.model(calibration.mtj, data, series)
    share = data.switched / data.trials
    low, high = wilson(data.switched, data.trials)
    residual = (data.switched - data.trials * p) / np.sqrt(data.trials * p * q)
    mine = data.from_ap == from_ap
    volts = np.linspace(*_span(data.amplitude_v[mine]), POINTS)
    lengths = np.unique(data.duration_s[mine])
    for color, seconds in zip(_colors(lengths.size), lengths, strict=True):
        at = mine & (data.duration_s == seconds)
        x, label = data.amplitude_v[at], show(float(seconds), "s")
        ends = np.array([(share - low)[at], (high - share)[at]])
        top.errorbar(x, share[at], ends, fmt="o", ms=4, lw=1, color=color, label=label)
        curve = Switching(
            amplitude_v=volts,
            duration_s=np.full(POINTS, seconds),
            from_ap=np.full(POINTS, from_ap),
            trials=np.ones(POINTS),
            switched=np.zeros(POINTS),
        )
        top.plot(volts, calibrate_counts.model(calibration.mtj, curve, series)[0], color=color)
        below.plot(x, residual[at], "o", ms=4, color=color)
    top.set(
        title="AP→P" if from_ap else "P→AP", ylabel="switching probability", ylim=(-0.03, 1.03)
    )
    top.legend(title="pulse", frameon=False, fontsize="small")
    below.axhline(0.0, color="k", lw=0.8)
    below.set(xlabel="amplitude [V]", ylabel="residual [σ]", ylim=_symmetric(residual, 3.5))


def _span(volts: Floats) -> tuple[float, float]:
    """The data and a little beside them."""
    beside = 0.06 * float(volts.max() - volts.min()) + 0.01 * float(volts.max())
    return max(0.01, float(volts.min()) - beside), float(volts.max()) + beside


def _symmetric(values: Floats, least: float) -> tuple[float, float]:
    size = max(least, 1.1 * float(np.abs(values).max()))
    return -size, size


def _resistance(calibration: Calibration, data: Resistance, top: Any, below: Any) -> None:
    series, factor = calibration.start.series_ohm, 1e-3
    seen = calibrate_resistance.of_device(data, calibration.mtj, series)
    residual = 100.0 * (data.resistance_ohm / seen - 1.0)
    ends = float(data.voltage_v.min()), float(data.voltage_v.max())
    for state, (name, color) in STATES.items():
        at = data.antiparallel == state
        curve = Resistance(
            voltage_v=np.linspace(*ends, POINTS),
            resistance_ohm=np.ones(POINTS),
            antiparallel=np.full(POINTS, state),
        )
        model = calibrate_resistance.of_device(curve, calibration.mtj, series)
        x = data.voltage_v[at]
        top.plot(x, factor * data.resistance_ohm[at], "o", ms=4, color=color, label=name)
        top.plot(curve.voltage_v, factor * model, color=color)
        below.plot(x, residual[at], "o", ms=4, color=color)
    top.set(title="resistance", ylabel="resistance [kΩ]", ylim=(0.0, None))
    top.legend(title="state", frameon=False, fontsize="small")
    below.axhline(0.0, color="k", lw=0.8)
    below.set(xlabel="voltage [V]", ylabel="residual [%]", ylim=_symmetric(residual, 0.0))


def _breakdown(calibration: Calibration, data: Stress, top: Any, below: Any) -> None:
    law = calibration.breakdown
    share = failing_fraction(data.cycles, data.voltage_v, data.duration_s, law)
    volts = np.linspace(*_span(data.voltage_v), POINTS)
    lengths = np.unique(data.duration_s)
    factor, unit = scale("s", lengths.tolist())
    for color, seconds in zip(_colors(lengths.size), lengths, strict=True):
        at = data.duration_s == seconds
        broke, stopped = at & ~data.censored, at & data.censored
        label = f"broke, {factor * seconds:g} {unit}"
        top.plot(data.voltage_v[broke], data.cycles[broke], "o", ms=4, color=color, label=label)
        top.plot(data.voltage_v[stopped], data.cycles[stopped], "^", ms=6, mfc="none", color=color)
        top.plot(volts, cycles_to_63_percent(volts, float(seconds), law), color=color)
        below.plot(data.voltage_v[broke], share[broke], "o", ms=4, color=color)
    top.plot([], [], "k^", mfc="none", label="stopped before")
    top.set(title="breakdown, line: 63 % broken", ylabel="cycles", yscale="log")
    top.legend(frameon=False, fontsize="small")
    below.set(xlabel="stress [V]", ylabel="F at its cycles", ylim=(-0.05, 1.05))
