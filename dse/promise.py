"""Whether a design that was looked at early could still reach the front.

Every objective becomes a cost, so that what it gains between a look and the end of the training
is about the same for all designs: the logarithm of an error rate or of what spans decades, else
the value itself. Designs trained to their end say how much that is. A design is given up when even
with the gain that one in twenty has surpassed, in every objective at once, it stays behind a
member of the front, or beyond a worst corner of the study. Freeze-thaw (Swersky, Snoek and Adams
2014, arXiv 1406.3896) and successive halving (Jamieson and Talwalkar 2016, arXiv 1502.07943) ask
the same of one objective.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dse.record import Trial
from dse.study import Study, rewarded
from objectives.scores import METRICS

Floats = NDArray[np.float64]

LEAST = 10
"""Designs trained to their end before any is judged by what they gained."""

LUCKY = 0.05
"""Share of them that gained more than a design is given credit for."""

FLOOR = 1e-6
"""Least error rate, and least figure that spans decades: their logarithm is taken."""


@dataclass(frozen=True, kw_only=True)
class Gain:
    """Change of each cost from a look to the end: of the lucky, and of the median design."""

    lucky: Floats
    median: Floats


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What is known when a design is sent out: to judge it by its looks.

    front: (members, objectives) costs of the best so far. worst: (objectives,) costs of the worst
    corners of the study. gains: images of a look -> gain; empty: nothing is hopeless yet.
    """

    study: Study
    front: Floats
    worst: Floats
    gains: Mapping[int, Gain]

    def hopeless(self, images: int, seen: Mapping[str, float]) -> str:
        """Why a design that looks so after `images` images cannot reach the front, or ""."""
        gain = self.gains.get(images)
        if gain is None:
            return ""
        best = costs(self.study, [seen])[0] + gain.lucky
        if np.any(np.all(self.front <= best, axis=1)):
            return f"after {images} images: behind the front even with a lucky training"
        beyond = np.flatnonzero(best >= self.worst)
        if len(beyond):
            name = self.study.objectives[beyond[0]]
            return f"after {images} images: {name} stays beyond the worst corner of the study"
        return ""

    def expected(self, images: int, seen: Mapping[str, float]) -> dict[str, float] | None:
        """Objectives at the end of the training, if it gains as the median design did."""
        gain = self.gains.get(images)
        if gain is None:
            return None
        return values(self.study, costs(self.study, [seen])[0] + gain.median)


def promise(study: Study, trials: Sequence[Trial]) -> Promise:
    """What the trials with scores tell; no gains as long as too few have been looked at."""
    from moocore import is_nondominated  # not wanted in the workers

    rule = study.stop if study.stop and study.stop.front else None
    gains = {
        images: found
        for images in (rule.after if rule else ())
        if (found := _gain(study, [t for t in trials if images in t.looks], images))
    }
    feasible = [t.values for t in trials if t.feasible]
    members = costs(study, feasible if gains else [])
    keep = np.asarray(is_nondominated(members)) if len(members) else np.zeros(0, bool)
    return Promise(study=study, front=members[keep], worst=_worst(study), gains=gains)


def _gain(study: Study, trials: Sequence[Trial], images: int) -> Gain | None:
    if len(trials) < LEAST:
        return None
    ends, looks = ([t.values for t in trials], [t.looks[images] for t in trials])
    change = costs(study, ends) - costs(study, looks)
    return Gain(lucky=np.quantile(change, LUCKY, axis=0), median=np.median(change, axis=0))


def _worst(study: Study) -> Floats:
    corners = {name: study.reference[name].worst for name in study.reference}
    whole = costs(study, [{name: corners.get(name, 1.0) for name in study.objectives}])[0]
    return np.where([name in corners for name in study.objectives], whole, np.inf)


def costs(study: Study, figures: Sequence[Mapping[str, float]]) -> Floats:
    """(designs, objectives) costs, lower is better, of their figures."""
    rows = [[_cost(n, v) for n, v in rewarded(study, f).items()] for f in figures]
    return np.array(rows, float).reshape(len(rows), len(study.objectives))


def _cost(name: str, value: float) -> float:
    if name.startswith("accuracy"):
        return float(np.log(max(1 - value, FLOOR)))
    x = float(np.log10(max(value, FLOOR**5))) if METRICS[name].decades else value
    return -x if METRICS[name].direction == "maximize" else x


def values(study: Study, cost: Floats) -> dict[str, float]:
    """Objectives from their costs."""
    return {name: _value(name, float(c)) for name, c in zip(study.objectives, cost, strict=True)}


def _value(name: str, cost: float) -> float:
    if name.startswith("accuracy"):
        return float(1 - np.exp(cost))
    x = -cost if METRICS[name].direction == "maximize" else cost
    return float(10**x) if METRICS[name].decades else x
