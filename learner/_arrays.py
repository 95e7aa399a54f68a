"""The arrays the compiled loops of `_kernels` work on; `network` and `quantise` make them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Cells(NamedTuple):
    """The array in bytes: what is read (rows) and what is written (columns).

    `padded` is the number of inputs rounded up to a multiple of eight.
    """

    rows: NDArray[np.uint8]  # (inputs, neurons) conductance of each cell as it is now
    row_sums: NDArray[np.int64]  # (inputs,) what conducts in a row: Σ `rows`, of pairs both sides
    column_sums: NDArray[np.int64]  # (neurons,) sum of `rows` over the inputs
    levels: NDArray[np.uint8]  # (neurons, inputs, 2) conductance when AP, when P
    chances: NDArray[np.uint16]  # (neurons, 2, inputs) chance·65536 to leave AP, to leave P
    parallel: NDArray[np.uint8]  # (neurons, padded) state, 1 is P
    weights: NDArray[np.uint16]  # (active rows of a tile + 1, rows of a tile) attenuation·64


class Levels(NamedTuple):
    """Multilevel cells, beside the `Cells` they are read as; conductances in bytes."""

    level: NDArray[np.float32]  # (neurons, inputs) 0 … 1
    read: NDArray[np.float32]  # (neurons, inputs) level as read, write noise and drift in it
    cycles_left: NDArray[np.float32]  # (neurons, inputs)
    low: NDArray[np.float32]  # (neurons, inputs)
    span: NDArray[np.float32]  # (neurons, inputs)
    step_up: NDArray[np.float32]  # (neurons, inputs)
    step_down: NDArray[np.float32]  # (neurons, inputs)
    bend_up: float
    bend_down: float
    pulse_noise: float
    write_noise: float
    wear_up: float
    wear_down: float
    stuck: float  # level of a cell at its end, negative for the last one
    chance_up: int  # chance·65536 that a pulse is given
    chance_down: int
    noise: NDArray[np.float32]  # (2, inputs rounded up to even) unit variance


class Compound(NamedTuple):
    """Synapses of several junctions, beside the `Cells` they are read as.

    A state is a bit a junction, 1 where potentiation drives it.
    """

    states: NDArray[np.uint8]  # (neurons, padded)
    levels: NDArray[np.uint8]  # (neurons, inputs, states) conductance as read, in bytes
    drawn: NDArray[np.int64]  # (states,) conductance that draws read current, in bytes
    chances: NDArray[np.uint16]  # (neurons, inputs, kinds) chance·65536 that a pulse flips
    chance_of: NDArray[np.uint8]  # (states, junctions) which of the kinds is each junction's


class Packed(NamedTuple):
    """Equal cells: sets of rows as bits, 64 a word; row 64·w + b is bit b of word w."""

    bits: NDArray[np.uint64]  # (words, neurons) parallel cells, as they are read
    columns: NDArray[np.uint64]  # (neurons, words) and as they are written
    off: int  # conductance of an antiparallel cell in bytes
    span: int  # what a parallel one conducts more
    chances: NDArray[np.uint16]  # (neurons or 1, 2, 64·words) chance·65536 to leave AP, P
    spiked: NDArray[np.uint8]  # (64·words,) 1 where the image is active …
    spiked_words: NDArray[np.uint64]  # … eight at a time
    image: NDArray[np.uint64]  # (words,) the same as bits
    place: NDArray[np.int64]  # words of the image that are not empty, with room for padding …
    word: NDArray[np.uint64]  # … and what is in them
    meeting: NDArray[np.int32]  # (neurons,) rows both active and parallel
    flags: NDArray[np.uint8]  # (64·words,) cells that flip …
    flag_words: NDArray[np.uint64]  # … eight at a time
    draw: NDArray[np.uint16]  # (inputs,) and their random bits
    planes: NDArray[np.uint64]  # (planes, 3·words) binary digits of counts by row, see `Tally`
    carry: NDArray[np.uint64]  # (3·words,)
    pieces: NDArray[np.int64]  # (tiles + 1,) where the words of each tile begin in the list …
    tile_words: NDArray[np.int64]  # … of words
    tile_masks: NDArray[np.uint64]  # … and of which of their bits are rows of the tile


class SpikeRule(NamedTuple):
    """Where every output spike learns, beside `Rule`; potentials in cells."""

    lowest: float  # threshold of a neuron that has not spiked
    rise: float
    decay: float  # part of the risen threshold that a step leaves
    refractory: int  # steps that a neuron rests after its spike
    inhibited: int  # steps that all others do
    window: int  # steps whose input spikes an output spike potentiates


class EverySpike(NamedTuple):
    """What that keeps, beside `Scratch`."""

    rule: SpikeRule
    level: NDArray[np.float32]  # (neurons,) what thresholds have risen
    pixels: NDArray[np.int64]  # inputs that can spike, as a list
    last: NDArray[np.int32]  # (padded,) step of the last spike of each input
    wake: NDArray[np.int32]  # (neurons,) first step in which it is not at rest
    spikes: NDArray[np.int32]  # (neurons,) in this image


class Rule(NamedTuple):
    """Numbers of one run; charges in cells (P minus AP) times steps."""

    one_shot: bool
    steps: int
    spike_limits: NDArray[np.uint32]  # (256,) chance·65536 that a pixel of this value spikes
    pixel_threshold: int
    gain: float  # charge of one byte of conductance in one step
    reference: float  # charge subtracted for one active row in one step
    noise_relative: float
    noise_absolute: float
    noise_common: float  # pairs: noise charge of both lines for one active row in one step
    noise_shift: float  # charge of one active row that carries no relative noise
    converter_step: float  # charge of one code of a tile's converter; 0: sums stay analog
    converter_low: int  # lowest code
    converter_high: int  # highest code
    retain: float  # part of the potential that a step leaves
    threshold_step: float
    lowest_threshold: float
    biased: bool  # homeostasis by bias, not by threshold
    bias_step: float  # charge a step
    drive: float  # charge a step, into every neuron
    compensation: float  # charge a step for one byte of the column …
    column_off: float  # … above these, of a column whose cells are all off
    winners: int  # neurons that learn from an image
    refractory: int  # images for which a winner takes no part
    rate_images: int  # images between two comparisons of wins with their target; 0: no target
    window: int  # steps that potentiation looks back


class Neurons(NamedTuple):
    """What homeostasis keeps for each neuron."""

    level: NDArray[np.float32]  # threshold before the fall that all share
    sensitivity: NDArray[np.float32]  # 1/threshold
    wins: NDArray[np.int64]
    bias: NDArray[np.float32]  # charge a step, before the fall that all share
    taken: NDArray[np.float32]  # bias and compensation: charge taken off in every step
    fall: NDArray[np.float32]  # (1,) charge a step given to all: what biases have fallen, drive
    counted: NDArray[np.int64]  # wins at the last comparison with the target
    resting: NDArray[np.int64]  # images that a winner still takes no part in …
    held: NDArray[np.float32]  # … and `taken` meanwhile


class Scratch(NamedTuple):
    """Working arrays of one presentation; two that share a line share their memory."""

    active: NDArray[np.int64]  # rows that spike in this step, ascending, with room for padding
    weight: NDArray[np.uint16]  # their attenuation·64, zero in the padding
    tile_active: NDArray[np.int64]  # as `active`, of one tile
    tile_weight: NDArray[np.uint16]
    spiked: NDArray[np.uint8]  # (padded,) 1 where the input was active in the window
    flags: NDArray[np.uint8]  # (padded,) any set of inputs …
    flag_words: NDArray[np.uint64]  # … eight at a time
    listed: NDArray[np.int64]  # that set as a list
    limit: NDArray[np.uint32]  # chance·65536 of the listed pixels to spike
    words: NDArray[np.uint64]  # random bits …
    chance: NDArray[np.uint16]  # … sixteen at a time
    draw: NDArray[np.uint16]  # (padded,) random bits of the pulses of a column
    sums: NDArray[np.uint16]  # (neurons,)
    current: NDArray[np.float32]  # (neurons,) bytes
    noise: NDArray[np.float32]  # (neurons, rounded up to even) unit variance
    charge: NDArray[np.float32]  # (neurons,) of one tile, before its converter
    zeros: NDArray[np.float32]  # (neurons,)
    codes: NDArray[np.float32]  # (neurons,) of all tiles, after it, in charge
    potential: NDArray[np.float32]  # (neurons,) cells
    score: NDArray[np.float32]  # (neurons,) potential over threshold
    order: NDArray[np.int64]  # neurons that fired, first to last
    fired: NDArray[np.uint8]  # (neurons,) 1 where listed there, if several may
    last: NDArray[np.int32]  # (padded,) step in which the input spiked last


class Tally(NamedTuple):
    """What happened so far: totals, and what the pulses of each row met."""

    counters: NDArray[np.int64]  # of COUNTERS
    pulses: NDArray[np.int32]  # (kinds, padded) each kind of synapse has its own kinds
    flips: NDArray[np.int32]  # (2, padded) junctions flipped by depression and by potentiation


class Work(NamedTuple):
    """What a run carries from image to image, beside its cells."""

    rule: Rule
    neurons: Neurons
    scratch: Scratch
    tally: Tally


# Counters of a run, indices of an int64 array.
STEPS, TIME_OUTS, SPIKES, TILE_READS, CHARGE = 0, 1, 2, 3, 4
COUNTERS = 5

UNIT_WEIGHT = 64  # an attenuation of one
ROWS_AT_ONCE = 8


def new_neurons(thresholds: NDArray[np.float64]) -> Neurons:
    """Neurons at these thresholds, no wins and no bias yet."""
    return Neurons(
        level=thresholds.astype(np.float32),
        sensitivity=(1.0 / thresholds).astype(np.float32),
        wins=np.zeros(len(thresholds), np.int64),
        bias=np.zeros(len(thresholds), np.float32),
        taken=np.zeros(len(thresholds), np.float32),
        fall=np.zeros(1, np.float32),
        counted=np.zeros(len(thresholds), np.int64),
        resting=np.zeros(len(thresholds), np.int64),
        held=np.zeros(len(thresholds), np.float32),
    )


def new_scratch(inputs: int, neurons: int, winners: int) -> Scratch:
    """Zeros; `inputs` is a multiple of eight, `winners` the most that fire for one image."""
    flag_words = np.zeros(inputs // 8, np.uint64)
    words = np.zeros(inputs // 4 + 1, np.uint64)
    return Scratch(
        active=np.zeros(inputs + ROWS_AT_ONCE, np.int64),
        weight=np.zeros(inputs + ROWS_AT_ONCE, np.uint16),
        spiked=np.zeros(inputs, np.uint8),
        flags=flag_words.view(np.uint8),
        flag_words=flag_words,
        listed=np.zeros(inputs + 1, np.int64),
        limit=np.zeros(inputs + 1, np.uint32),
        words=words,
        tile_active=np.zeros(inputs + ROWS_AT_ONCE, np.int64),
        tile_weight=np.zeros(inputs + ROWS_AT_ONCE, np.uint16),
        chance=words.view(np.uint16),
        draw=np.zeros(inputs, np.uint16),
        sums=np.zeros(neurons, np.uint16),
        current=np.zeros(neurons, np.float32),
        noise=np.zeros(neurons + neurons % 2, np.float32),
        charge=np.zeros(neurons, np.float32),
        zeros=np.zeros(neurons, np.float32),
        codes=np.zeros(neurons, np.float32),
        potential=np.zeros(neurons, np.float32),
        score=np.zeros(neurons, np.float32),
        order=np.zeros(winners, np.int64),
        fired=np.zeros(neurons, np.uint8),
        last=np.zeros(inputs, np.int32),
    )
