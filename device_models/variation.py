"""Cells of a die: device-to-device draws that move resistance, barrier and current together."""

from dataclasses import dataclass

import numpy as np

from device_models.arrays import Floats
from device_models.params import Mtj, Variation
from device_models.switching import BARRIER
from device_models.transport import (
    active_ratio,
    coherent_barrier,
    critical_current,
    relaxation_time,
    resistance_parallel,
)


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Junctions of a die; arrays of one shape, or zero-dimensional for the nominal one.

    r_p_ohm [Ω], tmr (zero bias), barrier (Δ), critical_a (AP→P, [A]); what all cells share:
    tmr_half_v [V], p_to_ap_ratio, tau_d_s [s].
    """

    r_p_ohm: Floats
    tmr: Floats
    barrier: Floats
    critical_a: Floats
    tmr_half_v: float
    p_to_ap_ratio: float
    tau_d_s: float


def _cells(mtj: Mtj, diameter: Floats, ra: Floats, tmr: Floats, anisotropy: Floats) -> Cells:
    """Cells from relative factors of diameter, RA, TMR and anisotropy energy density."""
    coherent = coherent_barrier(mtj) * diameter * diameter * anisotropy
    ratio = np.asarray(mtj.barrier_ratio)
    if mtj.barrier_model == "domain_wall":
        ratio = ratio / (diameter * np.sqrt(anisotropy))
    return Cells(
        r_p_ohm=resistance_parallel(mtj.ra_ohm_m2 * ra, mtj.diameter_m * diameter),
        tmr=mtj.tmr * tmr,
        barrier=np.clip(coherent * active_ratio(mtj, ratio), BARRIER.low, BARRIER.high),
        critical_a=critical_current(
            coherent, mtj.damping, mtj.polarisation, mtj.temperature_k, mtj.torque_efficiency
        ),
        tmr_half_v=mtj.tmr_half_v,
        p_to_ap_ratio=mtj.p_to_ap_ratio,
        tau_d_s=float(relaxation_time(mtj.anisotropy_t, mtj.damping)),
    )


def nominal_cell(mtj: Mtj) -> Cells:
    """The junction every draw is centred on, as zero-dimensional arrays."""
    one = np.asarray(1.0)
    return _cells(mtj, one, one, one, one)


def draw_cells(
    mtj: Mtj, variation: Variation, shape: tuple[int, ...], rng: np.random.Generator
) -> Cells:
    """Draw the cells of a die, arrays of `shape`.

    The diameter moves R_P ∝ D⁻², K_eff·V ∝ D² and with it I_c0 together, so the critical voltage
    I_c0·R_P does not depend on it to first order; Δ ∝ D² too, or ∝ D where a domain wall is the
    lower barrier. RA, TMR and anisotropy density vary independently. A factor of the whole die
    multiplies the factor of each cell. Factors are log-normal with mean 1 (positive at any
    spread); Δ is held to 5 … 120, the range of the switching table. What varies from cycle to
    cycle is the thermal start and path of each switching event: its probability, not drawn here.
    """

    def factor(cv: float, size: tuple[int, ...]) -> Floats:
        sigma = np.sqrt(np.log1p(cv * cv))
        return np.exp(sigma * rng.standard_normal(size) - sigma * sigma / 2)

    v = variation
    die = [factor(cv, ()) for cv in (v.die_diameter, v.die_ra, v.die_tmr, v.die_barrier)]
    within = (factor(cv, shape) for cv in (v.diameter, v.ra, v.tmr, v.barrier))
    return _cells(mtj, *(whole * cell for whole, cell in zip(die, within, strict=True)))
