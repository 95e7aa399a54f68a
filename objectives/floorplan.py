"""How many of each circuit a layer has: tiles, columns, references, and the width of its sums."""

import math
from dataclasses import dataclass

from device_models.array import tile_slices
from device_models.tiles import references_per_tile, tile_widths
from objectives.design import Design

NEURON_ADDERS = 2
"""Additions a step of a digital neuron waits for: the sum onto the potential, the comparison."""


@dataclass(frozen=True, kw_only=True)
class Floorplan:
    """A layer cut into tiles.

    tiles: pieces of each column, one above the other. columns: bit lines that neurons read, all
    tiles of a row together. references: reference columns of a row of tiles. word_lines: columns
    on each word line of a row, a reference column included. written_line: columns on the word
    line of the column that is written, the mean over all columns.
    """

    tiles: int
    columns: int
    references: int
    word_lines: tuple[int, ...]
    written_line: float


def floorplan(design: Design, inputs: int) -> Floorplan:
    """The tiles of a layer of `inputs` rows."""
    array = design.array
    widths, own = tile_widths(array, design.neuron.count), references_per_tile(array)
    columns = sum(widths)
    return Floorplan(
        tiles=len(tile_slices(inputs, array.tile_rows)),
        columns=columns,
        references=own * len(widths),
        word_lines=tuple(width + own for width in widths),
        written_line=sum(width * (width + own) for width in widths) / columns,
    )


def is_digital(design: Design) -> bool:
    """Whether tiles are converted and added as numbers, and neurons keep a number."""
    return design.array.partial_sums == "digital"


def sum_bits(design: Design, tiles: int) -> int:
    """Bits of a digital neuron: all tiles of all steps of an image at their full scale fit."""
    growth = math.ceil(math.log2(tiles)) + math.ceil(math.log2(design.encoding.steps))
    return design.sense.adc_bits + growth


def additions_in_turn(tiles: int) -> int:
    """Additions a step waits for: a tree over the tiles of a column, then the neuron's own."""
    return math.ceil(math.log2(tiles)) + NEURON_ADDERS
