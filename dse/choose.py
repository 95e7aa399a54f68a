"""Which design of a study to recommend: hard limits first, then a rule between fixed corners.

A rule sees one design at a time, between the corners of the study file, so a design that is added
changes no order among the others (no rank reversal).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from device_models.ranges import nearest
from dse import front
from dse.errors import InputError, NoDesignError
from dse.front import Floats, balanced, corners, costs, knee, nondominated, objective_values
from dse.record import Record, Trial
from dse.units import metric_scale
from dse.values import number
from objectives.scores import METRICS

RULES = {"knee": knee, "balanced": balanced}
UNITS = ("_j", "_s", "_m2", "_images")
LIMIT = re.compile(r"(?P<name>[a-z][a-z0-9_]*)\s*(?P<sense>>=|<=)\s*(?P<bound>.+)")
EXAMPLE = '--pick "accuracy>=0.92, lifetime>=1e9"'


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A figure that must be at least (or, if not at_least, at most) so large, in SI."""

    name: str
    at_least: bool
    bound: float

    def __str__(self) -> str:
        return f"{self.name} {'>=' if self.at_least else '<='} {_shown(self.name, self.bound)}"

    def met(self, value: float) -> bool:
        """Whether a figure keeps to it; an unknown one does not."""
        return value >= self.bound if self.at_least else value <= self.bound


@dataclass(frozen=True, kw_only=True)
class Pick:
    """How a design is chosen: a rule among those that keep the limits, or a trial by its number.

    weights: objective -> factor on its cost, 1 where none is given.
    """

    rule: str = "knee"
    limits: tuple[Limit, ...] = ()
    trial: int | None = None
    weights: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Field:
    """Designs to choose among, and their costs: 0 at the best corner, 1 at the worst."""

    trials: tuple[Trial, ...]
    cost: Floats
    weights: Floats


def parse(text: str, weights: Sequence[str] = ()) -> Pick:
    """A pick as typed: "knee", "trial 12", "accuracy>=0.92, lifetime>=1e9", "knee, area<=…".

    With limits and no rule it is "balanced", the achievement function of Wierzbicki (1980).
    Bounds are in SI or text with a unit; weights are "accuracy=2".
    """
    weighed = _weights(weights)
    plain = text.strip().removeprefix("trial").strip(" :")
    if plain.isdecimal():
        if weighed:
            raise InputError(f"--pick {text}: a trial by its number is not weighed; no --weight")
        return Pick(trial=int(plain), weights={})
    rules, limits = [], []
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = LIMIT.fullmatch(part)
        if found:
            limits.append(_limit(found["name"], found["sense"], found["bound"]))
        elif part in RULES:
            rules.append(part)
        else:
            raise InputError(
                f"--pick {part}: not knee, balanced, the number of a trial or a limit such as "
                f"accuracy>=0.92{nearest(part, RULES)}"
            )
    if len(rules) > 1 or not rules + limits:
        raise InputError(f"--pick {text!r}: give one rule, limits, or both: {EXAMPLE}")
    return Pick(rule=rules[0] if rules else "balanced", limits=tuple(limits), weights=weighed)


def _limit(name: str, sense: str, bound: str) -> Limit:
    metric = figure_name(f"--pick {name}", name)
    unit = "" if METRICS[metric].unit == "images" else METRICS[metric].unit
    try:
        value = float(bound)
    except ValueError:
        value = number(f"--pick {name}", bound, unit)
    return Limit(name=metric, at_least=sense == ">=", bound=value)


def figure_name(key: str, name: str) -> str:
    """The name of a figure, given whole or without its unit: "lifetime" is lifetime_images."""
    if name in METRICS:
        return name
    known = {n.removesuffix(unit): n for n in METRICS for unit in UNITS if n.endswith(unit)}
    if name not in known:
        hint = nearest(name, [*METRICS, *known]) or "; such as accuracy, learning_energy, lifetime"
        raise InputError(f"{key}: not a figure of a design{hint}")
    return known[name]


def _weights(given: Sequence[str]) -> dict[str, float]:
    weights = {}
    for text in given:
        name, mark, factor = (part.strip() for part in text.partition("="))
        value = number(f"--weight {name}", _plain(factor), "") if mark else -1.0
        if not 0 < value < float("inf"):
            raise InputError(f"--weight {text}: write for example accuracy=2, above 0")
        weights[figure_name(f"--weight {name}", name)] = value
    return weights


def _plain(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def choose(record: Record, pick: Pick) -> Trial:
    """The recommended trial; NoDesignError if no feasible one keeps the limits."""
    if pick.trial is not None:
        return front.pick(record, str(pick.trial))
    among = candidates(record, pick)
    return among.trials[apply(pick.rule, among)]


def candidates(record: Record, pick: Pick) -> Field:
    """The front of the feasible designs that keep all limits."""
    study = record.study
    for name in pick.weights:
        if name not in study.objectives:
            raise InputError(
                f"--weight {name}: not an objective of study {study.name!r}, which has "
                f"{', '.join(study.objectives)}"
            )
    feasible = [trial for trial in record.complete if trial.feasible]
    kept = [t for t in feasible if all(limit.met(t.values[limit.name]) for limit in pick.limits)]
    if not kept:
        raise NoDesignError(_why(record, feasible, pick.limits))
    values = objective_values(kept, study)
    best = np.flatnonzero(nondominated(values, study.objectives))
    return Field(
        trials=tuple(kept[place] for place in best),
        cost=costs(values[best], study.objectives, corners(record)),
        weights=np.array([pick.weights.get(name, 1.0) for name in study.objectives]),
    )


def apply(rule: str, among: Field) -> int:
    """Place of the design a rule takes."""
    return RULES[rule](among.cost, among.weights)


def extremes(among: Field, objectives: Sequence[str]) -> dict[str, int]:
    """Objective -> place of the design that is best in it; of equal ones the best in all."""
    cost = np.nan_to_num(among.cost, nan=np.inf, posinf=np.inf)
    total = cost.sum(axis=1)
    return {
        name: int(np.lexsort((total, cost[:, place]))[0]) for place, name in enumerate(objectives)
    }


def _why(record: Record, feasible: Sequence[Trial], limits: Sequence[Limit]) -> str:
    name = record.study.name
    if not feasible:
        return f"study {name!r} has no feasible trial; run more trials, or pick one by its number"
    alone = [
        limit for limit in limits if not any(limit.met(t.values[limit.name]) for t in feasible)
    ]
    if not alone:
        texts = " and ".join(map(str, limits))
        return f"no feasible trial of {name!r} has {texts} at once; loosen one, or run more trials"
    first = alone[0]
    seen = [trial.values[first.name] for trial in feasible]
    best = _shown(first.name, max(seen) if first.at_least else min(seen))
    found = f"no feasible trial of {name!r} has {first}: the best is {best}"
    return f"{found}; loosen it, or run more trials"


def _shown(name: str, value: float) -> str:
    factor, unit = metric_scale(METRICS[name], [value])
    return f"{value * factor:.4g} {unit}".rstrip()
