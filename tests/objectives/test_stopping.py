"""A look at a design sees the training the search would go on with."""

import dataclasses

import pytest

from device_models.ranges import RangeError
from objectives import accuracy
from objectives.design import Training
from objectives.evaluate import evaluate
from objectives.portrait import portrait
from objectives.rules import Stop
from objectives.scores import METRICS
from objectives.stopping import below, look, watch


@pytest.fixture
def quick(reader):
    return dataclasses.replace(reader, training=Training(images=600, label_images=500))


@pytest.mark.parametrize("phases", [1, 4])
def test_the_look_sees_the_accuracy_the_full_training_passes_through(quick, digits, phases):
    training = dataclasses.replace(quick.training, phases=phases, final_amplitude=0.9)
    design = dataclasses.replace(quick, training=training)
    drawn = portrait(design, digits, 3)
    seen = look(design, digits, 3, 300)
    # INDEPENDENT: the learning curve of the whole training
    assert seen["accuracy"] == drawn.curve_accuracy[drawn.curve_images.index(300)]


def test_a_look_at_the_end_of_the_training_gives_the_costs_of_the_evaluation(quick, digits):
    seen, scores = look(quick, digits, 3, 600), evaluate(quick, digits, (3,))
    assert seen.keys() == METRICS.keys()
    for name in ("learning_energy_j", "lifetime_images", "area_m2", "flips_per_cell"):
        assert seen[name] == scores.values[name]  # LAW: the same training


def test_a_look_costs_the_energy_of_the_images_shown_so_far(quick, digits):
    early, late = (look(quick, digits, 3, n)["attempts_per_cell"] for n in (150, 600))
    assert 0 < early < late  # LAW


@pytest.mark.parametrize("phases", [1, 4])
def test_watching_a_training_changes_nothing_of_it(quick, digits, phases):
    training = dataclasses.replace(quick.training, phases=phases, final_amplitude=0.9)
    design = dataclasses.replace(quick, training=training)
    after = (150, 400, 450)  # with four phases two of them end there
    *seen, (images, end) = watch(design, digits, 3, (*after, 600, 900))
    # INDEPENDENT: a training of its own for each
    assert seen == [(n, look(design, digits, 3, n)) for n in after]
    assert images == 600
    assert end == evaluate(design, digits, (3,)).values


def test_a_training_is_not_gone_on_with_once_enough_was_seen(quick, digits, monkeypatch):
    shown, train = [], accuracy.train

    def counted(pixels, *rest, **more):
        shown.append(len(pixels))
        return train(pixels, *rest, **more)

    monkeypatch.setattr(accuracy, "train", counted)
    training = dataclasses.replace(quick.training, phases=4, final_amplitude=0.9)
    next(watch(dataclasses.replace(quick, training=training), digits, 3, (150, 300)))
    assert shown == [150]


def test_what_is_below_a_bound_is_told_with_the_bound():
    rule = Stop(after=(300,), accuracy=0.6, neurons_used=0.2)
    assert below(rule, {"accuracy": 0.6, "neurons_used": 0.2}, 300) == ""
    assert below(rule, {"accuracy": 0.59, "neurons_used": 0.9}, 300) == (
        "after 300 images the accuracy is 0.590, less than 0.6"
    )
    assert below(rule, {"accuracy": 0.9, "neurons_used": 0.1}, 300) == (
        "after 300 images 0.1 of the neurons have won, less than 0.2"
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"after": (500,), "accuracy": 90}, r"accuracy = 90  ?is outside"),
        ({"after": (20,)}, r"after = 20  ?is outside"),
        ({"after": (500, 200)}, "must be one number or more, growing; sort them"),
        ({"after": ()}, "must be one number or more"),
    ],
)
def test_a_rule_outside_its_range_is_refused(values, words):
    with pytest.raises(RangeError, match=words):
        Stop(**values)
