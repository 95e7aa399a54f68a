"""Cells of a die: device-to-device draws that move resistance, barrier and current together."""

from dataclasses import dataclass

import numpy as np

from device_models.arrays import Floats
from device_models.params import Mtj, Variation
from device_models.transport import (
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


def _cells(mtj: Mtj, diameter: Floats, ra: Floats, tmr: Floats, barrier: Floats) -> Cells:
    """Cells from relative factors of diameter, RA, TMR and barrier density."""
    delta = np.clip(mtj.barrier * diameter**2 * barrier, 5.0, 120.0)
    return Cells(
        r_p_ohm=resistance_parallel(mtj.ra_ohm_m2 * ra, mtj.diameter_m * diameter),
        tmr=mtj.tmr * tmr,
        barrier=delta,
        critical_a=critical_current(
            delta, mtj.damping, mtj.polarisation, mtj.temperature_k, mtj.torque_efficiency
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

    The diameter moves R_P ∝ D⁻², Δ ∝ D² and I_c0 ∝ Δ together, so the critical voltage I_c0·R_P
    does not depend on it to first order. RA, TMR and barrier density vary independently. Factors
    are log-normal with mean near 1 (positive at any spread); Δ is held to 5 … 120, the range of
    the switching table.
    """

    def factor(cv: float) -> Floats:
        sigma = np.sqrt(np.log1p(cv * cv))
        return np.asarray(np.exp(sigma * rng.standard_normal(shape) - sigma * sigma / 2))

    return _cells(
        mtj,
        factor(variation.diameter),
        factor(variation.ra),
        factor(variation.tmr),
        factor(variation.barrier),
    )
