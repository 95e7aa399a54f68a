"""Giving up a design early looks at the training the search would go on with."""

import dataclasses

import pytest

from device_models.ranges import RangeError
from objectives.design import Stop, Training
from objectives.portrait import portrait
from objectives.stopping import hopeless


@pytest.fixture
def quick(reader):
    return dataclasses.replace(reader, training=Training(images=600, label_images=500))


def test_the_look_sees_the_accuracy_the_full_training_passes_through(quick, digits):
    drawn = portrait(quick, digits, 3)
    accuracy = drawn.curve_accuracy[drawn.curve_images.index(300)]
    just, above = Stop(after=300, accuracy=accuracy), Stop(after=300, accuracy=accuracy + 1e-6)
    # INDEPENDENT: the learning curve of the whole training
    assert hopeless(quick, digits, 3, just) == ""
    assert hopeless(quick, digits, 3, above).startswith(
        f"after 300 images the accuracy is {accuracy:.3f}, less than "
    )


def test_a_design_whose_neurons_stay_silent_is_given_up(quick, digits):
    rule = Stop(after=5 * 10, neurons_used=1.0)
    few = dataclasses.replace(quick, neuron=dataclasses.replace(quick.neuron, count=400))
    reason = hopeless(few, digits, 3, rule)  # LAW: 50 images cannot be won by 400 neurons
    assert "of the neurons have won, less than 1.0" in reason


def test_a_training_no_longer_than_the_look_is_never_stopped(quick, digits):
    assert hopeless(quick, digits, 3, Stop(after=600, accuracy=1.0)) == ""


def test_a_rule_outside_its_range_is_refused():
    with pytest.raises(RangeError, match=r"accuracy = 90  ?is outside"):
        Stop(after=500, accuracy=90)
