"""Accuracy: learn without labels, name the neurons, score images never trained on."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from learner.crossbar import AnalogCrossbar, AnyCrossbar
from learner.datasets import Images
from learner.datasets.shifts import CROSS, shifted
from learner.events import Events, without_idle_pulses
from learner.network import Trained, respond, train, untrained
from learner.readout import (
    POOL_DECAY,
    VOTE_DECAY,
    Ranked,
    Strength,
    label_counts,
    pooled,
    vote,
    winner,
)
from objectives.analog import aged
from objectives.design import (
    Design,
    Training,
    phase_designs,
    phase_starts,
    phases_begun,
    reads_first,
)

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Learned:
    """One training run and its score."""

    trained: Trained
    phases: tuple[Events, ...]
    """of each phase of the training; `trained.events` is their sum"""
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


Respond = Callable[
    [Pixels, Trained, AnyCrossbar, np.random.Generator], tuple[Ranked, Strength, Events]
]
"""Ranked neurons, their strengths and what the array did: `network.respond` or `exact`'s."""


def learn(
    design: Design,
    dies: Sequence[AnyCrossbar],
    training: Images,
    scored: Images,
    rng: np.random.Generator,
) -> Learned:
    """Train one die on `training` without labels and score it on `scored`.

    dies: the die in each phase of its training, `design.phase_designs`. Images come in shuffled
    epochs. The labels of the first `label_images` training images name the neurons afterwards;
    weights and thresholds are frozen then. Multilevel cells then drift for `synapse.drift_s`
    before they are scored; a junction keeps its bit.
    """
    taught = train_phases(design, dies, training, rng)
    return scored_die(design, taught, dies[-1], (training, scored), rng)


Taught = tuple[Trained, tuple[Events, ...]]
"""A die that was trained, and the events of each phase of its training."""


def scored_die(
    design: Design,
    taught: Taught,
    die: AnyCrossbar,
    images: tuple[Images, Images],
    rng: np.random.Generator,
) -> Learned:
    """Score a trained die. images: with labels that may be seen, and to classify."""
    trained, phases = taught
    before = deepcopy(rng)
    answer = answer_images(design, (trained, die), images, fast_reads(design), rng)
    labels = images[1].labels
    return Learned(
        trained=answer.trained,
        fresh=trained,
        phases=phases,
        inference=answer.inference,
        accuracy_vote=float(np.mean(answer.votes == labels)),
        accuracy_winner=float(np.mean(answer.winners == labels)),
        read=answer.read,
        before_scoring=before,
        answers=answer.votes,
    )


def fast_reads(design: Design) -> Respond:
    """Reads with the fast model of the IR drop."""

    def respond_fast(
        pixels: Pixels, trained: Trained, crossbar: AnyCrossbar, rng: np.random.Generator
    ) -> tuple[Ranked, Strength, Events]:
        return respond(pixels, trained, crossbar, design.encoding, rng)

    return respond_fast


def train_phases(
    design: Design,
    dies: Sequence[AnyCrossbar],
    training: Images,
    rng: np.random.Generator,
    until: int | None = None,
) -> Taught:
    """All phases one after another: the die at the end, and the events of each.

    until: stop after so many images, in the state a whole training passes through there.
    """
    return deque(each_phase(design, dies, training, rng, until), maxlen=1)[0]


def each_phase(
    design: Design,
    dies: Sequence[AnyCrossbar],
    training: Images,
    rng: np.random.Generator,
    until: int | None = None,
) -> Iterator[Taught]:
    """The same, phase by phase: the die at the end of each, and the events of those so far."""
    order = shuffled_epochs(len(training.labels), design.training.images, rng)
    trained = untrained(dies[0], design.neuron, rng, design.training.initial_on)
    nothing, phases = trained.events, []
    designs, starts = phase_designs(design), phase_starts(design.training)
    if until is not None:
        order, starts = order[:until], starts[: phases_begun(design.training, until)]
    begun = zip(np.split(order, starts[1:]), designs, dies, strict=False)  # the others are not
    for part, chosen, die in begun:
        start = replace(trained, events=nothing)
        pixels = training.pixels[part]
        trained = train(pixels, die, design.encoding, chosen.neuron, rng, start=start)
        phases.append(given_pulses(trained.events, design.training))
        yield replace(trained, events=sum(phases[1:], phases[0])), tuple(phases)


def given_pulses(events: Events, training: Training) -> Events:
    """What was written, if pulses that could do nothing were spared as `training` says."""
    if not reads_first(training):
        return events
    return without_idle_pulses(events, True, training.write == "verified")


def train_until(
    design: Design,
    dies: Sequence[AnyCrossbar],
    training: Images,
    rng: np.random.Generator,
    images: int,
) -> Trained:
    """The die when `learn` with the same generator has shown it the first `images` images.

    images: 1 … all of the training. dies: of the phases begun by then, or of all. `rng` is left as
    it was.
    """
    return train_phases(design, dies, training, deepcopy(rng), images)[0]


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Labels given to images, what giving them took, and the die as it was read for them."""

    votes: NDArray[np.int64]
    winners: NDArray[np.int64]
    inference: Events
    read: AnyCrossbar
    trained: Trained


def answer_images(
    design: Design,
    at_end: tuple[Trained, AnyCrossbar],
    images: tuple[Images, Images],
    respond: Respond,
    rng: np.random.Generator,
) -> Answers:
    """Name the neurons of a trained die by labelled images, then classify others.

    at_end: the die after training. images: with labels that may be seen, and to classify.
    """
    (trained, crossbar), (training, scored) = at_end, images
    known, depth = slice(design.training.label_images), design.training.label_depth
    ranked, _, _ = respond(training.pixels[known], trained, crossbar, rng)
    labels = training.labels[known]
    first, table = (label_counts(ranked, labels, design.neuron.count, d) for d in (1, depth))
    if isinstance(crossbar, AnalogCrossbar):
        crossbar, trained = aged(crossbar, trained, design.synapse, rng)
    reads, events = [], []
    for down, right in CROSS[: design.encoding.views]:
        moved = shifted(scored.pixels, scored.shape, down, right)
        ranked, strength, event = respond(moved, trained, crossbar, rng)
        reads.append((ranked, strength))
        events.append(event)
    pooling = len(reads) > 1
    pool, decay = (pooled(reads), POOL_DECAY) if pooling else (reads[0][0], VOTE_DECAY)
    return Answers(
        votes=vote(pool, table, decay),
        winners=winner(pool, first),
        inference=replace(sum(events[1:], events[0]), images=len(scored.labels)),
        read=crossbar,
        trained=trained,
    )


def shuffled_epochs(
    images: int, presentations: int, rng: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Indices of `presentations` images: every epoch a new order, the last one cut short."""
    epochs = -(-presentations // images)
    return np.concatenate([rng.permutation(images) for _ in range(epochs)])[:presentations]
