"""A look at a design after a part of its training, to tell early which are worth the rest."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from learner.crossbar import AnyCrossbar
from objectives.accuracy import Taught, each_phase, scored_die, train_phases
from objectives.design import Design, operating, phase_starts
from objectives.evaluate import DataSets, draw_phases, figures, generators
from objectives.portrait import sampled
from objectives.rules import Stop

Look = Mapping[str, float]
"""Every name of METRICS after a part of the training."""


def look(design: Design, data: DataSets, seed: int, images: int) -> Look:
    """The figures of `evaluate` with this one seed, had the training stopped after some images.

    The die and the generator are those that `evaluate` uses, so what is looked at is the very
    state that the full training passes through. Accuracy is of SAMPLE validation images, named by
    as many labelled ones: its standard error is up to 1.1 points. Energy, lifetime and latency are
    those of an image as it was learned so far.
    """
    at_work = operating(design)
    die_rng, rng = generators(seed)
    dies = draw_phases(at_work, data.training.pixels.shape[1], die_rng, images)
    taught = train_phases(at_work, dies, data.training, rng, images)
    return _seen(at_work, dies[-1], taught, data)


def _seen(design: Design, die: AnyCrossbar, taught: Taught, data: DataSets) -> Look:
    few, scored = sampled(design, data.validation)
    reads = np.random.default_rng(0)
    learned = scored_die(few, taught, die, (data.training, scored), reads)
    return figures(design, die, learned, scored)


def watch(
    design: Design, data: DataSets, seed: int, after: Sequence[int]
) -> Iterator[tuple[int, Look]]:
    """(images, `look`) at each of `after`, growing; then (all images, figures of `evaluate`).

    It is one training: only a look in the middle of a phase trains the design anew up to there.
    Whoever has seen enough asks for no more. Looks at all images and beyond are left out.
    """
    at_work = operating(design)
    die_rng, rng = generators(seed)
    dies = draw_phases(at_work, data.training.pixels.shape[1], die_rng)
    training = enumerate(each_phase(at_work, dies, data.training, rng))
    ends = phase_starts(design.training)[1:]
    for images in after:
        if images in ends:
            place = ends.index(images)
            taught = next(taught for phase, taught in training if phase == place)
            yield images, _seen(at_work, dies[place], taught, data)
        elif images < design.training.images:
            yield images, look(design, data, seed, images)
    ((_, taught),) = deque(training, maxlen=1)
    pair = (data.training, data.validation)
    learned = scored_die(at_work, taught, dies[-1], pair, rng)
    yield design.training.images, figures(at_work, dies[-1], learned, data.validation)


def below(rule: Stop, seen: Look, images: int) -> str:
    """Why a design that looks so after `images` images is below a bound of the rule, or ""."""
    used, accuracy = seen["neurons_used"], seen["accuracy"]
    after = f"after {images} images"
    if used < rule.neurons_used:
        return f"{after} {used:.3g} of the neurons have won, less than {rule.neurons_used}"
    if accuracy < rule.accuracy:
        return f"{after} the accuracy is {accuracy:.3f}, less than {rule.accuracy}"
    return ""
