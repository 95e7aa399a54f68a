"""One-shot learning on bits against the general read."""

import dataclasses

import numpy as np
import pytest

from learner import network, packed
from learner.network import respond, train
from learner.params import Encoding, Neuron
from learner.synapses import synapses_of

ONE_SHOT = Encoding(kind="one_shot", steps=7)
NEURONS = [
    Neuron(count=13, threshold=20.0),
    Neuron(count=13, threshold=40.0, leak_steps=4.0, homeostasis="bias", compensation=0.3),
    Neuron(
        count=13, threshold=40.0, homeostasis="target_rate", rate_images=40, refractory_images=3
    ),
]


def images_of(inputs, n=700):
    rng = np.random.default_rng(1)
    return rng.integers(0, 256, (n, inputs), dtype=np.uint8) * (rng.random((n, inputs)) < 0.4)


@pytest.mark.parametrize("neuron", NEURONS, ids=["threshold", "bias", "target rate, rest"])
@pytest.mark.parametrize("inputs", [9, 64, 150])
def test_bits_and_bytes_learn_and_answer_the_same_bit_for_bit(
    make_crossbar, monkeypatch, neuron, inputs
):
    """700 images: the counters of the pulses are emptied on the way."""
    spread = np.random.default_rng(2).uniform(0.05, 0.3, (inputs, 13))
    crossbar = make_crossbar(inputs, 13, potentiation=spread, depression=spread / 2)
    runs = []
    for general in (False, True):
        if general:
            monkeypatch.setattr(network, "synapses_for", lambda c, s, *_: synapses_of(c, s))
        rng = np.random.default_rng(3)
        die = train(images_of(inputs), crossbar, ONE_SHOT, neuron, rng)
        runs.append((die, *respond(images_of(inputs, 50), die, crossbar, ONE_SHOT, rng)))
    (one, *answers), (other, *others) = runs
    # INDEPENDENT: sums of bytes row by row, a random number a cell
    assert np.array_equal(one.state, other.state)
    assert np.array_equal(one.thresholds, other.thresholds)
    assert np.array_equal(one.bias, other.bias)
    assert np.array_equal(answers[0], others[0])
    assert np.array_equal(answers[1], others[1])
    for ours, theirs in ((one.events, other.events), (answers[2], others[2])):
        for field in dataclasses.fields(ours):
            same = np.array_equal(getattr(ours, field.name), getattr(theirs, field.name))
            assert same, field.name
    assert one.events.flips.sum() > 100  # LAW: there was something to differ in


def test_bits_are_used_only_where_every_current_is_a_count(make_crossbar):
    shape = (60, 5)
    one, two = Neuron(count=5), Neuron(count=5, winners=2)
    assert packed.applies(make_crossbar(*shape), ONE_SHOT, one)
    assert not packed.applies(make_crossbar(*shape), ONE_SHOT, two)
    assert not packed.applies(make_crossbar(*shape), Encoding(kind="rate"), one)
    spread = np.full(shape, 1 / 8e3)
    spread[3, 2] *= 1.01
    for change in (
        {"noise_relative": 0.01},
        {"noise_a": 1e-9},
        {"attenuation": np.full((5, 20), 0.9)},
        {"conductance_p_s": spread},
        {"converter_a": 1e-6, "converter_high": 15},
    ):
        assert not packed.applies(make_crossbar(*shape, **change), ONE_SHOT, one)  # LAW
