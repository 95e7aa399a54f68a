"""The write path against a nodal solve of both lines, the divider by hand, and its limits."""

import dataclasses

import numpy as np
import pytest

from device_models.library import DEVICES
from device_models.params import Array, Pulse, Variation
from device_models.ranges import RangeError
from device_models.retention import read_disturb
from device_models.variation import draw_cells, nominal_cell
from device_models.write import depression_write, potentiation_write, pulse_probability
from device_models.write_path import (
    groups,
    half_select_disturb,
    layer_write_path,
    line_current_a,
    thevenin,
    write_path,
    write_share,
)
from tests.reference import group_voltages

MTJ = DEVICES["ut-austin-50nm"].mtj
PULSE = Pulse(amplitude_v=0.8, duration_s=10e-9)
POLARITIES = ["potentiation", "depression"]
R_P, TMR, HALF_V, ACCESS = 5000.266, 1.2, 0.5, 3e3


def tile(rows=98, at_once=8, ohm=2.5):
    return Array(tile_rows=rows, rows_per_write=at_once, wire_ohm=ohm)


def cell_ohm(drive_v, parallel):
    """Junction and transistor at their own drive, by iteration; `parallel` 0 … 1 is the mix."""
    junction_v = drive_v
    for _ in range(60):
        ohm = R_P * (1 + TMR / (1 + (junction_v / HALF_V) ** 2))
        junction_v = drive_v * ohm / (ACCESS + ohm)
    return 1 / (parallel / (R_P + ACCESS) + (1 - parallel) / (ohm + ACCESS))


@pytest.mark.parametrize("polarity", POLARITIES)
@pytest.mark.parametrize(("rows", "at_once", "ohm"), [(12, 4, 20.0), (11, 3, 50.0), (9, 9, 50.0)])
def test_shares_are_those_of_a_nodal_solve_of_both_lines(polarity, rows, at_once, ohm):
    shares = write_share(tile(rows, at_once, ohm), MTJ, PULSE, polarity)
    stride = -(-rows // at_once)
    for row in range(rows):
        group = np.arange(row % stride, rows, stride)

        # INDEPENDENT: dense conductance matrix of every node, resistances by iteration; the
        # others are in the mean state of a group that has only mean cells
        def mean(volts):
            return np.array([cell_ohm(v, 0.5) for v in volts])

        background, _ = group_voltages(mean, group, rows, ohm, PULSE.amplitude_v)
        others, own = mean(background), list(group).index(row)

        def mixed(volts, others=others, own=own):
            found = others.copy()
            found[own] = cell_ohm(volts[own], 1.0 if polarity == "depression" else 0.0)
            return found

        volts, _ = group_voltages(mixed, group, rows, ohm, PULSE.amplitude_v)
        assert shares[row] == pytest.approx(volts[own] / PULSE.amplitude_v, rel=1e-7)


@pytest.mark.parametrize("polarity", POLARITIES)
@pytest.mark.parametrize("at_once", [1, 8, 98])
def test_ideal_lines_leave_the_whole_drive(polarity, at_once):
    assert np.all(write_share(tile(98, at_once, 0.0), MTJ, PULSE, polarity) == 1.0)  # LAW


@pytest.mark.parametrize("rows", [1, 28, 98])
def test_one_cell_alone_is_a_divider_wherever_it_lies(rows):
    shares = write_share(tile(rows, 1), MTJ, PULSE, "depression")
    # INDEPENDENT: rows + 1 segments of 2.5 Ω in series with 8 kΩ, whatever the row
    assert shares == pytest.approx(8000.266 / (8000.266 + 2.5 * (rows + 1)), rel=1e-6)


def test_the_share_of_a_lone_antiparallel_cell_is_taken_at_its_own_bias():
    shares = write_share(tile(98, 1, 50.0), MTJ, PULSE, "potentiation")
    drive_v = 0.8
    for _ in range(100):  # INDEPENDENT: 99 segments of 50 Ω, by iteration
        ohm = cell_ohm(drive_v, 0.0)
        drive_v = 0.8 * ohm / (ohm + 99 * 50.0)
    assert shares == pytest.approx(drive_v / 0.8, rel=1e-7)


@pytest.mark.parametrize("polarity", POLARITIES)
@pytest.mark.parametrize(
    "worse",
    [
        [tile(ohm=ohm) for ohm in (0.0, 0.3, 2.5, 10.0, 50.0)],
        [tile(at_once=k) for k in (1, 2, 4, 8, 16, 49, 98)],
        [tile(rows) for rows in (8, 28, 98, 392, 784)],
    ],
    ids=["wire", "rows_per_write", "tile_rows"],
)
def test_shares_fall_with_wire_group_and_height(polarity, worse):
    lowest = [write_share(array, MTJ, PULSE, polarity).min() for array in worse]
    assert np.all(np.diff(lowest) < 0)  # LAW
    assert 0 < lowest[-1] < lowest[0] <= 1


@pytest.mark.parametrize("at_once", [16, 98])
def test_shares_fall_with_the_distance_from_the_ends(at_once):
    """The lines are fed from opposite ends: the middle of the tile is worst."""
    shares = write_share(tile(98, at_once), MTJ, PULSE, "depression")
    stride = -(-98 // at_once)
    for first in range(stride):
        group = shares[first::stride]
        turn = int(np.argmin(group))
        assert abs(turn - (len(group) - 1) / 2) < 1.5  # LAW
        step = np.diff(group)
        assert np.all(step[: turn - 1] < 0)  # the two rows of the middle may be worst together
        assert np.all(step[turn + 1 :] > 0)
    assert shares == pytest.approx(shares[::-1], rel=1e-9)  # LAW: the tile has no direction


def test_a_group_takes_from_the_driver_what_cells_and_lines_turn_into_heat():
    rows, ohm = 98, 10.0
    array = tile(rows, 8, ohm)
    on_s = np.full(rows, 1 / 8000.266)
    path = thevenin(on_s, 8, ohm)
    volts = 0.8 * path.open_share / (1 + path.wire_ohm * on_s)
    stride = groups(rows, 8)
    for first in range(stride):
        current = np.zeros(rows)
        current[first::stride] = (volts * on_s)[first::stride]
        total = current.sum()
        below = total - np.concatenate([[0.0], np.cumsum(current)])  # on the source line
        lines = ohm * (np.square(below).sum() + np.square(total - below).sum())
        # LAW: power balance, every segment counted
        assert 0.8 * total == pytest.approx((volts * current).sum() + lines, rel=1e-12)
    assert line_current_a(MTJ, array, PULSE) >= total


def test_sparse_groups_keep_more_of_the_drive_than_crowded_ones():
    share = write_share(tile(98, 8), MTJ, PULSE, "depression").mean()
    crowded = 1 / (1 + 8 * 99 * 2.5 / 8000)  # INDEPENDENT: eight of 8 kΩ at one place, 80 %
    assert crowded < share < 0.5 + crowded / 2


@pytest.mark.parametrize(("rows", "least"), [(28, 0.94), (98, 0.80), (784, 0.34)])
def test_eight_cells_lose_no_more_than_if_they_lay_at_one_place(rows, least):
    on_s = np.full(rows, 1 / 8000)
    path = thevenin(on_s, 8, 2.5)
    lowest = (path.open_share / (1 + path.wire_ohm * on_s)).min()
    # INDEPENDENT: 1/(1 + 8·(N+1)·2.5/8000) is the crowded limit, given to two digits
    assert 1 / (1 + 8 * (rows + 1) * 2.5 / 8000) == pytest.approx(least, abs=0.01)
    assert lowest > least


def test_nothing_cancels_on_a_long_thin_line():
    path = thevenin(np.full(4096, 1e-3), 4096, 50.0)
    assert np.all(path.open_share >= 0)
    # LAW: far from both ends a line is endless, y = (y + g)/(1 + 2s(y + g)), and alike both ways
    g, loop_ohm = 1e-3, 2 * 50.0
    y = (np.sqrt(1 + 4 / (loop_ohm * g)) - 1) / 2 * g
    assert path.wire_ohm[2048] == pytest.approx(1 / (2 * y), rel=1e-9)


def test_a_layer_repeats_its_tiles_and_ends_with_a_shorter_one():
    array = tile(30, 8)
    layer = layer_write_path(MTJ, array, PULSE, 70)
    whole, last = write_path(MTJ, array, PULSE), write_path(MTJ, array, PULSE, 10)
    for name in ("open_share", "wire_ohm"):
        parts = getattr(whole, name), getattr(whole, name), getattr(last, name)
        assert np.array_equal(getattr(layer, name), np.concatenate(parts))  # LAW


def test_groups_cover_the_tile_and_are_never_larger_than_asked():
    for rows, at_once in ((98, 8), (10, 4), (5, 98), (7, 1)):
        stride = groups(rows, at_once)
        sizes = [len(range(first, rows, stride)) for first in range(stride)]
        assert sum(sizes) == rows  # LAW
        assert max(sizes) <= at_once


def test_eight_parallel_cells_carry_eight_times_the_current_of_one():
    """Without wires: 0.8 V over 8 kΩ is 0.1 mA a cell."""
    # INDEPENDENT: Ohm's law
    assert line_current_a(MTJ, tile(98, 8, 0.0), PULSE) == pytest.approx(8 * 0.8 / 8000.266)
    assert line_current_a(MTJ, tile(4, 8, 0.0), PULSE) == pytest.approx(4 * 0.8 / 8000.266)
    lone = 0.8 / (8000.266 + 99 * 2.5)
    assert line_current_a(MTJ, tile(98, 1), PULSE) == pytest.approx(lone, rel=1e-6)
    assert line_current_a(MTJ, tile(98, 8), PULSE) < 8 * 0.8 / 8000.266  # LAW: drop


@pytest.mark.parametrize("bad", [np.zeros(3), np.ones((2, 2)), np.array([1e-4, np.nan])])
def test_cells_that_do_not_conduct_are_refused(bad):
    with pytest.raises(RangeError, match=r"conductance_s must be \(rows,\), > 0 S"):
        thevenin(bad, 1, 2.5)


@pytest.mark.parametrize("write", [potentiation_write, depression_write])
def test_a_share_of_the_drive_is_a_weaker_pulse_paid_at_the_full_one(write):
    cell = nominal_cell(MTJ)
    weaker = dataclasses.replace(PULSE, amplitude_v=0.6)
    shared, alone = write(cell, PULSE, ACCESS, share=0.75), write(cell, weaker, ACCESS)
    assert shared.voltage_v == pytest.approx(float(alone.voltage_v), rel=1e-12)  # LAW
    assert shared.energy_j == pytest.approx(float(alone.energy_j) / 0.75, rel=1e-12, abs=0)


@pytest.mark.parametrize("polarity", POLARITIES)
def test_half_selected_cells_see_half_the_drive(polarity):
    cells = draw_cells(MTJ, Variation(), (5, 4), np.random.default_rng(0))
    found = half_select_disturb(cells, PULSE, polarity, 1e3)
    ohm, ratio = cells.r_p_ohm, cells.p_to_ap_ratio
    if polarity == "potentiation":
        ohm, ratio = ohm * (1 + cells.tmr / (1 + (0.4 / HALF_V) ** 2)), 1.0
    overdrive = 0.4 / ohm / (cells.critical_a * ratio)  # INDEPENDENT: Ohm's law at 0.4 V
    expected = read_disturb(overdrive, 10e-9, cells.barrier, cells.tau_d_s, 1e3)
    assert found == pytest.approx(expected, rel=1e-9, abs=0)
    assert found.shape == (5, 4)
    assert np.all(found > half_select_disturb(cells, PULSE, polarity, 1.0))  # LAW: more writes


def test_half_select_grows_with_the_drive_and_stays_below_the_write_itself():
    cell = nominal_cell(MTJ)
    chances = [
        float(half_select_disturb(cell, dataclasses.replace(PULSE, amplitude_v=v), "depression"))
        for v in (0.4, 0.6, 0.8)
    ]
    assert chances == sorted(chances)  # LAW
    write = depression_write(cell, PULSE, 0.0)
    assert chances[-1] < pulse_probability(write, cell, PULSE)
    assert chances[0] < 1e-3 * chances[-1]
