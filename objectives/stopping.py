"""A look at a design after a part of its training, to tell early which are worth the rest."""

from collections.abc import Mapping

import numpy as np

from objectives.accuracy import scored_die, train_phases
from objectives.design import Design, operating
from objectives.evaluate import DataSets, draw_phases, figures
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
    die_rng, rng = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(2))
    dies = draw_phases(at_work, data.training.pixels.shape[1], die_rng, images)
    taught = train_phases(at_work, dies, data.training, rng, images)
    few, scored = sampled(at_work, data.validation)
    reads = np.random.default_rng(0)
    learned = scored_die(few, taught, dies[-1], (data.training, scored), reads)
    return figures(at_work, dies[-1], learned, scored)


def below(rule: Stop, seen: Look, images: int) -> str:
    """Why a design that looks so after `images` images is below a bound of the rule, or ""."""
    used, accuracy = seen["neurons_used"], seen["accuracy"]
    after = f"after {images} images"
    if used < rule.neurons_used:
        return f"{after} {used:.3g} of the neurons have won, less than {rule.neurons_used}"
    if accuracy < rule.accuracy:
        return f"{after} the accuracy is {accuracy:.3f}, less than {rule.accuracy}"
    return ""
