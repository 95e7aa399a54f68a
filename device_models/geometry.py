"""From the layer stack to barrier and anisotropy field: a perpendicular disc as one macrospin."""

import numpy as np

from device_models.arrays import FloatLike, Floats
from device_models.constants import BOLTZMANN_J_PER_K, VACUUM_PERMEABILITY_N_PER_A2
from device_models.transport import area


def _elliptic_k_e(m: Floats) -> tuple[Floats, Floats]:
    """Complete elliptic integrals K(m), E(m) by the arithmetic-geometric mean, 0 <= m < 1."""
    a, b, c, power = np.ones_like(m), np.sqrt(1 - m), np.sqrt(m), 0.5
    total = power * m
    while np.any(np.abs(c) > 1e-16):
        a, b, c = (a + b) / 2, np.sqrt(a * b), (a - b) / 2
        power *= 2
        total = total + power * c * c
    k = np.pi / (2 * a)
    return k, k * (1 - total)


def demagnetising_factor_z(thickness_m: FloatLike, diameter_m: FloatLike) -> Floats:
    """Magnetometric demagnetising factor N_z of a disc along its axis; N_x = (1 − N_z)/2.

    Uniform magnetisation, any aspect p = t/D > 0:
    N_z = 1 + 4/(3πp)·{1 − [(1 − p²)E(κ²) + p²K(κ²)]/κ}, κ² = 1/(1+p²)
    (Joseph 1966, doi 10.1063/1.1703091; this form Tandon et al. 2004,
    doi 10.1016/j.jmmm.2003.10.026).
    """
    p = np.asarray(thickness_m, float) / diameter_m
    m = 1 / (1 + p * p)
    k, e = _elliptic_k_e(np.asarray(m))
    return 1 + 4 / (3 * np.pi * p) * (1 - ((1 - p * p) * e + p * p * k) / np.sqrt(m))


def effective_anisotropy(
    interface_j_per_m2: FloatLike,
    saturation_a_per_m: FloatLike,
    thickness_m: FloatLike,
    diameter_m: FloatLike,
) -> Floats:
    """Perpendicular anisotropy [J/m³], K_i/t − ½μ0M_s²(N_z − N_x).

    Positive: the easy axis is perpendicular. Ikeda et al. 2010, doi 10.1038/nmat2804, with the
    disc's shape in place of the film's (Apalkov, Dieny, Slaughter 2016,
    doi 10.1109/JPROC.2016.2590142).
    """
    n_z = demagnetising_factor_z(thickness_m, diameter_m)
    shape = VACUUM_PERMEABILITY_N_PER_A2 * np.square(saturation_a_per_m) / 2
    return np.asarray(interface_j_per_m2, float) / thickness_m - shape * (3 * n_z - 1) / 2


def macrospin_barrier(
    anisotropy_j_per_m3: FloatLike,
    thickness_m: FloatLike,
    diameter_m: FloatLike,
    temperature_k: FloatLike,
) -> Floats:
    """Thermal stability factor Δ = K_eff·V/k_BT of coherent rotation.

    An upper bound: above about 40 nm a domain wall reverses the disc over a lower barrier.
    """
    energy_j = np.asarray(anisotropy_j_per_m3, float) * thickness_m * area(diameter_m)
    return energy_j / (BOLTZMANN_J_PER_K * np.asarray(temperature_k, float))


def anisotropy_field(anisotropy_j_per_m3: FloatLike, saturation_a_per_m: FloatLike) -> Floats:
    """Anisotropy field μ0·H_k = 2K_eff/M_s [T]."""
    return 2 * np.asarray(anisotropy_j_per_m3, float) / saturation_a_per_m
