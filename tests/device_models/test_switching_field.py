"""Static field: its barrier, its limits, its symmetries, and what one call may ask for."""

import numpy as np
import pytest

from device_models.ranges import RangeError
from device_models.switching import solve_switching, steady_logit, switching_probability
from device_models.switching_field import (
    SOLVES_MAX,
    switching_probability_in_field,
    write_error_rate_in_field,
)
from tests.reference import escape_rate, legendre_switching


def slope(barrier, field, times=(300.0, 500.0)):
    """Rate [1/τ_D] at i = 0 from P, which grows by it, or from 1 − P once that has fallen."""
    p = switching_probability_in_field(0.0, times, barrier, field)
    error = write_error_rate_in_field(0.0, times, barrier, field)
    gain = np.diff(p) if p[-1] < 0.01 else -np.diff(np.log(error))
    return gain[0] / (times[1] - times[0])


def test_without_field_it_is_the_table():
    rng = np.random.default_rng(2)
    i, tau, barrier = rng.uniform(-0.5, 3, 8), rng.uniform(0.5, 20, 8), rng.uniform(10, 80, 8)
    p = switching_probability_in_field(i, tau, barrier, 0.0)
    assert np.abs(p - switching_probability(i, tau, barrier)).max() < 1e-3  # LAW


@pytest.mark.parametrize(
    ("barrier", "field"), [(60.0, -0.6), (100.0, -0.5), (60.0, -0.3), (60.0, 0.1), (100.0, 0.3)]
)
def test_rate_at_rest_is_that_of_the_tilted_barrier(barrier, field):
    rate = slope(barrier, field)
    # LAW: first passage over the top z = −h; P starts in its own well, so P grows by Γ at once.
    assert rate == pytest.approx(escape_rate(-field, barrier), rel=0.01)
    brown = np.sqrt(barrier / np.pi) * (1 - field**2) * (1 + field)
    brown *= np.exp(-barrier * (1 + field) ** 2)
    # LAW: Brown 1963, barrier Δ(1+h)² from z > 0; leading order, so a few per cent high.
    assert rate < brown < 1.15 * rate


def test_rates_both_ways_balance_in_the_steady_state():
    barrier, field = 25.0, -0.15
    down, up = slope(barrier, field), slope(barrier, -field)
    # LAW: detailed balance; z > 0 at −h is z < 0 at h. ln of the ratio is 4Δ|h| = 15.
    assert np.log(down / up) == pytest.approx(steady_logit(-field, barrier), rel=2e-3)


@pytest.mark.parametrize(
    ("overdrive", "barrier", "reduced_time", "field"),
    [
        (0.3, 40.0, 4.0, -0.7),
        (5.0, 20.0, 0.8, -0.9),
        (5.0, 60.0, 0.8, 0.9),
        (-1.0, 12.0, 20.0, -0.9),
        (1.0, 5.0, 30.0, 0.6),
    ],
)
def test_the_other_polarity_on_the_other_state_has_the_same_probability(
    overdrive, barrier, reduced_time, field
):
    p = switching_probability_in_field(overdrive, reduced_time, barrier, field)
    # LAW: symmetric under z → −z, i → −i, h → −h; INDEPENDENT: a Legendre expansion.
    mirrored = legendre_switching(-overdrive, barrier, reduced_time, -field, side=-1)
    assert p == pytest.approx(mirrored, abs=5e-5)


@pytest.mark.parametrize(
    ("overdrive", "barrier", "reduced_time", "field"),
    [(1.5, 25.0, 3.0, 0.3), (0.9, 60.0, 8.0, -0.4), (0.2, 12.0, 20.0, -0.5)],
)
def test_field_that_comes_with_the_pulse_is_overdrive_less_field(
    overdrive, barrier, reduced_time, field
):
    p = switching_probability(overdrive - field, reduced_time, barrier)
    # INDEPENDENT: Legendre expansion of the equation with the field, started without.
    pulsed = legendre_switching(overdrive, barrier, reduced_time, field, before=0.0)
    assert p == pytest.approx(pulsed, abs=2e-4)
    static = switching_probability_in_field(overdrive, reduced_time, barrier, field)
    # LAW: a field that was there has narrowed the start if it holds the state, widened it else.
    assert (pulsed - static) * np.sign(field) > 1e-3


@pytest.mark.parametrize("field", [0.6, 0.8, 0.9])
@pytest.mark.parametrize("overdrive", [0.0, 0.3])
def test_probability_in_a_holding_field_reaches_its_tiny_steady_state(overdrive, field):
    tau = [0.1, 1.0, 10.0, 100.0, 500.0]
    p = switching_probability_in_field(overdrive, tau, 20.0, field)
    steady = 1 / (1 + np.exp(-steady_logit(overdrive - field, 20.0)))
    assert np.all(np.diff(p) > -1e-6 * p[1:])  # LAW: i ≥ 0 rises …
    assert p[-1] < steady * (1 + 1e-3)  # LAW: … to the steady state, 1e-19 and less
    assert np.all(p > 0)


def test_error_rate_is_the_rest_and_keeps_its_tail():
    i, tau = np.array([[0.5], [2.0]]), np.array([0.0, 1.0, 30.0])
    p = switching_probability_in_field(i, tau, 40.0, -0.2)
    error = write_error_rate_in_field(i, tau, 40.0, -0.2)
    assert p.shape == error.shape == (2, 3)
    assert np.abs(p + error - 1).max() < 1e-14  # LAW
    assert np.all(error[:, 0] == 1.0)
    assert 0 < error[1, 2] < 1e-25
    slope = np.log(error[1, 2] / write_error_rate_in_field(2.0, 20.0, 40.0, -0.2)) / 10
    # LAW: near z = 1 ρ decays at 2(i−h−1) to leading order.
    assert slope == pytest.approx(-2 * 1.2, rel=0.03)


def test_many_pulses_on_one_device_are_one_solve():
    tau = np.geomspace(0.01, 500, 3000)
    p = switching_probability_in_field(1.2, tau, 40.0, 0.1)
    direct, _ = solve_switching(1.2, 40.0, tau, 0.1)
    np.testing.assert_array_equal(p, direct)  # LAW
    assert np.ndim(switching_probability_in_field(1.2, 5.0, 40.0, 0.1)) == 0


def test_more_devices_than_direct_solves_are_refused_with_the_fix():
    fields = np.linspace(-0.5, 0.5, SOLVES_MAX + 1)
    with pytest.raises(RangeError, match=r"= 201 is outside 1 … 200 .*round them to fewer"):
        switching_probability_in_field(1.0, 5.0, 60.0, fields)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((6.0, 1.0, 60.0, 0.0), "overdrive = 6 is outside"),
        ((1.0, 501.0, 60.0, 0.0), "reduced_time = 501 is outside"),
        ((1.0, 1.0, [60.0, 4.0], 0.0), "barrier = 4 is outside"),
        ((1.0, 1.0, 60.0, [0.0, -0.95]), r"field = -0\.95 is outside -0\.9 … 0\.9 .*both wells"),
    ],
)
def test_out_of_range_names_rule_and_value(arguments, message):
    with pytest.raises(RangeError, match=message):
        write_error_rate_in_field(*arguments)
