"""Yield: the fraction of dies that meet limits, against how much they vary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

LEVELS = (0.99, 0.9, 0.5)
RESAMPLED = 200
LEAST_SLOPE = 1e-6


@dataclass(frozen=True, kw_only=True)
class Point:
    """Dies at one multiple of the design's variability; low, high: 95 % interval of the yield."""

    scale: float
    dies: int
    good: int
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Level:
    """Multiple of the variability at which the yield falls to `level`, with a 95 % interval.

    scale is None if it cannot be told: no die fails or none is good. beyond: outside what was
    measured, so an extrapolation.
    """

    level: float
    scale: float | None
    low: float
    high: float
    beyond: bool


def point(scale: float, good: int, dies: int) -> Point:
    """Exact interval of a binomial share (Clopper & Pearson 1934, doi 10.1093/biomet/26.4.404)."""
    from scipy.stats import binomtest

    found = binomtest(good, dies).proportion_ci(0.95, method="exact")
    return Point(scale=scale, dies=dies, good=good, low=float(found.low), high=float(found.high))


def levels(met: Mapping[float, Sequence[bool]]) -> tuple[Level, ...]:
    """Where the yield falls to LEVELS; met: scale -> whether each die meets the limits.

    A probit fit, Φ(a − b·scale) with b >= 0: dies spread normally around a margin that falls in
    proportion to the variability. Intervals by resampling the dies, the same ones at every scale.
    """
    scales = np.array(list(met), float)
    dies = np.array([list(row) for row in met.values()], float)
    if dies.all() or not dies.any():
        return tuple(
            Level(level=each, scale=None, low=np.nan, high=np.nan, beyond=True) for each in LEVELS
        )
    rng = np.random.default_rng(1)
    count = dies.shape[1]
    again = [
        _crossings(scales, dies[:, rng.integers(count, size=count)]) for _ in range(RESAMPLED)
    ]
    low, high = np.quantile(np.array(again), (0.025, 0.975), axis=0, method="nearest")
    return tuple(
        Level(
            level=each,
            scale=float(at),
            low=float(low[place]),
            high=float(high[place]),
            beyond=not scales.min() <= at <= scales.max(),
        )
        for place, (each, at) in enumerate(zip(LEVELS, _crossings(scales, dies), strict=True))
    )


def _crossings(scales: NDArray[np.float64], dies: NDArray[np.float64]) -> list[float]:
    """Scale of each of LEVELS by the fit; infinite where the yield does not fall."""
    from scipy.optimize import minimize
    from scipy.stats import norm

    good, count = dies.sum(axis=1), dies.shape[1]

    def cost(parameters: NDArray[np.float64]) -> float:
        margin = parameters[0] - parameters[1] * scales
        like = good * norm.logcdf(margin) + (count - good) * norm.logcdf(-margin)
        return float(-like.sum() + 1e-3 * (parameters**2).sum())  # finite where data are parted

    fit = minimize(cost, np.array([1.0, 1.0]), bounds=[(None, None), (0.0, None)])
    a, b = fit.x
    if b < LEAST_SLOPE:
        return [float("inf")] * len(LEVELS)
    return [max(0.0, float((a - NormalDist().inv_cdf(level)) / b)) for level in LEVELS]
