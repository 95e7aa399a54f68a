"""Junctions of the library: every number with its source, or marked as an assumption.

"recalled": the paper is known to give the number, but its text was not at hand; check it before
quoting it. anisotropy_t of a "measured" junction follows from the rest, 2Δk_BT/(M_s·V).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from device_models.geometry import junction
from device_models.params import Mtj, Stack
from device_models.transport import critical_current, spin_polarisation

ASSUMPTION = "assumption"


@dataclass(frozen=True, kw_only=True)
class Junction:
    """A named junction and the source of every one of its numbers."""

    title: str
    mtj: Mtj
    sources: Mapping[str, str]


_JULLIERE = "TMR by Jullière 1975, doi 10.1016/0375-9601(75)90174-7"
_SUN = "macrospin limit, 1; observed 2 to 10: Sun et al. 2013, doi 10.1103/PhysRevB.88.104426"
_FIELD = "barrier over volume and M_s, as a macrospin"
_MODEL = "choice of the model"

_USUAL: Mapping[str, str] = {
    "tmr_half_v": ASSUMPTION,
    "polarisation": _JULLIERE,
    "torque_efficiency": _SUN,
    "p_to_ap_ratio": ASSUMPTION,
    "temperature_k": "room temperature",
    "barrier_model": _MODEL,
    "barrier_ratio": "1: K_eff·V is the barrier",
}
"""Sources that most entries share."""


def _entry(title: str, mtj: Mtj, sources: Mapping[str, str]) -> Junction:
    return Junction(title=title, mtj=mtj, sources=MappingProxyType({**_USUAL, **sources}))


_AUSTIN = "Stochastic_MTJ_Model repository (University of Texas at Austin)"
_AUSTIN_FILM = "macrospin disc of t_F 1.1 nm, M_s 1.2e6 A/m, K_i 1.0056e-3 J/m² (same repository)"

_UT_AUSTIN_50NM = _entry(
    "50 nm CoFeB/MgO junction, RA 9.8 Ω·µm², Δ = 52",
    junction(
        Stack(
            diameter_m=50e-9,
            thickness_m=1.1e-9,
            saturation_a_per_m=1.2e6,
            interface_j_per_m2=1.0056e-3,
            damping=0.03,
            ra_ohm_m2=9.818e-12,
            tmr=1.2,
        )
    ),
    {
        "diameter_m": _AUSTIN,
        "ra_ohm_m2": _AUSTIN,
        "tmr": _AUSTIN,
        "damping": _AUSTIN,
        "thickness_m": _AUSTIN,
        "saturation_a_per_m": _AUSTIN,
        "barrier": _AUSTIN_FILM,
        "anisotropy_t": _AUSTIN_FILM,
    },
)

_TABLE = "parameter set of the switching reference table in tests/data"

_REFERENCE_40NM = _entry(
    "40 nm textbook macrospin, Δ = 60, I_c0 = 50 µA",
    Mtj(
        diameter_m=40e-9,
        ra_ohm_m2=6e-12,
        tmr=1.2,
        barrier=60.0,
        anisotropy_t=0.2636845356298586,
        damping=0.02,
        polarisation=0.6,
        thickness_m=1.5e-9,
        saturation_a_per_m=1e6,
    ),
    {
        "diameter_m": _TABLE,
        "barrier": _TABLE,
        "anisotropy_t": _TABLE,
        "damping": _TABLE,
        "polarisation": _TABLE,
        "thickness_m": _TABLE,
        "saturation_a_per_m": _TABLE,
        "temperature_k": _TABLE,
        "ra_ohm_m2": ASSUMPTION,
        "tmr": ASSUMPTION,
    },
)

_EMBEDDED_70NM = _entry(
    "70 nm embedded-memory class junction, TMR 180 %, high retention",
    Mtj(
        diameter_m=70e-9,
        ra_ohm_m2=9e-12,
        tmr=1.8,
        barrier=75.0,
        anisotropy_t=0.25,
        damping=0.01,
        polarisation=float(spin_polarisation(1.8)),
        thickness_m=1.6e-9,
        saturation_a_per_m=1e6,
        barrier_model="measured",
    ),
    {
        "diameter_m": "Intel 22FFL STT-MRAM, 60 to 80 nm (ISSCC 2019)",
        "tmr": "Intel 22FFL STT-MRAM, 180 % at 25 °C (ISSCC 2019)",
        "barrier": ASSUMPTION,
        "barrier_ratio": ASSUMPTION,
        "ra_ohm_m2": ASSUMPTION,
        "anisotropy_t": ASSUMPTION,
        "damping": ASSUMPTION,
        "thickness_m": ASSUMPTION,
        "saturation_a_per_m": ASSUMPTION,
    },
)

_IKEDA = "Ikeda et al. 2010, doi 10.1038/nmat2804"
_IKEDA_RECALLED = f"{_IKEDA}; recalled, check before quoting"

_TOHOKU_40NM = _entry(
    "40 nm CoFeB/MgO junction of 2010, RA 18 Ω·µm², Δ = 43, I_c0 = 47 µA",
    Mtj(
        diameter_m=40e-9,
        ra_ohm_m2=18e-12,
        tmr=1.24,
        barrier=43.0,
        anisotropy_t=0.1323,
        damping=0.027,
        polarisation=float(spin_polarisation(1.24)),
        thickness_m=1.7e-9,
        saturation_a_per_m=1.26e6,
        barrier_model="measured",
    ),
    {
        "diameter_m": _IKEDA,
        "tmr": f"{_IKEDA}: over 120 %; 124 % recalled, check before quoting",
        "ra_ohm_m2": _IKEDA_RECALLED,
        "barrier": _IKEDA_RECALLED,
        "damping": _IKEDA_RECALLED,
        "thickness_m": _IKEDA_RECALLED,
        "saturation_a_per_m": _IKEDA_RECALLED,
        "anisotropy_t": _FIELD,
    },
)

_SATO = "Sato et al. 2013, doi 10.1109/IEDM.2013.6724550"
_TOHOKU_20NM_UNIT = Mtj(
    diameter_m=20e-9,
    ra_ohm_m2=5e-12,
    tmr=1.0,
    barrier=58.0,
    anisotropy_t=0.4902,
    damping=0.01,
    polarisation=float(spin_polarisation(1.0)),
    thickness_m=2.6e-9,
    saturation_a_per_m=1.2e6,
    barrier_model="measured",
)
_TOHOKU_20NM = _entry(
    "20 nm double-interface CoFeB/MgO junction, Δ = 58, I_c0 = 24 µA",
    replace(
        _TOHOKU_20NM_UNIT,
        torque_efficiency=float(
            critical_current(58.0, 0.01, _TOHOKU_20NM_UNIT.polarisation, 300.0) / 24e-6
        ),
    ),
    {
        "diameter_m": _SATO,
        "barrier": _SATO,
        "torque_efficiency": f"set so that I_c0 is 24 µA, {_SATO}",
        "thickness_m": "CoFeB 1.6 and 1.0 nm of the like structure of Sato et al. 2012,"
        " doi 10.1063/1.4736727",
        "anisotropy_t": _FIELD,
        "ra_ohm_m2": ASSUMPTION,
        "tmr": ASSUMPTION,
        "damping": ASSUMPTION,
        "saturation_a_per_m": ASSUMPTION,
    },
)

_NYU = "Rehm et al., arXiv 2310.18779, as entered in the Stochastic_MTJ_Model repository"
_NYU_40NM = _entry(
    "40 nm junction for nanosecond random bits, RA 3.2 Ω·µm²",
    Mtj(
        diameter_m=40e-9,
        ra_ohm_m2=3.18e-12,
        tmr=1.24,
        barrier=60.0,
        anisotropy_t=0.1521,
        damping=0.016,
        polarisation=float(spin_polarisation(1.24)),
        thickness_m=2.6e-9,
        saturation_a_per_m=1e6,
        barrier_model="measured",
    ),
    {
        "diameter_m": _NYU,
        "ra_ohm_m2": _NYU,
        "tmr": _NYU,
        "damping": _NYU,
        "thickness_m": _NYU,
        "anisotropy_t": _FIELD,
        "barrier": ASSUMPTION,
        "saturation_a_per_m": ASSUMPTION,
    },
)

JUNCTIONS: Mapping[str, Junction] = MappingProxyType(
    {
        "ut-austin-50nm": _UT_AUSTIN_50NM,
        "reference-40nm": _REFERENCE_40NM,
        "embedded-70nm": _EMBEDDED_70NM,
        "tohoku-40nm": _TOHOKU_40NM,
        "tohoku-20nm": _TOHOKU_20NM,
        "nyu-40nm": _NYU_40NM,
    }
)
