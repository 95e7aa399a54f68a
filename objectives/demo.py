"""From a design to the handful of junctions of the demo, and how often they learn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from device_models.arrays import Floats
from device_models.params import Array, Environment, Mtj, Pulse
from device_models.pulse_effects import Polarity, flip_probability
from device_models.ranges import RangeError, ranges_of
from device_models.variation import Cells, draw_cells, nominal_cell
from device_models.write import depression_write, potentiation_write, read_disturb_probability
from device_models.write_path import layer_write_path
from learner.demo import run
from learner.demo_record import Bits, Read, Record, Schedule, SmallArray, States, Write, held
from objectives.design import Design, operating
from objectives.die import nominal_conductances, read_conductances

CHANCE, DURATION_S = 0.5, 10e-9
"""Pulses of a demo that is given none: their chance on the nominal junction, and how long."""


@dataclass(frozen=True, kw_only=True)
class Demo:
    """What is shown to which junctions: patterns of one bit a row, and states to start from.

    The design's array is one tile of as many rows as a pattern has bits. start None: random.
    """

    design: Design
    patterns: tuple[Bits, ...]
    schedule: Schedule
    start: States | None = None

    @property
    def rows(self) -> int:
        """Inputs."""
        return len(self.patterns[0])


def one_by_one(array: Array, rows: int) -> Array:
    """The array as one tile, written one cell at a time."""
    return replace(array, tile_rows=rows, rows_per_write=1)


def usual_pulse(mtj: Mtj, array: Array, rows: int, polarity: Polarity, env: Environment) -> Pulse:
    """The pulse of DURATION_S that flips the nominal junction with CHANCE, to 1 mV.

    mtj: at its operating temperature. Cells are written alone, so that all rows see the same wire.
    """
    low, high = ranges_of(Pulse)["amplitude_v"].low, ranges_of(Pulse)["amplitude_v"].high
    tile = one_by_one(array, rows)

    def chance(amplitude_v: float) -> float:
        pulse = Pulse(amplitude_v=amplitude_v, duration_s=DURATION_S)
        path = layer_write_path(mtj, tile, pulse, rows)
        ohm, share = array.access_ohm + path.wire_ohm[0], path.open_share[0]
        return float(flip_probability(mtj, nominal_cell(mtj), pulse, ohm, polarity, env, share))

    if not chance(low) < CHANCE < chance(high):
        raise RangeError(
            f"no {polarity} pulse of {DURATION_S * 1e9:g} ns from {low:g} to {high:g} V flips "
            f"this junction with a chance of {CHANCE:g}; give the pulse"
        )
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (low, middle) if chance(middle) > CHANCE else (middle, high)
    return Pulse(amplitude_v=round(high, 3), duration_s=DURATION_S)


def draw_small_array(design: Design, rows: int, rng: np.random.Generator) -> SmallArray:
    """Draw rows × neuron.count junctions, and what reads and pulses do to each.

    A cell is written alone, behind its transistor and wire_ohm·(rows + 1).
    """
    design = operating(design)
    array = one_by_one(design.array, rows)
    cells = draw_cells(design.device, design.variation, (rows, design.neuron.count), rng)
    g_p, g_ap = read_conductances(cells, array)
    up, up_a = _pulse_on(design, cells, array, "potentiation")
    down, down_a = _pulse_on(design, cells, array, "depression")
    return SmallArray(
        conductance_p_s=g_p,
        conductance_ap_s=g_ap,
        potentiation=up,
        depression=down,
        potentiation_a=up_a,
        depression_a=down_a,
        read_disturb=read_disturb_probability(cells, array.read_v, array.read_s, array.access_ohm),
        reference_s=sum(nominal_conductances(design.device, array)) / 2,
        wire_ohm=array.wire_ohm,
        read_v=array.read_v,
    )


def _pulse_on(
    design: Design, cells: Cells, array: Array, polarity: Polarity
) -> tuple[Floats, Floats]:
    """Chance to flip each cell, and current [A] on it antiparallel and parallel."""
    mtj, rows = design.device, array.tile_rows
    up = polarity == "potentiation"
    pulse = design.potentiation if up else design.depression
    path = layer_write_path(mtj, array, pulse, rows)
    ohm, share = array.access_ohm + path.wire_ohm[:, None], path.open_share[:, None]
    chance = flip_probability(mtj, cells, pulse, ohm, polarity, design.environment, share)
    writes = (
        [potentiation_write(cells, pulse, ohm, from_ap=ap, share=share) for ap in (True, False)]
        if up
        else [depression_write(cells, pulse, ohm, from_p=p, share=share) for p in (False, True)]
    )
    return chance, np.stack([write.current_a for write in writes])


def play(demo: Demo, seed: int) -> tuple[SmallArray, Record]:
    """The junctions of a seed, and everything that happens to them."""
    rng = np.random.default_rng(seed)
    array = draw_small_array(demo.design, demo.rows, rng)
    record = run(array, demo.patterns, demo.design.neuron, demo.schedule, rng, demo.start)
    return array, record


def learned_share(demo: Demo, seeds: Sequence[int]) -> float:
    """Share of the seeds, each its own junctions, after which every pattern is held."""
    return sum(all(held(play(demo, seed)[1])) for seed in seeds) / len(seeds)


def expected_read_flips(array: SmallArray, record: Record) -> float:
    """Parallel cells that the reads of a record are expected to flip; it leaves them out."""
    states = (event for event in record.events if isinstance(event, Read))
    return sum(
        float(array.read_disturb[(np.array(read.state) == 1) & (np.array(read.cell_a) > 0)].sum())
        for read in states
    )


def pulse_energy_j(demo: Demo, record: Record) -> tuple[float, float]:
    """Energy [J] of all reads and of all write pulses, V·I·t of the driver; no circuits.

    The reference column is read with the others.
    """
    design, reads, writes = demo.design, 0.0, 0.0
    for event in record.events:
        if isinstance(event, Read):
            current_a = sum(event.current_a) + event.reference_a
            reads += design.array.read_v * current_a * design.array.read_s
        elif isinstance(event, Write):
            pulse = design.potentiation if event.kind == "potentiation" else design.depression
            writes += pulse.amplitude_v * event.current_a * pulse.duration_s
    return reads, writes
