"""Accuracy: learn without labels, name the neurons, score images never trained on."""

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from learner.crossbar import AnalogCrossbar, AnyCrossbar
from learner.datasets import Images
from learner.events import Events
from learner.network import Trained, predict, train
from learner.readout import label_counts, vote, winner
from objectives.analog import aged
from objectives.design import Design


@dataclass(frozen=True, kw_only=True)
class Learned:
    """One training run and its score."""

    trained: Trained
    inference: Events
    accuracy_vote: float
    accuracy_winner: float
    read: AnyCrossbar
    """the die as it was scored: of multilevel cells, after their drift"""
    fresh: Trained
    """when training had ended, before any drift"""
    before_scoring: np.random.Generator
    """as it was then"""
    answers: NDArray[np.int64]
    """(n,) labels given to the scored images, by vote"""


def learn(
    design: Design,
    crossbar: AnyCrossbar,
    training: Images,
    scored: Images,
    rng: np.random.Generator,
) -> Learned:
    """Train one die on `training` without labels and score it on `scored`.

    Images come in shuffled epochs. The labels of the first `label_images` training images name
    the neurons afterwards; weights and thresholds are frozen then. Multilevel cells then drift for
    `synapse.drift_s` before they are scored; a junction keeps its bit.
    """
    order = shuffled_epochs(len(training.labels), design.training.images, rng)
    trained = train(training.pixels[order], crossbar, design.encoding, design.neuron, rng)
    fresh, before, known = trained, deepcopy(rng), slice(design.training.label_images)
    ranked, _ = predict(training.pixels[known], trained, crossbar, design.encoding, rng)
    table = label_counts(ranked, training.labels[known], design.neuron.count)
    if isinstance(crossbar, AnalogCrossbar):
        crossbar, trained = aged(crossbar, trained, design.synapse, rng)
    ranked, inference = predict(scored.pixels, trained, crossbar, design.encoding, rng)
    answers = vote(ranked, table)
    return Learned(
        trained=trained,
        inference=inference,
        accuracy_vote=float(np.mean(answers == scored.labels)),
        accuracy_winner=float(np.mean(winner(ranked, table) == scored.labels)),
        read=crossbar,
        fresh=fresh,
        before_scoring=before,
        answers=answers,
    )


def shuffled_epochs(
    images: int, presentations: int, rng: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Indices of `presentations` images: every epoch a new order, the last one cut short."""
    epochs = -(-presentations // images)
    return np.concatenate([rng.permutation(images) for _ in range(epochs)])[:presentations]
