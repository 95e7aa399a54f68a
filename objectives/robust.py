"""The score of a design that must hold at every corner, not only where it is nominal.

A product is judged by its bad dies on a hot day: each objective is then a quantile over corners of
temperature, supply and variability, every one with dies of its own.
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import product

import numpy as np

from device_models.params import Pulse, Variation
from objectives.design import Design
from objectives.evaluate import DataSets, check_constraints, evaluate
from objectives.rules import Robust
from objectives.scores import METRICS, Scores, over_seeds


def corners(design: Design, rule: Robust) -> tuple[Design, ...]:
    """The nominal design, four corners of temperature and supply, and the more variable one."""
    scaled = {
        part.name: getattr(design.variation, part.name) * rule.variability
        for part in fields(Variation)
    }
    return (
        design,
        *(
            _supplied(replace(design, environment=replace(design.environment, temperature_k=t)), v)
            for t, v in product((rule.cold_k, rule.hot_k), (1 - rule.supply, 1 + rule.supply))
        ),
        replace(design, variation=Variation(**{n: min(cv, 0.5) for n, cv in scaled.items()})),
    )


def _supplied(design: Design, factor: float) -> Design:
    return replace(
        design,
        potentiation=_scaled(design.potentiation, factor),
        depression=_scaled(design.depression, factor),
        array=replace(design.array, read_v=design.array.read_v * factor),
    )


def _scaled(pulse: Pulse, factor: float) -> Pulse:
    return replace(pulse, amplitude_v=pulse.amplitude_v * factor)


def evaluate_robust(design: Design, data: DataSets, seeds: Sequence[int], rule: Robust) -> Scores:
    """`evaluate` at every corner: each figure is the quantile over them, constraints the worst.

    Each seed gives `rule.dies` dies a corner, all different; the mean over the seeds is the score,
    its spread theirs. Costs as many evaluations as there are corners times dies.
    """
    places = corners(design, rule) * rule.dies
    runs = [_quantiles(places, data, seed, rule.quantile) for seed in seeds]
    return over_seeds(runs, check_corners(design, data, rule), seeds)


def check_corners(design: Design, data: DataSets, rule: Robust) -> dict[str, float]:
    """The constraints of a design, each at the corner where it is worst."""
    found = [check_constraints(corner, data) for corner in corners(design, rule)]
    return {name: max(one[name] for one in found) for name in found[0]}


def _quantiles(
    places: Sequence[Design], data: DataSets, seed: int, quantile: float
) -> dict[str, float]:
    """Every name of METRICS: what all but a share `quantile` of the corners reach."""
    seeds = np.random.SeedSequence(seed).generate_state(len(places), np.uint64).tolist()
    found = [
        evaluate(place, data, (own,)).values for place, own in zip(places, seeds, strict=True)
    ]
    return {
        name: _bad_quantile([one[name] for one in found], metric.direction == "maximize", quantile)
        for name, metric in METRICS.items()
    }


def _bad_quantile(values: Sequence[float], more_is_better: bool, quantile: float) -> float:
    """The quantile from the bad end; between two values the worse, so that inf stays a number."""
    ordered = sorted(values, reverse=not more_is_better)
    return ordered[int(quantile * (len(ordered) - 1))]
