"""Multilevel resistive synapses, what a binary junction replaces: noisy steps, drift, wear.

A cell's level g runs from 0 at its lowest to 1 at its highest conductance. Everything here is in
levels, so that one set of laws holds for filamentary oxides (RRAM) and phase change (PCM).
"""

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from device_models.arrays import FloatLike, Floats
from device_models.ranges import Checked, Range, RangeError

LOWEST_LEVEL = 1e-7
"""A level below it drifts as this one does: the published fits take the logarithm of the level."""


@dataclass(frozen=True, kw_only=True)
class LevelLaw(Checked):
    """A number that falls with the logarithm of the level, between two bounds."""

    at_one: Annotated[float, Range(-1.0, 1.0, "", "value at level 1, unless bounded")] = 0.0
    slope: Annotated[float, Range(-1.0, 1.0, "", "fall for each factor e of level")] = 0.0
    low: Annotated[float, Range(0.0, 1.0, "", "never below")] = 0.0
    high: Annotated[float, Range(0.0, 1.0, "", "never above")] = 0.0

    def at(self, level: FloatLike) -> Floats:
        """min(max(at_one − slope·ln g, low), high); level as array or number."""
        g = np.maximum(np.asarray(level, float), LOWEST_LEVEL)
        return np.clip(self.at_one - self.slope * np.log(g), self.low, self.high)


@dataclass(frozen=True, kw_only=True)
class AnalogCell(Checked):
    """One kind of multilevel cell under one kind of pulse."""

    low_s: Annotated[float, Range(0.0, 1e-3, "S", "resistive memories")]
    high_s: Annotated[float, Range(1e-7, 1e-2, "S", "resistive memories")]
    range_spread: Annotated[float, Range(0.0, 0.5, "", "SD of either end between cells, levels")]
    step_up: Annotated[float, Range(0.0, 1.0, "", "levels a potentiation pulse adds at level 0")]
    step_down: Annotated[float, Range(0.0, 1.0, "", "levels a depression pulse takes at level 1")]
    bend_up: Annotated[float, Range(0.0, 1.0, "", "0 linear, 1 no step is left at level 1")]
    bend_down: Annotated[float, Range(0.0, 1.0, "", "0 linear, 1 no step is left at level 0")]
    step_spread: Annotated[float, Range(0.0, 2.0, "", "SD of ln(step) between cells")]
    pulse_noise: Annotated[float, Range(0.0, 1.0, "", "SD a pulse adds for good, levels")]
    write_noise: Annotated[float, Range(0.0, 1.0, "", "SD of the level read, new at each write")]
    drift_after_s: Annotated[float, Range(1e-9, 1e6, "s", "t0, when drift begins to count")]
    drift: LevelLaw
    drift_spread: LevelLaw
    relaxation: Annotated[float, Range(0.0, 0.5, "", "SD a decade of time adds, levels")]
    endurance_cycles: Annotated[float, Range(1.0, 1e18, "", "median cycles of wear to the end")]
    endurance_sigma: Annotated[float, Range(0.01, 5.0, "", "SD of ln(cycles) between cells")]
    wear_up: Annotated[float, Range(0.0, 1.0, "", "cycles of wear of a potentiation pulse")]
    wear_down: Annotated[float, Range(0.0, 1.0, "", "cycles of wear of a depression pulse")]
    stuck: Literal["lowest", "highest", "last"]
    potentiation_j: Annotated[float, Range(0.0, 1e-6, "J", "one pulse on one cell")]
    depression_j: Annotated[float, Range(0.0, 1e-6, "J", "one pulse on one cell")]
    potentiation_s: Annotated[float, Range(1e-10, 1e-3, "s", "pulse length")]
    depression_s: Annotated[float, Range(1e-10, 1e-3, "s", "pulse length")]
    write_v: Annotated[float, Range(0.1, 10.0, "V", "on the bit line, either polarity")]

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low_s >= self.high_s:
            raise RangeError(f"low_s = {self.low_s:g} S must be below high_s = {self.high_s:g} S")


def step_up(level: FloatLike, cell: AnalogCell) -> Floats:
    """Mean rise of the level by one potentiation pulse, Δg = step_up·(1 − bend_up·g).

    level: 0 … 1. This is the pulse-by-pulse form of the behavioural law
    G(p) = B(1 − exp(−p/A)) + G_min of Chen, Peng and Yu 2018, doi 10.1109/TCAD.2018.2789723, and
    at bend 1 the soft bound fitted to RRAM by Gong et al. 2018, doi 10.1038/s41467-018-04485-1.
    A cell whose step depends on its history, not its level alone, is not described.
    """
    return np.asarray(cell.step_up * (1 - cell.bend_up * np.asarray(level, float)))


def step_down(level: FloatLike, cell: AnalogCell) -> Floats:
    """Mean fall of the level by one depression pulse, step_down·(1 − bend_down·(1 − g)).

    The mirror image of `step_up`. A step of 1 at bend 1 is an abrupt reset to level 0.
    """
    return np.asarray(cell.step_down * (1 - cell.bend_down * (1 - np.asarray(level, float))))


def level_after(pulses: FloatLike, cell: AnalogCell) -> Floats:
    """Level after `pulses` potentiation pulses from level 0 without noise, at most 1.

    g(p) = [1 − (1 − step·bend)^p]/bend, or step·p at bend 0: the sum of `step_up`, exactly.
    """
    p, bend = np.asarray(pulses, float), cell.bend_up
    grown = cell.step_up * p if bend == 0 else -np.expm1(p * math.log1p(-_below_one(cell))) / bend
    return np.asarray(np.minimum(grown, 1.0))


def _below_one(cell: AnalogCell) -> float:
    return min(cell.step_up * cell.bend_up, 1 - 1e-16)


def drifted_level(
    level: Floats,
    lowest: FloatLike,
    elapsed_s: float,
    cell: AnalogCell,
    rng: np.random.Generator,
) -> Floats:
    """Level read `elapsed_s` [s] after the last write; below 0 where G fell under G_min.

    lowest: G_min/(G_max − G_min), of each cell or of all: conductance below level 0, in levels.
    G(t) = G(t0)·(t/t0)^−ν, the exponent of each cell drawn with mean and SD that depend on its
    level (structural relaxation of amorphous phase-change material: Le Gallo et al. 2018,
    doi 10.1002/aelm.201700627; fit of a million cells: Joshi et al. 2020,
    doi 10.1038/s41467-020-16108-9), plus a Gaussian of SD relaxation·log10(t/t0) levels for the
    loss of filaments. Before t0 nothing has moved. Temperature and read noise (1/f) are left out.
    """
    if not elapsed_s >= 0:
        raise RangeError(f"elapsed_s = {elapsed_s:g} s must be at least 0 s")
    ratio = max(elapsed_s / cell.drift_after_s, 1.0)
    if ratio == 1.0:
        return np.asarray(level, float)
    spread = cell.drift_spread.at(level) * rng.standard_normal(level.shape)
    exponent = np.maximum(cell.drift.at(level) + spread, 0.0)
    conductance = np.maximum(level + lowest, 0.0) * ratio**-exponent
    relaxed = cell.relaxation * math.log10(ratio) * rng.standard_normal(level.shape)
    return conductance - lowest + relaxed


def draw_cycles(cell: AnalogCell, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Cycles of wear that each cell survives, log-normal about `endurance_cycles`."""
    return cell.endurance_cycles * np.exp(cell.endurance_sigma * rng.standard_normal(shape))


def broken_fraction(cycles: FloatLike, cell: AnalogCell) -> Floats:
    """Fraction of cells at their end after `cycles` of wear, Φ(ln(n/median)/σ); broadcasts."""
    with np.errstate(divide="ignore"):
        z = np.log(np.asarray(cycles, float) / cell.endurance_cycles) / cell.endurance_sigma
    return np.asarray(np.vectorize(_normal_cdf, otypes=[float])(z))


def _normal_cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def images_to_broken_fraction(
    cycles_per_image: Floats, fraction: float, cell: AnalogCell
) -> float:
    """Images until `fraction` of the cells is expected at its end.

    cycles_per_image: (groups,) wear an image on the cells of equally large groups. The mean over
    groups of `broken_fraction` grows with the images, so its root is halved in to a relative
    1e-9. Infinite if so many cells never wear.
    """
    if not 0 < fraction < 1:
        raise RangeError(f"fraction = {fraction:g} must lie between 0 and 1")
    if np.mean(cycles_per_image > 0) <= fraction:
        return math.inf
    fastest = float(cycles_per_image.max())
    low, high = math.log(1e-30 / fastest), math.log(1e40 / fastest)
    while high - low > 1e-9:
        middle = (low + high) / 2
        if float(np.mean(broken_fraction(cycles_per_image * math.exp(middle), cell))) < fraction:
            low = middle
        else:
            high = middle
    return math.exp(high)
