"""Intervals have the ends that closed forms give, and open where the data do not close them."""

import numpy as np
import pytest
from scipy.optimize import brentq

from dse.likelihood import CHI2_95, Problem, combination, identify

CENTRE = np.array([1.0, -2.0, 0.5])
COVARIANCE = np.array([[0.04, 0.03, 0.0], [0.03, 0.09, -0.02], [0.0, -0.02, 0.01]])


def gaussian(low=-20.0, high=20.0) -> Problem:
    inverse = np.linalg.inv(COVARIANCE)
    return Problem(
        names=("a", "b", "c"),
        low=np.full(3, low),
        high=np.full(3, high),
        nodes=(3, 3, 3),
        cost=lambda x: 0.5 * np.einsum("mi,ij,mj->m", x - CENTRE, inverse, x - CENTRE),
    )


def test_a_quadratic_likelihood_has_its_normal_intervals():
    solution = identify(gaussian(), {}, {}, ("a", "b", "c"))
    error = np.sqrt(np.diag(COVARIANCE) * CHI2_95)
    # LAW: profiles of a quadratic form are the marginal variances, at 1.96 standard errors
    np.testing.assert_allclose(solution.best, CENTRE, atol=1e-4)
    np.testing.assert_allclose(solution.covariance, COVARIANCE, atol=1e-6)
    np.testing.assert_allclose(solution.intervals[:, 0], CENTRE - error, atol=2e-2 * error.min())
    np.testing.assert_allclose(solution.intervals[:, 1], CENTRE + error, atol=2e-2 * error.min())


def test_a_sum_of_coordinates_has_the_interval_of_its_variance():
    solution = identify(gaussian(), {}, {}, ("a", "b", "c"))
    value, low, high = combination(solution, {"a": 1.0, "b": -1.0})
    # LAW: var(a − b) = 0.04 + 0.09 − 2·0.03
    half = np.sqrt(0.07 * CHI2_95)
    np.testing.assert_allclose([value, low, high], [3.0, 3.0 - half, 3.0 + half], atol=5e-3)


def test_an_interval_of_a_rate_is_not_symmetric():
    """N decays, mean life 1: 2(rise) = 2n(r − 1 − ln r) in the rate r."""
    n = 5.0
    problem = Problem(
        names=("ln rate",),
        low=np.array([-5.0]),
        high=np.array([5.0]),
        nodes=(9,),
        cost=lambda x: (n * np.exp(x) - n * x)[:, 0],
    )
    low, high = identify(problem, {}, {}, ("ln rate",)).intervals[0]

    def rise(r):
        return 2 * n * (r - 1 - np.log(r)) - CHI2_95

    # INDEPENDENT: the two roots of the closed form
    np.testing.assert_allclose(np.exp(low), brentq(rise, 1e-3, 1), rtol=5e-3)
    np.testing.assert_allclose(np.exp(high), brentq(rise, 1, 10), rtol=5e-3)


def test_what_does_not_close_is_held_at_its_default_and_the_rest_fitted_again():
    solution = identify(gaussian(-2.2, 2.0), {"b": -1.0}, {}, ("b", "a", "c"))
    assert solution.held == {"b": "its 95 % interval has no lower end in its range"}
    # LAW: conditional mean of a normal distribution, a + 0.03/0.09·(−1 + 2)
    np.testing.assert_allclose(solution.value("a"), 1.0 + 1.0 / 3.0, atol=1e-4)
    assert solution.value("b") == -1.0
    assert solution.problem.names == ("a", "c")


def test_without_a_default_an_open_coordinate_stays_where_the_fit_left_it():
    solution = identify(gaussian(-2.2, 2.0), {}, {}, ("b", "a", "c"))
    np.testing.assert_allclose(solution.value("b"), -2.0, atol=1e-4)  # LAW: the centre


def test_two_coordinates_of_which_only_the_sum_is_known_are_called_correlated():
    problem = Problem(
        names=("a", "b"),
        low=np.full(2, -9.0),
        high=np.full(2, 9.0),
        nodes=(5, 5),
        cost=lambda x: 50.0 * (x[:, 0] + x[:, 1]) ** 2 + 0.05 * (x[:, 0] - x[:, 1]) ** 2,
    )
    solution = identify(problem, {"a": 1.0}, {}, ("a", "b"))
    # LAW: r = (0.1 − 100)/(0.1 + 100)
    assert solution.held == {"a": "its correlation with b is -0.9980"}
    assert solution.value("b") == pytest.approx(-0.998, abs=1e-3)
