"""Cells that are broken when the die leaves the line: kinds, and how many of each it gets."""

import numpy as np
from numpy.typing import NDArray

from device_models.params import Defects

HEALTHY, STUCK_P, STUCK_AP, OPEN, SHORT = 0, 1, 2, 3, 4
"""Kinds of a cell. Stuck cells conduct as one state and never switch, an open cell does not
conduct, a shorted one conducts as its access transistor and `Defects.short_ohm` allow."""


def draw_defects(
    defects: Defects, shape: tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Kind of every cell of a die, uint8 of `shape`, each cell for itself.

    One number is drawn a cell whatever the fractions, so a larger fraction of shorts on the same
    seed adds shorts to those there were; clusters, which real dies have, are left out.
    """
    parts = (defects.short, defects.open, defects.stuck_p, defects.stuck_ap)
    kinds = np.array([SHORT, OPEN, STUCK_P, STUCK_AP, HEALTHY], np.uint8)
    return np.asarray(kinds[np.searchsorted(np.cumsum(parts), rng.random(shape), side="right")])
