"""Area of a layer, by what takes it."""

from dataclasses import dataclass, fields

from device_models.array import tile_slices
from device_models.periphery import PRESETS
from objectives.design import Design


@dataclass(frozen=True, kw_only=True)
class Area:
    """Area [m²] of a layer by what takes it."""

    cells_m2: float
    row_drivers_m2: float
    write_drivers_m2: float
    sense_m2: float
    neurons_m2: float
    winner_m2: float

    @property
    def total_m2(self) -> float:
        """All of it; routing, decoders, control and pads are left out."""
        return float(sum(getattr(self, part.name) for part in fields(self)))


def layer_area(design: Design, inputs: int) -> Area:
    """Cells and circuits of `inputs` rows and a column a neuron.

    A driver a row; a sense amplifier and a write driver a column and tile; a neuron with its
    share of the winner-take-all a column.
    """
    circuits = PRESETS[design.periphery.node]
    columns = design.neuron.count
    ends = len(tile_slices(inputs, design.array.tile_rows)) * columns
    return Area(
        cells_m2=inputs * columns * circuits.cell_m2,
        row_drivers_m2=inputs * circuits.row_driver_m2,
        write_drivers_m2=ends * circuits.write_driver_m2,
        sense_m2=ends * circuits.sense_m2,
        neurons_m2=columns * circuits.neuron_m2,
        winner_m2=columns * circuits.winner_m2,
    )
