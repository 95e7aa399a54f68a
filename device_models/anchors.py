"""What STT-MRAM reports of endurance in public, and the conditions it is compared at here.

A report states a pulse and a number of cycles, seldom the junction or its voltage. The voltage is
therefore derived from two junctions of this project's own models: one class that keeps data for
years (Δ = 75) and one that works as a cache (Δ = 45 to 50, lower I_c0, thinner barrier). Their
numbers are assumptions of the usual size. Five per cent of voltage is a decade of life, so no
comparison is closer than about one decade.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from device_models.endurance import LawSpread, life_by_law
from device_models.params import Breakdown, Mtj, Variation
from device_models.switching import OVERDRIVE, write_error_rate
from device_models.transport import resistance_antiparallel
from device_models.variation import nominal_cell

FAILING_FRACTION = 1e-6
"""Cells broken at the end of life: what error correction of a memory hides."""

WRITE_ERROR = 1e-6
"""Write error rate of the weakest cell in use, and the fraction of cells that may be weaker."""


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A published endurance; `cycles` is the number stated, or the two ends of a stated range.

    at_least: the report stopped testing there, so the model may exceed it by any factor.
    """

    title: str
    mtj: Mtj
    pulse_s: float
    cycles: tuple[float, float]
    at_least: bool
    source: str


def _mtj(diameter_m: float, ra_ohm_m2: float, barrier: float) -> Mtj:
    """Junction of an anchor: one stack, three numbers that make the class."""
    return Mtj(
        diameter_m=diameter_m,
        ra_ohm_m2=ra_ohm_m2,
        barrier=barrier,
        tmr=1.8,
        anisotropy_t=0.4,
        damping=0.03,
        polarisation=0.6,
    )


EMBEDDED = _mtj(70e-9, 12e-12, 75.0)
CACHE = _mtj(55e-9, 8e-12, 50.0)
FAST_CACHE = _mtj(55e-9, 8e-12, 45.0)

ANCHORS = (
    Anchor(
        title="22 nm embedded, 40 Mb",
        mtj=EMBEDDED,
        pulse_s=200e-9,
        cycles=(1e10, 1e12),
        at_least=False,
        source="extrapolated; 1e6 shown; IRPS 2019, doi 10.1109/IRPS.2019.8720435",
    ),
    Anchor(
        title="22 nm embedded, 7 Mb",
        mtj=EMBEDDED,
        pulse_s=80e-9,
        cycles=(1e6, 1e6),
        at_least=True,
        source="not tested further; IEDM 2018, doi 10.1109/IEDM.2018.8614620",
    ),
    Anchor(
        title="last-level cache, 16 Mb",
        mtj=CACHE,
        pulse_s=20e-9,
        cycles=(1e12, 1e12),
        at_least=False,
        source="IEDM 2019, doi 10.1109/IEDM19573.2019.8993474",
    ),
    Anchor(
        title="40 nm, 128 Mb",
        mtj=CACHE,
        pulse_s=14e-9,
        cycles=(1e11, 1e11),
        at_least=False,
        source="IEDM 2018, doi 10.1109/IEDM.2018.8614606",
    ),
    Anchor(
        title="high speed, 40 Mb",
        mtj=FAST_CACHE,
        pulse_s=10e-9,
        cycles=(1e12, 1e12),
        at_least=False,
        source="VLSI Technology 2020, doi 10.1109/VLSITechnology18217.2020.9265027",
    ),
)


def write_voltage(
    mtj: Mtj, pulse_s: float, error: float = WRITE_ERROR, variation: Variation | None = None
) -> float:
    """Voltage [V] across every junction of an array that is written with at most `error`.

    The larger of the two polarities: each needs its overdrive i at the resistance it starts from,
    and the whole array gets what a cell z standard deviations above the nominal one needs, z the
    quantile of 1 − `error`. V_c0 ∝ RA·Δ, so its spread is that of RA and of the barrier density;
    the diameter cancels (`variation`).
    """
    cell, spread = nominal_cell(mtj), variation or Variation()
    overdrive = _bisect(
        lambda i: float(write_error_rate(i, pulse_s / cell.tau_d_s, mtj.barrier)) < error,
        0.0,
        OVERDRIVE.high,
    )
    current_a = overdrive * float(cell.critical_a)
    from_ap_v = _bisect(
        lambda v: bool(
            v / resistance_antiparallel(cell.r_p_ohm, mtj.tmr, v, mtj.tmr_half_v) > current_a
        ),
        0.0,
        current_a * float(cell.r_p_ohm) * (1 + mtj.tmr),
    )
    from_p_v = current_a * mtj.p_to_ap_ratio * float(cell.r_p_ohm)
    margin = NormalDist().inv_cdf(1 - error) * np.hypot(spread.ra, spread.barrier)
    return float(max(from_ap_v, from_p_v) * (1 + margin))


def anchor_life(anchor: Anchor, params: Breakdown) -> LawSpread:
    """Cycles to `FAILING_FRACTION` at an anchor's conditions, under each law."""
    area_ratio = (anchor.mtj.diameter_m / params.reference_diameter_m) ** 2
    volts = write_voltage(anchor.mtj, anchor.pulse_s)
    return life_by_law(FAILING_FRACTION, volts, anchor.pulse_s, params, area_ratio)


def _bisect(above: Callable[[float], bool], low: float, high: float) -> float:
    """Where `above` turns true, to 1e-12 of `high`."""
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if above(middle) else (middle, high)
    return high
