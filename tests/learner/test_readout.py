"""Names for neurons, and classes from ranked neurons."""

import numpy as np

from learner import readout
from learner.datasets.shifts import shifted

RANKED = np.array([[0, 1], [0, 2], [1, 0], [2, 1]])
LABELS = np.array([3, 3, 1, 1], np.uint8)


def test_counts_are_wins_by_class():
    counts = readout.label_counts(RANKED, LABELS, 4)
    # LAW: winners 0, 0, 1, 2 with labels 3, 3, 1, 1
    assert counts.tolist() == [[0, 0, 0, 2], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]


def test_the_winner_names_the_class():
    counts = readout.label_counts(RANKED, LABELS, 4)
    assert readout.winner(RANKED, counts).tolist() == [3, 3, 1, 1]  # LAW


def test_sure_neurons_outvote_an_unsure_winner():
    counts = np.array([[6, 4], [0, 90], [1, 80]])
    ranked = np.array([[0, 1, 2]])
    assert readout.winner(ranked, counts).tolist() == [0]
    assert readout.vote(ranked, counts).tolist() == [1]  # LAW: log-evidence adds up


def test_a_neuron_that_never_won_has_no_say():
    counts = np.array([[3, 1], [0, 0]])
    assert readout.vote(np.array([[1, 0]]), counts).tolist() == [0]  # LAW


def test_neurons_beside_the_winner_count_less():
    counts = readout.label_counts(RANKED, LABELS, 4, depth=2)
    once = readout.label_counts(RANKED, LABELS, 4)
    second = readout.label_counts(RANKED[:, 1:], LABELS, 4)
    assert np.allclose(counts, once + 0.7 * second)  # LAW: the definition


def test_reads_are_pooled_by_strength_whatever_read_it_was():
    first = np.array([[4, 2]]), np.array([[0.9, 0.3]], np.float32)
    second = np.array([[7, 4]]), np.array([[0.8, 0.5]], np.float32)
    assert readout.pooled([first, second], keep=3).tolist() == [[4, 7, 4]]  # LAW
    assert readout.pooled([first]).tolist() == [[4, 2]]


def test_a_shifted_image_is_the_image_elsewhere():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (3, 30), dtype=np.uint8)
    assert np.array_equal(shifted(images, (5, 6), 0, 0), images)
    moved = shifted(images, (5, 6), 1, -2).reshape(3, 5, 6)
    whole = images.reshape(3, 5, 6)
    assert np.array_equal(moved[:, 1:, :4], whole[:, :4, 2:])  # LAW
    assert not moved[:, 0].any()
    assert not moved[:, :, 4:].any()
