"""Area of a layer, by what takes it."""

from dataclasses import dataclass, fields

from device_models.periphery import PRESETS, adc_m2
from objectives.design import Design
from objectives.floorplan import floorplan, is_converted, is_digital, sum_bits

NEURON_BITS = 4
"""Adder bits of a digital neuron, for each bit of it: leak, comparison, potential, threshold."""


@dataclass(frozen=True, kw_only=True)
class Area:
    """Area [m²] of a layer by what takes it."""

    cells_m2: float
    row_drivers_m2: float
    write_drivers_m2: float
    sense_m2: float
    adc_m2: float
    adders_m2: float
    neurons_m2: float
    winner_m2: float

    @property
    def total_m2(self) -> float:
        """All of it; routing, decoders, control and pads are left out."""
        return float(sum(getattr(self, part.name) for part in fields(self)))


def layer_area(design: Design, inputs: int) -> Area:
    """Cells and circuits of `inputs` rows and a column a neuron and cell of its synapses.

    A driver a row and tile along it; a write driver a column and tile; a sense amplifier a tile
    and line that is sensed, reference columns too; a neuron with its share of the winner-take-all.
    A string of junctions takes the place of one cell, which is that of its transistor (an
    assumption). The cells of reference columns count, their writing does not. Digital sums: a
    converter and an adder a neuron and tile, shared by nobody, and a neuron of `NEURON_BITS`
    adders and registers of `sum_bits` in place of the preset's.
    """
    circuits, plan = PRESETS[design.periphery.node], floorplan(design, inputs)
    neurons, ends, digital = design.neuron.count, plan.tiles * plan.columns, is_digital(design)
    adder_m2 = sum_bits(design, plan.tiles) * circuits.adder_bit_m2 if digital else 0.0
    converter_m2 = adc_m2(circuits, design.sense.adc_bits) if is_converted(design) else 0.0
    return Area(
        cells_m2=inputs * (plan.columns + plan.references) * circuits.cell_m2,
        row_drivers_m2=inputs * len(plan.word_lines) * circuits.row_driver_m2,
        write_drivers_m2=ends * circuits.write_driver_m2,
        sense_m2=plan.tiles * (plan.sensed + plan.references) * circuits.sense_m2,
        adc_m2=plan.tiles * neurons * converter_m2,
        adders_m2=plan.tiles * neurons * adder_m2,
        neurons_m2=neurons * (NEURON_BITS * adder_m2 if digital else circuits.neuron_m2),
        winner_m2=neurons * circuits.winner_m2,
    )
