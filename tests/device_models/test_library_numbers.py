"""Named devices: sourced to the last number, and in line with what is published."""

import dataclasses
import math

import pytest

from device_models.library import DEFAULT_BREAKDOWN, DEVICES, device
from device_models.ranges import RangeError
from device_models.transport import (
    relaxation_time,
    resistance_antiparallel,
    resistance_parallel,
    spin_polarisation,
)
from device_models.variation import nominal_cell


@pytest.mark.parametrize("name", DEVICES)
def test_devices_lie_within_what_the_literature_builds(name):
    mtj, cell = DEVICES[name].mtj, nominal_cell(DEVICES[name].mtj)
    assert 1e3 < cell.r_p_ohm < 4e4
    assert 40 < mtj.barrier < 80  # ten years need about 60; caches less
    assert 0.3e-9 < cell.tau_d_s < 5e-9
    assert 0.01 < cell.critical_a * cell.r_p_ohm < 1.0


@pytest.mark.parametrize("name", DEVICES)
def test_a_device_cannot_be_changed_in_place(name):
    with pytest.raises(dataclasses.FrozenInstanceError):
        DEVICES[name].mtj.tmr = 3.0
    with pytest.raises(TypeError):
        DEVICES[name].sources["tmr"] = "elsewhere"


def test_the_ut_austin_junction_is_the_published_one():
    mtj = device("ut-austin-50nm").mtj
    # PUBLISHED: Stochastic_MTJ_Model, R_P 5 kΩ at RA 9.818 Ω·µm², TMR 120 %, α 0.03
    r_p = resistance_parallel(mtj.ra_ohm_m2, mtj.diameter_m)
    assert r_p == pytest.approx(5000, rel=1e-3)
    assert resistance_antiparallel(r_p, mtj.tmr, 0.0, 0.5) == pytest.approx(11_000, rel=1e-3)
    assert (mtj.diameter_m, mtj.damping) == (50e-9, 0.03)


def test_barrier_and_field_of_the_ut_austin_junction_follow_from_its_stack():
    mtj = device("ut-austin-50nm").mtj
    # INDEPENDENT: Δ = ½·M_s·V·(μ0H_k)/k_BT, whatever the shape of the disc does to H_k
    volume = math.pi * 25e-9**2 * 1.1e-9
    barrier = 1.2e6 * volume * mtj.anisotropy_t / 2 / (1.380649e-23 * 300)
    assert mtj.barrier == pytest.approx(barrier, rel=1e-9)
    # LAW: between a film, N_z − N_x = 1, and no demagnetisation
    film = 2 * 1.0056e-3 / 1.1e-9 / 1.2e6 - 4e-7 * math.pi * 1.2e6
    assert film < mtj.anisotropy_t < film + 4e-7 * math.pi * 1.2e6
    assert mtj.barrier == pytest.approx(51.5, abs=0.1)  # REGRESSION


def test_the_40_nm_macrospin_has_the_critical_current_and_time_of_its_table():
    mtj = device("reference-40nm").mtj
    # INDEPENDENT: derived values beside the switching table in tests/data
    assert nominal_cell(mtj).critical_a == pytest.approx(50.34e-6, rel=1e-4)
    tau_d = relaxation_time(mtj.anisotropy_t, mtj.damping)
    assert tau_d == pytest.approx(1.0792e-9, rel=2e-3)
    # LAW: its γ·μ0 is 2.2088e5 m/(A·s), the electron's 2.21276e5; τ_D goes as its inverse
    assert tau_d * 2.21276 / 2.2088 == pytest.approx(1.0792e-9, rel=1e-4)


def test_polarisation_by_julliere_where_the_source_says_so():
    for named in DEVICES.values():
        if "Jullière" in named.sources["polarisation"]:
            assert named.mtj.polarisation == pytest.approx(float(spin_polarisation(named.mtj.tmr)))


def test_the_embedded_device_is_in_the_range_of_its_report():
    mtj = device("embedded-70nm").mtj
    # PUBLISHED: Intel 22FFL STT-MRAM (ISSCC 2019), 60 to 80 nm, TMR 180 % at 25 °C
    assert 60e-9 <= mtj.diameter_m <= 80e-9
    assert mtj.tmr == 1.8


def test_devices_share_the_breakdown_that_is_marked_as_an_assumption():
    assert all(named.breakdown is DEFAULT_BREAKDOWN for named in DEVICES.values())


def test_an_unknown_device_is_told_the_nearest():
    with pytest.raises(RangeError, match=r"'ut-austin-40nm' is unknown.*'ut-austin-50nm'\?"):
        device("ut-austin-40nm")
