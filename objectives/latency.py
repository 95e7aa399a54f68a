"""Time of an image."""

from device_models.analog_library import analog_cell
from device_models.periphery import PRESETS
from device_models.write_path import groups
from learner.events import Events
from objectives.design import Design, reads_first
from objectives.wiring import wiring


def reads_in_turn(events: Events, design: Design) -> int:
    """Reads that follow one another: one a step; one an active row where cells are sensed apart.

    Rows of different tiles could be sensed at once; they are not.
    """
    return events.input_spikes if wiring(design).sensed_apart else events.steps


def read_latency_s(events: Events, design: Design) -> float:
    """Mean time [s] to the first output spike: reads in turn times the time of one."""
    return reads_in_turn(events, design) / events.images * design.array.read_s


def learning_latency_s(events: Events, design: Design) -> float:
    """Mean time [s] to learn an image: its read, then the winner's column written in groups.

    Tiles are written in parallel, `rows_per_write` cells of each at a time, first all
    potentiation, then all depression pulses. Each polarity is given time for every row of a tile,
    though no row gets both: the tile with most active rows decides how long potentiation takes,
    the one with fewest how long depression does. An upper limit, closest for pictures with a dark
    edge, whose outer tiles depress all rows. The two cells of a pair get opposite pulses at once,
    each from its own driver: either half of the write takes the longer of both. Compensation reads
    each group once more. Cells read before a write are read row by row, all tiles at once; the
    pulses are given no less time, for one cell left in a group needs it all.
    """
    array = design.array
    check_s = array.read_s if design.neuron.compensation > 0 else 0.0
    turn_s = _both_pulses_s(design) + check_s
    pulses_s = groups(array.tile_rows, array.rows_per_write) * turn_s
    if reads_first(design.training):
        pulses_s += array.tile_rows * (array.read_s + PRESETS[design.periphery.node].sense_s)
    return float(read_latency_s(events, design) + events.wins.sum() / events.images * pulses_s)


def _both_pulses_s(design: Design) -> float:
    up_s, down_s = _pulses_s(design)
    return 2 * max(up_s, down_s) if design.array.read_scheme == "pair" else up_s + down_s


def _pulses_s(design: Design) -> tuple[float, float]:
    """Potentiation, depression."""
    if design.synapse.kind != "mtj":
        cell = analog_cell(design.synapse.kind)
        return cell.potentiation_s, cell.depression_s
    return design.potentiation.duration_s, design.depression.duration_s
