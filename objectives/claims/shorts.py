"""A few shorted cells are the defect that hurts.

Borders et al. 2024, an array of 20,000 junctions with weights trained elsewhere. Here each kind of
defect is on the die before it learns, or appears after it has learned and named its neurons. A
short behind the transistor of its cell conducts about twice what a parallel cell does; one with
nothing in series stands for an array without transistors, and is read as 8 times the mean parallel
cell, where the sense path saturates (`learner.quantise`).

Left out: the current that a short takes from the line while its column is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from device_models.defects import draw_defects
from device_models.params import Defects
from device_models.ranges import Checked, Range
from learner.defects import with_defects
from objectives.claims.curve import Check, Curve, Floats, Line, checked_levels, difference
from objectives.claims.network import (
    accuracy,
    learned,
    learned_accuracy,
    names,
    random_die,
    streams,
)
from objectives.design import Design
from objectives.evaluate import DataSets

LEVELS = Range(0.0, 0.25, "", "part of the cells, as `Defects` takes it")
BARE, GATED = "short, nothing in series", "short behind its transistor"
KINDS = {
    "stuck P": "stuck_p",
    "stuck AP": "stuck_ap",
    "open": "open",
    GATED: "short",
    BARE: "short",
}
OTHERS = ("stuck P", "stuck AP", "open")
BEFORE, AFTER = "before learning", "after learning"


@dataclass(frozen=True, kw_only=True)
class Params(Checked):
    """Points and limits of the claim; the limits are assumptions."""

    levels: tuple[float, ...] = (0.0, 1e-3, 3e-3, 0.01, 0.03)
    seeds: Annotated[int, Range(1, 100, "", "repeats")] = 4
    few: Annotated[float, Range(0.0, 0.25, "", "part of the cells: a few")] = 3e-3
    loss: Annotated[float, Range(0.0, 1.0, "", "accuracy: it hurts")] = 0.02
    ratio: Annotated[float, Range(1.0, 1e3, "", "over the worst other defect")] = 3.0


def line_name(kind: str, when: str) -> str:
    """Name of a line."""
    return f"{kind}, {when}"


def measure(params: Params, design: Design, data: DataSets) -> Curve:
    """Accuracy at each part of broken cells, by kind and by when they break."""
    levels = checked_levels("levels", params.levels, LEVELS)
    shape = (len(levels), params.seeds)
    found = {line_name(k, w): np.empty(shape) for k in KINDS for w in (BEFORE, AFTER)}
    for seed in range(params.seeds):
        _measure_seed(design, data, levels.tolist(), seed, found)
    lines = tuple(
        Line(name=name, values=values, panel=name.rpartition(", ")[2])
        for name, values in found.items()
    )
    return Curve(x_name="part of cells broken", x=levels, y_name="accuracy", lines=lines)


def _measure_seed(
    design: Design,
    data: DataSets,
    levels: list[float],
    seed: int,
    found: Mapping[str, Floats],
) -> None:
    for_die, for_learning, for_names = streams(seed, 3)
    die = random_die(design, data.training.pixels.shape[1], for_die)
    sound = learned(design, die, data.training, for_learning)
    table = names(design, sound, data.training, for_names)
    access_ohm, short_ohm = design.array.access_ohm, design.defects.short_ohm
    for kind, field in KINDS.items():
        short_s = 1 / (short_ohm + (0.0 if kind == BARE else access_ohm))
        for place, part in enumerate(levels):
            *_, for_defects, for_scores, again = streams(seed, 6)
            defects = Defects(**{field: part})
            kinds = draw_defects(defects, die.conductance_p_s.shape, for_defects)
            broken = with_defects(die, kinds, short_s)
            found[line_name(kind, BEFORE)][place, seed] = learned_accuracy(
                design, broken, data, again
            )
            worn = replace(sound, die=broken)
            found[line_name(kind, AFTER)][place, seed] = accuracy(
                design, worn, table, data.validation, for_scores
            )


def judge(params: Params, curve: Curve) -> tuple[Check, ...]:
    """Essential for shorts without a transistor after learning; every other case a condition."""
    return tuple(
        _hurts(params, curve, kind, when, essential=(kind, when) == (BARE, AFTER))
        for kind in (BARE, GATED)
        for when in (AFTER, BEFORE)
    )


def _hurts(params: Params, curve: Curve, kind: str, when: str, *, essential: bool) -> Check:
    """At `few`, shorts lose `loss` and `ratio` times as much as the worst other defect."""
    at = curve.at(params.few)

    def loss(name: str) -> tuple[float, float]:
        values = curve.line(line_name(name, when)).values
        return difference(values[0], values[at])

    short, error = loss(kind)
    worst, name = max((loss(other)[0], other) for other in OTHERS)
    return Check(
        rule=f"{params.few:.1%} {kind}, {when}: costs at least {100 * params.loss:g} points and "
        f"{params.ratio:g} times the worst other defect",
        found=f"{100 * short:.2f} ± {100 * error:.2f} points (2 SE), the worst other is {name} "
        f"with {100 * worst:.2f}",
        holds=short - error >= params.loss and short >= params.ratio * max(worst, 0.0),
        essential=essential,
    )
