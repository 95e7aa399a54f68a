"""Training order, and where labels come in."""

import dataclasses

import numpy as np
import pytest

from learner.network import predict
from learner.readout import label_counts, vote, winner
from objectives.accuracy import learn, shuffled_epochs
from objectives.design import Training
from objectives.die import draw_die


@pytest.mark.parametrize("presentations", [7, 100, 250, 300])
def test_every_epoch_is_a_new_order_of_all_images(presentations):
    order = shuffled_epochs(100, presentations, np.random.default_rng(0))
    assert len(order) == presentations
    whole = [order[start : start + 100] for start in range(0, presentations - 99, 100)]
    for epoch in whole:
        assert np.array_equal(np.sort(epoch), np.arange(100))  # LAW: a permutation
        assert not np.array_equal(epoch, np.arange(100))
    rest = order[100 * len(whole) :]
    assert len(set(rest.tolist())) == len(rest)  # LAW: no image twice in the cut epoch
    assert len({tuple(epoch) for epoch in whole}) == len(whole)


def test_the_order_is_the_seeds_and_does_not_depend_on_how_far_it_goes():
    short, long, other = (
        shuffled_epochs(50, count, np.random.default_rng(seed))
        for count, seed in ((120, 3), (140, 3), (140, 4))
    )
    assert np.array_equal(long[:120], short)  # LAW
    assert not np.array_equal(long, other)


@pytest.fixture
def quick(reader):
    return dataclasses.replace(reader, training=Training(images=600, label_images=500))


@pytest.fixture
def crossbar(quick):
    return draw_die(quick, 784, np.random.default_rng(1))[0]


def test_labels_name_the_neurons_after_learning_and_only_the_first_of_them(
    quick, crossbar, digits
):
    def run(labels):
        training = dataclasses.replace(digits.training, labels=labels)
        return learn(quick, (crossbar,), training, digits.validation, np.random.default_rng(2))

    labels = digits.training.labels
    right = run(labels)
    late, early = labels.copy(), labels.copy()
    late[500:] = 0
    early[:500] = (early[:500] + 1) % 10
    for other in (run(late), run(early)):
        # LAW: learning saw no label
        assert np.array_equal(other.trained.state, right.trained.state)
        assert np.array_equal(other.trained.thresholds, right.trained.thresholds)
    assert run(late).accuracy_vote == right.accuracy_vote  # LAW: beyond label_images
    assert run(early).accuracy_vote < 0.2 < 0.35 < right.accuracy_vote


def test_accuracy_is_the_share_of_scored_images_named_rightly(quick, crossbar, digits):
    learned = learn(
        quick, (crossbar,), digits.training, digits.validation, np.random.default_rng(2)
    )
    # INDEPENDENT: the frozen network of the same run, read again with other spikes
    rng = np.random.default_rng(9)
    ranked, _ = predict(
        digits.training.pixels[:500], learned.trained, crossbar, quick.encoding, rng
    )
    table = label_counts(ranked, digits.training.labels[:500], 50)
    ranked, _ = predict(digits.validation.pixels, learned.trained, crossbar, quick.encoding, rng)
    for found, named in (
        (learned.accuracy_vote, vote(ranked, table)),
        (learned.accuracy_winner, winner(ranked, table)),
    ):
        again = np.mean(named == digits.validation.labels)
        # LAW: 1,000 images and 500 labels, read with other spikes
        assert found == pytest.approx(again, abs=0.08)


def test_events_of_learning_and_of_scoring_are_kept_apart(quick, crossbar, digits):
    learned = learn(
        quick, (crossbar,), digits.training, digits.validation, np.random.default_rng(2)
    )
    assert learned.trained.events.images == 600
    assert learned.inference.images == 1000
    assert learned.inference.flips.sum() == 0  # LAW: scoring writes nothing
    assert learned.inference.attempts == 0
