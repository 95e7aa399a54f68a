"""Switching probability against outside codes, another method, and the laws of the equation."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2

from device_models import _switching_kernels as kernels
from device_models.ranges import RangeError
from device_models.switching import (
    load_table,
    solve_switching,
    spline_coefficients,
    steady_logit,
    switching_probability,
    write_error_rate,
)
from tests.reference import escape_rate, legendre_switching, steady_switched

# PUBLISHED: Legendre and finite-volume Fokker-Planck and stochastic LLG counts of outside codes.
PUBLISHED = json.loads((Path(__file__).parents[1] / "data/mtj_switching.json").read_text())
CELLS = PUBLISHED["sets"]["A"]["table"]
BARRIER = PUBLISHED["sets"]["A"]["parameters"]["Delta"]
LATE = np.geomspace(0.01, 500.0, 60)


def column(name):
    return np.array([cell[name] for cell in CELLS])


def by_amplitude():
    for overdrive, group in itertools.groupby(CELLS, key=lambda cell: cell["i"]):
        yield overdrive, list(group)


def test_table_matches_every_published_probability():
    p = switching_probability(column("i"), column("tau"), BARRIER)
    assert np.abs(p - column("P_fpe_legendre")).max() < 1e-3  # PUBLISHED, good to 1e-6


def test_direct_solve_matches_every_published_probability():
    for overdrive, group in by_amplitude():
        p, _ = solve_switching(overdrive, BARRIER, [cell["tau"] for cell in group])
        published = [cell["P_fpe_legendre"] for cell in group]
        assert np.abs(p - published).max() < 1e-4  # PUBLISHED, good to 1e-6


def test_write_error_rate_matches_the_published_tail_to_1e_30():
    error = write_error_rate(column("i"), column("tau"), BARRIER)
    # PUBLISHED finite volumes on one grid, down to 6e-31.
    assert np.abs(np.log(error / column("WER_fvm"))).max() < np.log(1.05)


def test_counts_of_the_outside_monte_carlo_are_consistent_with_the_table():
    score, used = 0.0, 0
    for overdrive, group in by_amplitude():
        # Durations of one amplitude share trajectories, so one is used: the nearest to P = 1/2.
        cell = min(group, key=lambda cell: abs(cell["P_fpe_legendre"] - 0.5))
        p = float(switching_probability(overdrive, cell["tau"], BARRIER))
        expected = cell["n_mc"] * p
        if expected > 5:
            score += (cell["n_switched"] - expected) ** 2 / (expected * (1 - p))
            used += 1
    assert used >= 10
    assert score < chi2.ppf(0.99, used)  # PUBLISHED counts


@pytest.mark.parametrize(
    ("overdrive", "barrier", "reduced_time", "field"),
    [
        (0.0, 5.0, 20.0, 0.0),
        (-0.5, 6.0, 3.0, 0.0),
        (0.7, 12.0, 4.0, 0.0),
        (1.0, 25.0, 6.0, 0.0),
        (2.0, 25.0, 2.0, 0.0),
        (4.0, 40.0, 1.0, 0.0),
        (1.2, 25.0, 3.0, 0.3),
        (0.5, 20.0, 10.0, -0.4),
        (-0.2, 10.0, 10.0, -0.8),
    ],
)
def test_direct_solve_matches_a_legendre_expansion(overdrive, barrier, reduced_time, field):
    p, error = solve_switching(overdrive, barrier, reduced_time, field)
    expected = legendre_switching(overdrive, barrier, reduced_time, field)  # INDEPENDENT
    assert p == pytest.approx(expected, abs=5e-5)
    assert error == pytest.approx(1 - expected, abs=5e-5)


@pytest.mark.parametrize(("overdrive", "barrier"), [(0.0, 60), (0.3, 60), (0.6, 100), (-0.1, 20)])
def test_rate_over_a_high_barrier_is_that_of_first_passage(overdrive, barrier):
    p, _ = solve_switching(overdrive, barrier, [100.0, 200.0])
    # LAW: P grows by Γ per τ once the transient is over (P here 1e-26 … 1e-4).
    assert np.diff(p)[0] / 100 == pytest.approx(escape_rate(overdrive, barrier), rel=0.02)


@pytest.mark.parametrize("overdrive", [0.0, 0.2, 0.4])
def test_read_disturb_of_a_high_barrier_follows_brown(overdrive):
    barrier, reduced_time = 100.0, 400.0
    rate = np.sqrt(barrier / np.pi) * (1 - overdrive**2) * (1 - overdrive)
    rate *= np.exp(-barrier * (1 - overdrive) ** 2)
    p = switching_probability(overdrive, reduced_time, barrier)
    # LAW: Brown 1963 at high barrier; leading order in 1/Δ(1−i)², so a few per cent high.
    assert p == pytest.approx(rate * reduced_time, rel=0.15)


@pytest.mark.parametrize(("overdrive", "barrier"), [(1.5, 60.0), (2.0, 25.0), (4.0, 100.0)])
def test_error_rate_falls_with_slope_two_i_minus_one(overdrive, barrier):
    tau = np.array([14.0, 16.0]) / (overdrive - 1)
    slope = np.diff(np.log(write_error_rate(overdrive, tau, barrier)))[0] / np.diff(tau)[0]
    # LAW: ρ near z = 1 decays at 2(i−1), and at 2(i−1) + (3−i)/((i−1)Δ) to first order in 1/Δ.
    rate = 2 * (overdrive - 1) + (3 - overdrive) / ((overdrive - 1) * barrier)
    assert slope == pytest.approx(-rate, rel=0.01)


@pytest.mark.parametrize(
    ("overdrive", "barrier"), [(0.0, 5.0), (0.4, 5.0), (1.0, 7.0), (3.0, 9.0)]
)
def test_long_pulse_ends_in_the_steady_state(overdrive, barrier):
    below = steady_switched(overdrive, barrier)  # LAW: Boltzmann with the torque as a potential
    above = steady_switched(-overdrive, barrier)
    assert steady_logit(overdrive, barrier) == pytest.approx(np.log(below / above), abs=1e-6)
    if overdrive > 0:  # at i = 0 the well has not emptied at τ = 500
        assert switching_probability(overdrive, 500.0, barrier) == pytest.approx(below, rel=1e-3)
        assert write_error_rate(overdrive, 500.0, barrier) == pytest.approx(above, rel=1e-2)


@pytest.mark.parametrize("barrier", [5.0, 12.0])
def test_short_pulse_switches_what_diffuses_over_the_equator(barrier):
    z = np.linspace(0, 1, 20001)
    density = 1 / np.trapezoid(np.exp(barrier * z**2), z)
    spread = np.sqrt(0.01 / barrier)
    p, _ = solve_switching(0.0, barrier, 0.01)
    # LAW: half-space of density ρ(0) under D = 1/2Δ lets ρ(0)·√(τ/Δ)/√(2π) through.
    assert p == pytest.approx(density * spread / np.sqrt(2 * np.pi), rel=0.03)


@pytest.mark.parametrize("overdrive", [-0.7, 0.0, 0.5, 1.0, 1.5, 4.0])
def test_probability_is_conserved(overdrive):
    tau = np.array([0.005, 0.05, 0.5, 1.0, 3.0, 10.0, 100.0, 500.0])[:, None]
    barrier = np.array([5.0, 8.0, 20.0, 60.0, 120.0])
    p = switching_probability(overdrive, tau, barrier)
    error = write_error_rate(overdrive, tau, barrier)
    assert np.abs(p + error - 1).max() < 1e-14  # LAW
    direct = solve_switching(overdrive, 20.0, tau)
    assert np.abs(direct[0] + direct[1] - 1).max() < 1e-14  # LAW


def interpolation_error(points):
    """Largest |ΔP|, |Δ ln(1−P)| above 1e-12 and |Δ ln P| in its two ranges over (i, Δ)."""
    worst = np.zeros(4)
    for overdrive, barrier in points:
        p, error = solve_switching(overdrive, barrier, LATE)
        table_p = switching_probability(overdrive, LATE, barrier)
        table_error = write_error_rate(overdrive, LATE, barrier)
        tail, head, low = error > 1e-12, p > (1e-20 if overdrive > -0.4 else 1e-8), p > 1e-20
        found = (
            np.abs(table_p - p).max(initial=0),
            np.abs(np.log(table_error[tail] / error[tail])).max(initial=0),
            np.abs(np.log(table_p[head] / p[head])).max(initial=0),
            np.abs(np.log(table_p[low] / p[low])).max(initial=0),
        )
        worst = np.maximum(worst, found)
    return worst


def random_points(count):
    rng = np.random.default_rng(1)
    corners = list(itertools.product((-1.0, 0.0, 5.0), (5.0, 120.0)))
    edges = [(-0.15, 5.3), (-0.03, 41.0), (0.02, 5.5), (4.97, 118.5), (1.02, 118.5), (4.97, 5.5)]
    scattered = zip(rng.uniform(-1, 5, count), np.geomspace(5, 120, count), strict=True)
    return [*corners, *edges, *scattered]


@pytest.mark.parametrize(
    "count", [24, pytest.param(400, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_table_follows_the_direct_solve_over_the_whole_range(count):
    in_p, in_log_error, in_log_p, in_small_log_p = interpolation_error(random_points(count))
    # INDEPENDENT of the nodes: solved between them.
    assert in_p < 1e-3
    assert in_log_error < np.log(1.1)
    assert in_log_p < np.log(1.15)
    assert in_small_log_p < np.log(1.7)


def test_error_below_the_first_node_in_time_is_small():
    early = np.geomspace(1e-3, 0.01, 5)
    for overdrive, barrier in itertools.product((-1.0, 0.0, 2.0, 5.0), (5.0, 9.0)):
        p, _ = solve_switching(overdrive, barrier, early)
        table = switching_probability(overdrive, early, barrier)
        assert np.abs(table - p).max() < 1e-3  # INDEPENDENT: direct solve


def test_probability_rises_with_overdrive():
    overdrive = np.linspace(-1, 5, 601)
    barrier = np.array([5.0, 11.0, 23.0, 47.0, 120.0])[:, None]
    for tau in (0.003, 0.1, 0.77, 3.3, 21.0, 480.0):
        p = switching_probability(overdrive, tau, barrier)
        error = write_error_rate(overdrive, tau, barrier)
        # LAW: with the same noise a larger torque ends lower; 1e-5 is the ripple allowed.
        assert np.diff(p).min() > -1e-5
        assert np.diff(error).max() < 1e-5


@pytest.mark.parametrize("overdrive", [0.0, 0.03, 0.5, 1.0, 2.2, 5.0])
def test_probability_rises_with_time(overdrive):
    tau = np.concatenate([[0.0], np.geomspace(1e-4, 500, 2000)])
    for barrier in (5.0, 11.0, 23.0, 47.0, 120.0):
        # LAW for i ≥ 0: the density over the steady one rises with z and stays so.
        assert np.diff(switching_probability(overdrive, tau, barrier)).min() >= -1e-12


def test_no_pulse_switches_nothing():
    overdrive = np.linspace(-1, 5, 13)
    assert np.all(switching_probability(overdrive, 0.0, 40.0) == 0.0)  # LAW
    assert np.all(write_error_rate(overdrive, 0.0, 40.0) == 1.0)  # LAW
    p, error = solve_switching(1.0, 40.0, [0.0, 3.0])
    assert (p[0], error[0]) == (0.0, 1.0)  # LAW


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((5.1, 1.0, 60.0), r"overdrive = 5\.1 is outside -1 … 5 \(switching model"),
        ((1.0, -0.1, 60.0), r"reduced_time = -0\.1 is outside 0 … 500"),
        ((1.0, 501.0, 60.0), r"reduced_time = 501 is outside 0 … 500"),
        ((1.0, 1.0, 4.9), r"barrier = 4\.9 is outside 5 … 120"),
        ((np.nan, 1.0, 60.0), "overdrive = nan is outside"),
        ((1.0, [1.0, np.nan], 60.0), "reduced_time = nan is outside"),
        ((1.0, 1.0, [60.0, 130.0, np.inf]), "barrier = 130 is outside"),
    ],
)
@pytest.mark.parametrize("model", [switching_probability, write_error_rate])
def test_out_of_range_names_rule_and_value(model, arguments, message):
    with pytest.raises(RangeError, match=message):
        model(*arguments)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((6.0, 60.0, [1.0]), "overdrive"),
        ((1.0, 1.0, [1.0]), "barrier"),
        ((1.0, 60.0, [600.0]), "reduced_times"),
        ((1.0, 60.0, [1.0], 1.5), "field"),
    ],
)
def test_direct_solve_refuses_what_is_out_of_range(arguments, name):
    with pytest.raises(RangeError, match=f"{name} = "):
        solve_switching(*arguments)


def test_arguments_broadcast_whatever_their_layout():
    overdrive = np.linspace(-0.5, 3, 6).reshape(2, 3)
    tau = np.array([[1.0], [4.0]])
    barrier = np.broadcast_to(np.array([30.0, 40.0, 60.0]), (2, 3))
    p = switching_probability(overdrive[:, ::-1], tau, barrier)
    one_by_one = [
        [switching_probability(overdrive[r, 2 - c], tau[r, 0], barrier[0, c]) for c in range(3)]
        for r in range(2)
    ]
    # LAW: one pulse or many, the same sums in another order.
    np.testing.assert_allclose(p, one_by_one, rtol=1e-11)
    assert np.ndim(switching_probability(1, 5, 60)) == 0
    assert switching_probability(np.empty(0), 5.0, 60.0).shape == (0,)


def test_fast_sums_differ_from_the_plain_order_by_rounding_only():
    rng = np.random.default_rng(3)
    c = rng.normal(0, 50, (4, 4, 4))
    a, b, t = (tuple(rng.uniform(0, 0.7, 4)) for _ in range(3))
    plain = kernels._spline_3d.py_func(c, 0, a, 0, b, 0, t)
    # REGRESSION: bound on reassociation and fused products.
    assert kernels._spline_3d(c, 0, a, 0, b, 0, t) == pytest.approx(plain, abs=1e-12)
    plane = kernels._spline_2d.py_func(c[0], 0, a, 0, b)
    assert kernels._spline_2d(c[0], 0, a, 0, b) == pytest.approx(plane, abs=1e-12)


def test_spline_reproduces_a_cubic_exactly():
    x, y = np.linspace(0, 2, 7), np.linspace(1, 3, 9)
    c = spline_coefficients((x**3 - x)[:, None] * (y**3 + y**2))
    ka, a = kernels._cell(1.23, np.array([0.0, 3.0, 7.0]))
    kb, b = kernels._cell(2.71, np.array([1.0, 4.0, 9.0]))
    expected = (1.23**3 - 1.23) * (2.71**3 + 2.71**2)  # LAW: not-a-knot cubic
    assert kernels._spline_2d(c, ka, a, kb, b) == pytest.approx(expected, rel=1e-12)


def test_shipped_table_is_labelled_by_its_grids():
    table = load_table()
    shape = table.sqrt_barrier.size, table.overdrive.size, table.log_reduced_time.size
    assert table.log_hazard.shape == shape
    assert table.log_imbalance.shape == (shape[0], table.opposing.size, shape[2])
    assert table.steady_logit.shape == shape[:2]
    assert not table.log_hazard.flags.writeable
    p, _ = solve_switching(table.overdrive[30], table.sqrt_barrier[9] ** 2, LATE[40])
    nodes = table.log_hazard[9, 30, :]
    hazard = np.exp(np.interp(np.log(LATE[40]), table.log_reduced_time, nodes))
    assert p == pytest.approx(-np.expm1(-hazard), abs=2e-3)  # REGRESSION: the table is this code's
