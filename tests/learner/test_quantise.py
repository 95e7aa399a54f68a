"""The error of the die in bytes stays within what is stated."""

import numpy as np
import pytest

from learner.quantise import (
    LARGEST,
    attenuation_by_rows,
    byte_s,
    cell_charge_s,
    cells_of,
    padded,
)

INPUTS, NEURONS = 200, 100


def die_of(make_crossbar, spread, tmr=1.2, **changes):
    """A die whose conductances spread log-normally, both states of a cell by one factor."""
    rng = np.random.default_rng(0)
    sigma = np.sqrt(np.log1p(spread**2))
    g_p = np.exp(sigma * rng.standard_normal((INPUTS, NEURONS))) / 5e3
    values = {"conductance_p_s": g_p, "conductance_ap_s": g_p / (1 + tmr)} | changes
    return make_crossbar(INPUTS, NEURONS, **values)


def errors(crossbar):
    """Rounded less true conductance [S] of both states, (inputs, neurons) each."""
    levels = cells_of(crossbar, np.ones((INPUTS, NEURONS), np.uint8)).levels * byte_s(crossbar)
    truth = (crossbar.conductance_ap_s, crossbar.conductance_p_s)
    return [levels[..., s].T - truth[s] for s in (0, 1)]


@pytest.mark.parametrize("spread", [0.0, 0.05, 0.2])
def test_a_conductance_is_off_by_at_most_half_of_a_255th_of_the_largest(make_crossbar, spread):
    crossbar = die_of(make_crossbar, spread)
    largest = crossbar.conductance_p_s.max()
    assert byte_s(crossbar) == pytest.approx(largest / 255)  # LAW: the definition
    for error in errors(crossbar):
        assert np.abs(error).max() <= largest / 255 / 2 * (1 + 1e-9)  # LAW: rounding


def test_at_5_percent_and_120_percent_the_rms_error_is_0_4_percent_of_the_window(make_crossbar):
    crossbar = die_of(make_crossbar, 0.05)
    window = crossbar.conductance_p_s.mean() - crossbar.conductance_ap_s.mean()
    rms = [float(np.sqrt(np.mean(error**2))) / window for error in errors(crossbar)]
    assert max(rms) <= 0.004  # LAW: what the module states
    # LAW: uniform over one unit, 1/√12 of it
    assert rms == pytest.approx([byte_s(crossbar) / window / np.sqrt(12)] * 2, rel=0.05)


def test_the_error_of_a_die_has_no_bias(make_crossbar):
    crossbar = die_of(make_crossbar, 0.1)
    for error in errors(crossbar):
        sampling = 4 * byte_s(crossbar) / np.sqrt(12 * error.size)
        assert abs(error.mean()) < sampling  # LAW: rounding to nearest


def test_a_short_is_read_as_16_times_the_mean_cell_and_leaves_the_scale_alone(make_crossbar):
    crossbar = die_of(make_crossbar, 0.05)
    shorted = crossbar.conductance_p_s.copy()
    shorted[3, 4] = 1.0  # 1 Ω
    broken = die_of(
        make_crossbar,
        0.05,
        conductance_p_s=np.maximum(shorted, 0),
        conductance_ap_s=crossbar.conductance_ap_s,
    )
    cells = cells_of(broken, np.ones((INPUTS, NEURONS), np.uint8))
    mean = broken.conductance_p_s.mean()
    assert cells.levels[4, 3, 1] == 255
    assert 255 * byte_s(broken) == pytest.approx(LARGEST * mean)  # LAW: saturation


def test_the_unit_of_charge_is_the_mean_window(make_crossbar):
    crossbar = die_of(make_crossbar, 0.1)
    window = (crossbar.conductance_p_s - crossbar.conductance_ap_s).mean()
    assert cell_charge_s(crossbar) == pytest.approx(window)  # LAW


@pytest.mark.parametrize("kind", ["potentiation", "depression"])
def test_chances_are_off_by_at_most_half_of_a_65536th_and_one_below_a_sure_flip(
    make_crossbar, kind
):
    chance = np.linspace(0, 1, INPUTS * NEURONS).reshape(INPUTS, NEURONS)
    crossbar = make_crossbar(INPUTS, NEURONS, **{kind: chance})
    chances = cells_of(crossbar, np.ones((INPUTS, NEURONS), np.uint8)).chances
    found = chances[:, 0 if kind == "potentiation" else 1].T / 65536
    below_one = chance < 1 - 1 / 65536
    assert np.abs(found - chance)[below_one].max() <= 0.5 / 65536 * (1 + 1e-9)  # LAW: rounding
    assert found.max() == 1 - 1 / 65536
    assert found[0, 0] == 0.0  # LAW: what cannot flip never does


@pytest.mark.parametrize("tile_rows", [20, 64, 200])
def test_an_attenuation_is_off_by_at_most_half_of_a_64th(make_crossbar, tile_rows):
    levels = 33
    position = np.linspace(0, 1, tile_rows)
    table = 1 - 0.6 * np.linspace(0, 1, levels)[:, None] * (0.5 + 0.5 * position)
    crossbar = make_crossbar(INPUTS, NEURONS, tile_rows=tile_rows, attenuation=table)
    weights = attenuation_by_rows(crossbar)
    fraction = np.arange(tile_rows + 1)[:, None] / tile_rows
    # INDEPENDENT: the table is linear in the fraction of active rows, so this is exact
    exact = 1 - 0.6 * fraction * (0.5 + 0.5 * position)
    assert weights.shape == exact.shape
    assert np.abs(weights / 64 - exact).max() <= 0.5 / 64 * (1 + 1e-9)  # LAW: rounding


def test_ideal_wires_are_exact(make_crossbar):
    assert np.all(attenuation_by_rows(make_crossbar(60, 5)) == 64)  # LAW


def test_rows_are_the_levels_of_the_states_and_their_sums(make_crossbar):
    crossbar = die_of(make_crossbar, 0.1)
    state = (np.random.default_rng(1).random((INPUTS, NEURONS)) < 0.5).astype(np.uint8)
    cells = cells_of(crossbar, state)
    for i, j in ((0, 0), (17, 99), (199, 42)):
        assert cells.rows[i, j] == cells.levels[j, i, state[i, j]]  # LAW: 1 is parallel
    assert np.array_equal(cells.row_sums, cells.rows.astype(int).sum(axis=1))
    assert np.array_equal(cells.parallel[:, :INPUTS].T, state)


def test_inputs_are_padded_with_silent_antiparallel_cells(make_crossbar):
    assert [padded(n) for n in (1, 8, 9, 784)] == [8, 8, 16, 784]  # LAW: multiples of eight
    cells = cells_of(make_crossbar(60, 5), np.ones((60, 5), np.uint8))
    assert cells.parallel.shape == (5, 64)
    assert not cells.parallel[:, 60:].any()
