"""Multilevel cells in place of the junctions of a design: their die, its ageing, its end."""

from dataclasses import replace

import numpy as np

from device_models.analog import (
    AnalogCell,
    draw_cycles,
    drifted_level,
    images_to_broken_fraction,
)
from device_models.analog_library import Synapse, analog_cell
from device_models.array import row_attenuation
from device_models.arrays import Floats
from learner.crossbar import AnalogCrossbar
from learner.events import Events
from learner.network import Trained
from learner.synapses import AnalogState, conductance_s
from objectives.design import Design
from objectives.die import (
    column_gain,
    column_noise_a,
    converter,
    nominal_conductances,
    reference_shift,
)
from objectives.endurance import BROKEN_FRACTION

NARROWEST = 0.01
"""A cell of a narrower window, over the mean one, is taken to have this: it drifts as all do."""


def nominal_window(design: Design) -> tuple[float, float]:
    """Conductance [S] of the nominal cell with its transistor, on and off, whatever its kind."""
    if design.synapse.kind == "mtj":
        return nominal_conductances(design.device, design.array)
    return analog_window(analog_cell(design.synapse.kind), design.array.access_ohm)


def analog_window(cell: AnalogCell, access_ohm: float) -> tuple[float, float]:
    """Highest and lowest conductance [S] with the access transistor in series."""
    return tuple(g / (1 + g * access_ohm) for g in (cell.high_s, cell.low_s))  # type: ignore[return-value]


def draw_analog_die(
    cell: AnalogCell, design: Design, inputs: int, rng: np.random.Generator
) -> AnalogCrossbar:
    """Sample one die of multilevel cells: ends of their range, steps, and cycles they survive.

    Array, sense path and neurons are those of the design; its device and pulses have no say. The
    reference is the middle of the nominal window, as for junctions. A cell's ends vary
    independently and stay in order; the transistor bends the scale of levels by less than 3 % of
    the window at 3 kΩ and 40 µS, which is left out.
    """
    array, synapse = design.array, design.synapse
    shape = (inputs, design.neuron.count)
    low, high = _ends(cell, array.access_ohm, shape, rng)
    gain = column_gain(design, inputs, rng)
    on_s, off_s = analog_window(cell, array.access_ohm)
    tile_rows = min(array.tile_rows, inputs)
    middle = (on_s + off_s) / 2
    reference_s = 0.0 if array.read_scheme == "raw" else middle
    shift_s = reference_s * reference_shift(design, inputs, rng)
    step_a, low_code, high_code = converter(design, (off_s, on_s), inputs)
    return AnalogCrossbar(
        conductance_low_s=np.maximum(low * gain - shift_s, 0.0).astype(np.float32),
        conductance_high_s=np.maximum(high * gain - shift_s, 0.0).astype(np.float32),
        step_up=_steps(cell.step_up, cell.step_spread, shape, rng),
        step_down=_steps(cell.step_down, cell.step_spread, shape, rng),
        cycles_left=draw_cycles(cell, shape, rng) - synapse.worn_cycles,
        cell=cell,
        potentiation_chance=synapse.potentiation_chance,
        depression_chance=synapse.depression_chance,
        tile_rows=tile_rows,
        attenuation=row_attenuation(tile_rows, array.wire_ohm, middle).astype(np.float32),
        read_v=array.read_v,
        read_s=array.read_s,
        noise_relative=design.sense.noise_relative,
        noise_a=column_noise_a(design.sense, array, on_s, design.device.temperature_k),
        gain=gain.astype(np.float32),
        reference_s=reference_s,
        converter_a=step_a,
        converter_low=low_code,
        converter_high=high_code,
    )


def _ends(
    cell: AnalogCell, access_ohm: float, shape: tuple[int, int], rng: np.random.Generator
) -> tuple[Floats, Floats]:
    window = cell.high_s - cell.low_s
    ends = [
        np.maximum(end + cell.range_spread * window * rng.standard_normal(shape), 0.0)
        for end in (cell.low_s, cell.high_s)
    ]
    low, high = np.minimum(*ends), np.maximum(*ends)
    return low / (1 + low * access_ohm), high / (1 + high * access_ohm)


def _steps(mean: float, spread: float, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    return np.minimum(mean * np.exp(spread * rng.standard_normal(shape) - spread**2 / 2), 1.0)


def aged(
    crossbar: AnalogCrossbar, trained: Trained, synapse: Synapse, rng: np.random.Generator
) -> tuple[AnalogCrossbar, Trained]:
    """The die `synapse.drift_s` [s] after its last write, and its reference by then.

    A "replica" reference falls as the mean of the array does: what one reads with global drift
    compensation (Joshi et al. 2020, doi 10.1038/s41467-020-16108-9).
    """
    state = trained.state
    if not isinstance(state, AnalogState):
        return crossbar, trained
    off, on = (g.astype(float) for g in crossbar.window_s)
    lowest = off / np.maximum(on - off, NARROWEST * (on - off).mean())
    read = drifted_level(state.read.astype(float), lowest, synapse.drift_s, crossbar.cell, rng)
    later = replace(state, read=read.astype(np.float32))
    if synapse.reference == "replica":
        left = conductance_s(crossbar, later).mean() / conductance_s(crossbar, state).mean()
        crossbar = replace(crossbar, reference_s=float(crossbar.reference_s * left))
    return crossbar, replace(trained, state=later)


def analog_cycles_per_image(events: Events, cell: AnalogCell, inputs: int) -> Floats:
    """Cycles of wear of an image on a cell of each column, (neurons,).

    The pulses of both polarities are spread over all cells of a column alike, an average: a pixel
    that is always dark sees depression only.
    """
    wins = max(int(events.wins.sum()), 1)
    wear = events.potentiation_pulses * cell.wear_up + events.depression_pulses * cell.wear_down
    return np.asarray(events.wins / events.images * wear / (wins * inputs))


def analog_lifetime_images(events: Events, cell: AnalogCell, inputs: int) -> float:
    """Images until 100 ppm of the cells are expected at their end, learning all the while."""
    return images_to_broken_fraction(
        analog_cycles_per_image(events, cell, inputs), BROKEN_FRACTION, cell
    )
