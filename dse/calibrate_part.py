"""What every kind of measured curve gives to a calibration, and how well a model fits it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import gamma, norm

from device_models.arrays import Floats

REJECTED = 0.01
"""p-value below which a fit is called poor."""
PATTERNED = 0.05
"""p-value below which the misses of a poor fit are said to have a pattern."""
ENOUGH = 10
"""Points below which a pattern of the misses cannot be told."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A fitted number with its 95 % profile-likelihood interval, in SI."""

    value: float
    low: float
    high: float
    unit: str


def exponential(logs: tuple[float, float, float], unit: str, factor: float = 1.0) -> Estimate:
    """The estimate of a number from value and interval of its logarithm."""
    value, low, high = (factor * math.exp(x) for x in logs)
    return Estimate(value=value, low=low, high=high, unit=unit)


@dataclass(frozen=True, kw_only=True)
class Held:
    """A device parameter that the data do not identify: why, and what would."""

    name: str
    why: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Goodness:
    """Deviance against what it is on average if the model is right; NaN without such a test."""

    points: int
    deviance: float
    expected: float
    p_value: float
    verdict: str

    @property
    def overdispersion(self) -> float:
        """Deviance over its expectation; 1 for a model that is right."""
        return self.deviance / self.expected


@dataclass(frozen=True, kw_only=True)
class Part:
    """The calibration by one kind of data.

    estimates: device field -> what was fitted; derived: numbers that are no field; correlation
    (k, k) of the coordinates of the fit.
    """

    estimates: Mapping[str, Estimate]
    derived: Mapping[str, Estimate]
    held: Sequence[Held]
    coordinates: Sequence[str]
    correlation: Floats
    goodness: Goodness
    notes: Sequence[str]


def judged(
    points: int, deviance: float, expected: float, variance: float, patterned: bool | None
) -> Goodness:
    """Goodness from the mean and variance that the deviance has if the model is right.

    Its distribution is taken as the gamma of these two moments, which is χ² for large counts.
    patterned: whether the residuals are in order instead of scattered; None: too few to tell.
    """
    if expected <= 0.0:
        word, p, expected = "no test: no more points than parameters", math.nan, math.nan
    else:
        scale = variance / expected
        p = float(gamma.sf(deviance, expected / scale, scale=scale))
        word = "good"
    if p < REJECTED and patterned is None:
        word = "poor: the points miss the model by more than chance"
    elif p < REJECTED and patterned:
        word = "poor: the model lacks something, its misses have a pattern"
    elif p < REJECTED:
        wide = math.sqrt(deviance / expected)
        word = f"overdispersed: more scatter than chance, intervals too narrow by {wide:.2g}"
    return Goodness(points=points, deviance=deviance, expected=expected, p_value=p, verdict=word)


def pattern(curves: Sequence[Floats]) -> float:
    """Chance that residuals in the order of a curve keep their sign as much as these do.

    Σ r_k r_(k+1) / √Σ (r_k r_(k+1))² is about normal for independent symmetric residuals.
    """
    products = np.concatenate([curve[1:] * curve[:-1] for curve in curves])
    size = math.sqrt(float(products @ products))
    return float(norm.sf(products.sum() / size)) if size > 0.0 else 1.0
