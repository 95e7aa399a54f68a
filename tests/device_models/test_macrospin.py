"""The stochastic LLG Monte Carlo: laws of the equation, and counts against Fokker-Planck."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import chi2, kstest

from device_models.macrospin import (
    Macrospin,
    default_step,
    switching_counts,
    thermal_start,
    trajectories,
)
from device_models.ranges import RangeError
from device_models.switching import solve_switching, switching_probability

PUBLISHED = json.loads((Path(__file__).parents[1] / "data/mtj_switching.json").read_text())


def spin(overdrive=0.0, barrier=60.0, damping=0.02, field=0.0, step=None):
    step = default_step(damping) if step is None else step
    return Macrospin(overdrive=overdrive, barrier=barrier, damping=damping, field=field, step=step)


def in_band(score, cells, tail=0.001):
    """Whether a χ² of `cells` cells lies within its two-sided 99.9 % band."""
    return chi2.ppf(tail / 2, cells) < score < chi2.ppf(1 - tail / 2, cells)


def well_mean(function, barrier, field=0.0, low=0.0):
    """Mean of function(z) over ρ ∝ exp(Δ(z² + 2hz)) on low … 1, by adaptive quadrature."""

    def density(z):
        return np.exp(barrier * (z * z - 1 + 2 * field * z - 2 * abs(field)))

    norm = quad(density, low, 1, epsabs=0, limit=200)[0]
    return quad(lambda z: function(z) * density(z), low, 1, epsabs=0, limit=200)[0] / norm


# The start


@pytest.mark.parametrize(
    ("barrier", "field"), [(5.0, 0.0), (60.0, 0.0), (10.0, -0.5), (20.0, -0.9), (120.0, 0.9)]
)
def test_start_is_thermal_in_the_well_above(barrier, field):
    x, y, z = thermal_start(barrier, field, 40_000, np.random.default_rng(1))
    grid = np.linspace(0, 1, 200_001)
    weight = np.exp(barrier * (grid**2 + 2 * field * grid - max(0, 1 + 2 * field)))
    cumulative = np.concatenate([[0], np.cumsum(weight[1:] + weight[:-1])])
    cumulative /= cumulative[-1]
    # LAW: Boltzmann; uniform azimuth.
    assert kstest(z, lambda v: np.interp(v, grid, cumulative)).pvalue > 1e-3
    assert kstest(np.arctan2(y, x), "uniform", (-np.pi, 2 * np.pi)).pvalue > 1e-3
    assert np.abs(x * x + y * y + z * z - 1).max() < 1e-14


# Equilibrium


def test_two_wells_fill_as_boltzmann_has_it():
    z = trajectories(spin(barrier=5.0, damping=0.2), [400.0], 4096, np.random.default_rng(2))[0]
    grid = np.linspace(-1, 1, 20_001)
    weight = np.exp(5.0 * grid**2)
    cumulative = np.concatenate([[0], np.cumsum(weight[1:] + weight[:-1])])
    # LAW: ρ ∝ exp(Δz²), 1e-3 of the start being left at τ = 400.
    assert kstest(z, lambda v: np.interp(v, grid, cumulative / cumulative[-1])).pvalue > 1e-3


@pytest.mark.parametrize(("damping", "field"), [(0.02, 0.0), (0.2, 0.0), (0.1, 0.3)])
def test_transverse_components_hold_k_t_in_the_well(damping, field):
    barrier, trials = 60.0, 8192
    params = spin(barrier=barrier, damping=damping, field=field)
    # The start is forgotten as e^(−2(1+h)τ): 0.0025 of it is left after three.
    z = trajectories(params, [3.0], trials, np.random.default_rng(4))[0]
    exact = well_mean(lambda v: 1 - v * v, barrier, field)
    # LAW: equipartition, 1/Δ(1+h) to first order; the exact integral; 1 − z² is exponential.
    assert exact == pytest.approx(1 / (barrier * (1 + field)), rel=0.02)
    assert np.mean(1 - z * z) == pytest.approx(exact, rel=4 / np.sqrt(trials))


@pytest.mark.slow
@pytest.mark.parametrize("damping", [0.02, 0.2])
def test_equipartition_to_half_a_per_cent(damping):
    z = trajectories(spin(damping=damping), [3.0], 400_000, np.random.default_rng(5))[0]
    exact = well_mean(lambda v: 1 - v * v, 60.0)
    # LAW; the step moves the stiffness 1 by dt³/8α = 1.25e-4.
    assert np.mean(1 - z * z) == pytest.approx(exact, rel=6e-3)


# Counts against the Fokker-Planck equation


def score(cells, barrier, damping, trials, seed):
    """χ² of counts against switching_probability, one duration an amplitude."""
    rng, total = np.random.default_rng(seed), 0.0
    for overdrive, reduced_time in cells:
        p = float(switching_probability(overdrive, reduced_time, barrier))
        count = switching_counts(overdrive, reduced_time, barrier, damping, trials, rng)
        total += (count - trials * p) ** 2 / (trials * p * (1 - p))
    return total


CELLS_60 = [(1.0, 8.0), (1.3, 4.5), (2.0, 2.3), (3.0, 1.2), (5.0, 0.5)]
CELLS_25 = [(0.6, 12.0), (0.8, 6.0), (1.0, 4.0), (1.5, 3.0), (2.5, 1.2), (4.0, 0.7)]


@pytest.mark.parametrize(
    ("cells", "barrier", "damping", "trials"),
    [(CELLS_60, 60.0, 0.02, 4096), (CELLS_25, 25.0, 0.05, 8192)],
)
def test_counts_are_those_of_the_fokker_planck_equation(cells, barrier, damping, trials):
    # INDEPENDENT of the counts: drift and diffusion of m_z on a grid.
    assert in_band(score(cells, barrier, damping, trials, seed=6), len(cells))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cells", "barrier", "damping", "trials"),
    [
        (CELLS_60, 60.0, 0.02, 200_000),
        (CELLS_25, 25.0, 0.05, 200_000),
        (CELLS_25, 25.0, 0.2, 200_000),
        (CELLS_25, 25.0, 0.005, 20_000),
        ([(-0.3, 3.0), (0.0, 10.0), (0.4, 4.0), (1.0, 2.0), (3.0, 0.6)], 5.0, 0.1, 200_000),
        ([(1.0, 8.0), (1.5, 4.0), (2.5, 1.8), (4.0, 0.9)], 120.0, 0.1, 200_000),
    ],
)
def test_many_counts_are_those_of_the_fokker_planck_equation(cells, barrier, damping, trials):
    assert in_band(score(cells, barrier, damping, trials, seed=7), len(cells))  # INDEPENDENT


def published_cells():
    """One cell an amplitude, the nearest to P = 1/2, where five and more are expected."""
    table = PUBLISHED["sets"]["A"]["table"]
    for _, group in itertools.groupby(table, key=lambda cell: cell["i"]):
        cell = min(group, key=lambda cell: abs(cell["P_fpe_legendre"] - 0.5))
        if 5 < cell["n_mc"] * cell["P_fpe_legendre"] < cell["n_mc"] - 5:
            yield cell


@pytest.mark.parametrize(
    "trials", [1024, pytest.param(40_000, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_counts_are_those_of_two_outside_codes(trials):
    rng, cells = np.random.default_rng(8), list(published_cells())
    by_equation, by_counts = 0.0, 0.0
    for cell in cells:
        p, other = cell["P_fpe_legendre"], cell["n_mc"]
        count = switching_counts(cell["i"], cell["tau"], 60.0, 0.02, trials, rng)
        by_equation += (count - trials * p) ** 2 / (trials * p * (1 - p))
        pooled = (count + cell["n_switched"]) / (trials + other)
        spread = pooled * (1 - pooled) * (1 / trials + 1 / other)
        by_counts += (count / trials - cell["n_switched"] / other) ** 2 / spread
    assert len(cells) >= 10
    assert in_band(by_equation, len(cells))  # PUBLISHED: Legendre expansion
    assert in_band(by_counts, len(cells))  # PUBLISHED: stochastic LLG


def test_static_field_moves_start_and_threshold():
    trials = 8192
    for field, overdrive, reduced_time in ((0.3, 1.2, 6.0), (-0.4, 0.5, 8.0)):
        params = spin(overdrive, 20.0, 0.1, field)
        z = trajectories(params, [reduced_time], trials, np.random.default_rng(9))[0]
        p, _ = solve_switching(overdrive, 20.0, reduced_time, field)
        # INDEPENDENT: 3.3 standard errors of the count.
        assert np.mean(z < 0) == pytest.approx(p, abs=3.3 * np.sqrt(p * (1 - p) / trials))


def test_error_rate_falls_with_slope_two_i_minus_one():
    tau, trials = np.array([1.5, 2.0]), 400_000
    counts = switching_counts(3.0, tau, 60.0, 0.1, trials, np.random.default_rng(10))
    failed = trials - counts
    slope = np.diff(np.log(-np.log1p(-failed / trials)))[0] / np.diff(tau)[0]
    # LAW: P = exp(−c·e^{−2(i−1)τ}), at i = 3 with no term of first order in 1/Δ.
    assert failed[1] > 1000
    assert slope == pytest.approx(-4.0, abs=4 / np.sqrt(failed[1]) / 0.5)


# The step


@pytest.mark.slow
def test_halving_the_step_moves_p_by_less_than_its_standard_error():
    trials, step = 10**6, default_step(0.1)
    for overdrive, reduced_time, barrier in ((1.5, 2.5, 25.0), (2.0, 2.3, 60.0)):
        counts = [
            switching_counts(
                overdrive, reduced_time, barrier, 0.1, trials, np.random.default_rng(seed), part
            )
            for seed, part in ((11, step), (12, step / 2))
        ]
        # LAW: √2 of 5e-4 each, twice.
        assert abs(counts[0] - counts[1]) / trials < 2.8 * 5e-4


# The interface


def test_same_seed_same_counts_another_seed_others():
    def run(seed):
        rng = np.random.default_rng(seed)
        return switching_counts([1.5, 3.0], 2.0, 25.0, 0.2, 1000, rng)

    assert np.array_equal(run(1), run(1))  # LAW
    assert not np.array_equal(run(1), run(2))


def test_arguments_broadcast_and_scalars_give_an_int():
    rng = np.random.default_rng(1)
    one = switching_counts(4, 3, 25, 0.2, np.int64(5), rng)
    assert type(one) is int
    assert one == 5  # P = 1 − 3e-5
    many = switching_counts([[1.5], [3.0]], [0.0, 3.0, 1.0], 25.0, 0.2, 70, rng)
    assert many.shape == (2, 3)
    assert many.dtype == np.int64
    assert np.all(many[:, 0] == 0)  # LAW: no pulse, nothing
    assert np.all(many[:, 1] > many[:, 2])
    assert switching_counts([], 1.0, 25.0, 0.2, 10, rng).shape == (0,)


def test_durations_of_one_overdrive_share_their_trajectories():
    z = trajectories(spin(2.0, 25.0, 0.2), [1.0, 0.0, 1.0, 2.0], 100, np.random.default_rng(3))
    assert z.shape == (4, 100)
    assert np.array_equal(z[0], z[2])
    assert np.all(z[1] > 0)
    both = switching_counts(2.0, [2.0, 1.0], 25.0, 0.2, 100, np.random.default_rng(3))
    assert list(both) == [np.sum(z[3] < 0), np.sum(z[0] < 0)]  # LAW: the same random numbers


def test_more_than_one_batch_is_counted_once_each(monkeypatch):
    monkeypatch.setattr("device_models.macrospin.BATCH_BLOCKS", 2)
    rng = np.random.default_rng(1)
    assert switching_counts(4.0, 3.0, 25.0, 0.2, 300, rng) == 300  # P = 1 − 3e-5
    assert trajectories(spin(1.0, 25.0, 0.2), [0.5], 300, rng).shape == (1, 300)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"overdrive": 5.1}, r"overdrive = 5\.1 is outside -1 … 5"),
        ({"overdrive": [1.0, np.nan]}, "overdrive = nan is outside"),
        ({"reduced_time": -0.1}, r"reduced_time = -0\.1 is outside 0 … 500"),
        ({"reduced_time": [1.0, np.nan]}, "reduced_time = nan is outside"),
        ({"reduced_time": np.inf}, "reduced_time = inf is outside"),
        ({"barrier": 4.9}, r"barrier = 4\.9 is outside 5 … 120"),
        ({"barrier": np.nan}, "barrier = nan is outside"),
        ({"damping": 0.3}, r"damping = 0\.3 is outside 0\.001 … 0\.2"),
        ({"damping": 0.0}, "damping = 0 is outside"),
        ({"damping": np.nan, "step": 0.01}, "damping = nan is outside"),
        ({"step": 0.5}, r"step = 0\.5 1/\(γμ0H_k\) is outside 0\.001 … 0\.2"),
        ({"trials": 0}, r"trials = 0 is outside 1 …"),
        ({"trials": np.nan}, "trials = nan is outside"),
        ({"trials": 10.5}, r"trials = 10\.5 is not a whole number"),
    ],
)
def test_bad_input_names_rule_and_value(changed, message):
    good = {"overdrive": 1.0, "reduced_time": 1.0, "barrier": 25.0, "damping": 0.1, "trials": 10}
    with pytest.raises(RangeError, match=message):
        switching_counts(**(good | {"rng": np.random.default_rng(0)} | changed))


def test_bad_field_or_time_of_a_trajectory_is_refused():
    with pytest.raises(RangeError, match=r"field = 1\.5 is outside"):
        spin(field=1.5)
    with pytest.raises(RangeError, match="reduced_time = 501 is outside"):
        trajectories(spin(), [501.0], 10, np.random.default_rng(0))
