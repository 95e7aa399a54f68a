"""The gated ladder against outside codes, a dense nodal solve, and the laws of circuits."""

import json
from pathlib import Path

import numpy as np
import pytest

from device_models.array import (
    cell_voltages,
    column_currents,
    row_attenuation,
    tile_slices,
    tiled_currents,
)
from device_models.ranges import RangeError

REFERENCE = json.loads((Path(__file__).parents[1] / "data/crossbar_64.json").read_text())


def unpack(text):
    return np.unpackbits(np.frombuffer(bytes.fromhex(text), np.uint8)).astype(bool)


def reference_conductance(case):
    bits = np.array([unpack(row) for row in case["bits"]])
    return np.where(bits, 1 / REFERENCE["R_P"], 1 / REFERENCE["R_AP"])


def dense_currents(g, active, source_ohm, sense_ohm, read_v):
    """Nodal analysis of one column with every node written out."""
    n = len(g)
    admittance, injected = np.zeros((2 * n, 2 * n)), np.zeros(2 * n)

    def connect(a, b, conductance):
        for node in (a, b):
            if node is not None:
                admittance[node, node] += conductance
        if a is not None and b is not None:
            admittance[a, b] -= conductance
            admittance[b, a] -= conductance

    for i in range(n):
        connect(i, n + i, g[i] * active[i])
        if i + 1 < n:
            connect(i, i + 1, 1 / source_ohm)
            connect(n + i, n + i + 1, 1 / sense_ohm)
    connect(0, None, 1 / source_ohm)
    injected[0] = read_v / source_ohm
    connect(2 * n - 1, None, 1 / sense_ohm)
    return np.linalg.solve(admittance, injected)[-1] / sense_ohm


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


def test_gated_currents_match_dense_nodal_analysis():
    rng = np.random.default_rng(5)
    g, active = rng.uniform(1e-5, 1e-3, 40), rng.random(40) < 0.4
    # INDEPENDENT: dense linear solve
    expected = dense_currents(g, active, 7.0, 7.0, 0.2)
    assert column_currents(g[:, None], active, 7.0, 0.2)[0] == pytest.approx(expected, rel=1e-11)


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


def test_uniform_column_with_ideal_source_line_follows_tanh():
    rows, r, g = 400, 2.5, 1.2e-4
    x = rows * np.sqrt(r * g)
    got = column_currents(np.full((rows, 1), g), np.ones(rows, bool), r, 1.0, "gated_ideal_source")
    # LAW: continuous line, tanh(x)/x; the discrete ladder differs by order 1/rows
    assert got[0] / (rows * g) == pytest.approx(np.tanh(x) / x, rel=1e-2)


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


def test_unknown_topology_names_the_nearest():
    with pytest.raises(RangeError, match="did you mean 'gated'"):
        column_currents(np.ones((2, 2)), np.ones(2, bool), 1.0, 0.1, "gate")
