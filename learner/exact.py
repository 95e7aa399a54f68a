"""Responses of a trained die with every column current solved exactly, wires included.

Training and search read with a fast attenuation that knows how many rows of a tile are active but
not which, and not which cells of a column are parallel. Here each step of each image solves the
ladder of every tile and column (`device_models.array`), O(active rows) a column. The reference is
a column of its own in every tile, all of whose cells conduct `reference_s`, behind the same wires.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from device_models.array import checked_conductance, tile_slices
from device_models.ranges import Range, check_value
from learner import _arrays as a
from learner import network
from learner._exact_kernels import predict_images_exactly
from learner.crossbar import AnyCrossbar, ReadPath
from learner.events import Events
from learner.network import RANKED, Images, Progress, Trained, begin
from learner.params import Encoding
from learner.quantise import cell_charge_s
from learner.synapses import conductance_s

WIRE = Range(0.0, 1e6, "ohm", "wire segment a cell, source line and bit line each")


class Wired(NamedTuple):
    """The array as the exact solve takes it; its last column is the reference."""

    conductance: NDArray[np.float64]  # (inputs, neurons + 1) [S]
    gain: NDArray[np.float64]  # (tiles, neurons) of the sense amplifiers
    tile_rows: int
    wire_ohm: float
    per_cell: float  # charge of 1 S in one step, cells
    on: NDArray[np.uint8]  # (1, inputs) rows active in this step
    currents: NDArray[np.float64]  # (1, neurons + 1) of one tile at 1 V
    charge: NDArray[np.float64]  # (neurons,) over all tiles, amplified
    squares: NDArray[np.float64]  # (neurons,) Σ over tiles of the squares
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
    each tile's share of the attenuated rows. Events hold the exact currents.
    """
    network._check(images, crossbar, trained.neuron)
    check_value("wire_ohm", wire_ohm, WIRE)
    wired = wired_array(crossbar, conductance_s(crossbar, trained.state), wire_ohm)
    work, seed = begin(crossbar, encoding, trained.neuron, trained.thresholds), network._seed(rng)
    ranked = np.zeros((len(images), min(RANKED, crossbar.neurons)), np.int64)
    for done in range(0, len(images), network.CHUNK):
        part = np.ascontiguousarray(images[done : done + network.CHUNK])
        places = ranked[done : done + network.CHUNK]
        predict_images_exactly(part, done, seed, wired, *work, places)
        if progress:
            progress(done + len(part), len(images))
    return ranked, _events(len(images), work, float(wired.drawn[0]) * crossbar.read_v)


def wired_array(crossbar: ReadPath, conductance: NDArray[np.float64], wire_ohm: float) -> Wired:
    """Cells (inputs, neurons) [S] as the crossbar gives them, between lines of `wire_ohm` a cell.

    A crossbar's conductances hold the gain of the sense amplifiers, which no wire sees: it is
    taken out of the cells and put behind the solve.
    """
    inputs, neurons = conductance.shape
    gain = np.ones((inputs, neurons)) if crossbar.gain is None else crossbar.gain
    bare = np.divide(conductance, gain, out=np.zeros((inputs, neurons)), where=gain > 0)
    reference = np.full((inputs, 1), float(crossbar.reference_s))
    tops = [tile.start for tile in tile_slices(inputs, crossbar.tile_rows)]
    return Wired(
        conductance=checked_conductance(np.hstack([bare, reference])),
        gain=np.ascontiguousarray(gain[tops], np.float64),
        tile_rows=crossbar.tile_rows,
        wire_ohm=float(wire_ohm),
        per_cell=1 / cell_charge_s(crossbar),
        on=np.zeros((1, inputs), np.uint8),
        currents=np.zeros((1, neurons + 1)),
        charge=np.zeros(neurons),
        squares=np.zeros(neurons),
        drawn=np.zeros(1),
    )


def _events(images: int, work: a.Work, current_a_steps: float) -> Events:
    """What the array did; nothing was written."""
    count = [int(value) for value in work.counters]
    return Events(
        images=images,
        wins=work.neurons.wins,
        steps=count[a.STEPS],
        time_outs=count[a.TIME_OUTS],
        input_spikes=count[a.SPIKES],
        tile_reads=count[a.TILE_READS],
        current_a_steps=current_a_steps,
        potentiation_attempts_ap=0,
        potentiation_attempts_p=0,
        depression_attempts_p=0,
        depression_attempts_ap=0,
        potentiation_flips=0,
        depression_flips=0,
    )
