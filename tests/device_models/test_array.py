"""The gated ladder against outside codes, a dense nodal solve, and the laws of circuits."""

import json
from pathlib import Path

import numpy as np
import pytest

from device_models.array import (
    cell_voltages,
    closed_form_drop,
    column_currents,
    row_attenuation,
    tile_slices,
    tiled_currents,
)
from device_models.ranges import RangeError
from tests.reference import nodal_currents

REFERENCE = json.loads((Path(__file__).parents[1] / "data/crossbar_64.json").read_text())


def unpack(text):
    return np.unpackbits(np.frombuffer(bytes.fromhex(text), np.uint8)).astype(bool)


def reference_conductance(case):
    bits = np.array([unpack(row) for row in case["bits"]])
    return np.where(bits, 1 / REFERENCE["R_P"], 1 / REFERENCE["R_AP"])


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: f"{case['r']:g}ohm")
@pytest.mark.parametrize(("key", "topology"), [("T2", "gated"), ("T3", "gated_ideal_source")])
def test_gated_currents_match_the_outside_codes(case, key, topology):
    conductance = reference_conductance(case)
    for name, packed in case["inputs"].items():
        got = column_currents(
            conductance, unpack(packed), case["r"], REFERENCE["V_read"], topology
        )
        # INDEPENDENT: exact currents of two outside crossbar codes
        assert np.allclose(got, case[key]["exact"][name], rtol=1e-9, atol=0)


@pytest.mark.parametrize("shape", [(9, 3), (1, 4), (8, 1)])
@pytest.mark.parametrize("topology", ["gated", "gated_ideal_source"])
@pytest.mark.parametrize("ends", [{}, {"driver_ohm": 90.0, "sense_ohm": 40.0}], ids=["", "ends"])
def test_gated_arrays_match_dense_nodal_analysis(shape, topology, ends):
    rng = np.random.default_rng(5)
    g, active = rng.uniform(1e-5, 1e-3, shape), rng.random(shape[0]) < 0.6
    g[0, 0], g[-1, -1], active[0] = 0.0, 1 / 30, True
    # INDEPENDENT: dense linear solve, every node written out
    currents, across = nodal_currents(g, 0.2 * active, topology, 7.0, **ends)
    got = column_currents(g, active, 7.0, 0.2, topology, **ends)
    assert np.allclose(got, currents, rtol=1e-9, atol=1e-18)
    got = cell_voltages(g, 7.0, 0.2, topology, active_rows=active, **ends)
    assert np.allclose(got, across, rtol=1e-9, atol=1e-12)


def test_a_long_column_matches_dense_nodal_analysis():
    rng = np.random.default_rng(5)
    g, active = rng.uniform(1e-5, 1e-3, (300, 1)), rng.random(300) < 0.4
    expected, _ = nodal_currents(g, 0.2 * active, "gated", 7.0)
    # INDEPENDENT: dense linear solve
    assert column_currents(g, active, 7.0, 0.2) == pytest.approx(expected, rel=1e-9)


def test_a_batch_gives_the_same_as_one_input_at_a_time():
    rng = np.random.default_rng(0)
    g, active = rng.uniform(0, 1e-3, (30, 7)), rng.random((5, 30)) < 0.3
    each = [column_currents(g, one, 2.5, 0.1) for one in active]
    assert np.array_equal(column_currents(g, active, 2.5, 0.1), each)  # LAW


def test_ideal_wires_give_ohms_law():
    g = np.array([[1e-4, 2e-4], [3e-4, 0.0]])
    assert np.allclose(
        column_currents(g, np.array([True, True]), 0.0, 0.1), [4e-5, 2e-5], rtol=1e-14
    )  # LAW


def test_a_silent_column_carries_nothing():
    assert not column_currents(np.full((4, 3), 1e-4), np.zeros(4, bool), 2.5, 0.1).any()  # LAW


def test_power_from_the_source_is_power_in_cells_and_wires():
    rng = np.random.default_rng(1)
    g, r, v = rng.uniform(0, 2e-4, (200, 3)), 2.5, 0.1
    across, current = cell_voltages(g, r, v), column_currents(g, np.ones(200, bool), r, v)
    cells = g * across
    assert np.allclose(cells.sum(0), current, rtol=1e-12)  # LAW: Kirchhoff's current law
    bit_line = np.cumsum(cells, axis=0)
    source_line = current - bit_line + cells
    wires = r * (bit_line**2 + source_line**2).sum(0)
    # LAW: Tellegen, to 1e-9 of the power from the source
    assert np.allclose((cells * across).sum(0) + wires, v * current, rtol=1e-9)


def test_current_falls_with_wire_resistance():
    g, on = np.full((98, 1), 1e-4), np.ones(98, bool)
    currents = [column_currents(g, on, r, 0.1)[0] for r in (0.0, 0.3, 2.5, 10.0)]
    assert currents == sorted(currents, reverse=True)  # LAW


@pytest.mark.parametrize("wire_ohm", [0.3, 2.5, 10.0])
@pytest.mark.parametrize("rows", [64, 98, 128, 392, 784])
def test_closed_form_drop_is_within_twelve_thousandths_of_the_ladder(rows, wire_ohm):
    g = np.full((rows, 1), 1.2e-4)
    for every in (1, 2, 5):
        active = np.arange(rows) % every == every // 2
        ideal_a, mean_s = g[active].sum(), active.mean() * 1.2e-4
        got = column_currents(g, active, wire_ohm, 1.0, "gated_ideal_source")[0]
        # INDEPENDENT: continuous line; rows evenly spread, where it is at home
        assert abs(1 - got / ideal_a - closed_form_drop(rows, wire_ohm, mean_s)) < 0.012


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: f"{case['r']:g}ohm")
def test_closed_form_drop_is_within_twelve_thousandths_of_the_outside_codes(case):
    conductance = reference_conductance(case)
    for name in ("all_on", "half", "sparse10"):
        mean_s = (unpack(case["inputs"][name])[:, None] * conductance).mean()
        # INDEPENDENT: exact currents of two outside crossbar codes
        expected = case["T3"]["relative_drop"][name]
        assert closed_form_drop(64, case["r"], mean_s) == pytest.approx(expected, abs=0.012)


def test_closed_form_drop_of_ideal_wires_is_nothing():
    assert closed_form_drop(64, 0.0, 1e-4) == 0.0  # LAW


def test_current_of_gated_columns_falls_as_wire_resistance_and_ends_rise():
    g, on = np.random.default_rng(6).uniform(1e-5, 1e-3, (50, 6)), np.arange(50) % 3 > 0
    for topology in ("gated", "gated_ideal_source"):
        wires = [column_currents(g, on, r, 0.1, topology) for r in (0.0, 0.3, 2.5, 10.0)]
        assert np.all(np.diff(wires, axis=0) < 0)  # LAW
    ends = [column_currents(g, on, 1.0, 0.1, sense_ohm=r) for r in (0.0, 10.0, 1e3)]
    assert np.all(np.diff(ends, axis=0) < 0)  # LAW


def test_a_gated_column_read_backwards_gives_the_same_current():
    g = np.random.default_rng(7).uniform(1e-5, 1e-3, (50, 6))
    on = np.random.default_rng(8).random(50) < 0.5
    forward = column_currents(g, on, 2.5, 0.1, driver_ohm=30.0, sense_ohm=70.0)
    backward = column_currents(g[::-1], on[::-1], 2.5, 0.1, driver_ohm=70.0, sense_ohm=30.0)
    assert np.allclose(forward, backward, rtol=1e-11)  # LAW: reciprocity, lines exchanged


def test_attenuation_is_one_for_ideal_wires_and_falls_with_activity():
    assert np.allclose(row_attenuation(98, 0.0, 1e-4), 1.0)  # LAW
    mean = row_attenuation(98, 2.5, 1e-4, levels=5).mean(axis=1)
    assert mean[0] == 1.0
    assert np.all(np.diff(mean) < 0)  # LAW


def test_fast_attenuation_is_within_two_percent_of_the_exact_column():
    rng = np.random.default_rng(3)
    rows, r = 98, 2.5
    g = np.where(rng.random((rows, 50)) < 0.3, 1 / 8e3, 1 / 14e3)
    active = rng.random((20, rows)) < 0.2
    table = row_attenuation(rows, r, g.mean())
    level = np.rint(active.mean(1) * (len(table) - 1)).astype(int)
    fast = 0.1 * (active * table[level]) @ g
    exact = tiled_currents(g, active, r, 0.1, rows)
    # INDEPENDENT: exact ladder; evenly spread random activity, where the fast model is at home
    assert np.sqrt(np.mean((fast / exact - 1) ** 2)) < 0.02


def test_tiles_add_up():
    rng = np.random.default_rng(4)
    g, active = rng.uniform(0, 1e-3, (10, 3)), np.ones(10, bool)
    assert [s.stop - s.start for s in tile_slices(10, 4)] == [4, 4, 2]
    parts = [column_currents(g[s], active[s], 2.5, 0.1) for s in tile_slices(10, 4)]
    assert np.allclose(tiled_currents(g, active, 2.5, 0.1, 4), sum(parts))  # LAW


@pytest.mark.parametrize(
    ("conductance", "wire", "words"),
    [
        (np.full((3, 2), -1.0), 1.0, ">= 0 in every cell"),
        (np.full((3, 2), np.nan), 1.0, "finite"),
        (np.ones(3), 1.0, "must be"),
        (np.ones((4, 2)), 1.0, "active_rows has 3 rows, conductance_s has 4"),
        (np.ones((3, 2)), -1.0, "wire_ohm = -1 ohm"),
    ],
)
def test_bad_arrays_are_named(conductance, wire, words):
    with pytest.raises(RangeError, match=words):
        column_currents(conductance, np.ones(3, bool), wire, 0.1)


@pytest.mark.parametrize(
    ("active", "topology", "words"),
    [
        (np.full(3, 0.5), "gated", "must be 0 or 1 in a 'gated' array"),
        (np.full(3, np.nan), "cross_point", "must be finite"),
        (np.ones((2, 2, 3)), "gated", r"shape \(2, 2, 3\)"),
    ],
)
def test_bad_inputs_are_named(active, topology, words):
    with pytest.raises(RangeError, match=words):
        column_currents(np.ones((3, 2)), active, 1.0, 0.1, topology)


def test_voltages_are_of_one_input():
    with pytest.raises(RangeError, match=r"must be \(rows,\)"):
        cell_voltages(np.ones((3, 2)), 1.0, 0.1, active_rows=np.ones((2, 3)))


def test_unknown_topology_names_the_nearest():
    with pytest.raises(RangeError, match="did you mean 'gated'"):
        column_currents(np.ones((2, 2)), np.ones(2, bool), 1.0, 0.1, "gate")
    with pytest.raises(RangeError, match="did you mean 'cross_point'"):
        column_currents(np.ones((2, 2)), np.ones(2, bool), 1.0, 0.1, "crosspoint")
