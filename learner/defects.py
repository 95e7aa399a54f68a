"""Broken cells of a die: a crossbar with them, and the state they hold in a network."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from device_models.arrays import FloatLike
from device_models.defects import HEALTHY, OPEN, SHORT, STUCK_AP, STUCK_P
from device_models.ranges import RangeError
from learner.crossbar import Crossbar, Floats

Kinds = NDArray[np.uint8]

SHORT_S = 1 / 3.1e3
"""A shorted cell's conductance if none is given: 100 Ω behind 3 kΩ, an assumption."""


def with_defects(crossbar: Crossbar, kinds: Kinds, short_s: FloatLike = SHORT_S) -> Crossbar:
    """The same die with broken cells; train and predict on what this returns.

    kinds: (inputs, neurons) 0 healthy, 1 stuck parallel, 2 stuck antiparallel, 3 open, 4 short;
    short_s: conductance of a shorted cell with its transistor [S], one or (inputs, neurons).
    A broken cell conducts the same in both states and no pulse flips it. On a die that has
    defects already the new ones come on top.

    Left out: the larger current that a short draws from the lines while its column is written
    (its neighbours then see less voltage), and its share in the fast IR-drop model.
    """
    if kinds.shape != crossbar.conductance_p_s.shape or kinds.dtype != np.uint8:
        raise RangeError(
            f"kinds are {kinds.dtype} of shape {kinds.shape}, but must be uint8 "
            f"{crossbar.conductance_p_s.shape}"
        )
    g_p, g_ap = crossbar.conductance_p_s, crossbar.conductance_ap_s
    broken = g_p, g_ap, 0.0, short_s
    before = HEALTHY if crossbar.defects is None else crossbar.defects
    return replace(
        crossbar,
        conductance_p_s=_choose(kinds, broken, g_p),
        conductance_ap_s=_choose(kinds, broken, g_ap),
        potentiation=np.where(kinds == HEALTHY, crossbar.potentiation, 0.0),
        depression=np.where(kinds == HEALTHY, crossbar.depression, 0.0),
        defects=np.where(kinds == HEALTHY, before, kinds).astype(np.uint8),
    )


def held_state(crossbar: Crossbar, state: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`state` (inputs, neurons) with the broken cells in theirs: 1 for stuck P and shorts.

    Reads do not depend on it; the counts of write attempts by state, and so energy and wear, do:
    a short is charged as a parallel junction, an open cell as an antiparallel one.
    """
    if crossbar.defects is None:
        return state
    parallel = np.isin(crossbar.defects, (STUCK_P, SHORT))
    return np.where(crossbar.defects == HEALTHY, state, parallel).astype(np.uint8)


def _choose(kinds: Kinds, by_kind: tuple[Floats | FloatLike, ...], like: Floats) -> Floats:
    chosen = like.copy()
    for kind, conductance_s in zip((STUCK_P, STUCK_AP, OPEN, SHORT), by_kind, strict=True):
        np.copyto(chosen, conductance_s, casting="same_kind", where=kinds == kind)
    return chosen
