"""Columns of a tiled layer by read scheme, and what one code of a tile's converter stands for."""

from device_models.params import Array, Sense


def lines_per_neuron(array: Array) -> int:
    """Columns of cells that one neuron reads: a pair has a complementary one beside its own."""
    return 2 if array.read_scheme == "pair" else 1


def tile_widths(array: Array, neurons: int) -> tuple[int, ...]:
    """Columns of neurons in each tile along a row; the last may be narrower."""
    columns = neurons * lines_per_neuron(array)
    full, rest = divmod(columns, array.tile_columns)
    return (array.tile_columns,) * full + ((rest,) if rest else ())


def references_per_tile(array: Array) -> int:
    """Columns that stand for (G_P + G_AP)/2: one a tile where the scheme subtracts it."""
    return 1 if array.read_scheme == "reference" else 0


def adc_step_a(
    array: Array, sense: Sense, g_p_s: float, g_ap_s: float, inputs: int | None = None
) -> float:
    """Column current [A] between two codes of the converter of a tile column.

    g_p_s, g_ap_s: conductance [S] of a nominal cell that is on and off, transistor included.
    inputs: rows of the layer, where it may have fewer than a tile.

    The full scale is `adc_range` of the largest signal a tile can give, all its rows active:
    ±rows·(G_P − G_AP)/2·V less a reference, ±rows·(G_P − G_AP)·V of a pair, 0 … rows·G_P·V raw.
    It is cut into 2^bits steps; `adc_codes` says which codes there are.
    """
    rows = array.tile_rows if inputs is None else min(array.tile_rows, inputs)
    window_s = g_p_s - g_ap_s
    span_s = {"reference": window_s, "pair": 2 * window_s, "raw": g_p_s}[array.read_scheme]
    return float(sense.adc_range * rows * span_s * array.read_v / 2**sense.adc_bits)


def adc_codes(array: Array, sense: Sense) -> tuple[int, int]:
    """Lowest and highest code: two's complement for a signed signal, from 0 on for a raw one.

    A current reads as the nearest code times `adc_step_a`, the end code beyond either end. The
    highest signed code is one step short of the full scale.
    """
    half = int(2 ** (sense.adc_bits - 1))
    return (0, 2 * half - 1) if array.read_scheme == "raw" else (-half, half - 1)
