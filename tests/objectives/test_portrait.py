"""What a portrait shows is what the search scored."""

import dataclasses

import numpy as np
import pytest

from objectives.accuracy import train_until
from objectives.design import Training, phase_designs
from objectives.evaluate import evaluate
from objectives.portrait import curve_points, mosaic, portrait, seeded


@pytest.fixture
def quick(reader):
    return dataclasses.replace(reader, training=Training(images=600, label_images=500))


def test_a_portrait_is_of_the_training_the_search_scored(quick, digits):
    drawn, scores = portrait(quick, digits, 3), evaluate(quick, digits, (3,))
    assert drawn.accuracy == scores.values["accuracy"]  # LAW: same seed, same bits
    # LAW: every validation image is answered once, right answers lie on the diagonal.
    assert drawn.confusion.sum(axis=1).tolist() == np.bincount(digits.validation.labels).tolist()
    assert np.trace(drawn.confusion) / drawn.confusion.sum() == pytest.approx(drawn.accuracy)
    assert np.mean(drawn.wins > 0) == scores.values["neurons_used"]
    assert set(np.unique(drawn.weights)) == {0.0, 1.0}
    assert drawn.curve_images == (75, 150, 300, 600)
    assert drawn.curve_accuracy[-1] > drawn.curve_accuracy[0]


def test_the_curve_halves_from_the_end():
    assert curve_points(100) == (50, 100)
    assert curve_points(50_000) == (781, 1562, 3125, 6250, 12_500, 25_000, 50_000)


@pytest.mark.parametrize("until", [100, 200, 250, 600])
def test_a_cut_training_is_in_the_state_the_whole_one_passes_through(quick, digits, until):
    phased = dataclasses.replace(
        quick, training=Training(images=600, label_images=100, phases=3, final_amplitude=0.9)
    )
    dies, rng = seeded(phased, digits, 1)
    cut = train_until(phased, dies, digits.training, rng, until)
    again = train_until(phased, dies, digits.training, rng, until)
    assert np.array_equal(cut.state, again.state)  # LAW: the generator is left as it was
    assert cut.events.images == until
    assert len(phase_designs(phased)) == 3
    other = train_until(phased, dies, digits.training, rng, until - 1)
    assert int(cut.events.wins.sum() - other.events.wins.sum()) in (0, 1)  # LAW: one image more


def test_a_mosaic_holds_each_field_once():
    weights = np.arange(6 * 5, dtype=np.float32).reshape(6, 5)
    tiled = mosaic(weights, (2, 3), [4, 0, 1, 2, 3])
    assert np.array_equal(tiled[:2, :3], weights[:, 4].reshape(2, 3))
    assert sorted(tiled[~np.isnan(tiled)].tolist()) == list(range(30))  # LAW
