"""Retention and read disturb: how long a stored bit stays, and what reading does to it.

One model, the Fokker-Planck equation of `switching`. Where a read lasts a finite time its table
is used, to the smallest probabilities (against direct solves down to 1e-50 within 5 %, within a
factor 1.35 for i < 0.1): the rate over the barrier builds up over some τ_D, so rate times time
overstates a read of 5 τ_D by 10 to 100 times.
Storage lasts so long that only the settled rate counts, in its high-barrier form

    1/t_dwell = √(Δ/π)·e^(−Δ)/τ_D

(Brown 1963, doi 10.1103/PhysRev.130.1677; Kramers 1940). Against the slowest mode of the equation
this rate is high by 1.7 % at Δ = 60, 2.6 % at 40, 5.5 % at 20, 12 % at 10 and 25 % at 5.

Both see coherent reversal only; a domain wall lowers the barrier of junctions above about 40 nm,
and Δ belongs to one temperature: give the Δ of the hottest storage.
"""

import math

import numpy as np

from device_models.arrays import FloatLike, Floats
from device_models.ranges import Range, RangeError, check_value
from device_models.switching import BARRIER, OVERDRIVE, REDUCED_TIME, switching_probability

TIME = Range(0.0, 1e12, "s", "storage; 1e12 s are 30,000 years")
TAU_D = Range(1e-12, 1e-6, "s", "switching model, time unit of a junction")
READS = Range(0.0, 1e30, "", "separate reads of a cell")
BARRIER_SD = Range(0.0, 36.0, "", "normal spread of Δ over an array")
BARRIER_CV = Range(0.0, 0.3, "", "relative spread of Δ over an array")

_STEP = 1 / 64
_SIGMAS = np.arange(-38.0, 38.0 + _STEP, _STEP)
_WEIGHTS = _STEP * np.exp(-_SIGMAS * _SIGMAS / 2) / math.sqrt(2 * math.pi)
"""Trapezoidal rule over the normal distribution: converges faster than any power of the step."""


def dwell_time_s(barrier: FloatLike, tau_d_s: FloatLike) -> Floats:
    """Mean time [s] a cell without current stays in its state, τ_D·√(π/Δ)·e^Δ; broadcasts.

    barrier: Δ, 5 … 120; tau_d_s: τ_D [s]. Short by 1.7 % at Δ = 60 (head of this module).
    """
    _check("barrier", barrier, BARRIER)
    _check("tau_d_s", tau_d_s, TAU_D)
    delta = np.asarray(barrier, float)
    return np.asarray(tau_d_s, float) * np.sqrt(np.pi / delta) * np.exp(delta)


def retention_failure(time_s: FloatLike, barrier: FloatLike, tau_d_s: FloatLike) -> Floats:
    """Probability that a cell left its state at least once in `time_s` [s]; broadcasts.

    1 − exp(−t/t_dwell). The bit that is read at the end is wrong a little less often, ½ at most,
    because cells also return.
    """
    _check("time_s", time_s, TIME)
    return -np.expm1(-np.asarray(time_s, float) / dwell_time_s(barrier, tau_d_s))


def array_retention_failure(
    time_s: FloatLike, barrier_mean: float, barrier_sd: float, tau_d_s: float
) -> Floats:
    """Expected fraction of an array's cells that fail in `time_s`, Δ ~ N(mean, sd).

    The integral over the distribution, Δ held to 5 … 120 as for a drawn die. `effective_barrier`
    is its closed form for few failures.
    """
    delta = _barriers(barrier_mean, barrier_sd)
    each = retention_failure(np.asarray(time_s, float)[..., None], delta, tau_d_s)
    return each @ _WEIGHTS


def effective_barrier(barrier_mean: float, barrier_sd: float) -> float:
    """Δ of the cell that fails as often as the mean cell of an array, μ − σ²/2.

    The mean of e^(−Δ) over N(μ, σ). Holds while the cells that fail most, those near μ − σ², have
    hardly failed: t << t_dwell(μ − σ²).
    """
    check_value("barrier_sd", barrier_sd, BARRIER_SD)
    return barrier_mean - barrier_sd**2 / 2


def required_barrier(
    failure: float, time_s: float, tau_d_s: float, cells: float = 1.0, barrier_cv: float = 0.0
) -> float:
    """Mean Δ with which the chance that any of `cells` cells fails in `time_s` is `failure`.

    barrier_cv: σ/μ of Δ over the array. RangeError if no Δ up to 120 is enough; 5 if that is.
    """
    if not 0 < failure < 1:
        raise RangeError(f"failure = {failure:g} is outside 0 … 1, both exclusive")
    check_value("cells", cells, Range(1.0, 1e15, "", "cells of an array"))
    check_value("barrier_cv", barrier_cv, BARRIER_CV)
    each = -math.expm1(math.log1p(-failure) / cells)

    def fails(mean: float) -> bool:
        return bool(array_retention_failure(time_s, mean, barrier_cv * mean, tau_d_s) > each)

    low, high = BARRIER.low, BARRIER.high
    if fails(high):
        raise RangeError(
            f"no barrier up to {high:g} keeps {cells:g} cells for {time_s:g} s at a failure of "
            f"{failure:g}; allow more failures, a shorter time or a narrower spread"
        )
    if not fails(low):
        return low
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if fails(middle) else (low, middle)
    return high


def read_disturb(
    overdrive: FloatLike,
    read_s: FloatLike,
    barrier: FloatLike,
    tau_d_s: FloatLike,
    reads: FloatLike = 1.0,
) -> Floats:
    """Probability that reading flips a cell at least once; arguments broadcast.

    overdrive: i = I_read/I_c0 of the direction the read pushes in, −1 … 5; read_s: length of a
    read [s]; barrier: Δ; tau_d_s: τ_D [s]; reads: how many, each followed by a pause of some τ_D
    in which the cell relaxes. Reads without pause are one long read: that is the worse case.

    The table to τ = 500; longer reads continue at the mean rate up to there, 2 % low at most while
    Δ(1 − i)² > 5. The exponent is Δ(1 − i)²; with Δ(1 − i) instead, the disturb of a read at
    i = 0.3 is understated by e^12.6 at Δ = 60.
    """
    _check("read_s", read_s, TIME)
    _check("tau_d_s", tau_d_s, TAU_D)
    _check("reads", reads, READS)
    tau = np.asarray(read_s, float) / tau_d_s
    parts = np.maximum(tau / REDUCED_TIME.high, 1.0)
    each = switching_probability(overdrive, tau / parts, barrier)
    with np.errstate(divide="ignore"):
        return -np.expm1(parts * np.asarray(reads, float) * np.log1p(-each))


def array_read_disturb(
    overdrive: float,
    read_s: float,
    barrier_mean: float,
    barrier_sd: float,
    tau_d_s: float,
    reads: FloatLike = 1.0,
) -> Floats:
    """Expected fraction of an array's cells flipped by `reads` reads, Δ ~ N(mean, sd).

    overdrive: of the mean cell. All cells are read with the same current and I_c0 ∝ Δ, so a weak
    cell is also read at a larger i. A barrier that varies with the diameter alone keeps its i at
    constant voltage: this is then an upper bound.
    """
    delta = _barriers(barrier_mean, barrier_sd)
    i = np.minimum(overdrive * barrier_mean / delta, OVERDRIVE.high)
    count = np.asarray(reads, float)[..., None]
    return read_disturb(i, read_s, delta, tau_d_s, count) @ _WEIGHTS


def _barriers(mean: float, sd: float) -> Floats:
    """Δ at the nodes of the integral over an array."""
    check_value("barrier_mean", mean, BARRIER)
    check_value("barrier_sd", sd, BARRIER_SD)
    return np.clip(mean + sd * _SIGMAS, BARRIER.low, BARRIER.high)


def _check(name: str, values: FloatLike, allowed: Range) -> None:
    for value in (np.min(values), np.max(values)):
        check_value(name, float(value), allowed)
