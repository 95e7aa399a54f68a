"""The disc as a macrospin: demagnetising factor, anisotropy, barrier."""

import numpy as np
import pytest
from scipy import integrate, special

from device_models.geometry import (
    anisotropy_field,
    demagnetising_factor_z,
    effective_anisotropy,
    macrospin_barrier,
)


@pytest.mark.parametrize("aspect", [0.02, 0.1, 0.5, 1.0, 5.0])
def test_demagnetising_factor_is_the_self_energy_of_two_charged_discs(aspect):
    h = 2 * aspect

    def integrand(q):
        return special.j1(q) ** 2 / q**2 * -np.expm1(-q * h)

    pieces = [(1e-12, 1), (1, 10), (10, 100), (100, 1000), (1000, 10000)]
    total = sum(integrate.quad(integrand, a, b, limit=2000)[0] for a, b in pieces)
    # INDEPENDENT: N_z = (2/h)∫ J1²(q)(1 − e^(−qh))/q² dq; the tail beyond 10^4 is below 1e-8
    assert demagnetising_factor_z(aspect, 1.0) == pytest.approx(2 * total / h, abs=2e-6)


def test_demagnetising_factor_limits():
    assert demagnetising_factor_z(1e-5, 1.0) == pytest.approx(1.0, abs=1e-4)  # LAW: a film
    # LAW: a long wire, N_z → 4D/(3πt)
    assert demagnetising_factor_z(1e3, 1.0) == pytest.approx(4 / (3 * np.pi * 1e3), rel=1e-3)


def test_a_sphere_like_disc_has_no_shape_anisotropy():
    thickness = 0.9064907  # N_z = 1/3 (PUBLISHED: cylinder of aspect 0.9065, Joseph 1966)
    assert demagnetising_factor_z(thickness, 1.0) == pytest.approx(1 / 3, abs=1e-4)
    k_eff = effective_anisotropy(1e-3, 1e6, thickness * 1e-9, 1e-9)
    assert k_eff == pytest.approx(1e-3 / (thickness * 1e-9), rel=2e-3)  # LAW


def test_barrier_and_field_of_the_reference_macrospin():
    # INDEPENDENT: K_eff 131842.27 J/m³, Δ 60, μ0H_k 0.26368 T in tests/data/mtj_switching.json
    assert macrospin_barrier(131842.2678, 1.5e-9, 40e-9, 300) == pytest.approx(60, rel=1e-6)
    assert anisotropy_field(131842.2678, 1e6) == pytest.approx(0.2636845, rel=1e-6)
