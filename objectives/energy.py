"""Energy of an image, from the events that happened."""

from dataclasses import dataclass, fields

from device_models.analog_library import analog_cell
from device_models.array import tile_slices
from device_models.params import Pulse
from device_models.periphery import PRESETS
from learner.crossbar import ReadPath
from learner.events import Events
from objectives.design import Design
from objectives.writes import write_attempts

COLUMNS_PER_DRIVER = 128


@dataclass(frozen=True, kw_only=True)
class Energy:
    """Energy [J] of one image by what spends it."""

    write_cells_j: float
    write_lines_j: float
    read_cells_j: float
    row_drivers_j: float
    write_drivers_j: float
    sense_j: float
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
    column currents as they were, wire loss included, plus the reference column of every tile.
    Circuits: presets of `device_models.periphery`, one use a row, column or neuron and step; a
    write raises the word line of every cell that gets a pulse, once, and turns the write driver of
    the column on and off in every tile, once for each polarity. A multilevel cell is charged the
    energy of its preset for each pulse it was given, its transistor left out.
    Left out: charging bit lines to the read voltage, clock, control and standby.
    """
    circuits = PRESETS[design.periphery.node]
    columns = design.neuron.count
    drivers = -(-columns // COLUMNS_PER_DRIVER)
    tiles = len(tile_slices(crossbar.inputs, crossbar.tile_rows))
    pulses = events.attempts / events.images
    columns_written = pulses / crossbar.inputs
    decisions = events.steps * columns / events.images
    reference_a = events.input_spikes * crossbar.reference_s * crossbar.read_v
    read_charge_c = (events.current_a_steps + reference_a) * crossbar.read_s
    return Energy(
        write_cells_j=_write_cells_j(events, design, crossbar.inputs) / events.images,
        write_lines_j=columns_written * _write_lines_j(design, crossbar.inputs),
        read_cells_j=crossbar.read_v * read_charge_c / events.images,
        row_drivers_j=(events.input_spikes / events.images + pulses)
        * drivers
        * circuits.row_driver_j,
        write_drivers_j=2 * columns_written * tiles * circuits.write_driver_j,
        sense_j=events.tile_reads * columns * circuits.sense_j / events.images,
        neurons_j=decisions * circuits.neuron_j,
        winner_j=decisions * circuits.winner_j,
    )


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
