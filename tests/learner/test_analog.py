"""Learning with multilevel cells: what a pulse does, what is counted, and that it learns."""

import zlib
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from device_models.analog import AnalogCell
from device_models.analog_library import analog_cell
from device_models.ranges import RangeError
from learner import network, readout
from learner.crossbar import AnalogCrossbar
from learner.datasets import load
from learner.network import predict, train
from learner.params import Encoding, Neuron
from learner.quantise import byte_s
from learner.synapses import AnalogState, conductance_s, synapses_of

ONE_SHOT = Encoding(kind="one_shot", steps=40)
RATE = Encoding(kind="rate", steps=40, peak_rate=0.5)
IDEAL = replace(
    analog_cell("rram_array"), step_up=0.1, step_down=0.1, bend_up=0.0, bend_down=0.0,
    pulse_noise=0.0, write_noise=0.0, range_spread=0.0, step_spread=0.0,
)  # fmt: skip


def die(inputs: int, neurons: int, cell: AnalogCell = IDEAL, **changes: Any) -> AnalogCrossbar:
    """Equal cells, ideal wires, no read noise, tiles of 20 rows."""
    shape = (inputs, neurons)
    values: dict[str, Any] = {
        "conductance_high_s": np.full(shape, cell.high_s),
        "conductance_low_s": np.full(shape, cell.low_s),
        "step_up": np.full(shape, cell.step_up),
        "step_down": np.full(shape, cell.step_down),
        "cycles_left": np.full(shape, np.inf),
        "cell": cell,
        "tile_rows": 20,
        "attenuation": np.ones((5, 20)),
        "read_v": 0.1,
        "read_s": 5e-9,
        "reference_s": (cell.high_s + cell.low_s) / 2,
    } | changes
    return AnalogCrossbar(**values)


def one_image(seed: int = 3) -> np.ndarray:
    return (np.random.default_rng(seed).random((1, 60)) < 0.4).astype(np.uint8) * np.uint8(255)


def at_level(level: float, inputs: int = 60, neurons: int = 2) -> AnalogState:
    levels = np.full((inputs, neurons), level, np.float32)
    return AnalogState(level=levels, read=levels.copy(), cycles_left=np.full_like(levels, np.inf))


def taught(
    crossbar: AnalogCrossbar, start: float | AnalogState, shows: int, seed: int = 1
) -> tuple[AnalogState, np.ndarray, network.Trained]:
    """State after neuron 0 won one image `shows` times, the image, and the whole."""
    neuron, rng = Neuron(count=2, threshold_step=0.0), np.random.default_rng(seed)
    blank = train(one_image(), crossbar, ONE_SHOT, neuron, np.random.default_rng(0))
    state = start if isinstance(start, AnalogState) else at_level(start)
    held = replace(blank, state=state, thresholds=np.array([1.0, 1e4]))
    images = np.repeat(one_image(), shows, axis=0)
    trained = train(images, crossbar, ONE_SHOT, neuron, rng, start=held)
    assert isinstance(trained.state, AnalogState)
    return trained.state, one_image()[0] > 0, trained


def test_pulses_move_levels_by_the_step_law():
    cell = replace(IDEAL, step_up=0.2, step_down=0.1, bend_up=0.5, bend_down=1.0)
    state, active, _ = taught(die(60, 2, cell), 0.6, 3)
    up, down = 0.6, 0.6
    for _ in range(3):  # INDEPENDENT: the law in plain numbers
        up += 0.2 * (1 - 0.5 * up)
        down -= 0.1 * down
    assert state.level[active, 0] == pytest.approx(up, rel=1e-6)
    assert state.level[~active, 0] == pytest.approx(down, rel=1e-6)
    assert state.level[:, 1] == pytest.approx(0.6)  # LAW: only the winner's column is written


def test_levels_stay_within_their_ends():
    noisy = replace(IDEAL, pulse_noise=0.2)
    state, active, _ = taught(die(60, 2, noisy), 0.6, 50)
    assert state.level.min() >= 0.0  # LAW
    assert state.level.max() <= 1.0
    ideal, active, _ = taught(die(60, 2), 0.6, 50)
    assert (ideal.level[:, 0] == active).all()  # LAW: linear steps end at the ends


def test_noise_of_pulses_adds_up_and_write_noise_does_not():
    cell = replace(IDEAL, step_up=0.0, step_down=0.0, pulse_noise=0.01, write_noise=0.05)
    levels, reads = [], []
    for seed in range(60):
        state, _, _ = taught(die(60, 2, cell), 0.7, 16, seed)
        levels.append(state.level[:, 0] - 0.7)
        reads.append(state.read[:, 0] - state.level[:, 0])
    n = 60 * 60
    # LAW: variances add over 16 pulses; five standard errors of an SD
    assert np.std(levels) == pytest.approx(0.04, rel=5 / np.sqrt(2 * n))
    assert np.std(reads) == pytest.approx(0.05, rel=5 / np.sqrt(2 * n))
    assert abs(np.corrcoef(np.ravel(levels), np.ravel(reads))[0, 1]) < 5 / np.sqrt(n)  # LAW


def test_what_is_read_is_what_was_written():
    cell = replace(IDEAL, write_noise=0.1, pulse_noise=0.05)
    crossbar = die(60, 2, cell)
    state, active, trained = taught(crossbar, 0.6, 7)
    synapses = synapses_of(crossbar, state)
    images, one_step = np.repeat(one_image(), 5, axis=0), replace(ONE_SHOT, steps=1)
    _, events = predict(images, trained, crossbar, one_step, np.random.default_rng(0))
    g = conductance_s(crossbar, state)
    # LAW: half a unit of the byte scale
    assert synapses.cells.rows * byte_s(crossbar) == pytest.approx(
        np.minimum(g, crossbar.conductance_high_s), abs=byte_s(crossbar) / 2 * 1.001
    )
    assert (synapses.cells.row_sums == synapses.cells.rows.sum(axis=1)).all()
    read = g.clip(max=cell.high_s)[active].sum()
    assert events.current_a_steps == pytest.approx(5 * 0.1 * read, rel=5e-3)  # INDEPENDENT


def test_row_sums_and_bytes_follow_every_pulse():
    cell = replace(IDEAL, write_noise=0.1, pulse_noise=0.05, bend_up=1.0)
    crossbar, neuron = die(60, 12, cell, reference_s=0.0), Neuron(count=12)
    start = train(one_image(), crossbar, RATE, neuron, np.random.default_rng(0))
    images = (np.random.default_rng(0).random((300, 60)) < 0.3).astype(np.uint8) * np.uint8(255)
    synapses = synapses_of(crossbar, start.state)
    work = network.begin(crossbar, RATE, neuron, start.thresholds)
    synapses.show(images, 0, np.uint64(9), work)
    fresh = synapses_of(crossbar, synapses.state())
    assert work.neurons.wins.sum() > 200
    assert (synapses.cells.rows == fresh.cells.rows).all()  # LAW: patched bytes are the state's
    assert (synapses.cells.row_sums == fresh.cells.row_sums).all()


@pytest.mark.parametrize(("stuck", "level"), [("lowest", 0.0), ("highest", 1.0), ("last", 0.9)])
def test_cells_at_their_end_are_stuck(stuck, level):
    cell = replace(IDEAL, stuck=stuck, step_down=0.0)
    start = at_level(0.6)
    start.cycles_left[:] = 3.0
    state, active, _ = taught(die(60, 2, cell), start, 9)
    # LAW: three pulses of a tenth each were taken, then the end
    assert state.level[active, 0] == pytest.approx(level, abs=1e-6)
    assert state.read[active, 0] == pytest.approx(level, abs=1e-6)
    assert (state.cycles_left[:, 0] <= 0).all()


def test_pulses_that_were_given_are_counted():
    _, active, trained = taught(
        die(60, 2, potentiation_chance=0.5, depression_chance=0.1), 0.6, 200
    )
    events = trained.events
    given = events.potentiation_pulses, events.depression_pulses
    # LAW: binomial, five standard deviations; one image of the blank start is in the events
    for count, cells, chance in zip(
        given, (active.sum(), (~active).sum()), (0.5, 0.1), strict=True
    ):
        tries = 201 * cells
        assert count == pytest.approx(chance * tries, abs=5 * np.sqrt(chance * tries))
    assert 0 < events.flips[1].sum() < events.potentiation_pulses


@pytest.mark.parametrize("encoding", [ONE_SHOT, RATE], ids=["one_shot", "rate"])
def test_the_same_seed_gives_the_same_bits_whatever_the_chunk(encoding, monkeypatch):
    images = (np.random.default_rng(0).random((200, 60)) < 0.3).astype(np.uint8) * np.uint8(255)
    crossbar = die(60, 12, analog_cell("rram_array"))
    runs = []
    for chunk, seed in ((1000, 5), (7, 5), (1000, 6)):
        monkeypatch.setattr(network, "CHUNK", chunk)
        neuron = Neuron(count=12, threshold=20.0)
        runs.append(train(images, crossbar, encoding, neuron, np.random.default_rng(seed)).state)
    for field in fields(AnalogState):
        first, again, other = (getattr(run, field.name) for run in runs)
        assert np.array_equal(first, again)  # LAW: reproducible
        assert field.name == "cycles_left" or not np.array_equal(first, other)


def test_binary_learning_is_bit_for_bit_what_it_was(make_crossbar: Callable[..., Any]):
    images = (np.random.default_rng(0).random((300, 60)) < 0.3).astype(np.uint8) * np.uint8(255)
    crossbar, neuron = make_crossbar(60, 12, noise_relative=0.02), Neuron(count=12, threshold=20.0)
    trained = train(images, crossbar, RATE, neuron, np.random.default_rng(5))
    ranked, _ = predict(images, trained, crossbar, RATE, np.random.default_rng(6))
    downs, ups = trained.events.flips.sum(axis=1)
    # REGRESSION: before there were multilevel cells
    assert zlib.crc32(trained.state.tobytes()) == 1921487338
    assert zlib.crc32(ranked.tobytes()) == 2865452669
    assert (ups, downs, trained.events.steps) == (369, 470, 7533)


def test_states_do_not_fit_the_other_kind(make_crossbar: Callable[..., Any]):
    with pytest.raises(RangeError, match="multilevel cells, but the crossbar is binary"):
        synapses_of(make_crossbar(60, 2), at_level(0.5))
    with pytest.raises(RangeError, match="binary cells, but the crossbar is multilevel"):
        synapses_of(die(60, 2), np.zeros((60, 2), np.uint8))


def test_a_multilevel_die_that_makes_no_sense_is_refused():
    with pytest.raises(RangeError, match=r"cycles_left has shape \(60, 3\)"):
        die(60, 2, cycles_left=np.ones((60, 3)))
    with pytest.raises(RangeError, match=r"depression_chance = 1\.5 is outside"):
        die(60, 2, depression_chance=1.5)


@pytest.mark.parametrize("encoding", [ONE_SHOT, RATE], ids=["one_shot", "rate"])
def test_digits_are_learned_without_labels(encoding):
    training, scored = load("mnist", "train"), load("mnist", "validation")
    ideal = replace(IDEAL, step_up=0.06, step_down=0.06, bend_up=1.0, bend_down=1.0)
    crossbar = die(784, 100, ideal, tile_rows=98, attenuation=np.ones((5, 98)))
    rng = np.random.default_rng(0)
    trained = train(training.pixels[:6000], crossbar, encoding, Neuron(count=100), rng)
    ranked, _ = predict(training.pixels[:6000], trained, crossbar, encoding, rng)
    counts = readout.label_counts(ranked, training.labels[:6000], 100)
    ranked, _ = predict(scored.pixels[:2000], trained, crossbar, encoding, rng)
    correct = np.mean(readout.vote(ranked, counts) == scored.labels[:2000])
    assert correct > 0.80  # REGRESSION
    assert trained.events.winners == 100
