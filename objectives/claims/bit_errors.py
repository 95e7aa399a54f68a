"""Bit errors of the stored weights: at inference, and also while the network learns.

Hirtzlin et al. 2019: inference survives a bit error rate of 0.1 % untouched. Tzoufras et al.
2019: a few per cent in training. Their networks have labels and several layers; here one layer
learns without labels, and errors while training are cells that flip at random between `PARTS`
equal parts of it, a stand-in for errors of a memory that is refreshed by learning.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from device_models.ranges import Checked, Range
from learner.network import Trained, train, untrained
from objectives.accuracy import shuffled_epochs
from objectives.claims.curve import Check, Curve, Line, checked_levels, lost
from objectives.claims.network import (
    Network,
    accuracy,
    learned,
    names,
    random_die,
    streams,
)
from objectives.design import Design
from objectives.evaluate import DataSets

LEVELS = Range(0.0, 0.5, "", "bit error rate; at 0.5 nothing is stored")
PARTS = 20
INFERENCE, TRAINING = "at inference", "while learning too"


@dataclass(frozen=True, kw_only=True)
class Params(Checked):
    """Points and limits of the claim; the limits on accuracy are assumptions."""

    levels: tuple[float, ...] = (0.0, 1e-3, 0.01, 0.03, 0.1, 0.2, 0.3)
    seeds: Annotated[int, Range(1, 100, "", "repeats")] = 5
    inference_rate: Annotated[float, Range(0.0, 0.5, "", "rate that is survived")] = 1e-3
    inference_loss: Annotated[float, Range(0.0, 1.0, "", "accuracy: untouched")] = 0.005
    training_rate: Annotated[float, Range(0.0, 0.5, "", "rate that training survives")] = 0.03
    training_loss: Annotated[float, Range(0.0, 1.0, "", "accuracy; assumption")] = 0.02


def flipped(state: NDArray[np.uint8], rate: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """State (inputs, neurons) with every bit wrong with chance `rate`.

    One number a cell is drawn whatever the rate: errors of a lower rate are among those of a
    higher one.
    """
    wrong = rng.random(state.shape, np.float32) < rate
    return np.asarray(state ^ wrong, np.uint8)


def measure(params: Params, design: Design, data: DataSets) -> Curve:
    """Accuracy at each rate; the neurons are named without errors at inference."""
    levels = checked_levels("levels", params.levels, LEVELS)
    inference = np.empty((len(levels), params.seeds))
    training = np.empty_like(inference)
    for seed in range(params.seeds):
        inference[:, seed] = _at_inference(design, data, levels, seed)
        training[:, seed] = [_while_learning(design, data, rate, seed) for rate in levels]
    return Curve(
        x_name="bit error rate",
        x=levels,
        y_name="accuracy",
        lines=(Line(name=INFERENCE, values=inference), Line(name=TRAINING, values=training)),
    )


def _at_inference(
    design: Design, data: DataSets, levels: NDArray[np.float64], seed: int
) -> list[float]:
    for_die, for_learning, for_names = streams(seed, 3)
    die = random_die(design, data.training.pixels.shape[1], for_die)
    network = learned(design, die, data.training, for_learning)
    table = names(design, network, data.training, for_names)
    found = []
    for rate in levels:
        *_, errors, for_scores = streams(seed, 5)
        wrong = _wrong(network, float(rate), errors)
        found.append(accuracy(design, wrong, table, data.validation, for_scores))
    return found


def _wrong(network: Network, rate: float, rng: np.random.Generator) -> Network:
    return replace(network, trained=_wrong_state(network.trained, rate, rng))


def _wrong_state(trained: Trained, rate: float, rng: np.random.Generator) -> Trained:
    return replace(trained, state=flipped(np.asarray(trained.state), rate, rng))


def _while_learning(design: Design, data: DataSets, rate: float, seed: int) -> float:
    for_die, rng, for_names, errors, for_scores = streams(seed, 5)
    die = random_die(design, data.training.pixels.shape[1], for_die)
    order = shuffled_epochs(len(data.training.labels), design.training.images, rng)
    trained = untrained(die, design.neuron, rng, design.training.initial_on)
    for part in np.array_split(order, PARTS):
        pixels = data.training.pixels[part]
        trained = train(pixels, die, design.encoding, design.neuron, rng, start=trained)
        trained = _wrong_state(trained, rate, errors)
    network = Network(die=die, trained=trained)
    table = names(design, network, data.training, for_names)
    return accuracy(design, network, table, data.validation, for_scores)


def judge(params: Params, curve: Curve) -> tuple[Check, ...]:
    """Inference at its rate, then training at its own, which is a second paper's."""
    first, second = curve.line(INFERENCE).values, curve.line(TRAINING).values
    at, during = curve.at(params.inference_rate), curve.at(params.training_rate)
    return (
        lost(
            f"{params.inference_rate:.2%} wrong bits at inference cost at most "
            f"{100 * params.inference_loss:g} points",
            first[0],
            first[at],
            params.inference_loss,
        ),
        lost(
            f"{params.training_rate:.2%} wrong bits in each of {PARTS} parts of learning cost at "
            f"most {100 * params.training_loss:g} points",
            second[0],
            second[during],
            params.training_loss,
            essential=False,
        ),
    )
