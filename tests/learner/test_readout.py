"""Names for neurons, and classes from ranked neurons."""

import numpy as np

from learner import readout

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
