"""What the claims about networks share: learn once, name the neurons once, score often.

Only training and validation images are used.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from learner.crossbar import AnyCrossbar, Crossbar
from learner.datasets import Images
from learner.network import Trained, predict, train, untrained
from learner.readout import label_counts, vote
from objectives.accuracy import shuffled_epochs
from objectives.design import Design, operating
from objectives.die import draw_die
from objectives.evaluate import DataSets


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """A die and what it has learned."""

    die: AnyCrossbar
    trained: Trained


def random_die(design: Design, inputs: int, rng: np.random.Generator) -> Crossbar:
    """A die of single junctions at the temperature of the design."""
    return draw_die(operating(design), inputs, rng)[0]


def learned(design: Design, die: AnyCrossbar, images: Images, rng: np.random.Generator) -> Network:
    """The die after `training.images` presentations; labels are not seen."""
    order = shuffled_epochs(len(images.labels), design.training.images, rng)
    start = untrained(die, design.neuron, rng, design.training.initial_on)
    trained = train(images.pixels[order], die, design.encoding, design.neuron, rng, start=start)
    return Network(die=die, trained=trained)


def names(
    design: Design, network: Network, images: Images, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Label counts of the neurons on the first `training.label_images` training images."""
    known = slice(design.training.label_images)
    pixels, labels = images.pixels[known], images.labels[known]
    ranked, _ = predict(pixels, network.trained, network.die, design.encoding, rng)
    return label_counts(ranked, labels, design.neuron.count, design.training.label_depth)


def accuracy(
    design: Design,
    network: Network,
    table: NDArray[np.float64],
    images: Images,
    rng: np.random.Generator,
) -> float:
    """Fraction of the images classified rightly by the vote of the ranked neurons."""
    ranked, _ = predict(images.pixels, network.trained, network.die, design.encoding, rng)
    return float(np.mean(vote(ranked, table) == images.labels))


def learned_accuracy(
    design: Design, die: AnyCrossbar, data: DataSets, rng: np.random.Generator
) -> float:
    """Learn on the die, name its neurons, score it on the validation images."""
    network = learned(design, die, data.training, rng)
    table = names(design, network, data.training, rng)
    return accuracy(design, network, table, data.validation, rng)


def only(images: Images, classes: Sequence[int]) -> Images:
    """Images of these classes, in their order."""
    rows = np.isin(images.labels, classes)
    return replace(images, pixels=images.pixels[rows], labels=images.labels[rows])


def streams(seed: int, count: int) -> list[np.random.Generator]:
    """Independent generators of one repeat: each level of a curve can start from the same."""
    return [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(count)]
