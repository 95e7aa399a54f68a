"""The one door the search uses: a design in, its scores out."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, fields

import numpy as np

from device_models.analog_library import analog_cell
from device_models.array import tile_slices, tiled_currents
from device_models.ranges import RangeError
from learner.crossbar import AnyCrossbar
from learner.datasets import Images, load
from learner.synapses import lines_s
from objectives.accuracy import Learned, learn
from objectives.analog import analog_lifetime_images, draw_analog_die
from objectives.area import layer_area
from objectives.breakdown import breakdown, inference_latency, learning_latency
from objectives.compound import draw_compound_die
from objectives.constraints import constraints
from objectives.design import Design, operating, phase_designs, phases_begun
from objectives.die import draw_die, draw_die_phases
from objectives.endurance import lifetime_spread
from objectives.energy import Energy, image_energy
from objectives.lazily import Lazily
from objectives.margins import cell_margin_sigma, read_contrast
from objectives.scores import Scores, over_seeds
from objectives.wiring import wiring
from objectives.writes import write_attempts, write_share_min

SAMPLE_IMAGES = 1000
EXACT_IMAGES = 8
"""Images whose column currents are solved exactly, to state the error of the fast IR drop."""


@dataclass(frozen=True, kw_only=True)
class DataSets:
    """What a search may see: never the test images."""

    training: Images
    validation: Images


def load_data(dataset: str) -> DataSets:
    """Training and validation images of "mnist" or of a folder of IDX files."""
    return DataSets(training=load(dataset, "train"), validation=load(dataset, "validation"))


def evaluate(design: Design, data: DataSets, seeds: Sequence[int]) -> Scores:
    """Train and score `design` once a seed; a pure function, the same bits for the same input.

    A seed decides the die (device-to-device draws), the order of the images, the spikes, the read
    noise and every stochastic switching event or analog step.
    """
    if not seeds:
        raise RangeError("evaluate needs at least one seed, such as seeds=(1,)")
    runs = [one_seed(design, data, seed) for seed in seeds]
    return over_seeds(runs, check_constraints(design, data), seeds)


def check_constraints(design: Design, data: DataSets) -> dict[str, float]:
    """The constraints of a design, in milliseconds and without training."""
    return dict(constraints(operating(design), data.training.pixels[:SAMPLE_IMAGES]))


def one_seed(design: Design, data: DataSets, seed: int) -> dict[str, float]:
    """Every name of METRICS for one seed."""
    at_work = operating(design)
    die_rng, rng = generators(seed)
    dies = draw_phases(at_work, data.training.pixels.shape[1], die_rng)
    learned = learn(at_work, dies, data.training, data.validation, rng)
    return figures(at_work, dies[-1], learned, data.validation)


def generators(seed: int) -> tuple[np.random.Generator, np.random.Generator]:
    """Random numbers of the die, and of its training and reads."""
    die, rest = np.random.SeedSequence(seed).spawn(2)
    return np.random.default_rng(die), np.random.default_rng(rest)


def figures(
    design: Design, crossbar: AnyCrossbar, learned: Learned, scored: Images
) -> dict[str, float]:
    """Every name of METRICS of one die, once it has learned and was scored on `scored`."""
    inputs = crossbar.inputs
    events, cell_count = learned.trained.events, inputs * design.neuron.count
    flips = int(events.flips.sum())
    learning, area = learning_energy(design, learned, crossbar), layer_area(design, inputs)
    latency = learning_latency(events, design, inputs)
    return {
        "accuracy": learned.accuracy_vote,
        "accuracy_winner": learned.accuracy_winner,
        "learning_energy_j": learning.macro_j,
        "device_energy_j": learning.device_j,
        "inference_energy_j": image_energy(learned.inference, design, crossbar).macro_j,
        **_lifetimes(learned, design, inputs),
        "learning_latency_s": latency.total_s,
        "inference_latency_s": inference_latency(learned.inference, design, inputs).total_s,
        "area_m2": area.total_m2,
        "attempts_per_cell": (int(events.wins.sum()) - int(events.spared.sum()) / inputs)
        / design.neuron.count,
        "flips_per_cell": flips / cell_count,
        "neurons_used": float(np.mean(events.wins > 0)),
        "write_share_min": write_share_min(design, inputs),
        "cell_margin_sigma": cell_margin_sigma(design),
        "column_contrast_sigma": read_contrast(design, scored.pixels[:SAMPLE_IMAGES]),
        "attenuation_error": attenuation_error(crossbar, learned, scored, design),
        **breakdown(learning, latency, area),
    }


def learning_energy(design: Design, learned: Learned, crossbar: AnyCrossbar) -> Energy:
    """Mean energy of an image over the phases that were trained, each at its own pulses."""
    images = learned.trained.events.images
    by_phase = [
        (events.images / images, image_energy(events, phase, crossbar))
        for phase, events in zip(phase_designs(design), learned.phases, strict=False)
    ]
    names = [part.name for part in fields(Energy)]
    return Energy(
        **{name: sum(w * getattr(energy, name) for w, energy in by_phase) for name in names}
    )


def draw_phases(
    design: Design, inputs: int, rng: np.random.Generator, until: int | None = None
) -> Sequence[AnyCrossbar]:
    """One die with the pulses of each phase of the training: the same cells in all of them.

    Each is made when it is asked for.

    until: only the phases that the first so many images are shown in.
    """
    designs = phase_designs(design)
    if until is not None:
        designs = designs[: phases_begun(design.training, until)]
    if _is_single(design):
        return draw_die_phases(designs, inputs, rng)[0]
    start = deepcopy(rng)
    return Lazily(
        lambda place: draw_any_die(designs[place], inputs, deepcopy(start)), len(designs)
    )


def draw_any_die(design: Design, inputs: int, rng: np.random.Generator) -> AnyCrossbar:
    """Sample one die of whatever kind of synapse the design has."""
    if _is_single(design):
        return draw_die(design, inputs, rng)[0]
    if design.synapse.kind == "mtj":
        return draw_compound_die(design, inputs, rng)
    return draw_analog_die(analog_cell(design.synapse.kind), design, inputs, rng)


def _is_single(design: Design) -> bool:
    return design.synapse.kind == "mtj" and wiring(design).junctions == 1


def _lifetimes(learned: Learned, design: Design, inputs: int) -> dict[str, float]:
    """Under the design's own law, and the span of all laws; a multilevel cell has one.

    Learning goes on as it did on average over the phases of the training.
    """
    events = learned.trained.events
    if design.synapse.kind == "mtj":
        kinds = [
            kind
            for phase, found in zip(phase_designs(design), learned.phases, strict=False)
            for kind in write_attempts(found, phase, inputs)
        ]
        by_law = lifetime_spread(events, design, inputs, kinds)
        own = by_law.life[design.breakdown.law, design.breakdown.distribution]
        low, high = by_law.lowest, by_law.highest
    else:
        own = analog_lifetime_images(events, analog_cell(design.synapse.kind), inputs)
        low = high = own
    return {
        "lifetime_images": own,
        "lifetime_images_low": low,
        "lifetime_images_high": high,
    }


def attenuation_error(
    crossbar: AnyCrossbar, learned: Learned, images: Images, design: Design
) -> float:
    """Rms relative error of the learner's fast IR drop against the exact ladder, after training.

    The first images of `images`, every line of every column; patterns are thresholded pixels in
    both encodings. A common factor over all columns is divided out: it cancels in the race.
    """
    active = images.pixels[:EXACT_IMAGES] > design.encoding.pixel_threshold
    g = np.concatenate(lines_s(crossbar, learned.trained.state), axis=1)
    wire_ohm, read_v = design.array.wire_ohm, crossbar.read_v
    exact = tiled_currents(g, active, wire_ohm, read_v, crossbar.tile_rows)
    fast = np.zeros_like(exact)
    levels = len(crossbar.attenuation) - 1
    for rows in tile_slices(len(g), crossbar.tile_rows):
        part = active[:, rows]
        level = np.rint(part.sum(1) / crossbar.tile_rows * levels).astype(int)
        share = crossbar.attenuation[level][:, : part.shape[1]]
        fast += read_v * (part * share) @ g[rows]
    ratio = np.ones_like(exact)
    np.divide(fast, exact, out=ratio, where=exact > 0)
    return float(np.std(ratio / ratio.mean(axis=1, keepdims=True)))
