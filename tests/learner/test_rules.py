"""Options of the learning rule: winners, rest, target rate, window, spared pulses."""

import dataclasses

import numpy as np
import pytest

from device_models.ranges import RangeError
from learner import network
from learner.events import without_idle_pulses
from learner.network import predict, train, untrained
from learner.params import Encoding, Neuron
from learner.synapses import conductance_s
from tests.pulses import count

INPUTS, NEURONS = 60, 12
ONE_SHOT = Encoding(kind="one_shot", steps=40)
RATE = Encoding(kind="rate", steps=40, peak_rate=0.5)
ALWAYS = Encoding(kind="rate", steps=40, peak_rate=1.0)
BOTH = pytest.mark.parametrize("encoding", [ONE_SHOT, RATE], ids=["one_shot", "rate"])
BYTE_S = 1 / 8e3 / 255
NEVER = {"potentiation": np.zeros((INPUTS, NEURONS)), "depression": np.zeros((INPUTS, NEURONS))}
BIAS = {"count": NEURONS, "threshold": 20.0, "homeostasis": "bias", "bias_step": 0.7}


@pytest.fixture
def images():
    rng = np.random.default_rng(3)
    shown = rng.random((400, INPUTS)) < 0.3
    return shown.astype(np.uint8) * rng.integers(0, 256, (400, INPUTS), dtype=np.uint8)


def frozen(make_crossbar):
    """Cells of whole bytes, all different, that no pulse flips."""
    rng = np.random.default_rng(4)
    p, ap = (rng.integers(*ends, (INPUTS, NEURONS)) for ends in ((180, 256), (60, 120)))
    p[0, 0] = 255
    return make_crossbar(
        INPUTS, NEURONS, conductance_p_s=p * BYTE_S, conductance_ap_s=ap * BYTE_S,
        reference_s=150 * BYTE_S, **NEVER,
    )  # fmt: skip


def fitted(images, crossbar, encoding, neuron, seed=1):
    return train(images, crossbar, encoding, neuron, np.random.default_rng(seed))


def same(one, other) -> bool:
    return all(
        np.array_equal(getattr(one.events, f.name), getattr(other.events, f.name))
        for f in dataclasses.fields(one.events)
    ) and np.array_equal(one.state, other.state)


def by_hand(images, crossbar, state, neuron):
    """Wins of a one-shot race with frozen cells and biases, in plain floats."""
    g = conductance_s(crossbar, state)
    cell_s = float((crossbar.conductance_p_s - crossbar.conductance_ap_s).mean())
    wins, bias, until = np.zeros(NEURONS, int), np.zeros(NEURONS), np.zeros(NEURONS, int)
    for n, image in enumerate(images):
        active = image > 40
        charge = (active @ g - active.sum() * crossbar.reference_s) / cell_s - bias
        charge[until > n] = -np.inf
        first = np.argsort(-charge)[: neuron.winners]
        wins[first] += 1
        until[first] = n + 1 + neuron.refractory_images
        bias[first] += neuron.bias_step
        bias -= neuron.bias_step * neuron.winners / NEURONS
    return wins


@pytest.mark.parametrize(("winners", "rest"), [(1, 0), (3, 0), (1, 4), (2, 5), (10, 0)])
def test_the_k_first_that_do_not_rest_win(make_crossbar, images, winners, rest):
    crossbar, neuron = (
        frozen(make_crossbar),
        Neuron(winners=winners, refractory_images=rest, **BIAS),
    )
    trained = fitted(images, crossbar, ONE_SHOT, neuron)
    expected = by_hand(images, crossbar, trained.state, neuron)
    # INDEPENDENT: a sort of plain sums; single precision may turn a close race or two
    assert np.abs(trained.events.wins - expected).sum() <= 4
    assert trained.events.wins.sum() == expected.sum() == 400 * winners


@pytest.mark.parametrize("leak_steps", [1e9, 8.0])
@pytest.mark.parametrize("threshold", [15.0, 120.0])
@pytest.mark.parametrize("homeostasis", ["threshold", "bias"])
def test_several_winners_in_closed_form_are_those_of_the_steps(
    make_crossbar, images, leak_steps, threshold, homeostasis
):
    """A binary image at peak rate 1 spikes at every step: both encodings then do the same."""
    binary = (images > 40).astype(np.uint8) * 255
    neuron = Neuron(
        count=NEURONS, threshold=threshold, leak_steps=leak_steps, winners=3,
        homeostasis=homeostasis, bias_step=0.3, refractory_images=1,
    )  # fmt: skip
    crossbar = frozen(make_crossbar)
    stepped, closed = (fitted(binary, crossbar, code, neuron) for code in (ALWAYS, ONE_SHOT))
    assert same(stepped, closed)  # INDEPENDENT: time stepping against the closed form
    if threshold > 100:
        assert closed.events.time_outs > 0  # the end of the window is in the comparison


@BOTH
def test_every_winner_is_pulsed_and_the_race_waits_for_the_last(make_crossbar, images, encoding):
    crossbar = make_crossbar(INPUTS, NEURONS)
    one, three = (fitted(images, crossbar, encoding, Neuron(winners=k, **BIAS)) for k in (1, 3))
    assert three.events.wins.sum() == 3 * one.events.wins.sum() == 1200  # LAW
    assert (three.events.pulses.sum(axis=(0, 1)) == 1200).all()  # LAW: one a cell and win
    assert three.events.steps > one.events.steps  # LAW: the third fires after the first
    ups = three.events.flips[1].sum()
    tries = count(three.events, "ltp_ap")
    # LAW: binomial, five standard deviations
    assert ups == pytest.approx(0.2 * tries, abs=5 * np.sqrt(0.16 * tries))


def test_winners_of_one_image_flip_by_streams_of_their_own(make_crossbar):
    """Cells that all could flip: were streams shared or shifted, columns would agree."""
    half = np.full((INPUTS * 8, NEURONS), 0.5)
    crossbar = make_crossbar(INPUTS * 8, NEURONS, potentiation=half, depression=half)
    image = np.full((1, INPUTS * 8), 255, np.uint8)
    start = untrained(crossbar, Neuron(**BIAS), np.random.default_rng(0), on=0.0)
    neuron = Neuron(winners=3, **BIAS)
    trained = train(image, crossbar, ONE_SHOT, neuron, np.random.default_rng(1), start=start)
    a, b, c = trained.state[:, trained.events.wins > 0].T.astype(int)
    for one, other in ((a, b), (b, c), (a, c)):
        for shift in (-1, 0, 1):
            agree = np.mean(np.roll(one, shift) == other)
            assert agree == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(len(a)))  # LAW: independent


@BOTH
def test_with_the_longest_rest_all_neurons_take_turns(make_crossbar, images, encoding):
    again = np.repeat(images[:1], 600, axis=0)
    flat = {**BIAS, "bias_step": 0.0}
    resting = Neuron(refractory_images=NEURONS - 1, **flat)
    crossbar = frozen(make_crossbar)
    assert fitted(again, crossbar, encoding, resting).events.wins.tolist() == [50] * 12  # LAW
    assert fitted(again, crossbar, encoding, Neuron(**flat)).events.winners < 12


def test_nobody_rests_when_responding(make_crossbar, images):
    crossbar = frozen(make_crossbar)
    plain = fitted(images, crossbar, RATE, Neuron(**BIAS))
    asked = Neuron(winners=2, refractory_images=3, **BIAS)
    other = dataclasses.replace(plain, neuron=asked)
    found = [predict(images, t, crossbar, RATE, np.random.default_rng(0)) for t in (plain, other)]
    assert np.array_equal(found[0][0], found[1][0])  # LAW: options of learning
    assert found[0][1].steps == found[1][1].steps


@BOTH
def test_a_target_compared_after_every_image_is_the_shared_fall(make_crossbar, images, encoding):
    crossbar = frozen(make_crossbar)
    shared = fitted(images, crossbar, encoding, Neuron(**BIAS))
    own = Neuron(**{**BIAS, "homeostasis": "target_rate"}, rate_images=1)
    alone = fitted(images, crossbar, encoding, own)
    assert np.abs(alone.events.wins - shared.events.wins).sum() <= 4  # LAW: but for rounding
    assert alone.bias == pytest.approx(shared.bias, abs=2.1 * 0.7)


@pytest.mark.parametrize("rate_images", [7, 50, 1000])
def test_biases_follow_each_neurons_own_wins(make_crossbar, images, rate_images, monkeypatch):
    neuron = Neuron(**{**BIAS, "homeostasis": "target_rate"}, rate_images=rate_images, winners=2)
    crossbar = make_crossbar(INPUTS, NEURONS)
    runs = []
    for chunk in (2000, 30):
        monkeypatch.setattr(network, "CHUNK", chunk)
        runs.append(fitted(images, crossbar, ONE_SHOT, neuron))
    # LAW: linear in the wins above target, a count cut short by the end included
    above = runs[0].events.wins - 400 * 2 / NEURONS
    assert runs[0].bias == pytest.approx(0.7 * above, abs=1e-3)
    assert np.array_equal(runs[0].bias, runs[1].bias)  # LAW: whatever the chunk
    assert same(*runs)


@pytest.mark.parametrize("window", [1, 4, 15])
def test_a_window_potentiates_what_spiked_in_it(make_crossbar, window):
    """No neuron reaches its threshold, so each image is shown for all of its 40 steps."""
    image = np.tile(np.linspace(0, 255, INPUTS).astype(np.uint8), (2000, 1))
    neuron = Neuron(**{**BIAS, "threshold": 1e5}, window_steps=window)
    events = fitted(image, frozen(make_crossbar), RATE, neuron).events
    assert events.time_outs == 2000
    chance = 1 - (1 - 0.5 * image[0] / 255) ** window
    # INDEPENDENT: Bernoulli spikes; five standard deviations
    tolerance = 5 * np.sqrt(2000 * chance * (1 - chance)) + 1e-9
    assert (np.abs(events.pulses[1].sum(axis=0) - 2000 * chance) <= tolerance + 0.02).all()


def test_a_window_says_nothing_where_inputs_never_pause(make_crossbar, images):
    crossbar = make_crossbar(INPUTS, NEURONS)
    binary = (images > 40).astype(np.uint8) * 255
    for encoding in (ALWAYS, ONE_SHOT):
        runs = [
            fitted(binary, crossbar, encoding, Neuron(**BIAS, window_steps=w)) for w in (1, 1000)
        ]
        assert same(*runs)  # LAW


def test_idle_pulses_are_those_towards_the_state_a_cell_is_in(make_crossbar):
    rng = np.random.default_rng(0)
    image = np.where(rng.random((1, INPUTS)) < 0.3, 255, 0).astype(np.uint8)
    trained = fitted(image, frozen(make_crossbar), ONE_SHOT, Neuron(**BIAS))
    winner = int(trained.events.wins.argmax())
    active, on = image[0] > 40, trained.state[:, winner] == 1  # no pulse flips: as before it
    part = without_idle_pulses(trained.events, True, False)
    whole = without_idle_pulses(trained.events, True, True)
    # INDEPENDENT: read off the image and the column
    assert (part.spared == [~active & ~on, 0 * on]).all()
    assert (whole.spared == [~active & ~on, active & on]).all()
    assert (part.cell_reads, whole.cell_reads) == ((~active).sum(), INPUTS)
    assert whole.attempts == (active != on).sum()
    assert part.attempts == (active | on).sum()
    assert whole.flips is trained.events.flips


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"count": 100, "winners": 3, "refractory_images": 33},
            r"= 102 must not exceed count = 1",
        ),
        ({"count": 2, "winners": 3}, "= 3 must not exceed count = 2"),
        ({"winners": 11}, "winners = 11 is outside 1 … 10"),
        ({"homeostasis": "target"}, "did you mean 'target_rate'"),
    ],
)
def test_what_cannot_be_is_refused(values, message):
    with pytest.raises(RangeError, match=message):
        Neuron(**values)
