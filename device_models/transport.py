"""Charge and spin transport of a junction: resistance, TMR, series voltage, critical current."""

import numpy as np

from device_models._transport_kernels import reduced_voltage
from device_models.arrays import FloatLike, Floats
from device_models.constants import (
    BOLTZMANN_J_PER_K,
    ELEMENTARY_CHARGE_C,
    GYROMAGNETIC_RAD_PER_S_T,
    REDUCED_PLANCK_J_S,
)
from device_models.params import Mtj
from device_models.ranges import RangeError


def area(diameter_m: FloatLike) -> Floats:
    """Area of a round junction [m²], πD²/4."""
    return np.pi * np.square(np.asarray(diameter_m, float)) / 4


def resistance_parallel(ra_ohm_m2: FloatLike, diameter_m: FloatLike) -> Floats:
    """Parallel resistance [Ω], R_P = RA/A; its small bias dependence is left out."""
    return np.asarray(ra_ohm_m2, float) / area(diameter_m)


def tmr_at_bias(tmr: FloatLike, voltage_v: FloatLike, half_v: FloatLike) -> Floats:
    """TMR at a bias, TMR0/(1 + (V/V_h)²); V_h [V] is the bias that halves it.

    Empirical, good to a few percent up to about 1 V (Zhang, Levy, Marley, Parkin 1997 for the
    origin of the roll-off, doi 10.1103/PhysRevLett.79.3744). The torque per current must not be
    derived from it: it falls far less (Fuchs et al. 2006, doi 10.1103/PhysRevLett.96.186603).
    """
    x = np.asarray(voltage_v, float) / half_v
    return np.asarray(tmr, float) / (1 + x * x)


def resistance_antiparallel(
    r_p_ohm: FloatLike, tmr: FloatLike, voltage_v: FloatLike, half_v: FloatLike
) -> Floats:
    """Antiparallel resistance [Ω] at a junction bias, R_P·(1 + TMR(V))."""
    return np.asarray(r_p_ohm, float) * (1 + tmr_at_bias(tmr, voltage_v, half_v))


def junction_voltage(
    drive_v: FloatLike,
    r_p_ohm: FloatLike,
    tmr: FloatLike,
    half_v: FloatLike,
    series_ohm: FloatLike,
) -> Floats:
    """Voltage [V] across a junction in series with a resistance; shapes broadcast.

    tmr: zero-bias TMR of the state, 0 for a parallel junction. Solves V + R_s·I(V) = V_drive with
    I = V/(R_P(1 + TMR(V))), a cubic in x = V/V_h with one real root for TMR <= 8:
    (1+s)x³ − d·x² + (1+T+s)x − d(1+T) = 0, s = R_s/R_P, d = V_drive/V_h, by Newton's method from
    above to 1e-13 relative.
    """
    d = np.asarray(drive_v, float) / half_v
    t = np.asarray(tmr, float)
    s = np.asarray(series_ohm, float) / r_p_ohm
    x: Floats = reduced_voltage(d, t, s)
    if np.any(np.isnan(x)):
        raise RangeError("junction_voltage did not converge: TMR > 8 or a bias far beyond V_h")
    return x * half_v


def critical_current(
    barrier: FloatLike,
    damping: FloatLike,
    polarisation: FloatLike,
    temperature_k: FloatLike,
    torque_efficiency: FloatLike = 1.0,
) -> Floats:
    """Critical current [A] of AP→P switching at zero temperature, I_c0 = 4eαΔk_BT/(ħPη).

    Macrospin with perpendicular easy axis; η > 1 is the observed efficiency over this limit
    (Sun et al. 2013, doi 10.1103/PhysRevB.88.104426; Sun 2000, doi 10.1103/PhysRevB.62.570).
    Δ here is K_eff·V/k_BT, `coherent_barrier`: the current at which the state at rest becomes
    unstable knows the anisotropy, not the path over the barrier. Where a domain wall reverses
    the layer, the barrier is lower and this current is not.
    """
    energy_j = np.asarray(barrier, float) * BOLTZMANN_J_PER_K * np.asarray(temperature_k, float)
    numerator = 4 * ELEMENTARY_CHARGE_C * np.asarray(damping, float) * energy_j
    return numerator / (REDUCED_PLANCK_J_S * np.asarray(polarisation, float) * torque_efficiency)


def active_ratio(mtj: Mtj, ratio: FloatLike) -> Floats:
    """Barrier over K_eff·V for a `barrier_ratio`: a domain wall only where it is the lower way."""
    return np.minimum(ratio, 1.0) if mtj.barrier_model == "domain_wall" else np.asarray(ratio)


def coherent_barrier(mtj: Mtj) -> float:
    """K_eff·V/k_BT, which the critical current follows whatever the barrier model."""
    return float(mtj.barrier / active_ratio(mtj, mtj.barrier_ratio))


def relaxation_time(anisotropy_t: FloatLike, damping: FloatLike) -> Floats:
    """Time unit of the switching dynamics [s], τ_D = (1+α²)/(αγμ0H_k).

    Butler et al. 2012, doi 10.1109/TMAG.2012.2209122.
    """
    alpha = np.asarray(damping, float)
    rate = alpha * GYROMAGNETIC_RAD_PER_S_T * np.asarray(anisotropy_t, float)
    return (1 + alpha * alpha) / rate


def spin_polarisation(tmr: FloatLike) -> Floats:
    """Spin polarisation of equal electrodes from the zero-bias TMR, √(TMR/(2+TMR)).

    Jullière 1975, doi 10.1016/0375-9601(75)90174-7.
    """
    t = np.asarray(tmr, float)
    return np.sqrt(t / (2 + t))


def julliere_tmr(polarisation: FloatLike) -> Floats:
    """Zero-bias TMR of equal electrodes of a polarisation, 2P²/(1 − P²); as above."""
    squared = np.square(np.asarray(polarisation, float))
    return 2 * squared / (1 - squared)
