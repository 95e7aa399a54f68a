"""From the layer stack to a junction: anisotropy, barrier, resistance of a perpendicular disc."""

import numpy as np

from device_models.arrays import FloatLike, Floats
from device_models.constants import BOLTZMANN_J_PER_K, VACUUM_PERMEABILITY_N_PER_A2
from device_models.params import Mtj, Stack
from device_models.ranges import RangeError
from device_models.transport import area, spin_polarisation


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
    (Joseph 1966; tables by Chen, Brug and Goldfarb 1991, doi 10.1109/20.102932).
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

    An upper bound: above a few tens of nm a wall reverses the disc over a lower barrier,
    `domain_wall_barrier`.
    """
    energy_j = np.asarray(anisotropy_j_per_m3, float) * thickness_m * area(diameter_m)
    return energy_j / (BOLTZMANN_J_PER_K * np.asarray(temperature_k, float))


def anisotropy_field(anisotropy_j_per_m3: FloatLike, saturation_a_per_m: FloatLike) -> Floats:
    """Anisotropy field μ0·H_k = 2K_eff/M_s [T]."""
    return 2 * np.asarray(anisotropy_j_per_m3, float) / saturation_a_per_m


def domain_wall_barrier(
    anisotropy_j_per_m3: FloatLike,
    exchange_j_per_m: FloatLike,
    thickness_m: FloatLike,
    diameter_m: FloatLike,
    temperature_k: FloatLike,
) -> Floats:
    """Barrier Δ = 4√(A_ex·K_eff)·D·t/k_BT of a wall that sweeps the disc.

    The energy of a straight Bloch wall on the diameter, where it is longest: linear in D, and
    below K_eff·V above the critical diameter (16/π)√(A_ex/K_eff). The stray field of the two
    domains, curved walls and the Dzyaloshinskii-Moriya interaction are left out; near the critical
    diameter the true barrier lies below both limits. Chaves-O'Flynn, Wolf, Sun, Kent 2015,
    doi 10.1103/PhysRevApplied.4.024010; by string method: Chaves-O'Flynn, Vanden-Eijnden, Stein,
    Kent, arXiv 1208.5233.
    """
    wall_j_per_m2 = 4 * np.sqrt(np.asarray(exchange_j_per_m, float) * anisotropy_j_per_m3)
    energy_j = wall_j_per_m2 * diameter_m * thickness_m
    return energy_j / (BOLTZMANN_J_PER_K * np.asarray(temperature_k, float))


def junction(stack: Stack) -> Mtj:
    """The junction of a layer stack: R from RA and D, K_eff from film and shape, Δ by its model.

    "macrospin": Δ = K_eff·V/k_BT; "domain_wall": the lower of that and the wall's; "measured":
    Δ as given. The critical current follows K_eff·V in all three. Polarisation by Jullière.
    """
    shape = stack.thickness_m, stack.diameter_m
    k_eff = effective_anisotropy(stack.interface_j_per_m2, stack.saturation_a_per_m, *shape)
    if not k_eff > 0:
        raise RangeError(
            f"K_eff = {k_eff:g} J/m^3 is not above 0: the free layer lies in the plane; "
            "raise interface_j_per_m2 or lower thickness_m or saturation_a_per_m"
        )
    coherent = float(macrospin_barrier(k_eff, *shape, stack.temperature_k))
    ratio = _barrier_ratio(stack, float(k_eff), coherent)
    wall = stack.barrier_model == "domain_wall"
    return Mtj(
        diameter_m=stack.diameter_m,
        ra_ohm_m2=stack.ra_ohm_m2,
        tmr=stack.tmr,
        tmr_half_v=stack.tmr_half_v,
        barrier=coherent * (min(ratio, 1.0) if wall else ratio),
        anisotropy_t=float(anisotropy_field(k_eff, stack.saturation_a_per_m)),
        damping=stack.damping,
        polarisation=float(spin_polarisation(stack.tmr)),
        torque_efficiency=stack.torque_efficiency,
        p_to_ap_ratio=stack.p_to_ap_ratio,
        temperature_k=stack.temperature_k,
        thickness_m=stack.thickness_m,
        saturation_a_per_m=stack.saturation_a_per_m,
        barrier_model=stack.barrier_model,
        barrier_ratio=ratio,
    )


def _barrier_ratio(stack: Stack, k_eff: float, coherent: float) -> float:
    """Energy of the stack's barrier model over K_eff·V."""
    if stack.barrier_model == "macrospin":
        return 1.0
    if stack.barrier_model == "measured":
        if stack.measured_barrier == 0.0:
            raise RangeError(
                "measured_barrier has no value; barrier_model 'measured' needs one, or use "
                "'macrospin' or 'domain_wall'"
            )
        return stack.measured_barrier / coherent
    size = stack.thickness_m, stack.diameter_m
    wall = domain_wall_barrier(k_eff, stack.exchange_j_per_m, *size, stack.temperature_k)
    return float(wall) / coherent
