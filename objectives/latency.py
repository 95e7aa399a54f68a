"""Time of an image."""

from learner.events import Events
from objectives.design import Design


def read_latency_s(events: Events, design: Design) -> float:
    """Mean time [s] to the first output spike: steps run times the time of a read."""
    return events.steps / events.images * design.array.read_s


def learning_latency_s(events: Events, design: Design) -> float:
    """Mean time [s] to learn an image: its read, then the winner's column written in groups.

    Tiles are written in parallel, `rows_per_write` cells of each at a time, first all
    potentiation, then all depression pulses.
    """
    array = design.array
    groups = -(-array.tile_rows // array.rows_per_write)
    pulses_s = groups * (design.potentiation.duration_s + design.depression.duration_s)
    return float(read_latency_s(events, design) + events.wins.sum() / events.images * pulses_s)
