"""Where the energy, the time and the area of an image go, as figures of their own."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from types import MappingProxyType

from device_models.periphery import PRESETS, adc_s, word_line_s
from learner.events import Events
from objectives.area import Area
from objectives.design import Design
from objectives.energy import Energy
from objectives.floorplan import additions_in_turn, floorplan, is_converted, is_digital
from objectives.latency import learning_latency_s, read_latency_s, reads_in_turn


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Time [s] of one image by what takes it."""

    read_s: float
    row_drivers_s: float
    sense_s: float
    adc_s: float
    adders_s: float
    winner_s: float
    write_drivers_s: float
    write_s: float

    @property
    def total_s(self) -> float:
        """One after another."""
        return float(sum(getattr(self, part.name) for part in fields(self)))


PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "learning_energy_j": tuple(f"energy_{part.name}" for part in fields(Energy)),
        "learning_latency_s": tuple(f"latency_{part.name}" for part in fields(Latency)),
        "area_m2": tuple(f"area_{part.name}" for part in fields(Area)),
    }
)
"""Each total among the figures, and the figures that add up to it."""


def inference_latency(events: Events, design: Design, inputs: int) -> Latency:
    """Mean time to the first output spike: each step a read, a sense and a decision in turn.

    A step raises the longest word lines, integrates for the time of a read, settles the sense
    amplifiers, converts and adds where sums are digital, and looks for a winner before the next
    one starts; a pipeline would hide all but the first two. An analog neuron integrates during
    the read, a digital one waits for its additions.
    """
    circuits, plan = PRESETS[design.periphery.node], floorplan(design, inputs)
    steps, digital = events.steps / events.images, is_digital(design)
    reads = reads_in_turn(events, design) / events.images
    additions = additions_in_turn(plan.tiles) if digital else 0
    return Latency(
        read_s=read_latency_s(events, design),
        row_drivers_s=reads * word_line_s(circuits, max(plan.word_lines)),
        sense_s=reads * circuits.sense_s,
        adc_s=steps * adc_s(circuits, design.sense.adc_bits) if is_converted(design) else 0.0,
        adders_s=reads * additions * circuits.adder_s,
        winner_s=steps * circuits.winner_s,
        write_drivers_s=0.0,
        write_s=0.0,
    )


def learning_latency(events: Events, design: Design, inputs: int) -> Latency:
    """Mean time to learn an image: that of inference, then the pulses of the winner's column.

    The write driver turns on once for each polarity; word lines of the next group are raised
    while a pulse runs.
    """
    drivers_s = 2 * PRESETS[design.periphery.node].write_driver_s
    return replace(
        inference_latency(events, design, inputs),
        write_drivers_s=float(events.wins.sum() / events.images * drivers_s),
        write_s=learning_latency_s(events, design) - read_latency_s(events, design),
    )


def breakdown(energy: Energy, latency: Latency, area: Area) -> dict[str, float]:
    """The parts of PARTS by name: energy and time to learn an image, area of the layer."""
    kinds = {"energy": asdict(energy), "latency": asdict(latency), "area": asdict(area)}
    return {
        f"{kind}_{name}": float(value)
        for kind, parts in kinds.items()
        for name, value in parts.items()
    }
