"""The handful of junctions, pulse by pulse, on hand-made cells."""

import dataclasses
import math

import numpy as np
import pytest

from device_models.ranges import RangeError
from learner.demo import run
from learner.demo_record import Read, Schedule, SmallArray, Spike, Write, held, winners
from learner.params import Neuron
from tests.reference import nodal_currents

PATTERNS = ((1, 1, 0, 0), (0, 0, 1, 1))
NEURON = Neuron(count=2, threshold=2.0, threshold_step=0.2, leak_steps=10.0)
G_P, G_AP = 1 / 8e3, 1 / 16e3


def small_array(p, q=None, shape=(4, 2), **changes):
    """Cells of a spread of conductances; p, q: chance of potentiation and of depression."""
    rng = np.random.default_rng(1)
    values = {
        "conductance_p_s": G_P * rng.uniform(0.9, 1.1, shape),
        "conductance_ap_s": G_AP * rng.uniform(0.9, 1.1, shape),
        "potentiation": np.broadcast_to(p, shape).astype(float),
        "depression": np.broadcast_to(p if q is None else q, shape).astype(float),
        "potentiation_a": np.stack([np.full(shape, 40e-6), np.full(shape, 80e-6)]),
        "depression_a": np.stack([np.full(shape, 50e-6), np.full(shape, 90e-6)]),
        "read_disturb": np.zeros(shape),
        "reference_s": (G_P + G_AP) / 2,
        "wire_ohm": 2.5,
        "read_v": 0.1,
    }
    return SmallArray(**values | changes)


def play(array, seed=0, patterns=PATTERNS, neuron=NEURON, start=None, **schedule):
    chosen = Schedule(**{"presentations": 24, "steps": 5} | schedule)
    return run(array, patterns, neuron, chosen, np.random.default_rng(seed), start)


def of(kind, record):
    return [event for event in record.events if isinstance(event, kind)]


def test_read_currents_are_those_of_a_dense_solve_of_kirchhoffs_laws():
    array = small_array(0.5, wire_ohm=50.0)  # 50 ohm: the wire takes 2 % and cannot be missed
    for read in of(Read, play(array)):
        pattern = np.array(PATTERNS[read.when.pattern])
        cells = np.where(np.array(read.state) == 1, array.conductance_p_s, array.conductance_ap_s)
        whole = np.column_stack([cells, np.full(4, array.reference_s)])
        # INDEPENDENT: nodal analysis of every resistor, reference column beside the others
        current_a, across_v = nodal_currents(whole, 0.1 * pattern, "gated", 50.0)
        assert (*read.current_a, read.reference_a) == pytest.approx(current_a, rel=1e-6, abs=0)
        each = whole * across_v * pattern[:, None]
        assert np.array(read.cell_a) == pytest.approx(each[:, :2], rel=1e-6, abs=1e-18)
        assert current_a[0] != pytest.approx(0.1 * pattern @ cells[:, 0], rel=5e-3)


def test_potential_is_the_leaky_sum_of_the_current_less_the_reference():
    array = small_array(0.5)
    for read in of(Read, play(array)):
        net_a = np.array(read.current_a) - read.reference_a
        # LAW: geometric sum, in units of the mean P minus AP cell at the read voltage
        keep = math.exp(-1 / 10)
        gain = (1 - keep ** (read.step + 1)) / (1 - keep)
        unit_a = 0.1 * float(np.mean(array.conductance_p_s - array.conductance_ap_s))
        assert np.array(read.potential) == pytest.approx(gain * net_a / unit_a, rel=1e-9)


def test_only_the_potential_furthest_above_its_threshold_fires():
    record = play(small_array(0.5), seed=3)
    last = {read.when: read for read in of(Read, record)}
    spikes = of(Spike, record)
    assert len(spikes) == len(last) == 28  # LAW: one spike a presentation, 2 + 24 + 2
    assert {spike.forced for spike in spikes} == {True, False}
    for spike in spikes:
        read = last[spike.when]
        excess = np.array(read.potential) - np.array(read.threshold)
        assert spike.neuron == np.argmax(excess)
        assert spike.forced == (excess.max() < 0)
        assert spike.forced is False or read.step == 4


def test_winning_raises_a_threshold_and_lowers_the_others_and_inference_changes_nothing():
    record = play(small_array(0.5), presentations=1)
    before, learning, after = (
        [s for s in of(Spike, record) if s.when.phase == phase]
        for phase in ("before", "learning", "after")
    )
    assert all(spike.threshold == (2.0, 2.0) for spike in before)
    # LAW: rise of 0.2·2, less 0.4/2 for all; the mean stays
    expected = [1.8, 1.8]
    expected[learning[0].neuron] = 2.2
    assert learning[0].threshold == pytest.approx(expected)
    assert all(spike.threshold == learning[0].threshold for spike in after)
    assert all(write.when.phase == "learning" for write in of(Write, record))


def test_flips_follow_each_cells_probability_over_many_seeds():
    chances = np.array([[0.1, 0.9], [0.5, 0.3], [0.7, 0.2], [0.4, 0.6]])
    array, tries, flips = small_array(chances, 1 - chances), {}, {}
    for seed in range(400):
        for write in of(Write, play(array, seed, presentations=8)):
            key = (write.row, write.column, write.before, write.kind)
            tries[key] = tries.get(key, 0) + 1
            flips[key] = flips.get(key, 0) + write.flipped
    able = {
        key: (chances if kind == "potentiation" else 1 - chances)[row, column]
        for key in tries
        for row, column, before, kind in [key]
        if before == (kind == "depression")
    }
    assert len(able) == 16  # every cell both ways
    for key in tries.keys() - able.keys():
        assert flips[key] == 0  # LAW: a cell in the target state stays
    for key, chance in able.items():
        # LAW: binomial, 16 bands of 4.5 standard deviations: fails by chance once in 9000
        spread = math.sqrt(tries[key] * chance * (1 - chance))
        assert tries[key] > 50
        assert abs(flips[key] - tries[key] * chance) < 4.5 * spread
    excess = sum(flips[key] - tries[key] * chance for key, chance in able.items())
    variance = sum(tries[key] * chance * (1 - chance) for key, chance in able.items())
    assert abs(excess) < 4 * math.sqrt(variance)  # all cells together: a bias of 7 % is seen


@pytest.mark.parametrize("seed", range(10))
def test_certain_pulses_write_the_pattern_into_the_neuron_that_fires(seed):
    record = play(small_array(1.0), seed)
    state = np.array(record.start)
    for event in record.events:
        if isinstance(event, Write):
            assert state[event.row, event.column] == event.before
            state[event.row, event.column] = event.after
            # LAW: p = q = 1
            assert event.after == PATTERNS[event.when.pattern][event.row]
    assert np.array_equal(state, record.end)
    assert held(record) == (True, True)
    columns = tuple(zip(*record.end, strict=True))
    assert tuple(columns[neuron] for neuron in winners(record, "after")) == PATTERNS


def test_pulses_that_never_flip_leave_every_cell_as_it_was():
    record = play(small_array(0.0), seed=2)
    assert record.end == record.start  # LAW: p = q = 0
    assert len(of(Write, record)) == 24 * 4


def test_a_pattern_of_silent_cells_is_learned_since_some_neuron_always_fires():
    antiparallel = ((0, 0),) * 4
    record = play(small_array(1.0), start=antiparallel)
    assert max(of(Read, record)[0].potential) < 0
    assert held(record) == (True, True)


def test_current_of_a_pulse_is_that_of_the_state_it_meets():
    amperes = {
        ("potentiation", 0): 40e-6,
        ("potentiation", 1): 80e-6,
        ("depression", 0): 50e-6,
        ("depression", 1): 90e-6,
    }
    writes = [write for seed in range(5) for write in of(Write, play(small_array(0.5), seed))]
    assert {(write.kind, write.before) for write in writes} == set(amperes)
    assert all(write.current_a == amperes[write.kind, write.before] for write in writes)


def test_same_seed_same_record_and_another_seed_another():
    assert play(small_array(0.5), 5) == play(small_array(0.5), 5)
    assert play(small_array(0.5), 5) != play(small_array(0.5), 6)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"patterns": ()}, "no pattern is given"),
        ({"patterns": ((1, 1, 0),)}, "pattern 110 must be 4 bits"),
        ({"patterns": ((0, 0, 0, 0),)}, "pattern 0000 must be 4 bits of 0 and 1 with at least"),
        ({"neuron": dataclasses.replace(NEURON, count=3)}, "count = 3 neurons, but the array has"),
        ({"start": ((0, 0),)}, r"start is \(1, 2\), but the array is \(4, 2\)"),
    ],
)
def test_what_does_not_fit_the_array_is_named(changes, told):
    with pytest.raises(RangeError, match=told):
        play(small_array(0.5), **changes)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"p": 1.5}, "potentiation = 1.5 is outside 0 … 1"),
        ({"p": 0.5, "read_disturb": np.zeros((2, 2))}, r"read_disturb is \(2, 2\)"),
        ({"p": 0.5, "conductance_ap_s": np.full((4, 2), G_P * 2)}, "must be above 0 S"),
    ],
)
def test_an_array_that_cannot_be_is_refused(changes, told):
    with pytest.raises(RangeError, match=told):
        small_array(**changes)
