"""The write error rate down to 1e-12, and P at any barrier, against independent methods."""

import numpy as np
import pytest

from device_models.switching import solve_switching, switching_probability, write_error_rate
from tests.reference import legendre_error, legendre_switching, steady_switched


def time_of_error_rate(overdrive, barrier, error):
    """τ at which the table has this 1 − P."""
    tau = np.geomspace(0.05, 500, 2000)
    table = np.maximum(write_error_rate(overdrive, tau, barrier), 1e-300)
    return np.interp(-np.log(error), -np.log(table), tau)


def random_tails(count, seed):
    """(i, Δ, τ) with i 1 … 5, Δ 5 … 120 and 1 − P between 0.5 and 1e-12, all uneven."""
    rng = np.random.default_rng(seed)
    found = []
    while len(found) < count:
        overdrive, barrier = (
            1 + 4 * rng.uniform() ** 2,
            np.exp(rng.uniform(np.log(5), np.log(120))),
        )
        error = np.exp(rng.uniform(np.log(1e-12), np.log(0.5)))
        if steady_switched(-overdrive, barrier) < 0.3 * error:
            found.append((overdrive, barrier, time_of_error_rate(overdrive, barrier, error)))
    return found


def test_error_rate_follows_a_legendre_expansion_down_to_1e_12():
    points = [(1.0, 5.0, 25.0), (1.05, 12.0, 60.0), (1.2, 25.0, 50.0), (5.0, 120.0, 4.1)]
    for overdrive, barrier, tau in points + random_tails(8, seed=4):
        expected = legendre_error(overdrive, barrier, tau)  # INDEPENDENT
        assert 1e-13 < expected < 0.6
        _, direct = solve_switching(overdrive, barrier, tau)
        # The time steps are 1e-4 slow in the decay rate: 0.3 % at 1e-12.
        assert direct == pytest.approx(expected, rel=5e-3)
        assert write_error_rate(overdrive, tau, barrier) == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize(
    "count", [12, pytest.param(300, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_error_rate_of_the_table_is_right_to_a_factor_of_1_3_everywhere(count):
    for overdrive, barrier, tau in random_tails(count, seed=9):
        _, direct = solve_switching(overdrive, barrier, tau)
        # INDEPENDENT of the nodes; the promise is 1.3.
        assert abs(np.log(write_error_rate(overdrive, tau, barrier) / direct)) < np.log(1.1)


def test_error_rate_of_two_pulse_lengths_differs_by_the_decay_of_the_density_at_the_pole():
    overdrive = np.array([2.0, 3.0, 5.0])
    for error in (1e-4, 1e-8, 1e-11):
        tau = np.array([time_of_error_rate(i, 120.0, error) for i in overdrive])
        later = write_error_rate(overdrive, tau + 0.5 / (overdrive - 1), 120.0)
        # LAW: e^{−2(i−1)τ}, here e^{−1}; the next order in 1/Δ is below 1 %.
        assert np.log(error / later) == pytest.approx(1.0, abs=0.01)


def test_probability_at_barriers_between_the_nodes_follows_a_legendre_expansion():
    rng = np.random.default_rng(6)
    low = [(-0.15, 5.3, 500.0), (-0.06, 5.9, 300.0), (0.03, 9.1, 500.0), (0.2, 5.9, 50.0)]
    middle = [(i, 25.0, 10 ** rng.uniform(0, 1.5)) for i in (0.7, 0.9, 1.0, 1.2, 1.6, 2.5)]
    for overdrive, barrier, tau in low + middle:
        expected = legendre_switching(overdrive, barrier, tau)  # INDEPENDENT
        p, _ = solve_switching(overdrive, barrier, tau)
        assert p == pytest.approx(expected, abs=5e-5)
        table = switching_probability(overdrive, tau, barrier)
        assert table == pytest.approx(expected, abs=1e-4 if barrier == 25.0 else 1e-3)
