"""What one design learned, for a picture: its fields, its answers, and how it came to them."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from learner.crossbar import AnyCrossbar, CompoundCrossbar
from learner.datasets import Images
from learner.network import Trained
from learner.synapses import AnalogState
from objectives.accuracy import answer_images, fast_reads, learn, train_until
from objectives.design import Design, operating
from objectives.evaluate import DataSets, draw_phases

HALVINGS = 6
"""Points of the curve before its end: a half, a quarter … of the training, one training in all."""
LEAST = 50
"""No point before so many images: too few neurons have won."""
SAMPLE = 2000
"""Labelled and validation images of a point of the curve: one standard error is 0.7 points."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Portrait:
    """One training run of a design, with one seed, on the die the search scored with that seed.

    weights: (inputs, neurons) as `shares` gives them. shape: (height, width) of an image.
    wins: (neurons,) training images won. confusion: (classes, classes) validation images by true
    class and answer. accuracy: their share on the diagonal. curve_images, curve_accuracy:
    `sampled_accuracy` of a training that stops after so many images.
    """

    weights: NDArray[np.float32]
    shape: tuple[int, int]
    wins: NDArray[np.int64]
    confusion: NDArray[np.int64]
    accuracy: float
    curve_images: tuple[int, ...]
    curve_accuracy: tuple[float, ...]


def seeded(
    design: Design, data: DataSets, seed: int
) -> tuple[Sequence[AnyCrossbar], np.random.Generator]:
    """The dies and the generator that `evaluate` trains with for this seed."""
    die_rng, rng = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(2))
    return draw_phases(design, data.training.pixels.shape[1], die_rng), rng


def portrait(design: Design, data: DataSets, seed: int) -> Portrait:
    """Train and score `design` as `evaluate` does with this one seed, and keep what it learned.

    Costs an evaluation, about one more training and some reads. Validation images only.
    """
    design = operating(design)
    dies, rng = seeded(design, data, seed)
    before = deepcopy(rng)
    learned = learn(design, dies, data.training, data.validation, rng)
    points = curve_points(design.training.images)
    states = [train_until(design, dies, data.training, before, n) for n in points[:-1]]
    curve = [sampled_accuracy(design, s, dies[-1], data) for s in [*states, learned.fresh]]
    labels = data.validation.labels
    classes = int(max(labels.max(), data.training.labels.max())) + 1
    confusion = np.zeros((classes, classes), np.int64)
    np.add.at(confusion, (labels, learned.answers), 1)
    return Portrait(
        weights=shares(learned.trained, learned.read),
        shape=data.validation.shape,
        wins=learned.trained.events.wins,
        confusion=confusion,
        accuracy=learned.accuracy_vote,
        curve_images=points,
        curve_accuracy=tuple(curve),
    )


def curve_points(images: int) -> tuple[int, ...]:
    """Images after which the curve has a point: halved from the end, at least LEAST."""
    halves = [images >> halving for halving in range(HALVINGS, 0, -1)]
    return (*(n for n in halves if n >= LEAST), images)


def sampled_accuracy(design: Design, trained: Trained, die: AnyCrossbar, data: DataSets) -> float:
    """Accuracy of a die on the first SAMPLE validation images, named by as many labelled ones.

    Its reads draw numbers of their own, the same every time: training does not notice.
    """
    few, scored = sampled(design, data.validation)
    pair, rng = (data.training, scored), np.random.default_rng(0)
    votes = answer_images(few, (trained, die), pair, fast_reads(few), rng).votes
    return float(np.mean(votes == scored.labels))


def sampled(design: Design, validation: Images) -> tuple[Design, Images]:
    """The design with SAMPLE labelled images, and the first SAMPLE of the validation images."""
    training = replace(design.training, label_images=SAMPLE)
    scored = replace(
        validation, pixels=validation.pixels[:SAMPLE], labels=validation.labels[:SAMPLE]
    )
    return replace(design, training=training), scored


def shares(trained: Trained, crossbar: AnyCrossbar) -> NDArray[np.float32]:
    """(inputs, neurons) weight of each synapse: share of its junctions on, or level as read."""
    if isinstance(trained.state, AnalogState):
        return np.clip(trained.state.read, 0, 1)
    junctions = crossbar.junctions if isinstance(crossbar, CompoundCrossbar) else 1
    return (np.bitwise_count(trained.state) / junctions).astype(np.float32)


def mosaic(
    weights: NDArray[np.float32], shape: tuple[int, int], order: Sequence[int]
) -> NDArray[np.float32]:
    """Fields of the neurons in `order`, side by side in about a square, NaN between them."""
    height, width = shape
    columns = max(1, round(np.sqrt(len(order) * (height + 1) / (width + 1))))
    rows = -(-len(order) // columns)
    tiled = np.full((rows * (height + 1), columns * (width + 1)), np.nan, np.float32)
    for place, neuron in enumerate(order):
        top, left = place // columns * (height + 1), place % columns * (width + 1)
        tiled[top : top + height, left : left + width] = weights[:, neuron].reshape(shape)
    return tiled[:-1, :-1]
