"""Named devices: every number with its source, or marked as an assumption."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from device_models.geometry import anisotropy_field, effective_anisotropy, macrospin_barrier
from device_models.params import Breakdown, Mtj
from device_models.ranges import RangeError, nearest
from device_models.transport import spin_polarisation

ASSUMPTION = "assumption"

DEFAULT_BREAKDOWN = Breakdown()
"""Power law, Weibull, set at the public anchors of `anchors`; no measurement of these devices."""


@dataclass(frozen=True, kw_only=True)
class Device:
    """A named junction with its breakdown law and the source of every number."""

    title: str
    mtj: Mtj
    sources: Mapping[str, str]
    breakdown: Breakdown = DEFAULT_BREAKDOWN


def _stack_50nm() -> Mtj:
    """The 50 nm CoFeB/MgO stack: barrier and field follow from its film numbers."""
    diameter_m, thickness_m, saturation_a_per_m = 50e-9, 1.1e-9, 1.2e6
    k_eff = effective_anisotropy(1.0056e-3, saturation_a_per_m, thickness_m, diameter_m)
    return Mtj(
        diameter_m=diameter_m,
        ra_ohm_m2=9.818e-12,
        tmr=1.2,
        barrier=float(macrospin_barrier(k_eff, thickness_m, diameter_m, 300.0)),
        anisotropy_t=float(anisotropy_field(k_eff, saturation_a_per_m)),
        damping=0.03,
        polarisation=float(spin_polarisation(1.2)),
    )


_STOCHASTIC_MTJ = "Stochastic_MTJ_Model repository (University of Texas at Austin)"
_FROM_STACK = "macrospin disc of t_F 1.1 nm, M_s 1.2e6 A/m, K_i 1.0056e-3 J/m² (same repository)"
_SUN = "macrospin limit, 1; observed 2 to 10: Sun et al. 2013, doi 10.1103/PhysRevB.88.104426"

DEVICES: Mapping[str, Device] = MappingProxyType(
    {
        "ut-austin-50nm": Device(
            title="50 nm CoFeB/MgO junction, RA 9.8 Ω·µm², Δ = 52",
            mtj=_stack_50nm(),
            sources=MappingProxyType(
                {
                    "diameter_m": _STOCHASTIC_MTJ,
                    "ra_ohm_m2": _STOCHASTIC_MTJ,
                    "tmr": _STOCHASTIC_MTJ,
                    "damping": _STOCHASTIC_MTJ,
                    "tmr_half_v": ASSUMPTION,
                    "barrier": _FROM_STACK,
                    "anisotropy_t": _FROM_STACK,
                    "polarisation": "TMR by Jullière 1975, doi 10.1016/0375-9601(75)90174-7",
                    "torque_efficiency": _SUN,
                    "p_to_ap_ratio": ASSUMPTION,
                    "temperature_k": "room temperature",
                }
            ),
        ),
        "reference-40nm": Device(
            title="40 nm textbook macrospin, Δ = 60, I_c0 = 50 µA",
            mtj=Mtj(
                diameter_m=40e-9,
                ra_ohm_m2=6e-12,
                tmr=1.2,
                barrier=60.0,
                anisotropy_t=0.2636845356298586,
                damping=0.02,
                polarisation=0.6,
            ),
            sources=MappingProxyType(
                {
                    "diameter_m": "parameter set of the switching reference table in tests/data",
                    "barrier": "the same table",
                    "anisotropy_t": "the same table",
                    "damping": "the same table",
                    "polarisation": "the same table",
                    "ra_ohm_m2": ASSUMPTION,
                    "tmr": ASSUMPTION,
                    "tmr_half_v": ASSUMPTION,
                    "torque_efficiency": _SUN,
                    "p_to_ap_ratio": ASSUMPTION,
                    "temperature_k": "the same table",
                }
            ),
        ),
        "embedded-70nm": Device(
            title="70 nm embedded-memory class junction, TMR 180 %, high retention",
            mtj=Mtj(
                diameter_m=70e-9,
                ra_ohm_m2=9e-12,
                tmr=1.8,
                barrier=75.0,
                anisotropy_t=0.25,
                damping=0.01,
                polarisation=float(spin_polarisation(1.8)),
            ),
            sources=MappingProxyType(
                {
                    "diameter_m": "Intel 22FFL STT-MRAM, 60 to 80 nm (ISSCC 2019)",
                    "tmr": "Intel 22FFL STT-MRAM, 180 % at 25 °C (ISSCC 2019)",
                    "barrier": ASSUMPTION,
                    "ra_ohm_m2": ASSUMPTION,
                    "tmr_half_v": ASSUMPTION,
                    "anisotropy_t": ASSUMPTION,
                    "damping": ASSUMPTION,
                    "polarisation": "TMR by Jullière 1975, doi 10.1016/0375-9601(75)90174-7",
                    "torque_efficiency": _SUN,
                    "p_to_ap_ratio": ASSUMPTION,
                    "temperature_k": "room temperature",
                }
            ),
        ),
    }
)


def device(name: str) -> Device:
    """The named device; RangeError names the nearest one."""
    if name not in DEVICES:
        raise RangeError(
            f"device {name!r} is unknown; the library has {', '.join(DEVICES)}"
            + nearest(name, DEVICES)
        )
    return DEVICES[name]
