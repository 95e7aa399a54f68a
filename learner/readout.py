"""Names for the neurons: the only place that sees labels, after learning is over.

The table of a neuron counts, for each class, the labelled training images that it won.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

VOTE_DECAY = 0.7
"""Weight of each neuron of the vote over the one ranked before it."""

POOL, POOL_DECAY = 20, 0.8
"""Neurons that vote when several reads of an image are pooled, and their weights."""

Strength = NDArray[np.float32]
Ranked = NDArray[np.int64]
Counts = NDArray[np.float64]


def label_counts(
    ranked: Ranked, labels: NDArray[np.uint8], neurons: int, depth: int = 1
) -> Counts:
    """Images of each class that each neuron won: (neurons, classes).

    ranked: (n, k) as `predict` gives it; labels: (n,), the classes are 0 … the largest label.
    depth: neurons of each image that count it, the r-th for VOTE_DECAY^r of an image; with many
    neurons more of them come to know their class (3 is worth 0.1 points at 1,600).
    """
    counts = np.zeros((neurons, int(labels.max()) + 1))
    for place in range(min(depth, ranked.shape[1])):
        np.add.at(counts, (ranked[:, place], labels), VOTE_DECAY**place)
    return counts


def winner(ranked: Ranked, counts: Counts) -> NDArray[np.int64]:
    """Class of each image: the most frequent one of the neuron that won."""
    return np.asarray(counts.argmax(axis=1)[ranked[:, 0]])


def vote(ranked: Ranked, counts: Counts, decay: float = VOTE_DECAY) -> NDArray[np.int64]:
    """Class of each image: log P(class | neuron) summed over the ranked, weight decay^rank.

    P(class | neuron) = (count + ½)/(wins + ½·classes): no class is ruled out by one neuron, and a
    neuron that never won has no say. Sums of log P beat sums of P by 0.8 points on MNIST.
    """
    smooth = counts + 0.5
    evidence = np.log(smooth / smooth.sum(axis=1, keepdims=True))
    score = np.zeros((len(ranked), counts.shape[1]))
    for rank in range(ranked.shape[1]):
        score += decay**rank * evidence[ranked[:, rank]]
    return np.asarray(score.argmax(axis=1))


def pooled(reads: Sequence[tuple[Ranked, Strength]], keep: int = POOL) -> Ranked:
    """One ranking (n, keep) of the neurons of several reads of the same images, best first.

    reads: ranked neurons and their strengths (n, k), as `network.respond` gives them, one for
    each read; a neuron that is strong in two reads stands twice. Vote on it with POOL_DECAY.
    """
    ranked = np.concatenate([neurons for neurons, _ in reads], axis=1)
    strength = np.concatenate([strengths for _, strengths in reads], axis=1)
    best = np.argsort(-strength, axis=1, kind="stable")[:, :keep]
    return np.take_along_axis(ranked, best, axis=1)
