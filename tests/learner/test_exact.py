"""Responses with exact column currents, against the fast ones and against a plain loop."""

import dataclasses

import numpy as np
import pytest

from device_models.array import tiled_currents
from device_models.ranges import RangeError
from learner import network
from learner.exact import predict_exact, wired_array
from learner.network import Trained, predict, train
from learner.params import Encoding, Neuron
from learner.synapses import conductance_s

INPUTS, NEURONS, TILE_ROWS = 60, 12, 20
ONE_SHOT = Encoding(kind="one_shot", steps=40)
RATE = Encoding(kind="rate", steps=40, peak_rate=0.5)
ALWAYS = Encoding(kind="rate", steps=40, peak_rate=1.0)
BOTH = pytest.mark.parametrize("encoding", [ONE_SHOT, RATE], ids=["one_shot", "rate"])
BYTE_S = 1 / 8e3 / 255


@pytest.fixture
def images():
    rng = np.random.default_rng(3)
    shown = rng.random((400, INPUTS)) < 0.3
    return shown.astype(np.uint8) * rng.integers(0, 256, (400, INPUTS), dtype=np.uint8)


@pytest.fixture
def crossbar(make_crossbar):
    """Cells of whole bytes, so that the fast read does not round them."""
    rng = np.random.default_rng(4)
    p, ap = (rng.integers(low, high, (INPUTS, NEURONS)) for low, high in ((180, 256), (60, 120)))
    p[0, 0] = 255
    return make_crossbar(
        INPUTS,
        NEURONS,
        tile_rows=TILE_ROWS,
        conductance_p_s=p * BYTE_S,
        conductance_ap_s=ap * BYTE_S,
        reference_s=150 * BYTE_S,
    )


def trained_on(crossbar, images, encoding, **changes) -> Trained:
    """A short pass leaves cells in two states and thresholds that all differ."""
    neuron = Neuron(count=crossbar.neurons, threshold=20.0, **changes)
    trained = train(images, crossbar, encoding, neuron, np.random.default_rng(5))
    spread = np.linspace(0.9, 1.1, crossbar.neurons)
    return dataclasses.replace(trained, thresholds=trained.thresholds * spread)


def both(images, trained, crossbar, encoding, wire_ohm=0.0):
    fast, fast_events = predict(images, trained, crossbar, encoding, np.random.default_rng(6))
    exact, exact_events = predict_exact(
        images, trained, crossbar, encoding, np.random.default_rng(6), wire_ohm=wire_ohm
    )
    return fast, exact, fast_events, exact_events


@BOTH
@pytest.mark.parametrize("leak_steps", [1e9, 6.0])
def test_without_wires_and_noise_it_is_the_fast_read(images, crossbar, encoding, leak_steps):
    trained = trained_on(crossbar, images, encoding, leak_steps=leak_steps)
    fast, exact, fast_events, exact_events = both(images, trained, crossbar, encoding)
    assert np.array_equal(fast, exact)  # LAW: the same neurons in the same order
    for name in ("steps", "time_outs", "input_spikes", "tile_reads"):
        assert getattr(exact_events, name) == getattr(fast_events, name)  # LAW: same race
    assert np.array_equal(exact_events.wins, fast_events.wins)
    # LAW: the same bytes, summed as integers and as floats
    assert exact_events.current_a_steps == pytest.approx(fast_events.current_a_steps, rel=1e-9)
    assert exact_events.attempts == 0  # LAW: nothing is written


@BOTH
def test_without_wires_the_noise_of_one_tile_is_that_of_the_fast_read(images, crossbar, encoding):
    noisy = dataclasses.replace(
        crossbar,
        tile_rows=INPUTS,
        attenuation=np.ones((5, INPUTS)),
        noise_relative=0.02,
        noise_a=2e-6,
    )
    trained = trained_on(noisy, images, encoding)
    fast, exact, _, _ = both(images, trained, noisy, encoding)
    quiet = dataclasses.replace(noisy, noise_relative=0.0, noise_a=0.0)
    _, still, _, _ = both(images, trained, quiet, encoding)
    assert np.array_equal(fast, exact)  # LAW: same draws, same rms
    assert not np.array_equal(exact, still)  # the noise is there


@BOTH
def test_the_bytes_of_the_fast_read_move_few_ranks(images, make_crossbar, encoding):
    rng = np.random.default_rng(8)
    spread = rng.normal(1, 0.05, (INPUTS, NEURONS))
    crossbar = make_crossbar(
        INPUTS, NEURONS, conductance_p_s=spread / 8e3, conductance_ap_s=spread / 16e3
    )
    trained = trained_on(crossbar, images, encoding)
    fast, exact, _, _ = both(images, trained, crossbar, encoding)
    assert np.mean(fast[:, 0] == exact[:, 0]) > 0.98  # REGRESSION: 99 to 100 %


def plain_ranks(images, trained, crossbar, wire_ohm, steps=40):
    """Constant input, no noise: currents of `tiled_currents`, then step by step in floats."""
    on = images > 40
    unit = float((crossbar.conductance_p_s - crossbar.conductance_ap_s).mean())
    cells = conductance_s(crossbar, trained.state)
    reference = np.full((INPUTS, 1), crossbar.reference_s)
    gain = np.ones(cells.shape) if crossbar.gain is None else crossbar.gain
    charge = np.zeros((len(images), NEURONS))
    for top in range(0, INPUTS, crossbar.tile_rows):
        rows = slice(top, top + crossbar.tile_rows)
        args = on[:, rows], wire_ohm, 1.0, crossbar.tile_rows
        signal = gain[top] * tiled_currents((cells / gain)[rows], *args)
        charge += (signal - tiled_currents(reference[rows], *args)) / unit
    retain = np.exp(-1 / trained.neuron.leak_steps)
    ranks = []
    for one in charge:
        potential = np.zeros(NEURONS)
        for _ in range(steps):
            potential = retain * potential + one
            if (potential >= trained.thresholds).any():
                break
        ranks.append(np.argsort(-potential / trained.thresholds, kind="stable")[:10])
    return np.array(ranks)


@pytest.mark.parametrize("encoding", [ONE_SHOT, ALWAYS], ids=["one_shot", "rate"])
@pytest.mark.parametrize("tile_rows", [7, 20, 60])
def test_with_wires_it_is_the_ladder_of_every_tile(images, crossbar, encoding, tile_rows):
    binary = (images > 40).astype(np.uint8) * np.uint8(255)  # spikes at every step if always
    rng = np.random.default_rng(9)
    tiles = -(-INPUTS // tile_rows)
    gain = np.repeat(rng.normal(1, 0.1, (tiles, NEURONS)), tile_rows, axis=0)[:INPUTS]
    die = dataclasses.replace(
        crossbar,
        tile_rows=tile_rows,
        attenuation=np.ones((5, tile_rows)),
        conductance_p_s=gain * crossbar.conductance_p_s,
        conductance_ap_s=gain * crossbar.conductance_ap_s,
        gain=gain,
    )
    trained = trained_on(die, binary, encoding, leak_steps=30.0)
    found, _ = predict_exact(binary, trained, die, encoding, rng, wire_ohm=20.0)
    expected = plain_ranks(binary, trained, die, 20.0)
    # INDEPENDENT: `column_currents` in numpy and a plain loop
    assert np.array_equal(found, expected)
    ideal, _ = predict_exact(binary, trained, die, encoding, rng, wire_ohm=0.0)
    assert not np.array_equal(found, ideal)  # the wires matter here


def test_the_gain_of_the_sense_amplifiers_meets_no_wire(crossbar):
    gain = np.full((INPUTS, NEURONS), 3.0)
    loud = dataclasses.replace(
        crossbar,
        conductance_p_s=3 * crossbar.conductance_p_s,
        conductance_ap_s=3 * crossbar.conductance_ap_s,
        gain=gain,
    )
    state = np.ones((INPUTS, NEURONS), np.uint8)
    wired = wired_array(loud, state, 5.0)
    # LAW: the lines see the cells as they are
    assert wired.conductance[:, :-1] == pytest.approx(crossbar.conductance_p_s, rel=1e-12)
    assert (wired.gain == 3.0).all()
    dead = dataclasses.replace(loud, gain=np.zeros((INPUTS, NEURONS)))
    assert (wired_array(dead, state, 5.0).conductance[:, :-1] == 0).all()


def test_wires_lower_the_current_that_is_drawn(images, crossbar):
    trained = trained_on(crossbar, images, ONE_SHOT)
    one_step = Encoding(kind="one_shot", steps=1)
    drawn = [
        both(images, trained, crossbar, one_step, ohm)[3].current_a_steps
        for ohm in (0.0, 5.0, 50.0)
    ]
    assert drawn == sorted(drawn, reverse=True)  # LAW: more resistance, less current
    tiles = conductance_s(crossbar, trained.state), images > 40, 50.0, crossbar.read_v, TILE_ROWS
    # INDEPENDENT: the ladder solve of every image
    assert drawn[2] == pytest.approx(tiled_currents(*tiles).sum(), rel=1e-9)


def test_the_result_does_not_depend_on_the_chunk(images, crossbar, monkeypatch):
    trained = trained_on(crossbar, images, RATE)
    ranks, seen = [], []
    for chunk in (1000, 7):
        monkeypatch.setattr(network, "CHUNK", chunk)
        found, _ = predict_exact(
            images, trained, crossbar, RATE, np.random.default_rng(1), wire_ohm=5.0,
            progress=lambda done, total: seen.append((done, total)),
        )  # fmt: skip
        ranks.append(found)
    assert np.array_equal(*ranks)  # LAW
    assert (seen[0], seen[-1]) == ((400, 400), (400, 400))


@pytest.mark.parametrize("wire_ohm", [-1.0, float("nan")])
def test_a_wire_that_cannot_be_is_refused(images, crossbar, wire_ohm):
    trained = trained_on(crossbar, images, RATE)
    with pytest.raises(RangeError, match="wire_ohm"):
        both(images, trained, crossbar, RATE, wire_ohm)
    with pytest.raises(RangeError, match="59 pixels"):
        both(images[:, :59], trained, crossbar, RATE)
