"""Dies whose cells are all equal, with ideal wires and no noise: one-shot learning on bits.

`network` takes this way by itself where it applies; it gives what the general one gives, bit for
bit, and is faster. Pulse chances may differ from cell to cell: only the read must be ideal.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from learner import _arrays as a
from learner._kernels import predict_images
from learner._packed_kernels import PLANES, WORD, WORDS_AT_ONCE, predict_packed, train_packed
from learner.crossbar import AnyCrossbar, Crossbar
from learner.defects import held_state
from learner.params import Encoding, Neuron
from learner.quantise import byte_s, chances_by_column
from learner.synapses import State, Synapses, pulses_met, synapses_of

EXACT = 2**24
"""Sums of bytes up to here are exact in single precision, whatever their order."""

Bits = NDArray[np.uint8]
Words = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class PackedSynapses:
    """Binary cells that are all read alike."""

    cells: a.Cells
    packed: a.Packed
    inputs: int

    def show(self, images: Bits, done: int, seed: np.uint64, work: a.Work) -> None:
        """Learn from each image."""
        train_packed(images, done, seed, self.cells, self.packed, *work)

    def state(self) -> Bits:
        """(inputs, neurons) 1 = parallel."""
        words = self.packed.columns.astype("<u8").view(np.uint8)
        return np.unpackbits(words, axis=1, count=self.inputs, bitorder="little").T.copy()

    def pulses(self, work: a.Work) -> NDArray[np.int64]:
        """Pulses on cells that were antiparallel and parallel."""
        return pulses_met(work, self.inputs)


def applies(crossbar: AnyCrossbar, encoding: Encoding, neuron: Neuron) -> bool:
    """Whether every column current is a count of cells, and one neuron learns from an image."""
    return (
        isinstance(crossbar, Crossbar)
        and encoding.kind == "one_shot"
        and neuron.winners == 1
        and crossbar.noise_relative == crossbar.noise_a == crossbar.converter_a == 0.0
        and crossbar.inputs * 255 < EXACT
        and all(float(values.min()) == float(values.max()) for values in crossbar.window_s)
        # Other weights are rounded row by row in the general read.
        and bool((np.rint(crossbar.attenuation * float(a.UNIT_WEIGHT)) == a.UNIT_WEIGHT).all())
    )


def synapses_for(
    crossbar: AnyCrossbar, state: State, encoding: Encoding, neuron: Neuron
) -> Synapses:
    """The die with its cells in `state`, which is not changed, on bits where that applies."""
    binary = applies(crossbar, encoding, neuron)
    if binary and isinstance(crossbar, Crossbar) and isinstance(state, np.ndarray):
        return packed_synapses(crossbar, held_state(crossbar, state))
    return synapses_of(crossbar, state)


def respond_to(
    images: Bits,
    done: int,
    seed: np.uint64,
    synapses: Synapses,
    work: a.Work,
    places: tuple[NDArray[np.int64], NDArray[np.float32]],
) -> None:
    """Rank the neurons for images number `done`, done + 1, …; `places`: neurons and scores."""
    if isinstance(synapses, PackedSynapses):
        predict_packed(images, synapses.packed, *work, *places)
    else:
        predict_images(images, done, seed, synapses.cells, *work, *places)


def packed_synapses(crossbar: Crossbar, state: Bits) -> PackedSynapses:
    """The die with its cells in `state` (inputs, neurons); see `applies`."""
    inputs = crossbar.inputs
    unit = byte_s(crossbar)
    off, on = (int(min(np.rint(float(g[0, 0]) * (1 / unit)), 255)) for g in crossbar.window_s)
    cells = a.Cells(
        rows=np.zeros((0, 0), np.uint8),
        row_sums=np.zeros(0, np.int64),
        column_sums=off * inputs + (on - off) * state.sum(axis=0, dtype=np.int64),
        levels=np.zeros((0, 0, 2), np.uint8),
        chances=np.zeros((0, 2, 0), np.uint16),
        parallel=np.zeros((0, 0), np.uint8),
        weights=np.zeros((0, 0), np.uint16),
    )
    return PackedSynapses(cells, _packed(crossbar, as_words(state.T), off, on), inputs)


def _chances(crossbar: Crossbar) -> NDArray[np.uint16]:
    """(neurons, 2, 64·words) chance·65536 to leave AP, P; (1, …) if all columns agree."""
    pulses = [crossbar.potentiation, crossbar.depression]
    if all(bool((chance == chance[:, :1]).all()) for chance in pulses):
        pulses = [chance[:, :1] for chance in pulses]
    wide = np.pad(chances_by_column(*pulses), ((0, 0), (0, 0), (0, -crossbar.inputs % WORD)))
    return np.ascontiguousarray(wide)


def _packed(crossbar: Crossbar, columns: Words, off: int, on: int) -> a.Packed:
    words = columns.shape[1]
    pieces, tile_words, tile_masks = _tiles(crossbar.inputs, crossbar.tile_rows)
    spiked_words, flag_words = np.zeros((2, 8 * words), np.uint64)
    return a.Packed(
        bits=columns.T.copy(),
        columns=columns,
        off=off,
        span=on - off,
        chances=_chances(crossbar),
        spiked=spiked_words.view(np.uint8),
        spiked_words=spiked_words,
        image=np.zeros(words, np.uint64),
        place=np.zeros(words + WORDS_AT_ONCE, np.int64),
        word=np.zeros(words + WORDS_AT_ONCE, np.uint64),
        meeting=np.zeros(crossbar.neurons, np.int32),
        flags=flag_words.view(np.uint8),
        flag_words=flag_words,
        draw=np.zeros(crossbar.inputs, np.uint16),
        planes=np.zeros((PLANES, 3 * words), np.uint64),
        carry=np.zeros(3 * words, np.uint64),
        pieces=pieces,
        tile_words=tile_words,
        tile_masks=tile_masks,
    )


def as_words(flags: Bits) -> Words:
    """Flags (n, rows) as bits (n, words), row 64·w + b in bit b of word w."""
    wide = np.zeros((len(flags), -(-flags.shape[1] // WORD) * WORD), np.uint8)
    wide[:, : flags.shape[1]] = flags
    return np.packbits(wide, axis=1, bitorder="little").view("<u8").astype(np.uint64)


def _tiles(inputs: int, tile_rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Words]:
    """Which bits of which words are the rows of each tile, tile after tile."""
    pieces, places, masks = [0], [], []
    for top in range(0, inputs, tile_rows):
        rows = np.zeros((1, inputs), np.uint8)
        rows[0, top : top + tile_rows] = 1
        mask = as_words(rows)[0]
        places.append(np.flatnonzero(mask))
        masks.append(mask[places[-1]])
        pieces.append(pieces[-1] + len(places[-1]))
    return (
        np.array(pieces, np.int64),
        np.concatenate(places).astype(np.int64),
        np.concatenate(masks).astype(np.uint64),
    )
