"""The cross-point solve against outside codes, a dense nodal solve, and the laws of circuits."""

import numpy as np
import pytest

from device_models.array import cell_voltages, column_currents
from device_models.crosspoint import Lines, effective_matrix, solved, updated_matrix
from device_models.ranges import RangeError
from tests.device_models.test_array import REFERENCE, reference_conductance, unpack
from tests.reference import nodal_currents

ENDS = {"driver_ohm": 150.0, "sense_ohm": 40.0}
LINES = Lines(wire_ohm=2.5, **ENDS)


def uneven(shape, seed=0):
    """Conductances [S] with open and shorted cells among them."""
    rng = np.random.default_rng(seed)
    g = rng.uniform(1e-5, 1e-3, shape)
    g[rng.random(shape) < 0.1] = 0.0
    g[rng.random(shape) < 0.05] = 1 / 30
    return g


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: f"{case['r']:g}ohm")
def test_cross_point_currents_match_the_outside_codes(case):
    conductance = reference_conductance(case)
    exact = case["T1"]["exact"]
    inputs = np.array([unpack(packed) for packed in case["inputs"].values()])
    got = column_currents(conductance, inputs, case["r"], REFERENCE["V_read"], "cross_point")
    # INDEPENDENT: exact currents of two outside crossbar codes
    assert np.allclose(got, [exact[name] for name in case["inputs"]], rtol=1e-9, atol=0)
    analog = np.array(case["analog_input_V"])
    got = column_currents(conductance, analog, case["r"], 1.0, "cross_point")
    assert np.allclose(got, exact["analog"], rtol=1e-9, atol=0)  # INDEPENDENT: the same


@pytest.mark.parametrize("shape", [(7, 5), (5, 7), (1, 6), (6, 1), (1, 1)])
@pytest.mark.parametrize("ends", [{}, ENDS], ids=["bare", "ends"])
def test_cross_point_matches_dense_nodal_analysis(shape, ends):
    g, drive = uneven(shape), np.random.default_rng(1).uniform(-0.2, 1.0, shape[0])
    currents, across = nodal_currents(g, drive, "cross_point", 2.5, **ends)
    # INDEPENDENT: dense linear solve, every node written out
    got = column_currents(g, drive, 2.5, 1.0, "cross_point", **ends)
    assert np.allclose(got, currents, rtol=1e-9, atol=0)
    got = cell_voltages(g, 2.5, 1.0, "cross_point", active_rows=drive, **ends)
    assert np.allclose(got, across, rtol=1e-9, atol=1e-12)


def test_power_from_the_drivers_is_power_in_cells_lines_and_ends():
    g, drive = uneven((40, 30)), np.random.default_rng(2).random(40)
    across = cell_voltages(g, 2.5, 1.0, "cross_point", active_rows=drive, **ENDS)
    cells = g * across
    row_line = np.cumsum(cells[:, ::-1], axis=1)[:, ::-1]
    column_line = np.cumsum(cells, axis=0)
    spent = (cells * across).sum() + 2.5 * ((row_line**2).sum() + (column_line**2).sum())
    spent += 150.0 * (row_line[:, 0] ** 2).sum() + 40.0 * (column_line[-1] ** 2).sum()
    assert drive @ row_line[:, 0] == pytest.approx(spent, rel=1e-9)  # LAW: Tellegen
    currents = column_currents(g, drive, 2.5, 1.0, "cross_point", **ENDS)
    assert np.allclose(column_line[-1], currents, rtol=1e-9)  # LAW: Kirchhoff's current law


def test_drive_and_sense_may_change_places():
    g = uneven((12, 12))
    turned = g[::-1, ::-1].T
    lines = Lines(wire_ohm=2.5, driver_ohm=40.0, sense_ohm=150.0)
    back = effective_matrix(turned, lines)[::-1, ::-1].T
    # LAW: reciprocity; the same network driven at its sense ends is solved in another order
    assert np.allclose(effective_matrix(g, LINES), back, rtol=1e-9, atol=0)


def test_a_wide_array_is_solved_along_its_shorter_side():
    g = uneven((6, 20))
    # LAW: reciprocity; `solved` eliminates in the other order
    assert np.allclose(effective_matrix(g, LINES), solved(g, LINES).matrix_s, rtol=1e-9, atol=0)


def test_currents_of_two_inputs_add_up():
    g = uneven((20, 10))
    first = np.arange(20) % 3 == 0
    parts = column_currents(g, np.array([first, ~first]), 2.5, 0.1, "cross_point")
    both = column_currents(g, np.ones(20, bool), 2.5, 0.1, "cross_point")
    assert np.allclose(parts.sum(0), both, rtol=1e-12)  # LAW: superposition


def test_effective_matrix_gives_the_direct_solve_of_a_batch():
    g, active = uneven((15, 9)), np.random.default_rng(3).random((4, 15)) < 0.5
    direct = [
        (g * cell_voltages(g, 2.5, 0.1, "cross_point", active_rows=one, **ENDS)).sum(0)
        for one in active
    ]
    # INDEPENDENT: currents summed cell by cell from the voltages of one solve an input
    assert np.allclose(0.1 * active @ effective_matrix(g, LINES), direct, rtol=1e-9, atol=0)


def test_ideal_wires_give_the_product_and_current_falls_with_wire_resistance():
    g, on = np.random.default_rng(4).uniform(1e-5, 1e-3, (12, 8)), np.ones(12, bool)
    currents = [column_currents(g, on, r, 0.1, "cross_point") for r in (0.0, 0.3, 2.5, 10.0)]
    assert np.allclose(currents[0], 0.1 * g.sum(0), rtol=1e-14)  # LAW: Ohm
    # LAW: Rayleigh's monotonicity; all rows at one voltage make two terminals of the array
    assert np.all(np.diff(np.sum(currents, axis=1)) < 0)


def test_wires_near_ideal_join_on_to_ideal_ones():
    g = uneven((10, 10))
    near = effective_matrix(g, Lines(wire_ohm=1e-9, **ENDS))
    # LAW: continuity, first order in the wire resistance; the ends stay
    assert np.allclose(near, effective_matrix(g, Lines(wire_ohm=0.0, **ENDS)), rtol=1e-7)


def test_one_cell_is_three_resistances_in_series():
    lines = Lines(wire_ohm=3.0, driver_ohm=10.0, sense_ohm=20.0)
    # LAW: 1/(R + 2r + R_driver + R_sense)
    assert effective_matrix(np.array([[1 / 500]]), lines)[0, 0] == pytest.approx(1 / 536)


@pytest.mark.parametrize("flips", [1, 4, 30])
def test_update_after_flips_equals_a_fresh_solve(flips):
    g, rng = uneven((24, 18)), np.random.default_rng(5)
    flat = rng.choice(g.size, flips, replace=False)
    cells = np.stack(np.unravel_index(flat, g.shape), axis=1)
    new = rng.choice([0.0, 1e-4, 2e-4, 1 / 30], flips)
    flipped = g.copy()
    flipped[cells[:, 0], cells[:, 1]] = new
    got = updated_matrix(solved(g, LINES), cells, new)
    # INDEPENDENT: solved anew; to 1e-9 of the largest conductance an input sees in a column
    fresh = effective_matrix(flipped, LINES)
    assert np.abs(got - fresh).max() < 1e-9 * fresh.max()
    assert np.allclose(got[fresh > 1e-8], fresh[fresh > 1e-8], rtol=1e-9, atol=0)


def test_update_of_ideal_wires_changes_the_cell_alone():
    g = np.full((4, 3), 1e-4)
    got = updated_matrix(solved(g, Lines(wire_ohm=0.0)), np.array([[2, 1]]), np.array([3e-4]))
    g[2, 1] = 3e-4
    assert np.allclose(got, g, rtol=1e-14)  # LAW: Ohm


@pytest.mark.parametrize(
    ("cells", "new", "words"),
    [
        ([[0, 0]], [-1.0], "every updated cell"),
        ([[4, 0]], [1.0], "outside the array"),
        ([[0, 0], [0, 0]], [1.0, 1.0], "given once"),
        ([[0, 0]], [1.0, 2.0], "must be"),
    ],
)
def test_bad_updates_are_named(cells, new, words):
    array = solved(np.full((4, 3), 1e-4), LINES)
    with pytest.raises(RangeError, match=words):
        updated_matrix(array, np.array(cells), np.array(new))


def test_an_array_whose_wires_take_nearly_all_keeps_its_digits():
    g = np.random.default_rng(6).uniform(5e-4, 1e-2, (22, 22))
    drive = np.random.default_rng(7).random(22)
    currents, _ = nodal_currents(g, drive, "cross_point", 100.0)
    # INDEPENDENT: dense linear solve; the lines let through less than 2 % of the ideal current
    got = column_currents(g, drive, 100.0, 1.0, "cross_point")
    assert currents.sum() < 0.02 * (drive @ g).sum()
    assert np.allclose(got, currents, rtol=1e-9, atol=0)
