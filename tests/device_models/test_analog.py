"""Multilevel cells: step law, drift, wear, and where their numbers come from."""

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.stats import norm

from device_models.analog import (
    AnalogCell,
    broken_fraction,
    draw_cycles,
    drifted_level,
    images_to_broken_fraction,
    level_after,
    step_down,
    step_up,
)
from device_models.analog_library import ANALOG_DEVICES, Synapse, analog_cell
from device_models.ranges import RangeError, choices_of

PCM, ARRAY = analog_cell("pcm"), analog_cell("rram_array")


@pytest.mark.parametrize("bend", [0.0, 0.3, 1.0])
def test_pulses_from_the_bottom_follow_the_closed_form(bend):
    cell = replace(ARRAY, step_up=0.07, bend_up=bend)
    level, levels = 0.0, []
    for _ in range(40):
        level = min(level + float(step_up(level, cell)), 1.0)
        levels.append(level)
    # INDEPENDENT: pulse by pulse against the sum of the series
    assert level_after(np.arange(1, 41), cell) == pytest.approx(levels, rel=1e-12)


def test_the_step_law_is_the_behavioural_law_of_neurosim():
    cell = replace(ARRAY, step_up=0.05, bend_up=0.8)
    p, a = np.arange(1, 21), -1 / np.log1p(-0.05 * 0.8)
    # PUBLISHED: Chen, Peng and Yu 2018, G(p) = B(1 − exp(−p/A)), here B = 1/bend levels
    assert level_after(p, cell) == pytest.approx((1 - np.exp(-p / a)) / 0.8, rel=1e-12)


def test_up_and_down_are_mirror_images():
    cell = replace(ARRAY, step_up=0.1, step_down=0.1, bend_up=0.6, bend_down=0.6)
    g = np.linspace(0, 1, 11)
    assert step_up(g, cell) == pytest.approx(step_down(1 - g, cell))  # LAW: symmetry
    assert step_up(g, replace(cell, bend_up=0.0)) == pytest.approx(0.1)  # LAW: linear limit


def test_a_phase_change_reset_leaves_nothing():
    g = np.linspace(0, 1, 11)
    assert g - step_down(g, PCM) == pytest.approx(0, abs=1e-12)  # LAW: abrupt


def test_drift_is_a_power_law_of_time():
    cell = replace(PCM, drift_spread=ANALOG_DEVICES["rram"].cell.drift_spread)
    g, rng = np.array([0.3, 0.6, 1.0]), np.random.default_rng(0)
    month = drifted_level(g, 0.0, 30 * 86_400.0, cell, rng)
    # PUBLISHED: exponent 0.049 above a fifth of the range, t0 = 20 s (Joshi et al. 2020)
    assert month / g == pytest.approx((30 * 86_400 / 20) ** -0.049, rel=1e-12)
    assert drifted_level(g, 0.0, 20.0, cell, rng).tolist() == g.tolist()  # LAW: nothing before t0
    above = drifted_level(g, 0.25, 30 * 86_400.0, cell, rng) + 0.25
    # LAW: what falls is the whole conductance, not the level
    assert above / (g + 0.25) == pytest.approx(month / g, rel=1e-12)


def test_resetting_cells_drift_fastest():
    level = np.array([1e-3, 0.01, 0.1, 0.5, 1.0])
    # PUBLISHED: −0.0155 ln g + 0.0244 within 0.049 … 0.1, −0.0125 ln g − 0.0059 within
    # 0.008 … 0.045 (Joshi et al. 2020)
    assert PCM.drift.at(level) == pytest.approx([0.1, 0.09578, 0.06009, 0.049, 0.049], rel=1e-3)
    spread = PCM.drift_spread.at(level)
    assert spread == pytest.approx([0.045, 0.045, 0.02288, 0.008, 0.008], rel=1e-3)


def test_filaments_relax_at_random_without_a_mean():
    g = np.full(40_000, 0.25)
    shift = drifted_level(g, 0.0, 86_400.0, ARRAY, np.random.default_rng(1)) - g
    # PUBLISHED: 2.25 µS after 1 s grow to 3.72 µS after 1 day in 40 µS, Wan et al. 2022 as
    # fitted in aihwkit: what has been added is √(3.72² − 2.25²)/40
    assert shift.std() == pytest.approx(np.sqrt(3.72**2 - 2.25**2) / 40, rel=0.02)
    assert abs(shift.mean()) < 5 * shift.std() / 200  # LAW: five standard errors


def test_cells_die_log_normally():
    cycles = draw_cycles(ARRAY, (20_000,), np.random.default_rng(2))
    for n in (1e5, 1e6, 3e6):
        expected = norm.cdf(np.log(n / 1e6))  # INDEPENDENT: scipy
        assert broken_fraction(n, ARRAY) == pytest.approx(expected, rel=1e-12)
        tolerance = 5 * np.sqrt(expected * (1 - expected) / cycles.size)
        assert np.mean(cycles < n) == pytest.approx(expected, abs=tolerance)
    assert broken_fraction(0.0, ARRAY) == 0.0  # LAW
    # INDEPENDENT: the lower tail keeps its relative precision
    assert broken_fraction(1e6 * np.exp(-8), ARRAY) == pytest.approx(norm.cdf(-8), rel=1e-9)


def test_time_to_a_failing_fraction_inverts_the_distribution():
    even = images_to_broken_fraction(np.full(4, 0.01), 1e-4, ARRAY)
    # INDEPENDENT: quantile of the log-normal, over the wear of an image
    assert even == pytest.approx(1e6 * np.exp(norm.ppf(1e-4)) / 0.01, rel=1e-6)
    uneven = np.array([0.001, 0.01, 0.1, 0.0])
    images = images_to_broken_fraction(uneven, 1e-4, ARRAY)
    assert broken_fraction(uneven * images, ARRAY).mean() == pytest.approx(1e-4, rel=1e-6)
    assert images_to_broken_fraction(np.zeros(4), 1e-4, ARRAY) == np.inf  # LAW: no wear


@pytest.mark.parametrize("kind", ANALOG_DEVICES)
def test_every_number_of_a_preset_has_a_source(kind):
    assert ANALOG_DEVICES[kind].sources.keys() == {f.name for f in fields(AnalogCell)}


def test_a_synapse_is_a_junction_or_a_preset():
    assert choices_of(Synapse)["kind"] == ("mtj", *ANALOG_DEVICES)
    assert Synapse().kind == "mtj"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: replace(PCM, low_s=1e-4), "low_s = 0.0001 S must be below high_s"),
        (lambda: replace(PCM, step_up=1.5), "step_up = 1.5 is outside 0 … 1"),
        (lambda: analog_cell("reram"), "'reram' is not one of .*did you mean 'rram'"),
        (lambda: images_to_broken_fraction(np.ones(2), 0.0, PCM), "fraction = 0 must lie"),
        (
            lambda: drifted_level(np.ones(2), 0.0, -1.0, PCM, np.random.default_rng(0)),
            "elapsed_s = -1 s must be at least 0",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, message):
    with pytest.raises(RangeError, match=message):
        wrong()
