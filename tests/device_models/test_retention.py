"""Retention and read disturb against the equation, quadrature and limits."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from device_models.ranges import RangeError
from device_models.retention import (
    array_read_disturb,
    array_retention_failure,
    dwell_time_s,
    effective_barrier,
    read_disturb,
    required_barrier,
    retention_failure,
)
from device_models.switching import log_hazard, solve_switching
from tests.reference import escape_rate

TAU_D = 1e-9
TEN_YEARS = 3.156e8


@pytest.mark.parametrize(
    ("barrier", "error"), [(5.0, 0.25), (10.0, 0.124), (20.0, 0.055), (40.0, 0.026), (60.0, 0.017)]
)
def test_dwell_time_is_short_of_the_slowest_mode_by_what_is_documented(barrier, error):
    hazard = np.exp(log_hazard(0.0, barrier, np.array([300.0, 500.0])))
    slowest_s = TAU_D / (np.diff(hazard)[0] / 200 / 2)  # both wells drain: the mode is 2Γ
    # INDEPENDENT: the decay of the equation itself, long after the start
    assert slowest_s / dwell_time_s(barrier, TAU_D) - 1 == pytest.approx(error, abs=6e-3)


def test_dwell_time_of_a_high_barrier_is_the_first_passage_time():
    # INDEPENDENT: quadrature of the mean first-passage time
    exact = TAU_D / np.array([escape_rate(0.0, delta) for delta in (40.0, 80.0, 120.0)])
    np.testing.assert_allclose(dwell_time_s([40.0, 80.0, 120.0], TAU_D), exact, rtol=0.03)


def test_ten_years_need_the_barrier_everyone_quotes():
    # INDEPENDENT: t = τ0·e^Δ with τ0 = 1 ns gives ln 3.2e17 = 40.3 for 63 % of the cells
    assert required_barrier(0.5, TEN_YEARS, TAU_D) == pytest.approx(41.0, abs=1.5)
    # INDEPENDENT: 1 failure in 1e8 cells costs ln 1e8 = 18.4 more
    ppb = required_barrier(1e-3, TEN_YEARS, TAU_D, cells=1e5)
    assert ppb == pytest.approx(40.3 + 18.4, abs=1.5)


def test_a_cell_fails_by_the_exponential_law():
    dwell = dwell_time_s(40.0, TAU_D)
    assert retention_failure(dwell, 40.0, TAU_D) == pytest.approx(1 - np.exp(-1))  # LAW
    early = retention_failure(1e-9 * dwell, 40.0, TAU_D)
    assert early == pytest.approx(1e-9)  # LAW: t/t_dwell, no cancellation


@pytest.mark.parametrize(("mean", "sd", "time_s"), [(60, 3, 3e8), (60, 6, 3e8), (45, 2, 1.0)])
def test_array_integral_is_that_of_adaptive_quadrature(mean, sd, time_s):
    def density(delta):
        return retention_failure(time_s, delta, TAU_D) * norm.pdf(delta, mean, sd)

    exact = quad(density, 5, 120, points=np.linspace(15, mean, 8), limit=400, epsabs=0)[0]
    fraction = array_retention_failure(time_s, mean, sd, TAU_D)
    assert fraction == pytest.approx(exact, rel=1e-6)  # INDEPENDENT


def test_spread_costs_half_its_square_while_failures_are_few():
    for sd in (1.0, 2.0, 3.0):
        whole = array_retention_failure(1.0, 60.0, sd, TAU_D)
        one = retention_failure(1.0, effective_barrier(60.0, sd), TAU_D)
        # LAW: ⟨e^−Δ⟩ of N(μ, σ); the factor √Δ adds σ²/4Δ
        assert whole == pytest.approx(one, rel=1.1 * sd**2 / 240 + 1e-3)
    wide = array_retention_failure(TEN_YEARS, 60.0, 8.0, TAU_D)
    # LAW: cells at μ − σ² have long failed, so the closed form overstates
    assert wide < 0.1 * retention_failure(TEN_YEARS, effective_barrier(60.0, 8.0), TAU_D)


def test_no_spread_is_one_cell():
    one = retention_failure([1.0, 1e8], 45.0, TAU_D)
    np.testing.assert_allclose(
        array_retention_failure([1.0, 1e8], 45.0, 0.0, TAU_D), one, rtol=1e-9
    )  # LAW
    one = read_disturb(0.3, 5e-9, 45.0, TAU_D, 1e9)
    assert array_read_disturb(0.3, 5e-9, 45.0, 0.0, TAU_D, 1e9) == pytest.approx(one)  # LAW


def test_required_barrier_is_the_inverse():
    barrier = required_barrier(1e-2, TEN_YEARS, TAU_D, cells=1e6, barrier_cv=0.05)
    each = array_retention_failure(TEN_YEARS, barrier, 0.05 * barrier, TAU_D)
    assert 1e6 * each == pytest.approx(-np.log(0.99), rel=1e-4)  # LAW: put back in
    assert required_barrier(0.5, 1e-9, TAU_D) == 5.0
    spread = required_barrier(1e-2, TEN_YEARS, TAU_D, cells=1e6, barrier_cv=0.08)
    assert spread > barrier  # LAW


@pytest.mark.parametrize(
    ("i", "barrier", "error"),
    [(0.1, 60.0, 0.05), (0.3, 100.0, 0.05), (0.5, 40.0, 0.05), (0.0, 119.0, 0.05),
     (0.033, 119.0, 0.35)],
)  # fmt: skip
def test_one_read_is_the_equation_down_to_the_rarest(i, barrier, error):
    tau = np.array([3.0, 30.0, 400.0])
    exact, _ = solve_switching(i, barrier, tau)
    # INDEPENDENT: direct solve, to 1e-50
    np.testing.assert_allclose(read_disturb(i, tau * TAU_D, barrier, TAU_D), exact, rtol=error)


def test_a_long_read_goes_on_at_the_settled_rate():
    for i, barrier in ((0.3, 60.0), (0.5, 40.0), (0.0, 30.0)):
        flipped = -np.expm1(-escape_rate(i, barrier) * 3e-6 / TAU_D)
        disturbed = read_disturb(i, 3e-6, barrier, TAU_D)
        assert disturbed == pytest.approx(flipped, rel=0.03)  # INDEPENDENT: first passage
    seam = read_disturb(0.5, np.array([499.9, 500.1]) * TAU_D, 40.0, TAU_D)
    assert seam[1] / seam[0] == pytest.approx(1.0, abs=1e-3)  # LAW: no step where the table ends


def test_reads_add_up_and_one_long_read_is_worse():
    one = read_disturb(0.3, 5e-9, 60.0, TAU_D)
    many = read_disturb(0.3, 5e-9, 60.0, TAU_D, 1e6)
    assert many == pytest.approx(1e6 * one)  # LAW: rare and independent
    assert read_disturb(0.3, 5e-9, 60.0, TAU_D, 1e30) == 1.0
    assert read_disturb(0.3, 200e-9, 60.0, TAU_D) > 10 * 40 * one  # LAW: no relaxation between


def test_the_exponent_is_two():
    slopes = [
        np.log(read_disturb(i, 100e-9, 60.0, TAU_D) / read_disturb(i, 100e-9, 50.0, TAU_D))
        for i in (0.2, 0.4)
    ]
    # LAW: dln Γ/dΔ = −(1 − i)² and ½/Δ of the prefactor; exponent 1 would give −0.8 and −0.6
    assert slopes == pytest.approx([-10 * 0.8**2 + 0.091, -10 * 0.6**2 + 0.091], rel=0.03)


def test_weak_cells_are_disturbed_first():
    narrow, wide = (array_read_disturb(0.2, 5e-9, 60.0, sd, TAU_D) for sd in (1.0, 4.0))
    assert wide > narrow > read_disturb(0.2, 5e-9, 60.0, TAU_D)  # LAW: the exponential is convex


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dwell_time_s(4.0, TAU_D), "barrier = 4 is outside 5 … 120"),
        (lambda: dwell_time_s(60.0, 1.0), "tau_d_s = 1 s is outside"),
        (lambda: retention_failure(-1.0, 60.0, TAU_D), "time_s = -1 s is outside"),
        (lambda: array_retention_failure(1.0, 60.0, 40.0, TAU_D), "barrier_sd = 40 is outside"),
        (lambda: required_barrier(1e-9, 1e9, TAU_D, 1e9, 0.3), "no barrier up to 120 keeps"),
        (lambda: required_barrier(1.0, 1.0, TAU_D), "failure = 1 is outside"),
        (lambda: read_disturb(0.3, 5e-9, 60.0, TAU_D, -1.0), "reads = -1 is outside"),
        (lambda: read_disturb(6.0, 5e-9, 60.0, TAU_D), "overdrive = 6 is outside"),
    ],
)
def test_out_of_range_is_refused(call, message):
    with pytest.raises(RangeError, match=message):
        call()
