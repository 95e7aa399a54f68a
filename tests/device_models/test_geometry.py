"""From stack to junction: demagnetising factor, anisotropy, barriers, critical current."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, special

from device_models.geometry import (
    anisotropy_field,
    demagnetising_factor_z,
    domain_wall_barrier,
    effective_anisotropy,
    junction,
    macrospin_barrier,
)
from device_models.params import Stack
from device_models.ranges import RangeError
from device_models.variation import nominal_cell


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


CRITICAL_M = 16 / np.pi * np.sqrt(1.5e-11 / 1e5)


@pytest.mark.parametrize(("scale", "lower"), [(0.5, "macrospin"), (2.0, "domain_wall")])
def test_a_wall_is_the_lower_barrier_above_the_critical_diameter(scale, lower):
    disc = 1e-9, scale * CRITICAL_M, 300.0
    coherent, wall = macrospin_barrier(1e5, *disc), domain_wall_barrier(1e5, 1.5e-11, *disc)
    # PUBLISHED: D_c = (16/π)√(A/K), Chaves-O'Flynn et al. 2015
    assert coherent / wall == pytest.approx(scale)
    assert (coherent < wall) == (lower == "macrospin")


def test_wall_barrier_of_a_round_number():
    # INDEPENDENT: by hand, 4·√(1e-11·1e5)·50 nm·1 nm = 2e-19 J over 4.1419e-21 J
    assert domain_wall_barrier(1e5, 1e-11, 1e-9, 50e-9, 300.0) == pytest.approx(48.287, rel=1e-4)


AUSTIN = Stack(
    diameter_m=50e-9, thickness_m=1.1e-9, saturation_a_per_m=1.2e6, interface_j_per_m2=1.0056e-3,
    damping=0.03, ra_ohm_m2=9.818e-12, tmr=1.2,
)  # fmt: skip


def test_stack_of_ut_austin_gives_its_resistance():
    cell = nominal_cell(junction(AUSTIN))
    assert cell.r_p_ohm == pytest.approx(5000, rel=1e-3)  # PUBLISHED: Stochastic_MTJ_Model
    assert cell.tmr == 1.2


@pytest.mark.parametrize("diameter_m", [30e-9, 70e-9])
def test_critical_current_follows_the_anisotropy_whatever_the_barrier(diameter_m):
    stack = replace(AUSTIN, diameter_m=diameter_m, measured_barrier=40.0, exchange_j_per_m=4e-12)
    models = ("macrospin", "domain_wall", "measured")
    cells = [nominal_cell(junction(replace(stack, barrier_model=m))) for m in models]
    currents = [float(cell.critical_a) for cell in cells]
    # LAW: instability of the state at rest does not know the path over the barrier
    assert currents == pytest.approx([currents[0]] * 3, rel=1e-12)
    assert cells[2].barrier == pytest.approx(40.0, rel=1e-12)
    assert cells[1].barrier <= cells[0].barrier


def test_domain_wall_junction_takes_the_lower_of_both():
    wide = replace(AUSTIN, diameter_m=70e-9, exchange_j_per_m=4e-12, barrier_model="domain_wall")
    k_eff = effective_anisotropy(1.0056e-3, 1.2e6, 1.1e-9, 70e-9)
    wall = domain_wall_barrier(k_eff, 4e-12, 1.1e-9, 70e-9, 300.0)
    assert junction(wide).barrier == pytest.approx(float(wall))  # LAW: min of the two
    narrow = replace(wide, diameter_m=20e-9)
    assert junction(narrow).barrier == junction(replace(narrow, barrier_model="macrospin")).barrier


def test_a_film_in_the_plane_is_refused_with_the_fix():
    with pytest.raises(RangeError, match=r"K_eff = -.*in the plane; raise interface_j_per_m2"):
        junction(replace(AUSTIN, thickness_m=1.6e-9))


def test_a_measured_barrier_must_be_given():
    with pytest.raises(RangeError, match="measured_barrier has no value"):
        junction(replace(AUSTIN, barrier_model="measured"))
