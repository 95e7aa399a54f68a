"""A made-up objective for tests of the search: milliseconds, smooth, with a front by design."""

import math
import time
from collections.abc import Mapping
from types import SimpleNamespace

from dse.workers import Outcome
from objectives.breakdown import PARTS
from objectives.design import Value
from objectives.scores import METRICS, Scores

SEEDS = (7,)


def evaluate(flat: Mapping[str, Value], _: object = None) -> Outcome:
    """Stronger pulses: more accurate, more energy, shorter life."""
    volts = float(flat["potentiation.amplitude_v"])
    seconds = float(flat["potentiation.duration_s"])
    count = float(flat["neuron.count"])
    dose = volts * volts * seconds * 1e9
    energy_j, parts = 1e-9 * dose * count, PARTS["learning_energy_j"]
    values = dict.fromkeys(METRICS, 1.0) | dict.fromkeys(parts, energy_j / len(parts))
    values |= {
        "accuracy": 1 - math.exp(-dose) / 2 - 10 / count,
        "learning_energy_j": energy_j,
        "lifetime_images": 1e9 / (dose * dose),
        "neurons_used": 0.9,
    }
    constraints = {"drive_current": volts / 0.9 - 1, "read_margin": -0.3}
    spread = {"accuracy": 0.001}
    scores = Scores(values=values, constraints=constraints, spread=spread, seeds=SEEDS)
    return Outcome(scores=scores, duration_s=0.001)


def evaluate_slowly(flat: Mapping[str, Value], _: object = None) -> Outcome:
    """The same, in a quarter of a second."""
    time.sleep(0.25)
    return evaluate(flat)


def evaluate_or_raise(flat: Mapping[str, Value], _: object = None) -> Outcome:
    """The same, but pulses above 0.8 V break the model."""
    if float(flat["potentiation.amplitude_v"]) > 0.8:
        raise ValueError("the model broke\nsecond line")
    return evaluate(flat)


def evaluate_never(flat: Mapping[str, Value], _: object = None) -> Outcome:
    """No design can be evaluated."""
    raise ValueError(f"no model knows {flat['device.barrier']}\nsecond line")


def slow_check(_: object) -> SimpleNamespace:
    """What timing a trial finds: an evaluation takes a thousand seconds."""
    return SimpleNamespace(evaluation_s=1000.0)


def evaluate_or_stop(flat: Mapping[str, Value], _: object = None) -> Outcome:
    """The same, but what comes out below an accuracy of 0.6 is stopped early."""
    outcome = evaluate(flat)
    assert isinstance(outcome.scores, Scores)
    if outcome.scores.values["accuracy"] < 0.6:
        return Outcome(scores="after 50 images the accuracy is low", duration_s=0.0005)
    return outcome
