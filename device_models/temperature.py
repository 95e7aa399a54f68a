"""A junction at another temperature: M_s, K_i, H_k, Δ, I_c0, polarisation and TMR move together.

    M_s(T) = M_0·(1 − (T/T_c)^1.5),   K_i ∝ M_s^ζ,   A_ex ∝ M_s²,   P(T) = P_0·(1 − a·T^1.5)

RA, damping, TMR's half voltage and geometry stay as they are: they change by a few per cent over
250 … 400 K, less than the spread of the laws above between films.
"""

from dataclasses import dataclass, replace

import numpy as np

from device_models.constants import VACUUM_PERMEABILITY_N_PER_A2
from device_models.geometry import demagnetising_factor_z
from device_models.params import Mtj
from device_models.ranges import Range, RangeError, check_value
from device_models.transport import active_ratio, julliere_tmr, spin_polarisation

BLOCH_K = 1120.0
"""T_c of Bloch's law for thin CoFeB [K]. Recalled from Alzate et al. 2014 (Applied Physics Letters
104), check before quoting; an assumption for any other film."""
ANISOTROPY_EXPONENT = 2.2
"""ζ of K_i ∝ M_s^ζ, an assumption. Callen and Callen 1966, doi 10.1016/0022-3697(66)90012-6, give
3 for single ions; two-site exchange anisotropy, which Sato et al. 2018 (Physical Review B 98) find
at CoFeB/MgO, gives about 2.1; dead layers and rough interfaces lower what is measured
(Ibrahim et al., arXiv 2011.02220)."""
POLARISATION_PER_K15 = 2e-5
"""a of P(T) [K^−1.5], Shang et al. 1998, doi 10.1103/PhysRevB.58.R2917 (1e-5 … 5e-5)."""
TEMPERATURE = Range(250.0, 400.0, "K", "temperature laws of the junction")


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """Ratios of a junction's numbers at another temperature to those at its own.

    saturation: M_s; energy: K_eff·V; polarisation: P; barrier_ratio: barrier over K_eff·V.
    """

    saturation: float
    energy: float
    polarisation: float
    barrier_ratio: float

    @property
    def field(self) -> float:
        """Ratio of μ0·H_k = 2K_eff/M_s."""
        return self.energy / self.saturation

    @property
    def critical_current(self) -> float:
        """Ratio of I_c0 ∝ K_eff·V/P."""
        return self.energy / self.polarisation


def bloch(temperature_k: float) -> float:
    """M_s(T)/M_s(0), 1 − (T/T_c)^1.5; below about half of T_c."""
    return float(1 - (temperature_k / BLOCH_K) ** 1.5)


def polarisation_law(temperature_k: float) -> float:
    """P(T)/P(0), 1 − a·T^1.5 (Shang et al. 1998, doi 10.1103/PhysRevB.58.R2917)."""
    return float(1 - POLARISATION_PER_K15 * temperature_k**1.5)


def scaling(mtj: Mtj, temperature_k: float) -> Scaling:
    """How the numbers of `mtj` change from its own temperature to `temperature_k`, 250 … 400 K.

    K_eff = μ0H_k·M_s/2 = K_i/t − S with the disc's shape term S = ½μ0M_s²(N_z − N_x) becomes
    (K_eff + S)·m^ζ − S·m², m = M_s ratio. A wall's energy ∝ √(A_ex·K_eff) ∝ m·√K_eff; a measured
    barrier is taken to move as K_eff.
    """
    check_value("temperature_k", temperature_k, TEMPERATURE)
    m = bloch(temperature_k) / bloch(mtj.temperature_k)
    n_z = float(demagnetising_factor_z(mtj.thickness_m, mtj.diameter_m))
    vacuum_j_per_m3 = VACUUM_PERMEABILITY_N_PER_A2 * mtj.saturation_a_per_m**2 / 2
    shape = vacuum_j_per_m3 * (3 * n_z - 1) / 2
    k_eff = mtj.anisotropy_t * mtj.saturation_a_per_m / 2
    energy = ((k_eff + shape) * m**ANISOTROPY_EXPONENT - shape * m * m) / k_eff
    if not energy > 0:
        raise RangeError(
            f"at {temperature_k:g} K the free layer falls into the plane (K_eff <= 0); raise "
            "anisotropy_t, or lower saturation_a_per_m or the temperature"
        )
    return Scaling(
        saturation=m,
        energy=energy,
        polarisation=polarisation_law(temperature_k) / polarisation_law(mtj.temperature_k),
        barrier_ratio=m / np.sqrt(energy) if mtj.barrier_model == "domain_wall" else 1.0,
    )


def barrier_factor(mtj: Mtj, to: Scaling, temperature_k: float) -> float:
    """Δ at `temperature_k` over Δ at the junction's own temperature."""
    ratio = active_ratio(mtj, mtj.barrier_ratio * to.barrier_ratio)
    moved = float(ratio / active_ratio(mtj, mtj.barrier_ratio))
    return to.energy * moved * mtj.temperature_k / temperature_k


def at_temperature(mtj: Mtj, temperature_k: float) -> Mtj:
    """The same junction at `temperature_k` [K], 250 … 400.

    Laws and sources: the head of this module. There and back gives the same numbers. RangeError
    if the junction leaves the range of the switching model, Δ = 5 … 120, on the way.
    """
    if temperature_k == mtj.temperature_k:
        return mtj
    to = scaling(mtj, temperature_k)
    try:
        return replace(
            mtj,
            tmr=float(julliere_tmr(spin_polarisation(mtj.tmr) * to.polarisation)),
            barrier=mtj.barrier * barrier_factor(mtj, to, temperature_k),
            anisotropy_t=mtj.anisotropy_t * to.field,
            polarisation=mtj.polarisation * to.polarisation,
            saturation_a_per_m=mtj.saturation_a_per_m * to.saturation,
            barrier_ratio=mtj.barrier_ratio * to.barrier_ratio,
            temperature_k=temperature_k,
        )
    except RangeError as error:
        raise RangeError(f"at {temperature_k:g} K: {error}") from None
