"""Transistors, defects, pairs and TMR at bias: limits, sums, an outside root finder."""

import numpy as np
import pytest
from scipy.optimize import root

from device_models.array import cell_voltages, column_currents
from device_models.array_read import (
    BIAS_TOLERANCE,
    Junctions,
    biased_read,
    broken_conductance,
    differential_currents,
    with_access,
)
from device_models.defects import HEALTHY, OPEN, SHORT, STUCK_AP, STUCK_P
from device_models.ranges import RangeError
from tests.reference import nodal_currents

TOPOLOGIES = ["gated", "gated_ideal_source", "cross_point"]


def test_transistor_and_junction_are_in_series():
    g = with_access(np.array([1 / 5e3, 0.0]), 3e3)
    assert np.allclose(g, [1 / 8e3, 0.0], rtol=1e-15)  # LAW: Ohm; an open cell stays open


def test_defects_conduct_as_they_are_defined():
    kinds = np.array([[HEALTHY, STUCK_P, STUCK_AP, OPEN, SHORT]], np.uint8)
    got = broken_conductance(np.full((1, 5), 1e-4), kinds, (2e-4, 8e-5), 100.0)
    assert np.array_equal(got, [[1e-4, 2e-4, 8e-5, 0.0, 1e-2]])  # LAW: definition


def test_a_short_behind_its_transistor_takes_its_column_and_no_other_of_a_gated_array():
    kinds = np.zeros((30, 4), np.uint8)
    kinds[10, 2] = SHORT
    healthy = np.full((30, 4), 1 / 8e3)
    broken = with_access(broken_conductance(healthy, kinds, (1 / 5e3, 1 / 12e3), 100.0), 3e3)
    on = np.ones(30, bool)
    change = column_currents(broken, on, 2.5, 0.1)
    change -= column_currents(with_access(healthy, 3e3), on, 2.5, 0.1)
    assert change[2] > 0
    assert not change[[0, 1, 3]].any()  # LAW: gated columns do not see each other


@pytest.mark.parametrize("topology", ["gated", "gated_ideal_source"])
def test_a_gated_pair_is_two_columns(topology):
    rng = np.random.default_rng(0)
    pair, active = rng.uniform(1e-5, 1e-3, (2, 12, 5)), rng.random((3, 12)) < 0.5
    plus, minus = (column_currents(g, active, 2.5, 0.1, topology) for g in pair)
    got = differential_currents(pair, active, 2.5, 0.1, topology)
    assert np.allclose(got, plus - minus, rtol=1e-12)  # LAW
    swapped = differential_currents(pair[::-1], active, 2.5, 0.1, topology)
    assert np.allclose(swapped, -got, rtol=1e-12)  # LAW: antisymmetric


def test_pairs_of_a_cross_point_lie_side_by_side():
    rng = np.random.default_rng(1)
    pair, drive = rng.uniform(1e-5, 1e-3, (2, 6, 3)), np.array([1.0, 0, 1, 1, 0, 1])
    side_by_side = np.stack([pair[s][:, j] for j in range(3) for s in (0, 1)], axis=1)
    currents, _ = nodal_currents(side_by_side, 0.1 * drive, "cross_point", 2.5)
    got = differential_currents(pair, drive, 2.5, 0.1, "cross_point")
    # INDEPENDENT: dense nodal solve of the array laid out by hand
    assert np.allclose(got, currents[::2] - currents[1::2], rtol=1e-9, atol=1e-18)


def junctions(shape, half_v=0.5, access_ohm=0.0):
    rng = np.random.default_rng(2)
    return Junctions(
        r_p_ohm=rng.uniform(4e3, 6e3, shape),
        tmr=rng.uniform(1.0, 1.5, shape),
        half_v=np.full(shape, half_v),
        parallel=rng.random(shape) < 0.4,
        access_ohm=access_ohm,
    )


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_bias_dependent_read_matches_an_outside_root_finder(topology):
    shape, read_v, wire_ohm = (5, 3), 0.6, 60.0
    cells, drive = junctions(shape), np.array([0.6, 0.0, 0.6, 0.6, 0.6])

    def conductance(across):
        tmr = cells.tmr / (1 + (across / cells.half_v) ** 2)
        return 1 / (cells.r_p_ohm * np.where(cells.parallel, 1, 1 + tmr))

    def mismatch(flat):
        across = flat.reshape(shape)
        return (nodal_currents(conductance(across), drive, topology, wire_ohm)[1] - across).ravel()

    # INDEPENDENT: Powell's hybrid method on the cell voltages, over the dense nodal solve
    across = root(mismatch, np.full(15, read_v), tol=1e-14).x.reshape(shape)
    expected, _ = nodal_currents(conductance(across), drive, topology, wire_ohm)
    got = biased_read(cells, drive != 0, wire_ohm, read_v, topology)
    assert np.allclose(got.current_a, expected, rtol=1e-8)
    unbiased = 1 / (cells.r_p_ohm * np.where(cells.parallel, 1, 1 + cells.tmr))
    linear = column_currents(unbiased, drive != 0, wire_ohm, read_v, topology)
    assert np.all(got.current_a > 1.01 * linear)  # LAW: bias lowers R_AP


def test_a_small_bias_leaves_the_tmr_alone():
    cells = junctions((8, 4), access_ohm=3e3)
    r = cells.r_p_ohm * np.where(cells.parallel, 1, 1 + cells.tmr)
    on = np.ones(8, bool)
    got = biased_read(cells, on, 2.5, 1e-5)
    linear = column_currents(1 / (r + 3e3), on, 2.5, 1e-5)
    assert np.allclose(got.current_a, linear, rtol=1e-8)  # LAW: TMR changes as V²


def test_the_settled_read_is_consistent_with_its_own_voltages():
    cells, on = junctions((64, 5), access_ohm=3e3), np.ones(64, bool)
    ends = {"driver_ohm": 200.0, "sense_ohm": 50.0}
    got = biased_read(cells, on, 2.5, 0.3, **ends)
    across = cell_voltages(got.conductance_s, 2.5, 0.3, **ends)
    junction_v = across * (1 - got.conductance_s * 3e3)
    tmr = np.where(cells.parallel, 0, cells.tmr / (1 + (junction_v / cells.half_v) ** 2))
    # LAW: fixed point; a step moves what is left by less than the tolerance
    assert np.allclose(
        1 / (cells.r_p_ohm * (1 + tmr) + 3e3), got.conductance_s, rtol=10 * BIAS_TOLERANCE
    )
    linear = column_currents(got.conductance_s, on, 2.5, 0.3, **ends)
    assert np.allclose(got.current_a, linear, rtol=1e-9)  # LAW: Kirchhoff


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (lambda: with_access(1e-4, -1.0), "access_ohm = -1 ohm"),
        (
            lambda: broken_conductance(
                np.ones((2, 2)), np.zeros((2, 3), np.uint8), (1.0, 1.0), 100.0
            ),
            r"kinds are \(2, 3\)",
        ),
        (
            lambda: broken_conductance(
                np.ones((2, 2)), np.zeros((2, 2), np.uint8), (1.0, 1.0), 0.0
            ),
            "short_ohm = 0 ohm",
        ),
        (lambda: differential_currents(np.ones((2, 3)), np.ones(3), 1.0, 0.1), "pair_s must be"),
        (lambda: junctions((2, 2), half_v=0.0), "half_v = 0 V is outside"),
    ],
)
def test_what_cannot_be_is_named(task, words):
    with pytest.raises(RangeError, match=words):
        task()
