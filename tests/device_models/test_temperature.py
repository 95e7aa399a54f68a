"""A junction at another temperature: against the film it is made of, limits and reversibility."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from device_models.geometry import junction
from device_models.library import DEVICES, device
from device_models.params import Stack
from device_models.ranges import RangeError
from device_models.temperature import (
    ANISOTROPY_EXPONENT,
    BLOCH_K,
    at_temperature,
    barrier_factor,
    scaling,
)
from device_models.variation import nominal_cell

FILM = Stack(
    diameter_m=50e-9, thickness_m=1.2e-9, saturation_a_per_m=1.1e6, interface_j_per_m2=9.6e-4,
    exchange_j_per_m=3e-12, damping=0.02, ra_ohm_m2=1e-11, tmr=1.2,
)  # fmt: skip


def film_at(stack, kelvin):
    """The film itself, scaled by hand, every law written out."""
    m = (1 - (kelvin / BLOCH_K) ** 1.5) / (1 - (300 / BLOCH_K) ** 1.5)
    p = np.sqrt(1.2 / 3.2) * (1 - 2e-5 * kelvin**1.5) / (1 - 2e-5 * 300**1.5)
    return replace(
        stack,
        saturation_a_per_m=1.1e6 * m,
        interface_j_per_m2=9.6e-4 * m**ANISOTROPY_EXPONENT,
        exchange_j_per_m=3e-12 * m * m,
        tmr=float(2 * p * p / (1 - p * p)),
        temperature_k=kelvin,
    )


@pytest.mark.parametrize("model", ["macrospin", "domain_wall"])
@pytest.mark.parametrize("kelvin", [250.0, 330.0, 400.0])
def test_junction_moves_as_the_film_it_is_made_of(model, kelvin):
    stack = replace(FILM, barrier_model=model)
    moved, made = at_temperature(junction(stack), kelvin), junction(film_at(stack, kelvin))
    # INDEPENDENT: through K_i, M_s and A_ex of the film instead of H_k, Δ and their ratio
    expected = {k: v for k, v in asdict(made).items() if k != "barrier_model"}
    assert {k: asdict(moved)[k] for k in expected} == pytest.approx(expected, rel=1e-9)


def test_domain_wall_case_above_is_one_where_the_wall_is_lower():
    assert junction(replace(FILM, barrier_model="domain_wall")).barrier_ratio < 0.8


@pytest.mark.parametrize("name", DEVICES)
def test_own_temperature_changes_nothing_and_there_and_back_is_the_same(name):
    mtj = device(name).mtj
    assert at_temperature(mtj, mtj.temperature_k) is mtj  # LAW: identity
    numbers = {k: v for k, v in asdict(mtj).items() if k != "barrier_model"}
    back = asdict(at_temperature(at_temperature(mtj, 380.0), mtj.temperature_k))
    assert {k: back[k] for k in numbers} == pytest.approx(numbers, rel=1e-12)  # LAW: reversible


@pytest.mark.parametrize("model", ["macrospin", "domain_wall", "measured"])
def test_heat_lowers_barrier_critical_current_field_and_tmr(model):
    stack = replace(FILM, barrier_model=model, measured_barrier=45.0)
    steps = [at_temperature(junction(stack), kelvin) for kelvin in np.linspace(250, 400, 7)]
    for quantity in ("barrier", "tmr", "anisotropy_t", "saturation_a_per_m", "polarisation"):
        values = [getattr(step, quantity) for step in steps]
        assert np.all(np.diff(values) < 0), quantity  # LAW: less order when warmer
    assert np.all(np.diff([float(nominal_cell(step).critical_a) for step in steps]) < 0)  # LAW


def test_barrier_falls_faster_than_one_over_temperature():
    mtj = device("ut-austin-50nm").mtj
    # LAW: the energy itself falls too
    assert at_temperature(mtj, 400.0).barrier < mtj.barrier * 300 / 400


def test_resistance_does_not_move():
    mtj = device("nyu-40nm").mtj
    hot = nominal_cell(at_temperature(mtj, 400.0))
    assert hot.r_p_ohm == nominal_cell(mtj).r_p_ohm  # LAW of this model: RA is constant


def test_tmr_follows_shang():
    # PUBLISHED: Shang et al. 1998, P = P_0(1 − 2e-5·T^1.5), written out for 1.8 at 300 K
    p0 = np.sqrt(1.8 / 3.8) / (1 - 2e-5 * 5196.152)
    p = p0 * (1 - 2e-5 * 8000)
    hot = at_temperature(device("embedded-70nm").mtj, 400.0)
    assert hot.tmr == pytest.approx(2 * p * p / (1 - p * p), rel=1e-6)


def test_scaling_of_the_barrier_agrees_with_the_whole_junction():
    mtj = junction(replace(FILM, barrier_model="domain_wall"))
    hot = at_temperature(mtj, 360.0)
    assert mtj.barrier * barrier_factor(mtj, scaling(mtj, 360.0), 360.0) == hot.barrier


@pytest.mark.parametrize("kelvin", [249.0, 401.0, float("nan")])
def test_temperature_outside_the_laws_is_refused(kelvin):
    with pytest.raises(RangeError, match=r"temperature_k = .* K is outside 250 … 400 K"):
        at_temperature(device("reference-40nm").mtj, kelvin)


def test_a_junction_that_leaves_the_switching_model_says_at_which_temperature():
    stable = replace(device("reference-40nm").mtj, barrier=110.0)
    with pytest.raises(RangeError, match=r"^at 250 K: barrier = .* outside 5 … 120"):
        at_temperature(stable, 250.0)


def test_a_film_that_falls_into_the_plane_is_refused():
    soft = replace(device("reference-40nm").mtj, anisotropy_t=0.01, saturation_a_per_m=1.5e6)
    with pytest.raises(RangeError, match=r"at 400 K the free layer falls into the plane"):
        at_temperature(soft, 400.0)
