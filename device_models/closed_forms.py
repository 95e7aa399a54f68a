"""Closed forms of the switching probability: named, each with its measured error and its range.

The table (`switching.switching_probability`) is right to 1e-3 everywhere and is what the tool
uses; these are for formulas in a circuit simulator and for comparison with the literature. Errors
are against the direct solve over the whole stated range (tests, docs/physics/switching.md);
outside it a RangeError. Between the regimes, 1 ≲ i < 1.5, no closed form is reliable.

i = I/I_c0 overdrive, τ = t/τ_D reduced time, Δ = E_b/k_BT barrier; arguments broadcast.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from device_models.arrays import Floats
from device_models.ranges import Range, check_values
from device_models.switching import BARRIER, REDUCED_TIME

_TABLE = "instead use switching.switching_probability"
_TABLE_ERROR = "instead use switching.write_error_rate"
THERMAL_OVERDRIVE = Range(0.0, 1.0, "", f"thermal closed form; {_TABLE}")
THERMAL_BARRIER = Range(5.0, 120.0, "", f"thermal closed form, barrier left; {_TABLE}")
THERMAL_RETURN = Range(0.0, 0.1, "", f"thermal closed form, no way back; {_TABLE}")
PRECESSIONAL_OVERDRIVE = Range(2.0, 5.0, "", f"precessional closed form; {_TABLE}")
CORRECTED_OVERDRIVE = Range(1.5, 5.0, "", f"corrected precessional closed form; {_TABLE}")
TAIL_OVERDRIVE = Range(2.0, 5.0, "", f"closed forms of the error rate; {_TABLE_ERROR}")
TAIL_BARRIER = Range(10.0, 120.0, "", f"closed forms of the error rate; {_TABLE_ERROR}")
TAIL = Range(1e-12, 1.0, "", f"closed forms of the error rate; {_TABLE_ERROR}")


def thermal_rate(overdrive: ArrayLike, barrier: ArrayLike) -> Floats:
    """Rate Γ·τ_D of switching over the barrier that the current leaves.

    overdrive: 0 … 1; barrier: Δ, 5 … 120, with Δ(1−i)² ≥ 5.
    Γτ_D = √(Δ/π) (1−i²)(1−i) exp[−Δ(1−i)²]. The exponent of (1−i) is 2 for a perpendicular
    macrospin; 1, with the same Δ and I_c0, is too slow by e^{Δi(1−i)}, e^12.6 at Δ = 60, i = 0.3.

    Measured: too high by a factor 1.35 where Δ(1−i)² = 5, 1.18 at 8, 1.05 at 30 (the leading order
    in 1/Δ(1−i)²). i < 0 is refused: P then counts what crosses z = 0 before the top z = i.

    Brown 1963, doi 10.1103/PhysRev.130.1677, with the torque as a potential.
    """
    i, delta = np.asarray(overdrive, float), np.asarray(barrier, float)
    check_values("overdrive", i, THERMAL_OVERDRIVE)
    check_values("barrier", delta, BARRIER)
    check_values("Δ(1−i)²", delta * (1.0 - i) ** 2, THERMAL_BARRIER)
    return _brown_rate(i, delta)


def thermal_probability(
    overdrive: ArrayLike, reduced_time: ArrayLike, barrier: ArrayLike
) -> Floats:
    """P = 1 − exp(−Γt) of the thermal regime, with Γ and range of `thermal_rate`.

    reduced_time: 0 … 500, with Γ(−i)·t ≤ 0.1: the formula knows no way back.

    Measured: between 0.004 low and 0.11 high; in relative terms 0.97 … 3.2 times the P of the
    direct solve for τ ≥ 20, 0.99 … 1.7 times for τ ≥ 46, 1.0 … 1.4 times for τ ≥ 100. At shorter
    pulses P is small and far too high (20 times at τ = 10, 2e4 at 5): the climb takes time.
    """
    i, delta = np.asarray(overdrive, float), np.asarray(barrier, float)
    tau, rate = np.asarray(reduced_time, float), thermal_rate(i, delta)
    check_values("reduced_time", tau, REDUCED_TIME)
    check_values("Γ(−i)·t", _brown_rate(-i, delta) * tau, THERMAL_RETURN)
    return -np.expm1(-rate * tau)


def precessional_probability(
    overdrive: ArrayLike, reduced_time: ArrayLike, barrier: ArrayLike
) -> Floats:
    """P = exp{−(π²/4)Δ(i−1)/(i e^{2τ(i−1)} − 1)}: growth of a thermal angle to π/2, linear in it.

    overdrive: 2 … 5; reduced_time: 0 … 500; barrier: 5 … 120.
    This is P, and 1 minus it the write error rate; it is often printed the other way round.

    Measured: |ΔP| ≤ 0.16 (0.16 low at i = 2, 0.03 low at 3 with Δ ≥ 20, 0.07 high at 5).

    Butler et al. 2012, doi 10.1109/TMAG.2012.2209122.
    """
    i, tau, delta = _checked(overdrive, reduced_time, barrier, PRECESSIONAL_OVERDRIVE)
    return np.exp(-_left_behind(i, tau, delta, 0.5 * math.pi))


def precessional_write_error_rate(
    overdrive: ArrayLike, reduced_time: ArrayLike, barrier: ArrayLike
) -> Floats:
    """1 − P of `precessional_probability` without the cancellation.

    overdrive: 2 … 5; reduced_time: 0 … 500; barrier: 10 … 120; result: 1e-12 … 1.

    Measured: 0.73 … 4.6 times the direct solve; 0.73 … 1.1 times for i ≥ 3.
    """
    i, tau, delta = _checked(overdrive, reduced_time, barrier, TAIL_OVERDRIVE)
    return _tail(delta, _left_behind(i, tau, delta, 0.5 * math.pi))


def precessional_corrected_probability(
    overdrive: ArrayLike, reduced_time: ArrayLike, barrier: ArrayLike
) -> Floats:
    """P = exp{−θ²Δ(i−1)/(i e^{2τ(i−1)} − 1)}, θ = [2^i (i−1)/i]^{1/(i+1)} in place of π/2.

    overdrive: 1.5 … 5; reduced_time: 0 … 500; barrier: 5 … 120.
    θ is where linear growth would be when the magnetisation, which slows down on the way, passes
    the equator: the exact time of dz/dτ = −(1−z²)(i−z) from a small angle.

    Measured: |ΔP| ≤ 0.14; 0.10 for Δ ≥ 20; 0.055 for Δ ≥ 60. With i ≥ 2: |ΔP| ≤ 0.091; 0.028 for
    Δ ≥ 20; 0.016 for Δ ≥ 60.
    """
    i, tau, delta = _checked(overdrive, reduced_time, barrier, CORRECTED_OVERDRIVE)
    return np.exp(-_left_behind(i, tau, delta, _equator_angle(i)))


def precessional_corrected_write_error_rate(
    overdrive: ArrayLike, reduced_time: ArrayLike, barrier: ArrayLike
) -> Floats:
    """1 − P of `precessional_corrected_probability` without the cancellation.

    overdrive: 2 … 5; reduced_time: 0 … 500; barrier: 10 … 120; result: 1e-12 … 1.

    Measured: 0.87 … 2.8 times the direct solve; 0.97 … 1.27 times for Δ ≥ 60.
    """
    i, tau, delta = _checked(overdrive, reduced_time, barrier, TAIL_OVERDRIVE)
    return _tail(delta, _left_behind(i, tau, delta, _equator_angle(i)))


def _brown_rate(i: Floats, delta: Floats) -> Floats:
    return np.sqrt(delta / math.pi) * (1.0 - i * i) * (1.0 - i) * np.exp(-delta * (1.0 - i) ** 2)


def _equator_angle(i: Floats) -> Floats:
    return (2.0**i * (i - 1.0) / i) ** (1.0 / (i + 1.0))


def _left_behind(i: Floats, tau: Floats, delta: Floats, angle: float | Floats) -> Floats:
    """−ln P: Δ times the square of the starting angle that just reaches `angle` in time."""
    # Numerator and denominator times e^{−2τ(i−1)}, which cannot overflow.
    shrink = np.exp(-2.0 * tau * (i - 1.0))
    return angle**2 * delta * (i - 1.0) * shrink / (i - shrink)


def _tail(delta: Floats, left_behind: Floats) -> Floats:
    check_values("barrier", delta, TAIL_BARRIER)
    error = -np.expm1(-left_behind)
    check_values("write error rate", error, TAIL)
    return error


def _checked(
    overdrive: ArrayLike, reduced_time: ArrayLike, barrier: ArrayLike, allowed: Range
) -> tuple[Floats, Floats, Floats]:
    i, tau, delta = (np.asarray(x, float) for x in (overdrive, reduced_time, barrier))
    check_values("overdrive", i, allowed)
    check_values("reduced_time", tau, REDUCED_TIME)
    check_values("barrier", delta, BARRIER)
    return i, tau, delta
