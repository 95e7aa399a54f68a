"""Several junctions that must all switch keep what was learned for longer.

Nishi et al. 2021, Sci. Rep. 11:18282. k junctions a synapse, the weight is on when
all are parallel: the chance to have flipped after n pulses is a sigmoid, [1 − (1 − p)^n]^k. The
network learns the digits 0 … 4, its neurons are named once, and then only 5 … 9 are shown. `and`
senses every junction by itself, ideally; `string` reads k of them in series behind one transistor,
a graded weight at the on/off ratio of a junction. Cells are equal and wires ideal.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from device_models.ranges import Checked, Range
from learner.crossbar import CompoundCrossbar
from learner.datasets import Images
from learner.network import train, untrained
from objectives.accuracy import shuffled_epochs
from objectives.claims.curve import Check, Curve, Line, checked_levels, difference
from objectives.claims.network import Network, accuracy, names, only, streams
from objectives.design import Design
from objectives.evaluate import DataSets

LEVELS = Range(0.0, 1e6, "", "images of the new digits shown")
Sensing = Literal["and", "string"]
OLD, NEW = (0, 1, 2, 3, 4), (5, 6, 7, 8, 9)
CHANCES = {1: (0.04, 0.008), 3: (0.13, 0.03), 4: (0.2, 0.08)}
"""k: potentiation, depression of one junction as published (text)."""
CASES: tuple[tuple[int, Sensing], ...] = (
    (1, "and"),
    (3, "and"),
    (4, "and"),
    (3, "string"),
    (4, "string"),
)


@dataclass(frozen=True, kw_only=True)
class Params(Checked):
    """Points and limits of the claim. levels: images of the new digits; limits: assumptions."""

    levels: tuple[float, ...] = (0, 500, 1000, 2000, 4000, 8000, 16000)
    seeds: Annotated[int, Range(1, 100, "", "repeats")] = 5
    r_p_ohm: Annotated[float, Range(100.0, 1e6, "ohm", "junction, parallel")] = 5e3
    tmr: Annotated[float, Range(0.05, 6.0, "", "at read bias")] = 1.2
    new_loss: Annotated[float, Range(0.0, 1.0, "", "accuracy on new digits given up")] = 0.02


def line_name(k: int, sensing: Sensing, what: str) -> str:
    """Name of a line."""
    kind = "k = 1" if k == 1 else f"k = {k} {sensing}"
    return f"{kind}, {what}"


KEPT, LEARNED = "0-4 kept", "5-9 learned"


def compound_die(params: Params, design: Design, k: int, sensing: Sensing) -> CompoundCrossbar:
    """Equal synapses of k junctions on ideal wires and noiseless reads.

    The reference is what a synapse with every junction antiparallel conducts.
    """
    bits = ((np.arange(2**k)[:, None] >> np.arange(k)) & 1).astype(np.uint8)
    parallel = bits.sum(axis=1)
    access_ohm, ap_ohm = design.array.access_ohm, params.r_p_ohm * (1 + params.tmr)
    if sensing == "and":
        levels_s = 1 / (access_ohm + np.array([ap_ohm, params.r_p_ohm]))
        kind = (parallel == k).astype(np.uint8)
    else:
        on = np.arange(k + 1)
        levels_s = 1 / (access_ohm + on * params.r_p_ohm + (k - on) * ap_ohm)
        kind = parallel.astype(np.uint8)
    shape, inputs = (784, design.neuron.count), 784

    def all_cells(value: float) -> NDArray[np.float32]:
        return np.broadcast_to(np.float32(value), shape)

    return CompoundCrossbar(
        line_s=np.stack([all_cells(g) for g in levels_s])[None],
        line_kind=kind[:, None],
        line_signs=(1,),
        drawn_s=levels_s[kind],
        chances=np.stack([all_cells(chance) for chance in CHANCES[k]]),
        chance_kind=bits,
        reference_s=float(levels_s[0]),
        attenuation=np.ones((2, inputs), np.float32),
        tile_rows=inputs,
        read_v=design.array.read_v,
        read_s=design.array.read_s,
    )


def cumulative_chance(p: float, k: int, pulses: int) -> float:
    """Chance that all k junctions have flipped after so many pulses of chance p each."""
    return float((1 - (1 - p) ** pulses) ** k)


def measure(params: Params, design: Design, data: DataSets) -> Curve:
    """Accuracy on the old digits with names given before, and on the new ones with new names."""
    levels = checked_levels("levels", params.levels, LEVELS)
    lines = []
    for k, sensing in CASES:
        kept, gained = np.empty((2, len(levels), params.seeds))
        for seed in range(params.seeds):
            kept[:, seed], gained[:, seed] = _followed(params, design, data, (k, sensing), seed)
        lines.append(Line(name=line_name(k, sensing, KEPT), values=kept, panel=KEPT))
        lines.append(Line(name=line_name(k, sensing, LEARNED), values=gained, panel=LEARNED))
    return Curve(
        x_name="images of 5-9 shown", x=levels, y_name="accuracy within the five digits",
        lines=tuple(lines),
    )  # fmt: skip


def _followed(
    params: Params, design: Design, data: DataSets, case: tuple[int, Sensing], seed: int
) -> tuple[list[float], list[float]]:
    """Both accuracies of one network at every level."""
    rng, for_order, for_names, for_scores = streams(seed, 4)
    k, sensing = case
    die = compound_die(params, design, k, sensing)
    old, new = (only(data.training, digits) for digits in (OLD, NEW))
    old_scored, new_scored = (only(data.validation, digits) for digits in (OLD, NEW))
    on = design.training.initial_on ** (1 / k)  # as many synapses are on as with one junction
    trained = untrained(die, design.neuron, rng, on)
    network = Network(die=die, trained=trained)
    network = _go_on(design, network, _drawn(old, design.training.images, for_order), rng)
    first = names(design, network, old, for_names)
    kept, gained, shown = [], [], 0
    order = shuffled_epochs(len(new.labels), round(params.levels[-1]), for_order)
    for level in params.levels:
        part = new.pixels[order[shown : round(level)]]
        network, shown = _go_on(design, network, part, rng), round(level)
        kept.append(accuracy(design, network, first, old_scored, for_scores))
        second = names(design, network, new, for_names)
        gained.append(accuracy(design, network, second, new_scored, for_scores))
    return kept, gained


def _drawn(images: Images, count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    return images.pixels[shuffled_epochs(len(images.labels), count, rng)]


def _go_on(
    design: Design, network: Network, pixels: NDArray[np.uint8], rng: np.random.Generator
) -> Network:
    if not len(pixels):
        return network
    trained = train(
        pixels, network.die, design.encoding, design.neuron, rng, start=network.trained
    )
    return replace(network, trained=trained)


def judge(params: Params, curve: Curve) -> tuple[Check, ...]:
    """Both k with ideal sensing are essential; strings and the price in new digits conditions."""
    checks = []
    for k, sensing in CASES[1:]:
        checks.append(_keeps_longer(curve, k, sensing))
        checks.append(_learns_as_well(params, curve, k, sensing))
    return tuple(checks)


def _keeps_longer(curve: Curve, k: int, sensing: Sensing) -> Check:
    """Accuracy kept, averaged over the points after the change, against that of one junction."""
    several, one = (
        curve.line(line_name(n, s, KEPT)).values[1:].mean(axis=0)
        for n, s in ((k, sensing), (1, "and"))
    )
    gain, error = difference(several, one)
    return Check(
        rule=f"k = {k} {sensing}: keeps more of 0-4 than k = 1, mean over points",
        found=f"{100 * gain:.2f} ± {100 * error:.2f} points more (2 SE), k = 1 keeps "
        f"{100 * one.mean():.2f} %",
        holds=gain > error,
        essential=sensing == "and",
    )


def _learns_as_well(params: Params, curve: Curve, k: int, sensing: Sensing) -> Check:
    several, one = (
        curve.line(line_name(n, s, LEARNED)).values[-1] for n, s in ((k, sensing), (1, "and"))
    )
    gap, error = difference(one, several)
    return Check(
        rule=f"k = {k} {sensing}: learns 5-9 in the end within {100 * params.new_loss:g} points",
        found=f"{100 * gap:.2f} ± {100 * error:.2f} points below k = 1 (2 SE)",
        holds=gap - error <= params.new_loss,
        essential=False,
    )
