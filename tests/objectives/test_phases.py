"""Training in phases with weaker and weaker pulses, starts, and several views of an image."""

import dataclasses

import numpy as np
import pytest

from device_models.ranges import RangeError
from objectives.accuracy import learn
from objectives.design import Training, flatten, phase_designs, unflatten
from objectives.energy import image_energy
from objectives.evaluate import draw_phases, evaluate, learning_energy


@pytest.fixture
def annealed(reader):
    training = Training(
        images=3000, label_images=2000, phases=4, final_amplitude=0.8, final_step=0.1
    )
    return dataclasses.replace(reader, training=training)


def learned(design, digits, seed=3):
    dies = draw_phases(design, 784, np.random.default_rng(seed))
    rng = np.random.default_rng(seed)
    return dies, learn(design, dies, digits.training, digits.validation, rng)


def test_amplitudes_fall_in_equal_steps_and_the_bias_by_equal_factors(annealed):
    volts = [phase.potentiation.amplitude_v for phase in phase_designs(annealed)]
    steps = [phase.neuron.bias_step for phase in phase_designs(annealed)]
    # LAW: as said
    assert np.diff(volts) == pytest.approx([-0.65 * 0.2 / 3] * 3)
    assert np.divide(steps[1:], steps[:-1]) == pytest.approx([0.1 ** (1 / 3)] * 3)
    assert phase_designs(dataclasses.replace(annealed, training=Training())) == (
        dataclasses.replace(annealed, training=Training()),
    )


def test_all_phases_are_of_one_die(annealed):
    dies = draw_phases(annealed, 784, np.random.default_rng(0))
    assert len(dies) == 4
    for die in dies[1:]:
        assert np.array_equal(die.conductance_p_s, dies[0].conductance_p_s)  # LAW: same cells
    means = [die.potentiation.mean() for die in dies]
    assert means == sorted(means, reverse=True)  # LAW: less drive, fewer flips


def test_energy_and_events_are_those_of_all_phases(annealed, digits):
    dies, run = learned(annealed, digits)
    assert [events.images for events in run.phases] == [750] * 4
    assert run.trained.events.images == 3000
    flips = [events.flips.sum() for events in run.phases]
    assert flips[3] < flips[0] / 2  # LAW: weaker pulses, a settled network
    each = [
        image_energy(events, phase, dies[-1]).write_cells_j
        for phase, events in zip(phase_designs(annealed), run.phases, strict=True)
    ]
    found = learning_energy(annealed, run, dies[-1]).write_cells_j
    # INDEPENDENT: mean of four equal parts
    assert found == pytest.approx(np.mean(each), rel=1e-9, abs=0)
    assert each[3] < each[0]


def test_weaker_pulses_make_the_array_last_longer(annealed, digits):
    steady = dataclasses.replace(
        annealed, training=dataclasses.replace(annealed.training, final_amplitude=1.0)
    )
    scores = [evaluate(design, digits, (1,)).values for design in (steady, annealed)]
    assert scores[1]["lifetime_images"] > scores[0]["lifetime_images"]  # LAW
    assert scores[1]["energy_write_cells_j"] < scores[0]["energy_write_cells_j"]


def test_a_sparse_start_is_a_sparse_start(reader, digits):
    training = dataclasses.replace(reader.training, initial_on=0.05, images=100)
    run = learned(dataclasses.replace(reader, training=training), digits)[1]
    assert run.trained.state.mean() < 0.1


def test_views_cost_reads_and_vote_together(reader, digits):
    one, five = (
        dataclasses.replace(reader, encoding=dataclasses.replace(reader.encoding, views=n))
        for n in (1, 5)
    )
    single, several = learned(one, digits)[1], learned(five, digits)[1]
    assert np.array_equal(single.trained.state, several.trained.state)  # LAW: after learning
    assert several.inference.images == single.inference.images == 1000
    # LAW: five reads of like pictures
    assert several.inference.input_spikes == pytest.approx(
        5 * single.inference.input_spikes, rel=0.1
    )
    assert several.accuracy_vote > single.accuracy_vote - 0.02


@pytest.mark.parametrize(("name", "value"), [("final_amplitude", 0.4), ("phases", 0)])
def test_phases_out_of_range_are_refused_by_their_flat_name(reader, name, value):
    with pytest.raises(RangeError, match=f"training.{name} = .* outside"):
        unflatten({**flatten(reader), f"training.{name}": value})
