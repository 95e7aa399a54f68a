"""Claims: rules on made-up curves, laws of what is drawn, one small run of each."""

import dataclasses

import numpy as np
import pytest

from device_models.library import device
from device_models.params import Variation
from device_models.ranges import RangeError
from learner.params import Encoding, Neuron
from objectives.claims import bit_errors, energy, memory, pulses, shorts, spread
from objectives.claims.curve import Check, Curve, Line, checked_levels, difference, lost, outcome
from objectives.design import Training

X = np.array([0.0, 0.1])


def made_up(**lines):
    """A curve of two points; every line is (points, repeats)."""
    found = tuple(
        Line(name=name, values=np.array(values, float)) for name, values in lines.items()
    )
    return Curve(x_name="x", x=X, y_name="y", lines=found)


def named(x, values):
    """A curve of lines whose names are not identifiers."""
    lines = tuple(Line(name=name, values=np.array(v, float)) for name, v in values.items())
    return Curve(x_name="x", x=np.array(x, float), y_name="y", lines=lines)


@pytest.fixture(scope="session")
def learner(design):
    """A small network that learns within a fraction of a second."""
    return dataclasses.replace(
        design,
        neuron=Neuron(count=30, homeostasis="bias", bias_step=0.5, compensation=0.45),
        potentiation=dataclasses.replace(design.potentiation, amplitude_v=0.749, duration_s=5e-9),
        depression=dataclasses.replace(design.depression, amplitude_v=0.795, duration_s=5e-9),
        encoding=Encoding(kind="one_shot"),
        training=Training(images=1500, label_images=1500, initial_on=0.05),
        array=dataclasses.replace(design.array, tile_rows=98, rows_per_write=8),
        variation=Variation(),
    )


def check(holds, essential=True):
    return Check(rule="", found="", holds=holds, essential=essential)


def test_a_failing_essential_rule_refutes_and_another_one_is_a_condition():
    # LAW: the three verdicts
    assert outcome([check(True), check(True, False)]) == "reproduced"
    assert outcome([check(True), check(False, False)]) == "with a condition"
    assert outcome([check(False), check(True, False)]) == "not reproduced"


def test_a_difference_is_paired_and_has_two_standard_errors():
    # INDEPENDENT: by hand, gaps 1, 2, 3: mean 2, SD 1, 2·1/√3
    mean, error = difference(np.array([2.0, 4.0, 6.0]), np.array([1.0, 2.0, 3.0]))
    assert mean == pytest.approx(2.0)
    assert error == pytest.approx(2 / np.sqrt(3))


def test_a_loss_within_its_error_of_the_limit_does_not_hold():
    # LAW: 0.04 ± 0.02/√3·2 lost passes a limit of 0.07 and not one of 0.05
    before, after = np.array([0.9, 0.9, 0.9]), np.array([0.88, 0.86, 0.84])
    assert lost("", before, after, 0.07).holds
    assert not lost("", before, after, 0.05).holds


def test_mean_and_sd_are_over_repeats():
    # INDEPENDENT: of 1 and 3, mean 2 and SD √2; of one repeat no spread
    line = made_up(a=[[1, 3], [2, 2]]).lines[0]
    assert line.mean.tolist() == [2, 2]
    assert line.sd.tolist() == pytest.approx([np.sqrt(2), 0])
    assert made_up(a=[[1], [2]]).lines[0].sd.tolist() == [0, 0]


def test_a_rule_is_judged_at_a_measured_point_only():
    with pytest.raises(RangeError, match=r"x = 0.05 is judged, but not a point; add it"):
        made_up(a=[[1], [2]]).at(0.05)


@pytest.mark.parametrize("levels", [(0.1,), (0.1, 0.1), (0.2, 0.1), (0.0, 0.9)])
def test_points_ascend_within_their_range(levels):
    with pytest.raises(RangeError):
        checked_levels("levels", levels, bit_errors.LEVELS)


def test_bits_are_wrong_as_often_as_asked_and_few_errors_are_among_many():
    # LAW: binomial share within 5 SD, nested; rate 0 changes nothing
    state = np.random.default_rng(1).integers(0, 2, (400, 100), dtype=np.uint8)

    def wrong(rate):
        return bit_errors.flipped(state, rate, np.random.default_rng(2)) != state

    few, many = wrong(0.01), wrong(0.1)
    assert not wrong(0.0).any()
    assert abs(many.mean() - 0.1) < 5 * np.sqrt(0.09 / state.size)
    assert few.any()
    assert not (few & ~many).any()


@pytest.mark.parametrize(
    ("inference", "training", "verdict"),
    [
        (0.899, 0.895, "reproduced"),
        (0.899, 0.80, "with a condition"),
        (0.85, 0.895, "not reproduced"),
    ],
)
def test_verdict_on_bit_errors(inference, training, verdict):
    # LAW: limits of half a point and two points
    curve = named(
        (0, 1e-3, 0.03),
        {
            bit_errors.INFERENCE: [[0.9] * 2, [inference] * 2, [0.5] * 2],
            bit_errors.TRAINING: [[0.9] * 2, [0.9] * 2, [training] * 2],
        },
    )
    assert outcome(bit_errors.judge(bit_errors.Params(), curve)) == verdict


def test_many_bit_errors_destroy_what_was_learned(learner, digits):
    # LAW: at a rate of ½ nothing is stored, ten classes are guessed
    params = bit_errors.Params(levels=(0.0, 0.5), seeds=2)
    curve = bit_errors.measure(params, learner, digits)
    kept, gone = curve.line(bit_errors.INFERENCE).mean
    assert kept > 0.45
    assert gone < 0.3


@pytest.mark.parametrize(
    ("cells", "geometry", "verdict"),
    [
        (0.87, 0.87, "reproduced"),
        (0.87, 0.7, "with a condition"),
        (0.8, 0.87, "not reproduced"),
    ],
)
def test_verdict_on_spread(cells, geometry, verdict):
    # LAW: a limit of five points at 50 %
    curve = named(
        (0, 0.5),
        {
            spread.PARAMETERS: [[0.9] * 2, [cells] * 2],
            spread.GEOMETRY: [[0.9] * 2, [geometry] * 2],
        },
    )
    assert outcome(spread.judge(spread.Params(), curve)) == verdict


def test_only_what_a_line_names_spreads_and_as_much_as_asked(learner):
    # LAW: SD over mean of what is drawn, log-normal, within 5 %; the rest is as without spread
    plain = spread.spread_die(learner, spread.CHANCE, 0.0, 784, 1)
    chances = spread.spread_die(learner, spread.CHANCE, 0.3, 784, 1)
    cells = spread.spread_die(learner, spread.CONDUCTANCE, 0.3, 784, 1)
    assert np.array_equal(chances.conductance_p_s, plain.conductance_p_s)
    assert np.array_equal(cells.potentiation, plain.potentiation)
    ratio = cells.conductance_p_s / plain.conductance_p_s
    assert ratio.std() / ratio.mean() == pytest.approx(0.3, rel=0.05)
    ratio = chances.depression / plain.depression
    assert ratio.std() / ratio.mean() == pytest.approx(0.3, rel=0.05)


def test_spread_of_the_junction_moves_its_chances_more_than_itself(learner):
    # LAW: the chance of a pulse is steeper than linear in diameter and barrier
    die = spread.spread_die(learner, spread.GEOMETRY, 0.1, 784, 1)
    assert die.potentiation.std() / die.potentiation.mean() > 0.2


def test_spread_is_measured_at_every_point(learner, digits):
    # LAW: without spread all four lines are the same die; large spread of conductances costs
    params = spread.Params(levels=(0.0, 0.5), seeds=1)
    curve = spread.measure(params, learner, digits)
    assert len({float(line.mean[0]) for line in curve.lines}) == 1
    assert curve.line(spread.PARAMETERS).mean[1] < curve.line(spread.PARAMETERS).mean[0]


@pytest.mark.parametrize(("k", "shown", "expected"), [(1, 1, 0.04), (3, 10, 0.42454)])
def test_cumulative_chance_of_junctions_that_must_all_switch(k, shown, expected):
    # INDEPENDENT: k = 3, p = 0.13: (1 − 0.87¹⁰)³ = 0.75158³ = 0.42454 by hand
    p = memory.CHANCES[k][0]
    assert memory.cumulative_chance(p, k, shown) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("sensing", ["and", "string"])
def test_levels_of_a_synapse_of_three_junctions(learner, sensing):
    # INDEPENDENT: resistors in series by hand; an AND has the two levels of one junction
    die = memory.compound_die(memory.Params(), learner, 3, sensing)
    found = [1 / float(die.conductance_s(state)[0, 0]) for state in (0, 1, 3, 7)]
    hand = {"and": [14e3, 14e3, 14e3, 8e3], "string": [36e3, 30e3, 24e3, 18e3]}
    assert found == pytest.approx(hand[sensing], rel=1e-5)


@pytest.mark.parametrize(
    ("ideal", "string", "new", "verdict"),
    [
        (0.8, 0.8, 0.8, "reproduced"),
        (0.8, 0.5, 0.8, "with a condition"),
        (0.8, 0.8, 0.7, "with a condition"),
        (0.5, 0.8, 0.8, "not reproduced"),
    ],
)
def test_verdict_on_memory(ideal, string, new, verdict):
    # LAW: ideal sensing decides; strings and a price in new digits are conditions
    lines = {}
    for k, sensing in memory.CASES:
        kept = 0.6 if k == 1 else ideal if sensing == "and" else string
        learned = 0.8 if k == 1 else new
        lines[memory.line_name(k, sensing, memory.KEPT)] = [[0.9] * 2, [kept] * 2]
        lines[memory.line_name(k, sensing, memory.LEARNED)] = [[0.5] * 2, [learned] * 2]
    assert outcome(memory.judge(memory.Params(), named((0, 1000), lines))) == verdict


def test_old_digits_are_forgotten_and_new_ones_learned(learner, digits):
    # LAW: continued training on 5-9 takes from one junction what it knew of 0-4
    params = memory.Params(levels=(0, 3000), seeds=1)
    curve = memory.measure(params, learner, digits)
    kept = curve.line(memory.line_name(1, "and", memory.KEPT)).mean
    learned = curve.line(memory.line_name(1, "and", memory.LEARNED)).mean
    assert kept[0] > 0.7
    assert kept[1] < kept[0] - 0.05
    assert learned[1] > learned[0]


@pytest.mark.parametrize(
    ("bare", "gated", "opened", "verdict"),
    [
        (0.8, 0.8, 0.9, "reproduced"),
        (0.8, 0.9, 0.9, "with a condition"),
        (0.89, 0.8, 0.9, "not reproduced"),
        (0.8, 0.8, 0.85, "not reproduced"),
    ],
)
def test_verdict_on_shorts(bare, gated, opened, verdict):
    # LAW: two points, and three times the worst other defect
    found = {shorts.BARE: bare, shorts.GATED: gated, "open": opened}
    lines = {
        shorts.line_name(kind, when): [[0.9] * 2, [found.get(kind, 0.9)] * 2]
        for kind in shorts.KINDS
        for when in (shorts.BEFORE, shorts.AFTER)
    }
    assert outcome(shorts.judge(shorts.Params(), named((0, 3e-3), lines))) == verdict


def test_shorts_are_measured_and_the_same_die_without_any_is_the_same(learner, digits):
    # LAW: with no broken cell all kinds are one die; a quarter of shorts spoils what was learned
    params = shorts.Params(levels=(0.0, 0.2), seeds=1)
    curve = shorts.measure(params, learner, digits)
    for when in (shorts.BEFORE, shorts.AFTER):
        at_zero = {float(curve.line(shorts.line_name(k, when)).mean[0]) for k in shorts.KINDS}
        assert len(at_zero) == 1
    before, after = curve.line(shorts.line_name(shorts.BARE, shorts.AFTER)).mean
    assert after < before - 0.05


@pytest.fixture(scope="session")
def junction(design):
    return dataclasses.replace(design, device=device("reference-40nm").mtj)


def test_half_amplitude_flips_half_the_time_and_falls_with_duration(junction):
    # LAW: definition of the amplitude; a longer pulse needs less
    volts = [pulses.half_amplitude(junction, t) for t in (1e-9, 1e-8, 1e-7)]
    assert pulses.chance(junction, volts[1], 1e-8, 300.0) == pytest.approx(0.5, abs=1e-6)
    assert volts[0] > volts[1] > volts[2]


@pytest.mark.parametrize(
    ("amplitude", "duration", "verdict"),
    [
        ((1, 2, 3), (3, 2, 1), "reproduced"),
        ((1, 4, 3), (3, 2, 1), "with a condition"),
        ((3, 2, 1), (3, 2, 1), "not reproduced"),
        ((1, 2, 3), (1, 2, 3), "not reproduced"),
    ],
)
def test_verdict_on_short_pulses(amplitude, duration, verdict):
    # LAW: ends decide, a step the other way is a condition
    columns = {
        pulses.AMPLITUDE: amplitude,
        pulses.TEMPERATURE: (1, 2, 3),
        pulses.DURATION: duration,
    }
    curve = named((1e-9, 1e-8, 1e-7), {n: np.array(v)[:, None] for n, v in columns.items()})
    assert outcome(pulses.judge(pulses.Params(), curve)) == verdict


def test_slopes_at_both_ends_are_measured(junction):
    # PUBLISHED: order of the sensitivities, Rehm/Kent
    curve = pulses.measure(pulses.Params(levels=(1e-9, 1e-7)), junction)
    assert outcome(pulses.judge(pulses.Params(), curve)) == "reproduced"


@pytest.mark.parametrize(
    ("needed", "overdrive", "verdict"),
    [
        ((3, 1, 3), 1.5, "reproduced"),
        ((3, 2, 1), 1.5, "not reproduced"),
        ((3, 1, 3), 2.5, "not reproduced"),
        ((1.05, 1, 3), 1.5, "not reproduced"),
    ],
)
def test_verdict_on_least_energy(needed, overdrive, verdict):
    # LAW: a minimum at an end, a flat one, or one outside the regime is none
    lines = {
        energy.energy_line(0.5): np.array(needed, float)[:, None],
        energy.overdrive_line(0.5): np.full((3, 1), overdrive),
        energy.THERMAL_END: np.full((3, 1), 0.7),
        energy.PRECESSIONAL_START: np.full((3, 1), 2.0),
    }
    params = energy.Params(chances=(0.5,))
    assert outcome(energy.judge(params, named((1e-9, 1e-8, 1e-7), lines))) == verdict


def test_needed_energy_gives_its_chance(junction):
    # INDEPENDENT: by the amplitude of the other claim, found on another road
    joules, _ = energy.needed(junction, 0.5, 1e-8)
    volts = pulses.half_amplitude(junction, 1e-8)
    current_a = joules / (volts * 1e-8)
    assert 1e-6 < current_a < volts / junction.array.access_ohm
    assert np.isnan(energy.needed(junction, 0.5, 0.2e-9)[0])
