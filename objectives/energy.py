"""Energy of an image, from the events that happened."""

from dataclasses import dataclass, fields

from device_models.analog_library import analog_cell
from device_models.params import Pulse
from device_models.periphery import PRESETS, Circuits, adc_j, word_line_j
from device_models.write_path import groups
from learner.crossbar import ReadPath
from learner.events import Events
from objectives.analog import nominal_window
from objectives.design import Design
from objectives.floorplan import Floorplan, floorplan, is_converted, is_digital, sum_bits
from objectives.wiring import wiring
from objectives.writes import write_attempts

NEURON_BITS = 3
"""Adder bits a step of a digital neuron, for each bit of it: leak, comparison, storing."""


@dataclass(frozen=True, kw_only=True)
class Energy:
    """Energy [J] of one image by what spends it."""

    write_cells_j: float
    write_lines_j: float
    read_cells_j: float
    row_drivers_j: float
    write_drivers_j: float
    sense_j: float
    adc_j: float
    adders_j: float
    neurons_j: float
    winner_j: float

    @property
    def device_j(self) -> float:
        """What flows through cells and access transistors."""
        return self.write_cells_j + self.read_cells_j

    @property
    def macro_j(self) -> float:
        """Everything: cells, lines and the circuits around them."""
        return float(sum(getattr(self, part.name) for part in fields(self)))


def image_energy(events: Events, design: Design, crossbar: ReadPath) -> Energy:
    """Mean energy of an image over `events`, learning or inference alike.

    Every write attempt is charged V·I·t at the driver and at the resistance it starts from,
    whether the bit flips or not, and in cells that hold the target state already: the current is
    what the write path leaves, and what the lines take is in the figure. Reads are charged the
    column currents as they were, wire loss included, plus the reference column of every tile if
    the scheme has one. A multilevel cell is charged the energy of its preset for each pulse it
    was given, its transistor left out. All cells of a synapse are in the current that `events`
    counted, and each has its own attempts in every pulse of the synapse.
    Circuits: presets of `device_models.periphery`. A read raises the word line of an active row
    in every tile, a write that of the written column's tile only, once for each synapse: its cells
    get their pulses under one rise. The write driver of a column turns on and off in every tile,
    once for each polarity. Every sensed line of a tile with an active row is sensed, and of cells
    sensed apart all those of every active row, one row after another. Digital sums are converted
    and added once a neuron and such tile, and the neuron of the preset gives way to `NEURON_BITS`
    adders and registers of `sum_bits`. Compensation reads the written column once more, in the
    groups it was written in, at the mean of both states. Cells read before a write are read one
    by one at the mean of both states: a rise of the word line and a sense each.
    Left out: charging bit lines to the read voltage, clock, control and standby.
    """
    circuits, plan = PRESETS[design.periphery.node], floorplan(design, crossbar.inputs)
    neurons = design.neuron.count
    cells_written = events.attempts + int(events.spared.sum())
    columns_written = cells_written / events.images / crossbar.inputs
    decisions = events.steps * neurons / events.images
    wired = wiring(design)
    reads = (events.input_spikes if wired.sensed_apart else events.tile_reads) / events.images
    reference_a = events.input_spikes * crossbar.reference_s * crossbar.read_v * plan.references
    read_charge_c = (events.current_a_steps + reference_a) * crossbar.read_s
    adding_j = _adding_j(circuits, design, plan)
    checked = columns_written if design.neuron.compensation > 0 else 0.0
    seen = events.cell_reads / events.images
    return Energy(
        write_cells_j=_write_cells_j(events, design, crossbar.inputs) / events.images,
        write_lines_j=columns_written * wired.cells * _write_lines_j(design, crossbar.inputs),
        read_cells_j=crossbar.read_v * read_charge_c / events.images
        + (checked + seen / crossbar.inputs) * _column_read_j(design, crossbar),
        row_drivers_j=_row_drivers_j(events, design, plan) / events.images,
        write_drivers_j=2 * columns_written * wired.cells * plan.tiles * circuits.write_driver_j,
        sense_j=(
            reads * (plan.sensed + plan.references)
            + checked * plan.tiles * plan.sensed / neurons * _groups(design)
            + seen
        )
        * circuits.sense_j,
        adc_j=reads * neurons * _converting_j(circuits, design),
        adders_j=reads * neurons * adding_j,
        neurons_j=decisions * (NEURON_BITS * adding_j if adding_j else circuits.neuron_j),
        winner_j=decisions * circuits.winner_j,
    )


def _row_drivers_j(events: Events, design: Design, plan: Floorplan) -> float:
    """All rises of a word line, for reads and for writes."""
    circuits = PRESETS[design.periphery.node]
    read_j = word_line_j(circuits, sum(plan.word_lines))
    write_j = word_line_j(circuits, plan.written_line)
    rises = events.attempts + events.cell_reads
    if design.neuron.compensation > 0:  # every row once more to be measured
        rises += events.attempts + int(events.spared.sum())
    return events.input_spikes * read_j + rises * write_j


def _groups(design: Design) -> int:
    return groups(design.array.tile_rows, design.array.rows_per_write)


def _column_read_j(design: Design, crossbar: ReadPath) -> float:
    """One read of a whole column, all cells of its synapses at the mean of both states."""
    cell_s = sum(nominal_window(design)) / 2
    cells = crossbar.inputs * wiring(design).cells
    return cells * cell_s * crossbar.read_v**2 * crossbar.read_s


def _converting_j(circuits: Circuits, design: Design) -> float:
    """Converting the sum of one tile; nothing where sums stay currents."""
    return adc_j(circuits, design.sense.adc_bits) if is_converted(design) else 0.0


def _adding_j(circuits: Circuits, design: Design, plan: Floorplan) -> float:
    """Adding the number of one tile; nothing where sums stay currents."""
    return sum_bits(design, plan.tiles) * circuits.adder_bit_j if is_digital(design) else 0.0


def _write_cells_j(events: Events, design: Design, inputs: int) -> float:
    """All write attempts, each at the nominal cell of its row (CV² corrections left out)."""
    if design.synapse.kind != "mtj":
        multilevel = analog_cell(design.synapse.kind)
        return (
            events.potentiation_pulses * multilevel.potentiation_j
            + events.depression_pulses * multilevel.depression_j
        )
    kinds = write_attempts(events, design, inputs)
    return float(sum(kind.share * (kind.count @ kind.write.energy_j) for kind in kinds))


def _write_lines_j(design: Design, inputs: int) -> float:
    """Charging the winner's bit line, in every tile, once for each polarity: C·V²."""
    line_f = PRESETS[design.periphery.node].bit_line_f * inputs

    if design.synapse.kind != "mtj":
        return 2 * line_f * analog_cell(design.synapse.kind).write_v ** 2

    def charge_j(pulse: Pulse) -> float:
        return line_f * pulse.amplitude_v**2

    return charge_j(design.potentiation) + charge_j(design.depression)
