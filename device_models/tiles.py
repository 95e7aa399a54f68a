"""Tiles of a layer along its rows, and what one code of a tile's converter stands for."""

from device_models.params import Array, Sense


def tile_widths(array: Array, columns: int) -> tuple[int, ...]:
    """Columns in each tile along a row; the last may be narrower."""
    full, rest = divmod(columns, array.tile_columns)
    return (array.tile_columns,) * full + ((rest,) if rest else ())


def references_per_tile(array: Array) -> int:
    """Columns that stand for the reference: one a tile where the scheme subtracts it."""
    return 1 if array.read_scheme == "reference" else 0


def adc_step_a(
    array: Array, sense: Sense, low_s: float, high_s: float, inputs: int | None = None
) -> float:
    """Current [A] between two codes of the converter of a tile and neuron.

    low_s, high_s: what the nominal synapse adds to its neuron [S], all its junctions depressed
    and all potentiated: G_AP and G_P of a single one, ∓(G_P − G_AP) of a pair. inputs: rows of
    the layer, where it may have fewer than a tile.

    The full scale is `adc_range` of the largest signal a tile can give, all its rows active:
    ±rows·(high − low)/2·V about the reference, 0 … rows·high·V where the read is raw. It is cut
    into 2^bits steps; `adc_codes` says which codes there are.
    """
    rows = array.tile_rows if inputs is None else min(array.tile_rows, inputs)
    span_s = high_s if array.read_scheme == "raw" else high_s - low_s
    return float(sense.adc_range * rows * span_s * array.read_v / 2**sense.adc_bits)


def adc_codes(array: Array, sense: Sense) -> tuple[int, int]:
    """Lowest and highest code: two's complement for a signed signal, from 0 on for a raw one.

    A current reads as the nearest code times `adc_step_a`, the end code beyond either end. The
    highest signed code is one step short of the full scale.
    """
    half = int(2 ** (sense.adc_bits - 1))
    return (0, 2 * half - 1) if array.read_scheme == "raw" else (-half, half - 1)
