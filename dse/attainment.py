"""What studies that differ in their seed only reach together: best, median and worst."""

from collections.abc import Sequence

import moocore
import numpy as np

from dse.front import Floats
from objectives.scores import METRICS

PERCENT = {"best": 1.0, "median": 50.0, "worst": 100.0}
"""Name -> share of the seeds [%] that reach a point of the surface at least."""
WITHOUT_MEDIAN = 2
"""Of so few seeds the median is the best."""


def surfaces(fronts: Sequence[Floats], pair: tuple[str, str]) -> dict[str, Floats]:
    """Name -> (points, 2) corners of a staircase, by the first objective.

    fronts: (members, 2) values of one study each, SI. Empirical attainment surfaces after Grunert
    da Fonseca, Fonseca and Hall 2001, doi 10.1007/3-540-44719-9_15: of all points that so many of
    the seeds dominate or reach, the outermost. Of more than two objectives this is the projection
    onto the pair.
    """
    signs = np.array([-1.0 if METRICS[name].direction == "maximize" else 1.0 for name in pair])
    points = np.vstack(fronts) * signs
    sets = np.repeat(np.arange(1, len(fronts) + 1), [len(some) for some in fronts])
    wanted = {"front": 100.0} if len(fronts) == 1 else dict(PERCENT)
    if len(fronts) == WITHOUT_MEDIAN:
        del wanted["median"]
    found = moocore.eaf(points, sets, percentiles=list(wanted.values()))
    return {
        name: _ordered(found[np.isclose(found[:, 2], share), :2] * signs)
        for name, share in wanted.items()
    }


def _ordered(points: Floats) -> Floats:
    return points[np.argsort(points[:, 0])]
