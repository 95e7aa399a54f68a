"""Multilevel cells in a design: the die, its ageing, what it costs and when it ends."""

import dataclasses
from dataclasses import replace

import numpy as np
import pytest

from device_models.analog_library import Synapse, analog_cell
from device_models.periphery import PRESETS
from learner.datasets import Images
from learner.network import train
from learner.synapses import AnalogState, conductance_s
from objectives.analog import (
    aged,
    analog_cycles_per_image,
    analog_lifetime_images,
    analog_window,
    draw_analog_die,
    nominal_window,
)
from objectives.die import nominal_conductances
from objectives.energy import image_energy
from objectives.evaluate import DataSets, check_constraints, evaluate
from objectives.latency import learning_latency_s
from objectives.scores import METRICS
from tests.objectives.test_costs import CROSSBAR

RNG = np.random.default_rng


@pytest.fixture
def data():
    rng = RNG(0)
    pixels = (rng.random((300, 20)) < 0.4).astype(np.uint8) * np.uint8(200)
    labels = rng.integers(0, 3, 300, dtype=np.uint8)
    images = Images(pixels=pixels, labels=labels, shape=(4, 5), name="noise", checksum="")
    return DataSets(training=images, validation=images)


def with_kind(design, kind, **changes):
    return replace(design, synapse=Synapse(kind=kind, **changes))


def test_ends_of_the_window_have_the_transistor_in_series(design):
    on_s, off_s = nominal_window(with_kind(design, "rram"))
    # INDEPENDENT: 25 kΩ and 1 MΩ, each with 3 kΩ
    assert (on_s, off_s) == pytest.approx((1 / 28e3, 1 / 1003e3))
    assert nominal_window(design) == nominal_conductances(design.device, design.array)


def test_cells_of_a_die_spread_as_the_preset_says(design):
    quiet = replace(design, sense=replace(design.sense, offset_relative=0.0))
    wide = replace(quiet, neuron=replace(quiet.neuron, count=2000))
    cell = replace(analog_cell("pcm"), low_s=1e-5, step_up=0.05, step_down=0.05)
    die = draw_analog_die(cell, wide, 20, RNG(0))
    n = 20 * 2000
    # LAW: log-normal step of unchanged mean; five standard errors
    assert np.log(die.step_up).std() == pytest.approx(0.2, rel=5 / np.sqrt(2 * n))
    assert die.step_up.mean() == pytest.approx(0.05, rel=5 * 0.2 / np.sqrt(n))
    g = die.conductance_high_s.astype(float)
    high = g / (1 - g * wide.array.access_ohm)
    # LAW: an SD of 0.05 of the window, either end
    assert high.std() == pytest.approx(0.05 * 1.5e-5, rel=5 / np.sqrt(2 * n))
    assert (die.conductance_low_s <= die.conductance_high_s).all()


def test_worn_cells_start_at_their_end(design):
    median = analog_cell("rram_array").endurance_cycles
    half = with_kind(design, "rram_array", worn_cycles=median)
    die = draw_analog_die(analog_cell("rram_array"), half, 500, RNG(0))
    dead = die.cycles_left <= 0
    n = dead.size
    assert dead.mean() == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(n))  # LAW: the median
    images = np.zeros((1, 500), np.uint8)
    state = train(images, die, half.encoding, half.neuron, RNG(1)).state
    assert (state.level[dead] == 1.0).all()  # stuck at the highest
    assert (state.level[~dead] < 1.0).any()


def drifted(design, kind, **changes):
    """A die with random levels, before and after."""
    aging = with_kind(design, kind, **changes)
    die = draw_analog_die(analog_cell(kind), aging, 200, RNG(0))
    images = np.zeros((1, 200), np.uint8)
    trained = train(images, die, aging.encoding, aging.neuron, RNG(1))
    later, older = aged(die, trained, aging.synapse, RNG(2))
    return die, trained, later, older


def test_a_replica_reference_falls_with_the_array(design):
    die, trained, later, older = drifted(design, "pcm", drift_s=2.6e6)
    before, after = conductance_s(die, trained.state), conductance_s(later, older.state)
    assert after.mean() / before.mean() == pytest.approx((2.6e6 / 20) ** -0.05, rel=0.02)
    assert later.reference_s / die.reference_s == pytest.approx(after.mean() / before.mean())
    assert isinstance(older.state, AnalogState)
    assert np.array_equal(older.state.level, trained.state.level)  # what the next pulse meets
    fixed, _, same, _ = drifted(design, "pcm", drift_s=2.6e6, reference="fixed")
    assert same.reference_s == fixed.reference_s  # LAW: a resistor stays


def test_nothing_drifts_in_no_time(design):
    die, trained, later, older = drifted(design, "pcm", drift_s=0.0)
    assert np.array_equal(older.state.read, trained.state.read)  # LAW
    assert later.reference_s == pytest.approx(die.reference_s)


def test_pulses_are_charged_by_the_preset(design, events):
    energy = image_energy(events, with_kind(design, "pcm"), CROSSBAR)
    # INDEPENDENT: 500 crystallising and 1,500 melting pulses, 0.675 and 50 pJ
    assert energy.write_cells_j == pytest.approx((500 * 0.675e-12 + 1500 * 50e-12) / 100)
    line_j = 20 * PRESETS["45nm"].bit_line_f * 2 * 2.0**2
    assert energy.write_lines_j == pytest.approx(line_j)  # INDEPENDENT: C·V² for each polarity
    junction = image_energy(events, design, CROSSBAR)
    assert energy.sense_j == junction.sense_j  # LAW: the circuits are the same


def test_pulse_lengths_of_the_preset_set_the_latency(design, events):
    # INDEPENDENT: 2.5 reads of 5 ns, then 3 groups of 50 + 50 ns
    expected = 2.5 * 5e-9 + 3 * 100e-9
    assert learning_latency_s(events, with_kind(design, "rram")) == pytest.approx(expected)


def test_wear_counts_the_pulses_that_do_harm(events):
    # INDEPENDENT: 2,000 pulses on 20 × 4 cells in 100 images, wins 40, 30, 20, 10
    cycles = analog_cycles_per_image(events, analog_cell("rram"), 20)
    assert cycles == pytest.approx([0.4, 0.3, 0.2, 0.1])
    resets = analog_cycles_per_image(events, analog_cell("pcm"), 20)
    assert resets == pytest.approx(0.75 * cycles)  # LAW: 1,500 of them melt
    assert analog_lifetime_images(events, analog_cell("rram_array"), 20) < 1e6
    still = dataclasses.replace(events, wins=np.zeros(4, int))
    assert analog_lifetime_images(still, analog_cell("rram"), 20) == np.inf


@pytest.mark.parametrize("kind", ["rram", "rram_array", "pcm"])
def test_limits_of_a_junction_do_not_bind_a_multilevel_cell(design, data, kind):
    kept = check_constraints(with_kind(design, kind), data)
    assert kept.keys() == check_constraints(design, data).keys()
    margin = kept.pop("read_margin")
    assert set(kept.values()) == {-1.0}
    assert margin != check_constraints(design, data)["read_margin"]


def test_a_multilevel_design_scores_the_same_bits_twice(design, data):
    analog = with_kind(design, "pcm", depression_chance=0.1)
    scores = evaluate(analog, data, [1, 2])
    again = evaluate(analog, data, [1, 2])
    assert scores.values == again.values  # LAW: reproducible
    assert scores.values.keys() == METRICS.keys()
    assert all(np.isfinite(value) for value in scores.values.values())
    assert scores.spread["accuracy"] >= 0
    assert evaluate(analog, data, [3]).values != scores.values


def test_the_window_orders_its_ends():
    on_s, off_s = analog_window(analog_cell("pcm"), 0.0)
    assert (on_s, off_s) == (25e-6, 0.1e-6)  # PUBLISHED: range of the preset, no transistor
