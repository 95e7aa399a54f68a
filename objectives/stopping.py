"""Giving up a design early: a look at it after a part of the training, by the search's rule."""

import numpy as np

from objectives.accuracy import train_until
from objectives.design import Design, Stop, operating
from objectives.evaluate import DataSets
from objectives.portrait import sampled_accuracy, seeded


def hopeless(design: Design, data: DataSets, seed: int, rule: Stop) -> str:
    """Why the rule gives this design up, in words; "" if it goes on or trains no longer than it.

    The die and the generator are those that `evaluate` uses with this seed, so what is looked at
    is the very state that the full training passes through.
    """
    if rule.after >= design.training.images:
        return ""
    at_work = operating(design)
    dies, rng = seeded(at_work, data, seed)
    trained = train_until(at_work, dies, data.training, rng, rule.after)
    used = float(np.mean(trained.events.wins > 0))
    if used < rule.neurons_used:
        return f"{_after(rule)} {used:.3g} of the neurons have won, less than {rule.neurons_used}"
    found = sampled_accuracy(at_work, trained, dies[-1], data)
    if found < rule.accuracy:
        return f"{_after(rule)} the accuracy is {found:.3f}, less than {rule.accuracy}"
    return ""


def _after(rule: Stop) -> str:
    return f"after {rule.after} images"
