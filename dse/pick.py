"""A choice as it is typed: hard limits, a rule, or a trial by its number."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from device_models.ranges import nearest
from dse.errors import InputError
from dse.units import metric_scale
from dse.values import number
from objectives.scores import METRICS

RULES = ("knee", "balanced")
BEST = "best "
"""Begins the rule that takes what is best in one objective: "best learning_energy_j"."""
UNITS = ("_j", "_s", "_m2", "_images")
LIMIT = re.compile(r"(?P<name>[a-z][a-z0-9_]*)\s*(?P<sense>>=|<=)\s*(?P<bound>.+)")
OPTION = "--pick"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A figure that must be at least (or, if not at_least, at most) so large, in SI."""

    name: str
    at_least: bool
    bound: float

    def __str__(self) -> str:
        return f"{self.name} {'>=' if self.at_least else '<='} {shown(self.name, self.bound)}"

    def met(self, value: float) -> bool:
        """Whether a figure keeps to it; an unknown one does not."""
        return value >= self.bound if self.at_least else value <= self.bound


@dataclass(frozen=True, kw_only=True)
class Pick:
    """How a design is chosen: a rule among those that keep the limits, or a trial by its number.

    rule: one of RULES, or BEST and the whole name of an objective. weights: objective -> factor on
    its cost, 1 where none is given.
    """

    rule: str = "knee"
    limits: tuple[Limit, ...] = ()
    trial: int | None = None
    weights: Mapping[str, float]


def parse(text: str, weights: Sequence[str] = (), key: str = OPTION) -> Pick:
    """A pick as typed: "knee", "trial 12", "accuracy>=0.92, lifetime>=1e9", "knee, area<=…".

    "accuracy>=0.9, best learning_energy" is the least energy among designs so accurate. With
    limits and no rule it is "balanced", the achievement function of Wierzbicki (1980). Bounds are
    in SI or text with a unit; weights are "accuracy=2". key: what an error calls the pick.
    """
    weighed = _weights(weights)
    plain = text.strip().removeprefix("trial").strip(" :")
    if plain.isdecimal():
        if weighed:
            raise InputError(f"{key} {text}: a trial by its number is not weighed; no --weight")
        return Pick(trial=int(plain), weights={})
    rules, limits = [], []
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = LIMIT.fullmatch(part)
        if found:
            limits.append(_limit(key, found["name"], found["sense"], found["bound"]))
        elif part.startswith(BEST):
            rules.append(BEST + figure_name(f"{key} {part}", part.removeprefix(BEST).strip()))
        elif part in RULES:
            rules.append(part)
        else:
            raise InputError(
                f"{key} {part}: not knee, balanced, best OBJECTIVE, the number of a trial or a "
                f"limit such as accuracy>=0.92{nearest(part, RULES)}"
            )
    if len(rules) > 1 or not rules + limits:
        raise InputError(
            f'{key} {text!r}: give one rule, limits, or both, as "accuracy>=0.92, lifetime>=1e9"'
        )
    return Pick(rule=rules[0] if rules else "balanced", limits=tuple(limits), weights=weighed)


def _limit(key: str, name: str, sense: str, bound: str) -> Limit:
    metric = figure_name(f"{key} {name}", name)
    unit = "" if METRICS[metric].unit == "images" else METRICS[metric].unit
    try:
        value = float(bound)
    except ValueError:
        value = number(f"{key} {name}", bound, unit)
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


def shown(name: str, value: float) -> str:
    """A figure with its unit."""
    factor, unit = metric_scale(METRICS[name], [value])
    return f"{value * factor:.4g} {unit}".rstrip()
