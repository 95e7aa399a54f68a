"""Each closed form has the error its docstring states over its whole range, and refuses beyond."""

import itertools

import numpy as np
import pytest
from scipy.integrate import quad

from device_models import closed_forms
from device_models.closed_forms import (
    precessional_corrected_probability,
    precessional_corrected_write_error_rate,
    precessional_probability,
    precessional_write_error_rate,
    thermal_probability,
    thermal_rate,
)
from device_models.ranges import RangeError
from device_models.switching import solve_switching
from tests.reference import escape_rate

TIMES = np.geomspace(0.02, 500, 120)
OVERDRIVES, BARRIERS = (1.5, 2.0, 3.0, 5.0), (5.0, 6.0, 10.0, 20.0, 60.0, 120.0)


@pytest.fixture(scope="module")
def fast():
    """(i, Δ): P and 1 − P at TIMES from the direct solve, corners and between."""
    points = itertools.product(OVERDRIVES, BARRIERS)
    return {(i, barrier): solve_switching(i, barrier, TIMES) for i, barrier in points}


def worst(model, fast, overdrives, least_barrier):
    """Largest |ΔP| at these i and Δ from the given value up."""
    return max(
        np.abs(model(i, TIMES, barrier) - fast[i, barrier][0]).max()
        for i, barrier in itertools.product(overdrives, BARRIERS)
        if barrier >= least_barrier
    )


def tail_ratios(model, fast, overdrives, least_barrier):
    """(smallest, largest) of closed form over direct solve down to 1e-12."""
    ratios = [
        model(i, tau, barrier) / direct
        for i, barrier in itertools.product(overdrives, BARRIERS)
        if barrier >= least_barrier
        for tau, direct in zip(TIMES, fast[i, barrier][1], strict=True)
        if direct > 2e-12
    ]
    return min(ratios), max(ratios)


def test_exponent_of_the_thermal_rate_is_two():
    barrier, overdrive = 60.0, 0.3
    p, _ = solve_switching(overdrive, barrier, [300.0, 500.0])
    direct = np.diff(p)[0] / 200
    rate = thermal_rate(overdrive, barrier)
    assert rate == pytest.approx(direct, rel=0.05)  # LAW: Brown 1963 at high barrier
    linear = rate * np.exp(barrier * (1 - overdrive) ** 2 - barrier * (1 - overdrive))
    # LAW: Δ(1−i) − Δ(1−i)² = Δi(1−i) = 12.6 too much barrier: read disturb understated.
    assert np.log(direct / linear) == pytest.approx(12.6, abs=0.05)


def test_thermal_rate_is_high_by_the_stated_factor():
    points = [(0.0, 5.0), (0.4, 13.9), (0.79, 114.0), (0.0, 8.0), (0.6, 50.0)]
    points += [(0.0, 30.0), (0.5, 120.0), (0.0, 120.0)]
    left = np.array([barrier * (1 - i) ** 2 for i, barrier in points])
    # INDEPENDENT: first-passage time by quadrature.
    excess = np.array([thermal_rate(*point) / escape_rate(*point) for point in points])
    assert excess.min() > 1.0
    assert excess.max() < 1.35
    assert excess[left >= 7.99].max() < 1.18
    assert excess[left >= 29.9].max() < 1.05


def test_thermal_probability_has_the_stated_error_over_its_range():
    edge = [(i, 5.0 / (1 - i) ** 2 + 1e-9) for i in (0.0, 0.06, 0.116, 0.3, 0.6, 0.7958)]
    inside = [(0.0, 9.0), (0.1, 30.0), (0.3, 60.0), (0.6, 80.0), (0.75, 120.0), (0.0, 120.0)]
    for i, barrier in edge + inside:
        way_back = float(closed_forms._brown_rate(np.float64(-i), np.float64(barrier)))
        tau = TIMES[way_back * TIMES <= 0.1]
        p, _ = solve_switching(i, barrier, tau)
        closed = thermal_probability(i, tau, barrier)
        # INDEPENDENT: the direct solve.
        assert -0.004 < (closed - p).min()
        assert (closed - p).max() < 0.11
        for earliest, low, high in ((20, 0.97, 3.2), (46, 0.99, 1.7), (100, 1.0, 1.4)):
            ratio = (closed / p)[tau >= earliest]
            assert ratio.min(initial=1.0) >= low
            assert ratio.max(initial=1.0) <= high


def test_butler_form_has_the_stated_error_over_its_range(fast):
    model, tail = precessional_probability, precessional_write_error_rate
    # INDEPENDENT: the direct solve.
    assert 0.15 < worst(model, fast, (2.0, 3.0, 5.0), 5.0) < 0.16
    assert worst(model, fast, (3.0,), 20.0) < 0.03
    assert worst(model, fast, (5.0,), 6.0) < 0.07
    low, high = tail_ratios(tail, fast, (2.0, 3.0, 5.0), 10.0)
    assert 0.73 < low
    assert 3.5 < high < 4.6
    low, high = tail_ratios(tail, fast, (3.0, 5.0), 10.0)
    assert 0.73 < low
    assert high < 1.1


def test_corrected_form_has_the_stated_error_over_its_range(fast):
    model, tail = precessional_corrected_probability, precessional_corrected_write_error_rate
    # INDEPENDENT: the direct solve.
    assert 0.13 < worst(model, fast, OVERDRIVES, 5.0) < 0.14
    assert worst(model, fast, OVERDRIVES, 20.0) < 0.10
    assert worst(model, fast, OVERDRIVES, 60.0) < 0.055
    assert 0.085 < worst(model, fast, (2.0, 3.0, 5.0), 5.0) < 0.091
    assert worst(model, fast, (2.0, 3.0, 5.0), 20.0) < 0.028
    assert worst(model, fast, (2.0, 3.0, 5.0), 60.0) < 0.016
    low, high = tail_ratios(tail, fast, (2.0, 3.0, 5.0), 10.0)
    assert 0.87 < low
    assert 2.0 < high < 2.8
    low, high = tail_ratios(tail, fast, (2.0, 3.0, 5.0), 60.0)
    assert 0.97 < low
    assert high < 1.27


@pytest.mark.parametrize("overdrive", [1.5, 2.0, 4.0])
def test_corrected_angle_is_the_exact_time_to_the_equator(overdrive):
    start = 1e-3
    z = np.cos(start)
    time = quad(lambda z: 1 / ((1 - z * z) * (overdrive - z)), 0, z, points=[0.99, 0.9999])[0]
    grown = start * np.exp((overdrive - 1) * time)
    # LAW: dz/dτ = −(1−z²)(i−z) without noise.
    assert closed_forms._equator_angle(overdrive) == pytest.approx(grown, rel=1e-5)


@pytest.mark.parametrize("model", [precessional_probability, precessional_corrected_probability])
def test_precessional_forms_give_the_switched_share_not_the_error_rate(model):
    p = model(2.5, [0.0, 1.0, 2.0, 500.0], 60.0)
    # LAW: nothing switches in no time, everything in a long one.
    assert p[0] < 1e-10
    assert np.all(np.diff(p) > 0)
    assert p[-1] == 1.0


@pytest.mark.parametrize(
    ("probability", "error_rate"),
    [
        (precessional_probability, precessional_write_error_rate),
        (precessional_corrected_probability, precessional_corrected_write_error_rate),
    ],
)
def test_closed_error_rate_is_the_rest_of_the_probability(probability, error_rate):
    i, tau = np.array([[2.0], [3.0]]), np.array([0.5, 1.0, 3.0])
    total = probability(i, tau, 40.0) + error_rate(i, tau, 40.0)
    assert np.abs(total - 1).max() < 1e-15  # LAW
    assert total.shape == (2, 3)


@pytest.mark.parametrize(
    ("model", "arguments", "message"),
    [
        (thermal_rate, (-0.1, 60.0), r"overdrive = -0\.1 is outside 0 … 1 \(thermal"),
        (thermal_rate, (0.5, 200.0), r"barrier = 200 is outside 5 … 120"),
        (thermal_rate, (0.8, 60.0), r"Δ\(1−i\)² = 2\.4 is outside 5 … 120 .*barrier left"),
        (thermal_probability, (0.5, 501.0, 60.0), "reduced_time = 501 is outside"),
        (thermal_probability, (0.0, 400.0, 5.0), r"Γ\(−i\)·t = 3\.4.* no way back; instead use"),
        (precessional_probability, (1.9, 1.0, 60.0), r"overdrive = 1\.9 is outside 2 … 5"),
        (precessional_probability, (2.0, -1.0, 60.0), "reduced_time = -1 is outside"),
        (precessional_probability, (2.0, 1.0, 4.0), "barrier = 4 is outside"),
        (
            precessional_corrected_probability,
            (1.4, 1.0, 60.0),
            r"overdrive = 1\.4 is outside 1\.5",
        ),
        (precessional_write_error_rate, (2.0, 1.0, 9.0), "barrier = 9 is outside 10 … 120"),
        (precessional_corrected_write_error_rate, (1.9, 1.0, 60.0), r"overdrive = 1\.9"),
        (
            precessional_corrected_write_error_rate,
            (3.0, [1.0, 20.0], 60.0),
            r"write error rate = .*e-33 is outside 1e-12 … 1 .*use switching\.write_error_rate",
        ),
    ],
)
def test_closed_form_refuses_outside_its_range(model, arguments, message):
    with pytest.raises(RangeError, match=message):
        model(*arguments)
