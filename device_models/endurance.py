"""Breakdown of the tunnel barrier: how many pulses a cell survives."""

import numpy as np

from device_models.arrays import FloatLike, Floats
from device_models.params import Breakdown
from device_models.ranges import RangeError


def cycles_to_63_percent(voltage_v: FloatLike, pulse_s: FloatLike, params: Breakdown) -> Floats:
    """Pulses after which 63 % of cells are broken, N63 = (t63/t_p)^m, t63 = t63(1 V)·V^−n.

    voltage_v: magnitude across the junction [V], > 0 (0 gives infinity); pulse_s: length [s].
    Power law in voltage: Wu and Suñé 2002, doi 10.1109/LED.2002.804526 (for oxides); for MgO
    junctions Van Beek et al. 2018, doi 10.1109/IRPS.2018.8353691. Self-heating is left out.
    """
    v, t = np.asarray(voltage_v, float), np.asarray(pulse_s, float)
    if np.any(~(v >= 0)) or np.any(~(t > 0)):
        raise RangeError("cycles_to_63_percent: voltage_v must be >= 0 V and pulse_s > 0 s")
    with np.errstate(divide="ignore"):
        t63 = params.t63_s * v**-params.voltage_exponent
    return (t63 / t) ** params.pulse_exponent


def failing_fraction(
    cycles: FloatLike, voltage_v: FloatLike, pulse_s: FloatLike, params: Breakdown
) -> Floats:
    """Fraction of cells broken after `cycles` pulses, F = 1 − exp[−(N/N63)^β]; broadcasts."""
    used = np.asarray(cycles, float) / cycles_to_63_percent(voltage_v, pulse_s, params)
    return -np.expm1(-(used**params.weibull_shape))


def images_to_failing_fraction(
    damage_per_image: FloatLike, fraction: float, params: Breakdown
) -> float:
    """Images until `fraction` of the cells is expected broken, from each group's wear.

    damage_per_image: (groups,) sum over pulse kinds of pulses per image over N63, one entry per
    equally large group of cells. Wear adds up linearly (Miner's rule, an assumption), so group g
    fails as 1 − exp[−(d_g·n)^β]; for fraction << 1 the mean over groups inverts in closed form,
    n = [−ln(1−f)/⟨d^β⟩]^(1/β), within f/2 relative. Infinite where nothing wears.
    """
    if not 0 < fraction <= 0.01:
        raise RangeError(f"fraction = {fraction:g} is outside 0 … 0.01 (small-fraction form)")
    mean = float(np.mean(np.asarray(damage_per_image, float) ** params.weibull_shape))
    if mean == 0.0:
        return float("inf")
    return float((-np.log1p(-fraction) / mean) ** (1 / params.weibull_shape))
