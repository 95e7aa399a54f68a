"""Curves and derived numbers of one device: what `dse device` shows and a spec repeats."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from device_models.arrays import Floats
from device_models.params import Array, Environment, Mtj, Pulse
from device_models.pulse_effects import Polarity, flip_probability, pulse_rise_k
from device_models.transport import resistance_antiparallel
from device_models.variation import nominal_cell
from device_models.write import (
    OVERDRIVE_MAX,
    depression_write,
    potentiation_write,
)

POLARITIES = ("AP→P", "P→AP")
DURATIONS_S = (1e-9, 2e-9, 5e-9, 10e-9, 20e-9, 50e-9)
VOLTAGE_POINTS = 121
ROOM = Environment()

Number = tuple[float, str]
"""A value and its unit."""


def derived(mtj: Mtj) -> dict[str, Number]:
    """Numbers that follow from a junction's parameters."""
    cell = nominal_cell(mtj)
    r_p, i_c0 = float(cell.r_p_ohm), float(cell.critical_a)
    r_ap = float(resistance_antiparallel(r_p, mtj.tmr, 0.0, mtj.tmr_half_v))
    return {
        "r_p_ohm": (r_p, "ohm"),
        "r_ap_ohm": (r_ap, "ohm"),
        "ic0_ap_to_p_a": (i_c0, "A"),
        "ic0_p_to_ap_a": (i_c0 * mtj.p_to_ap_ratio, "A"),
        "vc0_p_to_ap_v": (i_c0 * mtj.p_to_ap_ratio * r_p, "V"),
        "relaxation_time_s": (cell.tau_d_s, "s"),
    }


def pulse_numbers(
    mtj: Mtj, array: Array, pulse: Pulse, polarity: str, env: Environment = ROOM
) -> dict[str, Number]:
    """What one pulse does to the nominal cell behind its access transistor."""
    cell, up = nominal_cell(mtj), polarity == POLARITIES[0]
    write = (potentiation_write if up else depression_write)(cell, pulse, array.access_ohm)
    which: Polarity = "potentiation" if up else "depression"
    p = flip_probability(mtj, cell, pulse, array.access_ohm, which, env)
    rise_k = pulse_rise_k(mtj, pulse, array.access_ohm, which, env)
    return {
        "probability": (float(p), ""),
        "temperature_rise_k": (rise_k, "K"),
        "overdrive": (float(write.overdrive), ""),
        "junction_v": (float(write.voltage_v), "V"),
        "current_a": (float(write.current_a), "A"),
        "energy_per_attempt_j": (float(write.energy_j), "J"),
    }


def curves(mtj: Mtj, array: Array, durations_s: Sequence[float] = DURATIONS_S) -> xr.DataArray:
    """Switching probability (polarity, duration_s, amplitude_v) of the nominal cell.

    amplitude_v: of the driver, across junction and access transistor, up to the voltage at which
    P→AP reaches the end of the switching table.
    """
    volts = np.linspace(0.05, _end_v(mtj, array), VOLTAGE_POINTS)
    table = [
        [_probabilities(mtj, array, volts, seconds, polarity) for seconds in durations_s]
        for polarity in POLARITIES
    ]
    return xr.DataArray(
        np.array(table),
        coords={
            "polarity": list(POLARITIES),
            "duration_s": list(durations_s),
            "amplitude_v": volts,
        },
        dims=("polarity", "duration_s", "amplitude_v"),
        name="switching_probability",
    )


def _probabilities(
    mtj: Mtj, array: Array, volts: Floats, seconds: float, polarity: str
) -> list[float]:
    pulses = (Pulse(amplitude_v=float(volt), duration_s=seconds) for volt in volts)
    return [pulse_numbers(mtj, array, pulse, polarity)["probability"][0] for pulse in pulses]


def _end_v(mtj: Mtj, array: Array) -> float:
    """Driver voltage of P→AP at the end of the switching table, at most what a Pulse allows."""
    cell = nominal_cell(mtj)
    current = OVERDRIVE_MAX * float(cell.critical_a) * mtj.p_to_ap_ratio
    return min(2.5, current * (float(cell.r_p_ohm) + array.access_ohm))


def half_voltages(probability: xr.DataArray) -> dict[str, list[float]]:
    """Driver voltage [V] of P = ½ by polarity, one a duration; NaN where it is not reached."""
    volts = probability["amplitude_v"].values
    return {
        polarity: [
            float(np.interp(0.5, row, volts, right=np.nan))
            for row in probability.sel(polarity=polarity).values
        ]
        for polarity in POLARITIES
    }


def write_png(title: str, probability: xr.DataArray, path: Path) -> None:
    """P against driver voltage, one panel a polarity, one curve a duration."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9.6, 4.2), sharey=True, layout="constrained")
    durations = probability["duration_s"].values
    colors = mpl.colormaps["viridis"](np.linspace(0.05, 0.85, len(durations)))
    for ax, polarity in zip(axes, POLARITIES, strict=True):
        for color, seconds in zip(colors, durations, strict=True):
            curve = probability.sel(polarity=polarity, duration_s=seconds)
            ax.plot(curve["amplitude_v"], curve, color=color, label=f"{seconds * 1e9:g} ns")
        ax.set(title=polarity, xlabel="driver amplitude [V]", ylim=(-0.02, 1.02))
        ax.grid(color="#e7e9ec")
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("switching probability of one pulse")
    axes[1].legend(title="pulse", frameon=False)
    figure.suptitle(title)
    figure.savefig(path, dpi=150)
    plt.close(figure)


def as_json(title: str, mtj: Mtj, probability: xr.DataArray) -> dict[str, Any]:
    """Everything `dse device` shows, for scripts."""
    numbers: Mapping[str, Number] = derived(mtj)
    return {
        "schema_version": 1,
        "title": title,
        "parameters": dict(vars(mtj)),
        "derived": {name: {"value": v, "unit": u} for name, (v, u) in numbers.items()},
        "half_voltage_v": half_voltages(probability),
        "duration_s": probability["duration_s"].values.tolist(),
        "amplitude_v": probability["amplitude_v"].values.tolist(),
        "switching_probability": {
            polarity: probability.sel(polarity=polarity).values.tolist() for polarity in POLARITIES
        },
    }
