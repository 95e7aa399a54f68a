"""Tolerance of the network to the spread of its devices.

Querlioz et al. 2013: more than 50 % spread of all device parameters is tolerated. Their memristors
spread in conductances and in the size of a step; here that is `PARAMETERS`: conductances and flip
chances of every cell, each log-normal and for itself. A junction has another story: its diameter,
RA, TMR and barrier spread, and the flip chance is exponential in two of them, `GEOMETRY`.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from device_models.params import Variation
from device_models.ranges import Checked, Range
from learner.crossbar import Crossbar
from learner.crossbar import Floats as DieFloats
from objectives.claims.curve import Check, Curve, Line, checked_levels, lost
from objectives.claims.network import learned_accuracy, random_die, streams
from objectives.design import Design
from objectives.evaluate import DataSets

LEVELS = Range(0.0, 0.5, "", "SD over mean; the largest `Variation` takes")
CONDUCTANCE = "conductances"
CHANCE = "flip chances"
PARAMETERS = "conductances and chances"
GEOMETRY = "diameter, RA, TMR, barrier"
LINES = (CONDUCTANCE, CHANCE, PARAMETERS, GEOMETRY)


@dataclass(frozen=True, kw_only=True)
class Params(Checked):
    """Points and limit of the claim; the limit on accuracy is an assumption."""

    levels: tuple[float, ...] = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
    seeds: Annotated[int, Range(1, 100, "", "repeats")] = 5
    spread: Annotated[float, Range(0.0, 0.5, "", "that is tolerated")] = 0.5
    loss: Annotated[float, Range(0.0, 1.0, "", "accuracy; assumption")] = 0.05


def spread_die(design: Design, line: str, spread: float, inputs: int, seed: int) -> Crossbar:
    """A die with `spread` in what the line names and in nothing else.

    The same numbers are drawn at every spread of a seed, so that only their size changes.
    """
    for_die, for_spread = streams(seed, 2)
    cv = spread if line == GEOMETRY else 0.0
    variation = Variation(
        diameter=cv, ra=cv, tmr=cv, barrier=cv,
        die_diameter=0.0, die_ra=0.0, die_tmr=0.0, die_barrier=0.0,
    )  # fmt: skip
    die = random_die(replace(design, variation=variation), inputs, for_die)

    def spoiled(values: DieFloats, moved: bool, most: float) -> DieFloats:
        sigma = np.sqrt(np.log1p(spread * spread))
        factor = np.exp(sigma * for_spread.standard_normal(values.shape) - sigma * sigma / 2)
        return np.minimum(values * factor, most).astype(np.float32) if moved else values

    read, write = line in (CONDUCTANCE, PARAMETERS), line in (CHANCE, PARAMETERS)
    return replace(
        die,
        conductance_p_s=spoiled(die.conductance_p_s, read, np.inf),
        conductance_ap_s=spoiled(die.conductance_ap_s, read, np.inf),
        potentiation=spoiled(die.potentiation, write, 1.0),
        depression=spoiled(die.depression, write, 1.0),
    )


def measure(params: Params, design: Design, data: DataSets) -> Curve:
    """Accuracy at each spread, of the four lines; what spreads is there from the start."""
    levels = checked_levels("levels", params.levels, LEVELS)
    inputs = data.training.pixels.shape[1]
    lines = []
    for line in LINES:
        values = np.empty((len(levels), params.seeds))
        for place, seed in np.ndindex(values.shape):
            die = spread_die(design, line, float(levels[place]), inputs, seed)
            *_, rng = streams(seed, 3)
            values[place, seed] = learned_accuracy(design, die, data, rng)
        lines.append(Line(name=line, values=values))
    return Curve(x_name="spread, SD over mean", x=levels, y_name="accuracy", lines=tuple(lines))


def judge(params: Params, curve: Curve) -> tuple[Check, ...]:
    """The spread of the claim is essential; that of the junction behind it is a condition."""
    at = curve.at(params.spread)
    return tuple(
        lost(
            f"{params.spread:.0%} spread of {name} costs at most {100 * params.loss:g} points",
            curve.line(name).values[0],
            curve.line(name).values[at],
            params.loss,
            essential=name == PARAMETERS,
        )
        for name in (PARAMETERS, GEOMETRY)
    )
