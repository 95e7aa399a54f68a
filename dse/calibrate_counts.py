"""The likelihood of counts of switching pulses, and how well a device explains them.

Each cell of the data is binomial with the probability of device_models.switching at the overdrive
i = I/I_c0 of the state the pulse starts from, τ = t/τ_D and Δ. Coordinates are the logarithms of
Δ, of τ_D and of I_c0 of each polarity; the box keeps every cell inside the switching table.
"""

import math
from dataclasses import replace

import numpy as np
from scipy.special import xlogy
from scipy.stats import binom

from device_models.arrays import Floats
from device_models.params import Mtj
from device_models.ranges import ranges_of
from device_models.switching import (
    BARRIER,
    OVERDRIVE,
    REDUCED_TIME,
    switching_probability,
    write_error_rate,
)
from device_models.transport import junction_voltage, resistance_antiparallel
from device_models.variation import nominal_cell
from dse.calibrate_data import Bools, Switching
from dse.calibrate_part import ENOUGH, PATTERNED, Goodness, judged, pattern
from dse.likelihood import Problem

DELTA, TIME = "Δ", "τ_D"
CURRENT = {True: "I_c0 AP→P", False: "I_c0 P→AP"}
"""Name of the critical current by polarity; True is AP→P."""
OVERDRIVE_MIN = 0.05
"""Least overdrive that the largest amplitude of a polarity may turn out to be."""
TINY = 1e-300
"""Keeps logarithms finite."""


def junction_current(data: Switching, mtj: Mtj, series_ohm: float) -> Floats:
    """Current [A] of each cell's pulse in the state it starts from."""
    return pulse_current(data.amplitude_v, data.from_ap, mtj, series_ohm)


def pulse_current(
    amplitude_v: Floats, from_ap: Bools | bool, mtj: Mtj, series_ohm: float
) -> Floats:
    """Current [A] of pulses across junction and series resistance; arguments broadcast."""
    r_p = float(nominal_cell(mtj).r_p_ohm)
    tmr = np.where(from_ap, mtj.tmr, 0.0)
    volts = junction_voltage(amplitude_v, r_p, tmr, mtj.tmr_half_v, series_ohm)
    return volts / resistance_antiparallel(r_p, tmr, volts, mtj.tmr_half_v)


def critical(mtj: Mtj) -> dict[bool, float]:
    """I_c0 [A] of AP→P (True) and P→AP (False)."""
    current = float(nominal_cell(mtj).critical_a)
    return {True: current, False: current * mtj.p_to_ap_ratio}


def model(mtj: Mtj, data: Switching, series_ohm: float) -> tuple[Floats, Floats]:
    """(P, 1 − P) of each cell for a device."""
    drive, from_ap = junction_current(data, mtj, series_ohm), data.from_ap
    needed = critical(mtj)
    overdrive = drive / np.where(from_ap, needed[True], needed[False])
    time = data.duration_s / nominal_cell(mtj).tau_d_s
    return _both(overdrive, time, np.asarray(mtj.barrier))


def _both(overdrive: Floats, time: Floats, barrier: Floats) -> tuple[Floats, Floats]:
    """(P, 1 − P), neither rounded to zero; the box of the fit keeps all within the table."""
    i = np.minimum(overdrive, OVERDRIVE.high)
    tau = np.minimum(time, REDUCED_TIME.high)
    delta = np.clip(barrier, BARRIER.low, BARRIER.high)
    p = np.maximum(switching_probability(i, tau, delta), TINY)
    return p, np.maximum(write_error_rate(i, tau, delta), TINY)


def deviance(data: Switching, p: Floats, q: Floats) -> Floats:
    """Twice the log-likelihood that each cell's own frequency gains over p = 1 − q, (…, cells)."""
    k, n = data.switched, data.trials
    own = xlogy(k, k / n) + xlogy(n - k, 1 - k / n)
    return np.asarray(2.0 * (own - k * np.log(p) - (n - k) * np.log(q)))


def problem(data: Switching, mtj: Mtj, series_ohm: float) -> Problem:
    """The likelihood of the counts over the logarithms of Δ, τ_D and each I_c0."""
    current = junction_current(data, mtj, series_ohm)
    there = [from_ap for from_ap in (True, False) if (data.from_ap == from_ap).any()]
    column = 2 + np.array([there.index(bool(from_ap)) for from_ap in data.from_ap])
    top = np.array([current[data.from_ap == from_ap].max() for from_ap in there])
    log_i, log_t = np.log(current), np.log(data.duration_s)
    field = ranges_of(Mtj)["anisotropy_t"]
    slowest, fastest = (relaxation_of(mtj, end) for end in (field.low, field.high))
    longest = float(data.duration_s.max())

    def cost(x: Floats) -> Floats:
        overdrive, time = np.exp(log_i - x[:, column]), np.exp(log_t - x[:, 1:2])
        p, q = _both(overdrive, time, np.exp(x[:, :1]))
        return np.asarray(0.5 * deviance(data, p, q).sum(axis=-1))

    return Problem(
        names=(DELTA, TIME, *(CURRENT[from_ap] for from_ap in there)),
        low=np.log(
            [BARRIER.low, max(fastest, longest / REDUCED_TIME.high), *top / OVERDRIVE.high]
        ),
        high=np.log([BARRIER.high, slowest, *top / OVERDRIVE_MIN]),
        nodes=(6, 5, *(14 for _ in there)),
        cost=cost,
    )


def relaxation_of(mtj: Mtj, anisotropy_t: float) -> float:
    """τ_D [s] of the junction with another anisotropy field."""
    return nominal_cell(replace(mtj, anisotropy_t=anisotropy_t)).tau_d_s


def goodness(data: Switching, p: Floats, q: Floats, fitted: int) -> Goodness:
    """Deviance of the counts against its mean and variance under the model.

    Cells where all or none should switch hardly add to it, so it is compared with its own
    expectation, less one for each fitted parameter, instead of the number of cells.
    """
    parts = deviance(data, p, q)
    cells = zip(data.trials, p, q, strict=True)
    mean, variance = np.sum([_moments(int(n), *chance) for n, *chance in cells], axis=0)
    residual = np.sign(data.switched - data.trials * p) * np.sqrt(np.maximum(parts, 0.0))
    expected = float(mean) - fitted
    return judged(
        points=p.size,
        deviance=float(parts.sum()),
        expected=expected,
        variance=float(variance) * expected / max(float(mean), TINY),
        patterned=pattern(curves(data, residual)) < PATTERNED if p.size >= ENOUGH else None,
    )


def curves(data: Switching, values: Floats) -> list[Floats]:
    """Values of the cells, a row for each polarity and length, by amplitude."""
    keys = np.stack([data.from_ap.astype(float), data.duration_s], axis=1)
    rows = [np.flatnonzero((keys == key).all(axis=1)) for key in np.unique(keys, axis=0)]
    return [values[row[np.argsort(data.amplitude_v[row], kind="stable")]] for row in rows]


def _moments(trials: int, p: float, q: float) -> tuple[float, float]:
    """Mean and variance of the deviance of one cell, from the binomial distribution."""
    middle, wide = trials * p, 8.0 * math.sqrt(trials * p * q) + 20.0
    k = np.arange(max(0, math.floor(middle - wide)), min(trials, math.ceil(middle + wide)) + 1)
    share = k / trials
    own = xlogy(k, share) + xlogy(trials - k, 1 - share)
    d = 2.0 * (own - xlogy(k, p) - xlogy(trials - k, q))
    chance = binom.pmf(k, trials, p)
    mean = float(chance @ d)
    return mean, float(chance @ (d - mean) ** 2)
