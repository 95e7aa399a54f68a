"""Where the energy, the time and the area of an image go, as figures of their own."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType

from device_models.periphery import PRESETS
from learner.events import Events
from objectives.area import Area
from objectives.design import Design
from objectives.energy import Energy
from objectives.latency import learning_latency_s, read_latency_s


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Time [s] of one image by what takes it."""

    read_s: float
    circuits_s: float
    write_s: float

    @property
    def total_s(self) -> float:
        """One after another."""
        return self.read_s + self.circuits_s + self.write_s


PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "learning_energy_j": tuple(f"energy_{part.name}" for part in fields(Energy)),
        "learning_latency_s": tuple(f"latency_{part.name}" for part in fields(Latency)),
        "area_m2": tuple(f"area_{part.name}" for part in fields(Area)),
    }
)
"""Each total among the figures, and the figures that add up to it."""


def inference_latency(events: Events, design: Design) -> Latency:
    """Mean time to the first output spike: each step a read, a sense and a decision in turn.

    A step raises word lines, integrates for the time of a read, settles the sense amplifiers and
    looks for a winner before the next one starts; a pipeline would hide the last two.
    """
    circuits = PRESETS[design.periphery.node]
    step_s = circuits.row_driver_s + circuits.sense_s + circuits.winner_s
    return Latency(
        read_s=read_latency_s(events, design),
        circuits_s=events.steps / events.images * step_s,
        write_s=0.0,
    )


def learning_latency(events: Events, design: Design) -> Latency:
    """Mean time to learn an image: that of inference, then the pulses of the winner's column.

    The write driver turns on once for each polarity; word lines of the next group are raised
    while a pulse runs.
    """
    reading = inference_latency(events, design)
    pulses_s = learning_latency_s(events, design) - read_latency_s(events, design)
    drivers_s = 2 * PRESETS[design.periphery.node].write_driver_s
    return Latency(
        read_s=reading.read_s,
        circuits_s=reading.circuits_s + events.wins.sum() / events.images * drivers_s,
        write_s=pulses_s,
    )


def breakdown(energy: Energy, latency: Latency, area: Area) -> dict[str, float]:
    """The parts of PARTS by name: energy and time to learn an image, area of the layer."""
    kinds = {"energy": asdict(energy), "latency": asdict(latency), "area": asdict(area)}
    return {
        f"{kind}_{name}": float(value)
        for kind, parts in kinds.items()
        for name, value in parts.items()
    }
