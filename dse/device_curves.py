"""Curves of one junction: what `dse device` draws and writes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from device_models.arrays import Floats
from device_models.endurance import life_by_law
from device_models.params import Array, Breakdown, Mtj, Pulse, Variation
from device_models.ranges import RangeError
from device_models.retention import array_retention_failure, retention_failure
from device_models.switching import REDUCED_TIME, switching_probability
from device_models.temperature import at_temperature
from device_models.variation import nominal_cell
from device_models.write import OVERDRIVE_MAX
from dse.device import POLARITIES, end_v, overdrives, pulse_numbers

DURATIONS_S = np.geomspace(0.5e-9, 200e-9, 79)
VOLTAGES = 241
TARGETS = (0.1, 0.5, 0.9)
REGIMES = (("thermal", 0.0, 1.0), ("intermediate", 1.0, 2.0), ("precessional", 2.0, 5.0))
"""Name and overdrives i = I/I_c0 from … to; the borders are conventions, nothing jumps there."""
FAILING = 1e-4
STRESS_V = np.linspace(0.3, 1.5, 61)
STORAGE_S = np.geomspace(1.0, 1e10, 61)
STORAGE_K = (300.0, 358.15, 398.15)
STEP_K, STEP_LOG = 2.0, 1e-3


@dataclass(frozen=True, kw_only=True)
class OperatingPoint:
    """A pulse, its probability and how that moves with voltage, duration and temperature.

    dp_dv [1/V] of the driver's amplitude, dp_dlnv, dp_dlnt (per relative change of amplitude and
    duration), dp_dtemperature [1/K] at a constant pulse, all of the nominal cell.
    """

    polarity: str
    pulse: Pulse
    probability: float
    overdrive: float
    regime: str
    junction_v: float
    energy_j: float
    dp_dv: float
    dp_dlnv: float
    dp_dlnt: float
    dp_dtemperature: float


def probability_map(mtj: Mtj, array: Array) -> xr.Dataset:
    """Probability and energy_j of one attempt (polarity, duration_s, amplitude_v), overdrive.

    amplitude_v: of the driver, across junction and access transistor, up to where P→AP leaves the
    switching table. NaN where a polarity is beyond it.
    """
    cell = nominal_cell(mtj)
    volts = np.linspace(0.05, end_v(mtj, array), VOLTAGES)
    durations_s = DURATIONS_S[REDUCED_TIME.high * cell.tau_d_s >= DURATIONS_S]
    tau = durations_s[:, None] / cell.tau_d_s
    drive, current = (
        np.array(x)
        for x in zip(*(overdrives(mtj, array, volts, p) for p in POLARITIES), strict=True)
    )
    inside = np.minimum(drive, OVERDRIVE_MAX)[:, None, :]
    p = switching_probability(inside, tau, cell.barrier)
    energy = volts * current[:, None, :] * durations_s[:, None]
    beyond = np.broadcast_to((drive > OVERDRIVE_MAX * (1 + 1e-9))[:, None, :], p.shape)
    dims = ("polarity", "duration_s", "amplitude_v")
    return xr.Dataset(
        {
            "probability": (dims, np.where(beyond, np.nan, p)),
            "energy_j": (dims, energy),
            "overdrive": (("polarity", "amplitude_v"), drive),
        },
        coords={"polarity": list(POLARITIES), "duration_s": durations_s, "amplitude_v": volts},
    )


def constant_probability(curves: xr.Dataset, targets: Sequence[float] = TARGETS) -> xr.Dataset:
    """amplitude_v, overdrive and energy_j (polarity, target, duration_s) that reach a probability.

    NaN where the target lies outside the map. Interpolated along the amplitude, on the logit of P.
    """
    coords = {
        "polarity": list(POLARITIES),
        "target": list(targets),
        "duration_s": curves["duration_s"].values,
    }
    shape = (len(POLARITIES), len(targets), curves.sizes["duration_s"])
    found = {name: np.full(shape, np.nan) for name in ("amplitude_v", "overdrive", "energy_j")}
    volts = curves["amplitude_v"].values
    for k, polarity in enumerate(POLARITIES):
        part = curves.sel(polarity=polarity)
        for d, p in enumerate(part["probability"].values):
            v = _crossings(p, volts, targets)
            found["amplitude_v"][k, :, d] = v
            found["overdrive"][k, :, d] = np.interp(v, volts, part["overdrive"].values)
            found["energy_j"][k, :, d] = np.interp(v, volts, part["energy_j"].values[d])
    return xr.Dataset({n: (tuple(coords), a) for n, a in found.items()}, coords=coords)


def _crossings(p: Floats, volts: Floats, targets: Sequence[float]) -> Floats:
    known = np.isfinite(p)
    rising = np.maximum.accumulate(np.clip(p[known], 1e-15, 1 - 1e-15))
    logit = np.log(rising / (1 - rising))
    wanted = np.log(np.asarray(targets) / (1 - np.asarray(targets)))
    return np.asarray(np.interp(wanted, logit, volts[known], left=np.nan, right=np.nan))


def regime(overdrive: float) -> str:
    """Thermal, intermediate or precessional."""
    return next((name for name, low, high in REGIMES if low <= overdrive < high), REGIMES[-1][0])


def cheapest(at_constant: xr.Dataset, polarity: str, target: float) -> Pulse:
    """The pulse of least energy that reaches a probability."""
    row = at_constant.sel(polarity=polarity, target=target)
    energy = row["energy_j"].values
    if not np.isfinite(energy).any():
        raise RangeError(
            f"no pulse up to the end of the switching table flips {polarity} with probability "
            f"{target:g}; give --amplitude and --duration of the pulse to look at"
        )
    best = int(np.nanargmin(energy))
    return Pulse(
        amplitude_v=float(row["amplitude_v"][best]), duration_s=float(row["duration_s"][best])
    )


def operating_point(mtj: Mtj, array: Array, pulse: Pulse, polarity: str) -> OperatingPoint:
    """Probability and sensitivities of one pulse, by central differences."""
    numbers = pulse_numbers(mtj, array, pulse, polarity)

    def chance(scale_v: float, scale_t: float, kelvin: float) -> float:
        moved = Pulse(
            amplitude_v=pulse.amplitude_v * scale_v, duration_s=pulse.duration_s * scale_t
        )
        junction = at_temperature(mtj, mtj.temperature_k + kelvin)
        return pulse_numbers(junction, array, moved, polarity)["probability"][0]

    up, down = np.exp(STEP_LOG), np.exp(-STEP_LOG)
    dp_dlnv = (chance(up, 1, 0) - chance(down, 1, 0)) / (2 * STEP_LOG)
    dp_dlnt = (chance(1, up, 0) - chance(1, down, 0)) / (2 * STEP_LOG)
    return OperatingPoint(
        polarity=polarity,
        pulse=pulse,
        probability=numbers["probability"][0],
        overdrive=numbers["overdrive"][0],
        regime=regime(numbers["overdrive"][0]),
        junction_v=numbers["junction_v"][0],
        energy_j=numbers["energy_per_attempt_j"][0],
        dp_dv=dp_dlnv / pulse.amplitude_v,
        dp_dlnv=dp_dlnv,
        dp_dlnt=dp_dlnt,
        dp_dtemperature=(chance(1, 1, STEP_K) - chance(1, 1, -STEP_K)) / (2 * STEP_K),
    )


def endurance_curves(breakdown: Breakdown, pulse_s: float, sign: int) -> xr.Dataset:
    """Cycles to 100 ppm broken (junction_v): the device's own law, lowest and highest of six.

    sign: 1 for AP→P pulses, −1 for P→AP.
    """
    spreads = [life_by_law(FAILING, sign * float(v), pulse_s, breakdown) for v in STRESS_V]
    own = (breakdown.law, breakdown.distribution)
    return xr.Dataset(
        {
            "cycles": ("junction_v", [s.life[own] for s in spreads]),
            "lowest": ("junction_v", [s.lowest for s in spreads]),
            "highest": ("junction_v", [s.highest for s in spreads]),
        },
        coords={"junction_v": STRESS_V},
        attrs={"failing_fraction": FAILING, "pulse_s": pulse_s},
    )


def retention_curves(mtj: Mtj, variation: Variation) -> xr.Dataset:
    """Cell and array failing fraction (temperature_k, storage_s) without current.

    array: Δ normal with the spread that diameter and barrier variation give it.
    """
    cv = float(np.hypot(2 * variation.diameter, variation.barrier))
    cell, many = [], []
    for kelvin in STORAGE_K:
        junction = at_temperature(mtj, kelvin)
        tau_d_s = nominal_cell(junction).tau_d_s
        cell.append(retention_failure(STORAGE_S, junction.barrier, tau_d_s))
        sd = cv * junction.barrier
        many.append(array_retention_failure(STORAGE_S, junction.barrier, sd, tau_d_s))
    return xr.Dataset(
        {
            "cell": (("temperature_k", "storage_s"), cell),
            "array": (("temperature_k", "storage_s"), many),
        },
        coords={"temperature_k": list(STORAGE_K), "storage_s": STORAGE_S},
        attrs={"barrier_cv": cv},
    )
