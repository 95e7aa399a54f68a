"""Area of a layer."""

from device_models.array import tile_slices
from device_models.periphery import PRESETS
from objectives.design import Design


def area_m2(design: Design, inputs: int) -> float:
    """Cells, a sense amplifier a column and tile, a neuron a column, a driver a row [m²]."""
    circuits = PRESETS[design.periphery.node]
    columns = design.neuron.count
    tiles = len(tile_slices(inputs, design.array.tile_rows))
    return (
        inputs * columns * circuits.cell_m2
        + tiles * columns * circuits.sense_m2
        + columns * circuits.neuron_m2
        + inputs * circuits.row_driver_m2
    )
