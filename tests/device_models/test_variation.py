"""Draws of a die: what moves together, how much, and that the seed decides."""

from dataclasses import fields, replace

import numpy as np
import pytest

from device_models.geometry import junction
from device_models.library import device
from device_models.params import Stack, Variation
from device_models.variation import draw_cells, nominal_cell

MTJ = device("ut-austin-50nm").mtj
STILL = Variation(**{field.name: 0.0 for field in fields(Variation)})
COUNT = 100_000


def draw(variation, mtj=MTJ, seed=3, shape=(COUNT,)):
    return draw_cells(mtj, variation, shape, np.random.default_rng(seed))


def cv(values):
    return float(np.std(values) / np.mean(values))


def test_no_spread_is_the_nominal_cell():
    die, nominal = draw(STILL, shape=(7,)), nominal_cell(MTJ)
    for name in ("r_p_ohm", "tmr", "barrier", "critical_a"):
        assert getattr(die, name) == pytest.approx(float(getattr(nominal, name)), rel=1e-12)


def test_same_seed_same_bits():
    first, again = draw(Variation()), draw(Variation())
    assert np.array_equal(first.barrier, again.barrier)
    assert not np.array_equal(first.barrier, draw(Variation(), seed=4).barrier)


def test_diameter_moves_resistance_barrier_and_current_but_not_the_critical_voltage():
    die, nominal = draw(replace(STILL, diameter=0.03)), nominal_cell(MTJ)
    r, delta, current = (
        getattr(die, n) / getattr(nominal, n) for n in ("r_p_ohm", "barrier", "critical_a")
    )
    assert np.allclose(delta * r, 1.0, rtol=1e-9)  # LAW: R ∝ D⁻², Δ ∝ D²
    assert np.allclose(current, delta, rtol=1e-9)  # LAW: I_c0 ∝ K_eff·V
    assert cv(die.critical_a * die.r_p_ohm) < 1e-9  # LAW: V_c0 does not move
    assert cv(die.barrier) == pytest.approx(0.06, rel=0.02)  # INDEPENDENT: 2·CV(D)


def test_default_spread_of_barrier_and_resistance():
    within = replace(Variation(), die_diameter=0.0, die_ra=0.0, die_tmr=0.0, die_barrier=0.0)
    die = draw(within)
    # INDEPENDENT: √(6² + 5²) % and √(6² + 3²) %; 4 standard errors are 1 %
    assert cv(die.barrier) == pytest.approx(0.0781, rel=0.02)
    assert cv(die.r_p_ohm) == pytest.approx(0.0671, rel=0.02)
    assert cv(die.tmr) == pytest.approx(0.04, rel=0.02)


def test_domain_wall_barrier_goes_with_the_diameter_the_current_with_its_square():
    stack = Stack(
        diameter_m=70e-9, thickness_m=1.1e-9, saturation_a_per_m=1.2e6,
        interface_j_per_m2=1.0056e-3, exchange_j_per_m=3e-12, damping=0.03,
        ra_ohm_m2=9.818e-12, tmr=1.2, barrier_model="domain_wall",
    )  # fmt: skip
    die = draw(replace(STILL, diameter=0.03), junction(stack))
    current, delta = die.critical_a / die.critical_a[0], die.barrier / die.barrier[0]
    assert np.allclose(current, delta**2, rtol=1e-9)  # LAW: K·V against 4√(A·K)·D·t


def test_die_to_die_is_one_factor_for_all_cells_of_a_die():
    whole = replace(STILL, die_diameter=0.02, die_ra=0.02, die_tmr=0.03, die_barrier=0.02)
    assert cv(draw(whole).tmr) < 1e-12  # LAW: no spread within a die
    tmr = [float(draw(whole, seed=seed, shape=(1,)).tmr[0]) for seed in range(1500)]
    # INDEPENDENT: spread over dies; 4 standard errors are 7 %
    assert cv(tmr) == pytest.approx(0.03, rel=0.07)


def test_factors_have_mean_one_at_any_spread():
    die = draw(replace(STILL, tmr=0.5))
    assert np.mean(die.tmr) == pytest.approx(1.2, rel=0.01)  # LAW; 4 standard errors are 0.6 %
    assert die.tmr.min() > 0
