"""How many of each circuit a layer has: tiles, columns, references, and the width of its sums."""

import math
from dataclasses import dataclass

from device_models.array import tile_slices
from device_models.tiles import references_per_tile, tile_widths
from objectives.design import Design
from objectives.wiring import wiring

NEURON_ADDERS = 2
"""Additions a step of a digital neuron waits for: the sum onto the potential, the comparison."""


@dataclass(frozen=True, kw_only=True)
class Floorplan:
    """A layer cut into tiles.

    tiles: pieces of each column, one above the other. columns: bit lines, a cell of every synapse
    each, all tiles of a row together. sensed: lines that end in a sense amplifier of their own:
    cells in parallel share one, the sides of a pair and cells sensed apart do not. references:
    reference columns of a row of tiles. word_lines: columns on each word line of a row, a
    reference column included. written_line: columns on the word line of the column that is
    written, the mean over all columns.
    """

    tiles: int
    columns: int
    sensed: int
    references: int
    word_lines: tuple[int, ...]
    written_line: float


def floorplan(design: Design, inputs: int) -> Floorplan:
    """The tiles of a layer of `inputs` rows."""
    array, wired = design.array, wiring(design)
    columns = design.neuron.count * wired.cells
    widths = tile_widths(array, columns)
    own = 0 if wired.sensed_apart else references_per_tile(array)
    return Floorplan(
        tiles=len(tile_slices(inputs, array.tile_rows)),
        columns=columns,
        sensed=columns if wired.sensed_apart else design.neuron.count * wired.sides,
        references=own * len(widths),
        word_lines=tuple(width + own for width in widths),
        written_line=sum(width * (width + own) for width in widths) / columns,
    )


def is_converted(design: Design) -> bool:
    """Whether the sums of tiles are converted to numbers."""
    return design.array.partial_sums == "digital" and not wiring(design).sensed_apart


def is_digital(design: Design) -> bool:
    """Whether neurons keep a number: of converted sums, or of cells that are sensed one by one."""
    return is_converted(design) or wiring(design).sensed_apart


def sum_bits(design: Design, tiles: int) -> int:
    """Bits of a digital neuron: all tiles of all steps of an image at their full scale fit."""
    of_tile = design.sense.adc_bits
    if wiring(design).sensed_apart:
        of_tile = math.ceil(math.log2(design.array.tile_rows + 1))
    growth = math.ceil(math.log2(tiles)) + math.ceil(math.log2(design.encoding.steps))
    return of_tile + growth


def additions_in_turn(tiles: int) -> int:
    """Additions a step waits for: a tree over the tiles of a column, then the neuron's own."""
    return math.ceil(math.log2(tiles)) + NEURON_ADDERS
