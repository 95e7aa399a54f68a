"""How far each quantity of a design may move, alone and together, found by re-evaluation.

A window ends where the accuracy, the mean over some seeds, has dropped by a point or a constraint
is broken. Every design meets the same seeds, so the same dies and the same images.
"""

import math
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dse.spec import Box, Edge, Window
from dse.values import unit_of
from objectives.design import Design, flatten

DROP = 0.01
STEPS = (0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.5)
"""Relative moves that are tried first; a window that is open at the last is called open."""
CLOSE = 1.2
"""The last move that holds and the first that does not are brought so near, as a ratio."""
LEAST = 0.0025
"""Smallest move that is tried."""
SHARES = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12, 0.09, 0.06, 0.045, 0.03)
"""Of the single windows: boxes that are tried, largest first."""
RANDOM_CORNERS = 500
DEVICE = (
    "device.diameter_m",
    "device.ra_ohm_m2",
    "device.tmr",
    "device.barrier",
    "potentiation.amplitude_v",
    "potentiation.duration_s",
    "depression.amplitude_v",
    "depression.duration_s",
    "array.access_ohm",
)
CIRCUIT = (
    "array.wire_ohm",
    "array.read_v",
    "neuron.threshold",
    "neuron.bias_step",
    "environment.temperature_k",
)
"""What a device team and a circuit team have to hold; mean values, the spread of cells and dies
around them is in every evaluation."""
NONE, ACCURACY, RANGE = "none", "accuracy", "range"

Moves = Mapping[str, float]
"""Flat name -> relative move."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What ends the window at a moved design ("" if it holds), and its accuracy if trained."""

    limit: str
    accuracy: float | None = None


Walk = Generator[Moves, Verdict, Edge]
"""Asks for moved designs one after the other, is told their verdicts, returns the edge."""


def quantities(design: Design) -> tuple[str, ...]:
    """Names whose windows are looked for; those of junctions only where there are any."""
    flat = flatten(design)
    names = (DEVICE if design.synapse.kind == "mtj" else ()) + CIRCUIT
    return tuple(name for name in names if float(flat[name]) != 0)


def edge(name: str, nominal: float, side: int) -> Walk:
    """One end of a window: bisection of STEPS, then halving between good and bad.

    What holds is taken to hold at smaller moves; the corners of boxes look there once more.
    """
    good, bad, limit = 0.0, math.inf, NONE
    first, last = 0, len(STEPS)
    while first < last:
        place = (first + last) // 2
        verdict = yield {name: side * STEPS[place]}
        if verdict.limit:
            last, bad, limit = place, STEPS[place], verdict.limit
        else:
            first, good = place + 1, STEPS[place]
    while bad < math.inf and bad > max(good * CLOSE, LEAST):
        middle = (good * bad) ** 0.5 if good else bad / 2
        verdict = yield {name: side * middle}
        if verdict.limit:
            bad, limit = middle, verdict.limit
        else:
            good = middle
    return Edge(value=nominal * (1 + side * good), relative=side * good, limit=limit)


def window(name: str, nominal: float, low: Edge, high: Edge) -> Window:
    """Both ends of one quantity."""
    return Window(nominal=nominal, unit=unit_of(name), low=low, high=high)


def ranked(windows: Mapping[str, Window]) -> dict[str, Window]:
    """The narrowest first, by the nearer of its two ends: what is dearest to hold."""
    return dict(sorted(windows.items(), key=lambda item: narrowest(item[1])))


def narrowest(shown: Window) -> float:
    """Distance of the nearer end, relative to the nominal value."""
    return min(-shown.low.relative, shown.high.relative)


def trained_corners(windows: Mapping[str, Window]) -> NDArray[np.float64]:
    """(corners, quantities) of the box of all windows, as relative moves; each is trained.

    First the corner of all nearer ends. Then a two-level plan in which every pair of quantities
    is met in all four ways, and no effect of one is mixed with one of a pair: a Hadamard matrix
    and its mirror image (Box & Wilson 1951, doi 10.1111/j.2517-6161.1951.tb00067.x).
    """
    from scipy.linalg import hadamard

    count = len(windows)
    order = 2 ** math.ceil(math.log2(count + 1))
    signs = hadamard(order)[:, 1 : count + 1]
    near = [-1 if -w.low.relative < w.high.relative else 1 for w in windows.values()]
    return _moves(windows, np.vstack([near, signs, -signs]))


def random_corners(windows: Mapping[str, Window]) -> NDArray[np.float64]:
    """As `trained_corners`: many, for constraints, which cost milliseconds."""
    signs = np.random.default_rng(1).choice([-1, 1], (RANDOM_CORNERS, len(windows)))
    return _moves(windows, signs)


def _moves(windows: Mapping[str, Window], signs: NDArray[np.int_]) -> NDArray[np.float64]:
    low, high = (
        np.array([getattr(w, side).relative for w in windows.values()]) for side in ("low", "high")
    )
    return np.where(signs < 0, low, high)


def box(
    windows: Mapping[str, Window], share: float, verdicts: Sequence[Verdict], accuracy: float
) -> Box:
    """The box of a share at whose corners every verdict was good."""
    seen = [v.accuracy for v in verdicts if v.accuracy is not None]
    return Box(
        share=share,
        sides={
            name: [
                w.nominal * (1 + share * w.low.relative),
                w.nominal * (1 + share * w.high.relative),
            ]
            for name, w in windows.items()
        },
        trained_corners=len(verdicts),
        checked_corners=RANDOM_CORNERS,
        worst_drop=max((accuracy - each for each in seen), default=0.0),
        limit=NONE,
    )
