"""Claims about synapses of several junctions, and about converters of the tiles' sums."""

import dataclasses

import numpy as np
import pytest

from device_models.ranges import RangeError
from learner import _read_kernels as r
from learner.crossbar import CompoundCrossbar
from learner.network import begin, predict, train
from learner.params import Encoding, Neuron
from learner.synapses import lines_s, random_state, synapses_of

ONE_SHOT = Encoding(kind="one_shot", steps=40)
RATE = Encoding(kind="rate", steps=40, peak_rate=0.5)
ON_S, OFF_S = 1 / 8e3, 1 / 16e3


def images_of(n, inputs, seed=0):
    return (np.random.default_rng(seed).random((n, inputs)) < 0.3).astype(np.uint8) * np.uint8(255)


def bits_of(junctions):
    """(states, junctions) whether each bit is set."""
    return (np.arange(2**junctions)[:, None] >> np.arange(junctions)) & 1


def compound(junctions, inputs=60, neurons=12, chance=0.2, **changes):
    """Junctions in parallel, a line each, that flip alike."""
    bits = bits_of(junctions).astype(np.uint8)
    lines = np.empty((junctions, 2, inputs, neurons), np.float32)
    lines[:, 0], lines[:, 1] = OFF_S, ON_S
    fields = {
        "line_s": lines,
        "line_kind": bits,
        "line_signs": (1,) * junctions,
        "drawn_s": np.where(bits, ON_S, OFF_S).sum(axis=1),
        "chances": np.full((1, inputs, neurons), chance, np.float32),
        "chance_kind": np.zeros_like(bits),
        "attenuation": np.ones((2, 20), np.float32),
        "tile_rows": 20,
        "read_v": 0.1,
        "read_s": 5e-9,
        "reference_s": junctions * (ON_S + OFF_S) / 2,
    }
    return CompoundCrossbar(**{**fields, **changes})


@pytest.mark.parametrize("encoding", [ONE_SHOT, RATE], ids=["one_shot", "rate"])
def test_a_synapse_of_one_junction_learns_bit_for_bit_as_a_single_one(make_crossbar, encoding):
    spread = np.random.default_rng(1).normal(1, 0.05, (60, 12)).astype(np.float32)
    single = make_crossbar(
        60, 12, conductance_p_s=spread * ON_S, conductance_ap_s=spread * OFF_S,
        potentiation=np.full((60, 12), 0.2), depression=np.full((60, 12), 0.1),
        noise_relative=0.02, reference_s=(ON_S + OFF_S) / 2,
    )  # fmt: skip
    lines = np.stack([spread * OFF_S, spread * ON_S])[None].astype(np.float32)
    same = compound(
        1,
        line_s=lines,
        chances=np.stack([single.potentiation, single.depression]),
        chance_kind=np.array([[0], [1]], np.uint8),
        noise_relative=0.02,
        attenuation=single.attenuation,
        tile_rows=single.tile_rows,
    )
    images, neuron = images_of(300, 60), Neuron(count=12, threshold=20.0)
    start = random_state(single, np.random.default_rng(3))
    runs = []
    blank = train(images[:1], single, encoding, neuron, np.random.default_rng(0))
    begun = dataclasses.replace(blank, state=start)
    for crossbar in (single, same):
        rng = np.random.default_rng(5)
        runs.append(train(images, crossbar, encoding, neuron, rng, start=begun))
    one, other = runs
    # INDEPENDENT: the kernel of single junctions
    assert np.array_equal(one.state, other.state)
    assert np.array_equal(one.thresholds, other.thresholds)
    assert np.array_equal(one.events.wins, other.events.wins)
    assert np.array_equal(one.events.flips, other.events.flips)
    assert np.array_equal(one.events.pulses, other.events.pulses)


@pytest.mark.parametrize("junctions", [2, 3, 4])
def test_every_junction_flips_by_itself_with_its_chance(junctions):
    chances = np.linspace(0.1, 0.4, junctions)
    crossbar = compound(
        junctions,
        chances=np.broadcast_to(chances[:, None, None], (junctions, 60, 12)).copy(),
        chance_kind=np.tile(np.arange(junctions, dtype=np.uint8), (2**junctions, 1)),
    )
    trained = train(
        images_of(600, 60), crossbar, ONE_SHOT, Neuron(count=12), np.random.default_rng(0)
    )
    events, bits = trained.events, bits_of(junctions)
    assert (events.pulses.sum(axis=(0, 1)) == events.wins.sum()).all()  # LAW: one a win and row
    could = {0: bits, 1: 1 - bits}
    for drive, by_state in could.items():
        tries = events.pulses[drive].sum(axis=1) @ by_state
        expected, spread = tries @ chances, np.sqrt(tries @ (chances * (1 - chances)))
        # LAW: binomial, five standard deviations
        assert events.flips[drive].sum() == pytest.approx(expected, abs=5 * spread)


def test_sure_pulses_leave_all_junctions_where_they_are_driven():
    image, crossbar = images_of(1, 60, seed=3), compound(3, neurons=5, chance=1.0)
    trained = train(image, crossbar, ONE_SHOT, Neuron(count=5), np.random.default_rng(2))
    winner = int(trained.events.wins.argmax())
    # LAW: p = 1, 2^-16 off a junction
    assert np.array_equal(trained.state[:, winner], np.where(image[0] > 40, 7, 0))


def test_the_read_is_the_signed_sum_of_the_lines():
    rng = np.random.default_rng(0)
    lines = rng.uniform(OFF_S, ON_S, (2, 2, 60, 12)).astype(np.float32)
    window = ON_S - OFF_S
    crossbar = compound(
        2,
        line_s=lines,
        line_signs=(1, -1),
        line_kind=np.array([[0, 1], [1, 1], [0, 0], [1, 0]], np.uint8),
        offset_s=2 * window,
        reference_s=2 * window,
    )
    state = random_state(crossbar, rng)
    assert set(np.unique(state)) == {0, 1, 2, 3}
    work = begin(crossbar, ONE_SHOT, Neuron(count=12), np.full(12, 20.0))
    active = np.sort(rng.choice(60, 25, replace=False))
    work.scratch.active[:25] = active
    read = r.read_columns(25, synapses_of(crossbar, state).cells, work.scratch)
    r.integrate(read, work.rule, 0.0, 0.0, np.uint64(0), work.neurons, work.scratch)
    plus, minus = lines_s(crossbar, state)[:, active].sum(axis=1)
    one_cell = np.subtract(*[crossbar.conductance_s(s).mean() for s in (3, 0)])
    # INDEPENDENT: floats; bytes round each synapse by 0.3 of 1/255 of the scale
    rounding = 5 * 0.3 * np.sqrt(25) * 4 * window / 255 / one_cell
    assert work.scratch.potential == pytest.approx((plus - minus) / one_cell, abs=rounding)


def test_of_a_pair_both_lines_are_noisy():
    """Noise ρI on each line: ρ√(I₊² + I₋²), whatever their difference is."""
    flat = np.full((2, 2, 40, 4001), 1e-4, np.float32)
    flat[:, 1] = 1.02e-4
    kinds = np.array([[0, 1], [1, 1], [0, 0], [1, 0]], np.uint8)
    pair = {
        "line_signs": (1, -1), "offset_s": 1e-4, "reference_s": 1e-4, "line_kind": kinds,
        "pair_s": 2.02e-4, "noise_relative": 0.03,
    }  # fmt: skip
    with pytest.raises(RangeError, match="all junctions depressed"):
        compound(2, 40, 4001, line_s=np.full_like(flat, 1e-4), **pair)
    crossbar = compound(2, 40, 4001, line_s=flat, **pair)
    work = begin(crossbar, ONE_SHOT, Neuron(count=4001), np.full(4001, 20.0))
    cells = synapses_of(crossbar, np.full((40, 4001), 1, np.uint8)).cells  # both lines alike
    work.scratch.active[:40] = np.arange(40)
    read = r.read_columns(40, cells, work.scratch)
    r.integrate(read, work.rule, 0.0, 1.0, np.uint64(7), work.neurons, work.scratch)
    each = 20 * 1.02e-4 / 4e-6  # cells: rows of one tile over the window of the synapse
    expected = 0.03 * each * np.sqrt(2) * np.sqrt(2)  # LAW: two lines, two tiles
    found = work.scratch.potential.std()
    # `pair_s` is the mean of all states, 1 % below the state here
    assert found == pytest.approx(expected, rel=5 / np.sqrt(2 * 4001) + 0.01)


def digital(make_crossbar, step_charge, low=-8, high=7, **changes):
    """A converter whose code is worth `step_charge` cells."""
    cell_a = 0.1 * (ON_S - OFF_S)
    return make_crossbar(
        60, 12, tile_rows=20,
        conductance_p_s=np.full((60, 12), ON_S), conductance_ap_s=np.full((60, 12), OFF_S),
        reference_s=(ON_S + OFF_S) / 2, converter_a=step_charge * cell_a, converter_low=low,
        converter_high=high, **changes,
    )  # fmt: skip


def test_each_tile_is_rounded_and_held_before_the_sum(make_crossbar):
    crossbar = digital(make_crossbar, 2.0, low=-1, high=1)
    rng = np.random.default_rng(0)
    state = random_state(crossbar, rng)
    active = np.flatnonzero(rng.random(60) < 0.5)
    work = begin(crossbar, ONE_SHOT, Neuron(count=12), np.full(12, 20.0))
    work.scratch.active[: len(active)] = active
    cells = synapses_of(crossbar, state).cells
    r.step_membranes(len(active), cells, work.rule, np.uint64(1), work.neurons, work.scratch)
    signed = np.where(state, 0.5, -0.5)
    expected = np.zeros(12)
    for tile in range(3):  # INDEPENDENT: floats, tile by tile
        rows = active[active // 20 == tile]
        expected += 2 * np.clip(np.floor(signed[rows].sum(axis=0) / 2 + 0.5 + 1e-3), -1, 1)
    near = np.abs(work.scratch.potential - expected) < 1e-6
    # a sum that lies on the edge between two codes may fall either way after rounding to bytes
    assert near.mean() > 0.7
    assert np.abs(work.scratch.potential).max() <= 6 + 1e-6
    assert np.abs(work.scratch.potential / 2 - np.rint(work.scratch.potential / 2)).max() < 1e-6


@pytest.mark.parametrize("encoding", [ONE_SHOT, RATE], ids=["one_shot", "rate"])
def test_fine_converters_change_nothing(make_crossbar, encoding):
    images, neuron = images_of(200, 60), Neuron(count=12, threshold=20.0)
    fine = digital(make_crossbar, 1e-3, low=-65536, high=65536)
    plain = dataclasses.replace(fine, converter_a=0.0)
    runs = [
        train(images, crossbar, encoding, neuron, np.random.default_rng(4))
        for crossbar in (fine, plain)
    ]
    ranked = [
        predict(images, runs[0], crossbar, encoding, np.random.default_rng(1))[0]
        for crossbar in (fine, plain)
    ]
    # LAW: the limit of small steps; ties between neurons fall differently
    assert np.mean(ranked[0][:, 0] == ranked[1][:, 0]) > 0.95
    assert abs(runs[0].events.steps - runs[1].events.steps) < 0.05 * runs[1].events.steps


def test_converters_are_dithered_by_the_noise_before_them(make_crossbar):
    """Codes of four cells lose sums below two, but not on average if the read is noisy."""
    coarse = digital(make_crossbar, 4.0, noise_a=2 * 0.1 * (ON_S - OFF_S))
    state = np.zeros((60, 12), np.uint8)
    state[:, :] = 1
    work = begin(coarse, ONE_SHOT, Neuron(count=12), np.full(12, 20.0))
    work.scratch.active[:3] = [0, 1, 2]
    cells = synapses_of(coarse, state).cells
    for step in range(4000):
        r.step_membranes(
            3, cells, work.rule, np.uint64(step * 977 + 1), work.neurons, work.scratch
        )
    mean = work.scratch.potential / 4000
    # LAW: three cells at a half each; noise of half a code linearises the converter
    assert mean == pytest.approx(1.5, abs=0.25)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"chance_kind": np.zeros((4, 3), np.uint8)}, r"must be \(2\^k, k\)"),
        ({"line_kind": np.zeros((4, 3), np.uint8)}, "line_kind has shape"),
        ({"chances": np.full((1, 60, 12), 1.5)}, "chances = 1.5"),
        ({"drawn_s": np.zeros(3)}, "drawn_s has shape"),
        ({"converter_a": -1.0}, "converter_a = -1"),
    ],
)
def test_a_compound_die_that_does_not_fit_is_refused(changes, message):
    with pytest.raises(RangeError, match=message):
        compound(2, **changes)


def test_a_state_of_other_synapses_is_refused():
    crossbar = compound(2)
    with pytest.raises(RangeError, match="4 states"):
        synapses_of(crossbar, np.full((60, 12), 4, np.uint8))
