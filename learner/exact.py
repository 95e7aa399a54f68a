"""Responses of a trained die with every column current solved exactly, wires included.

Training and search read with a fast attenuation that knows how many rows of a tile are active but
not which, and not which cells of a column are parallel. Here each step of each image solves the
ladder of every tile and column (`device_models.array`), O(active rows) a column. The reference is
a column of its own in every tile, all of whose cells conduct `reference_s`, behind the same wires;
of synapses with several lines, as many columns that share it. A pair needs none: its lines are
solved apart and subtracted. The mismatch of a reference stays in the cells' conductances.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from device_models.array import checked_conductance, tile_slices
from device_models.ranges import Range, check_value
from learner import _arrays as a
from learner import network
from learner._exact_kernels import predict_images_exactly
from learner.crossbar import AnyCrossbar, CompoundCrossbar
from learner.events import Events
from learner.network import RANKED, Images, Progress, Trained, begin, set_bias
from learner.params import Encoding
from learner.quantise import cell_charge_s
from learner.synapses import State, lines_s, synapses_of

WIRE = Range(0.0, 1e6, "ohm", "wire segment a cell, source line and bit line each")


class Wired(NamedTuple):
    """The array as the exact solve takes it: all lines side by side, the reference last."""

    conductance: NDArray[np.float64]  # (inputs, lines·neurons + 1) [S]
    gain: NDArray[np.float64]  # (tiles, lines, neurons) of the sense amplifiers
    signs: NDArray[np.int64]  # (lines,)
    row_drawn_s: NDArray[np.float64]  # (inputs,) what a row draws without wires [S]
    tile_rows: int
    wire_ohm: float
    per_cell: float  # charge of 1 S in one step, cells
    noise_relative: float
    on: NDArray[np.uint8]  # (1, inputs) rows active in this step
    begins: NDArray[np.int64]  # (tiles,) place of its first row among the active ones
    currents: NDArray[np.float64]  # (1, lines·neurons + 1) of one tile at 1 V
    charge: NDArray[np.float32]  # (tiles, neurons) amplified, less the reference
    squares: NDArray[np.float32]  # (tiles, neurons) of the charges that noise is relative to
    drawn: NDArray[np.float64]  # (1,) Σ over columns and steps, not amplified


def predict_exact(
    images: Images,
    trained: Trained,
    crossbar: AnyCrossbar,
    encoding: Encoding,
    rng: np.random.Generator,
    *,
    wire_ohm: float,
    progress: Progress | None = None,
) -> tuple[NDArray[np.int64], Events]:
    """`network.predict` with exact column currents: same arguments, results and random streams.

    wire_ohm: [Ω] a cell on either line, >= 0. With 0 it differs from `predict` by the rounding to
    bytes only. The read noise of a tile follows the tile's own current, where `predict` takes
    each tile's share of the attenuated rows, and that of a pair the mean current of both lines.
    A shorted cell does not saturate. Events hold the exact currents.
    """
    ranked, _, events = respond_exact(
        images, trained, crossbar, encoding, rng, wire_ohm=wire_ohm, progress=progress
    )
    return ranked, events


def respond_exact(
    images: Images,
    trained: Trained,
    crossbar: AnyCrossbar,
    encoding: Encoding,
    rng: np.random.Generator,
    *,
    wire_ohm: float,
    progress: Progress | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float32], Events]:
    """As `predict_exact`, and between the two what `network.respond` gives there."""
    network._check(images, crossbar, trained.neuron)
    check_value("wire_ohm", wire_ohm, WIRE)
    wired = wired_array(crossbar, trained.state, wire_ohm)
    work, seed = begin(crossbar, encoding, trained.neuron, trained.thresholds), network._seed(rng)
    set_bias(work, synapses_of(crossbar, trained.state).cells, trained.bias)
    ranked = np.zeros((len(images), min(RANKED, crossbar.neurons)), np.int64)
    strength = np.zeros(ranked.shape, np.float32)
    for done in range(0, len(images), network.CHUNK):
        part = np.ascontiguousarray(images[done : done + network.CHUNK])
        places = (values[done : done + network.CHUNK] for values in (ranked, strength))
        predict_images_exactly(part, done, seed, wired, *work, *places)
        if progress:
            progress(done + len(part), len(images))
    return ranked, strength, _events(len(images), work, crossbar, float(wired.drawn[0]))


def wired_array(crossbar: AnyCrossbar, state: State, wire_ohm: float) -> Wired:
    """The crossbar's cells in `state`, between lines of `wire_ohm` a cell.

    A crossbar's conductances hold the gain of the sense amplifiers, which no wire sees: it is
    taken out of the cells and put behind the solve.
    """
    lines = lines_s(crossbar, state)
    count, inputs, neurons = lines.shape
    gain = np.ones(lines.shape)
    if crossbar.gain is not None:
        gain = crossbar.gain.reshape(lines.shape).astype(np.float64)
    bare = np.divide(lines, gain, out=np.zeros(lines.shape), where=gain > 0)
    signs = crossbar.line_signs if isinstance(crossbar, CompoundCrossbar) else (1,)
    tops = [tile.start for tile in tile_slices(inputs, crossbar.tile_rows)]
    reference = np.full((inputs, 1), _reference_s(crossbar) / count)
    return Wired(
        conductance=checked_conductance(np.hstack([*bare, reference])),
        gain=np.ascontiguousarray(gain[:, tops].swapaxes(0, 1)),
        signs=np.array(signs, np.int64),
        row_drawn_s=_row_drawn_s(crossbar, state, bare),
        tile_rows=crossbar.tile_rows,
        wire_ohm=float(wire_ohm),
        per_cell=1 / cell_charge_s(crossbar),
        noise_relative=crossbar.noise_relative,
        on=np.zeros((1, inputs), np.uint8),
        begins=np.zeros(len(tops), np.int64),
        currents=np.zeros((1, count * neurons + 1)),
        charge=np.zeros((len(tops), neurons), np.float32),
        squares=np.zeros((len(tops), neurons), np.float32),
        drawn=np.zeros(1),
    )


def _reference_s(crossbar: AnyCrossbar) -> float:
    """What is subtracted, but for the offset that only keeps bytes positive."""
    offset_s = crossbar.offset_s if isinstance(crossbar, CompoundCrossbar) else 0.0
    return max(float(crossbar.reference_s - offset_s), 0.0)


def _row_drawn_s(
    crossbar: AnyCrossbar, state: State, bare: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Synapses whose junctions are sensed one by one draw through more than their lines."""
    if isinstance(crossbar, CompoundCrossbar):
        return np.asarray(crossbar.drawn_s[np.asarray(state, np.int64)].sum(axis=1))
    return np.asarray(bare.sum(axis=(0, 2)))


def _events(images: int, work: a.Work, crossbar: AnyCrossbar, drawn_s: float) -> Events:
    """What the array did; nothing was written."""
    count = [int(value) for value in work.tally.counters]
    states = crossbar.states if isinstance(crossbar, CompoundCrossbar) else 2
    return Events(
        images=images,
        wins=work.neurons.wins,
        steps=count[a.STEPS],
        time_outs=count[a.TIME_OUTS],
        input_spikes=count[a.SPIKES],
        tile_reads=count[a.TILE_READS],
        current_a_steps=drawn_s * crossbar.read_v,
        pulses=np.zeros((2, states, crossbar.inputs), np.int64),
        flips=np.zeros((2, crossbar.inputs), np.int64),
        spared=np.zeros((2, crossbar.inputs), np.int64),
        cell_reads=0,
    )
