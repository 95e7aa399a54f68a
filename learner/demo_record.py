"""What the demo of a handful of junctions is made of, and every event of it."""

from dataclasses import dataclass, fields
from typing import Annotated, Literal

import numpy as np

from device_models.arrays import Floats
from device_models.pulse_effects import Polarity
from device_models.ranges import Checked, Range, RangeError, check_values

Phase = Literal["before", "learning", "after"]
Bits = tuple[int, ...]
"""A pattern, or the states of a row: 1 is active, or parallel."""
States = tuple[Bits, ...]
"""(rows, columns)"""


@dataclass(frozen=True, kw_only=True)
class SmallArray(Checked):
    """The junctions of one gated tile, all arrays (rows, columns), and how they are read.

    conductance_p_s, conductance_ap_s [S] of a cell with its transistor at the read bias;
    potentiation, depression: chance 0 … 1 that one pulse flips the cell AP→P, P→AP;
    potentiation_a, depression_a: current [A] of the pulse, (2, rows, columns), on an
    antiparallel and on a parallel cell; read_disturb: chance that one read flips a parallel cell
    P→AP, which the run leaves out; reference_s [S] of each cell of the reference column.
    """

    conductance_p_s: Floats
    conductance_ap_s: Floats
    potentiation: Floats
    depression: Floats
    potentiation_a: Floats
    depression_a: Floats
    read_disturb: Floats
    reference_s: Annotated[float, Range(0.0, 1e3, "S", "a cell of the reference column")]
    wire_ohm: Annotated[float, Range(0.0, 50.0, "ohm", "bit line, per cell")]
    read_v: Annotated[float, Range(0.01, 0.5, "V", "read voltage on the source line")]

    def __post_init__(self) -> None:
        super().__post_init__()
        for field in fields(self):
            values = getattr(self, field.name)
            if isinstance(values, np.ndarray) and values.shape[-2:] != self.shape:
                raise RangeError(
                    f"{field.name} is {values.shape}, but conductance_p_s {self.shape}"
                )
        for name in ("potentiation", "depression", "read_disturb"):
            check_values(name, getattr(self, name), Range(0.0, 1.0, "", "a probability"))
        if self.cell_s <= 0:
            raise RangeError(f"mean G_P − G_AP = {self.cell_s:g} S must be above 0 S")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.conductance_p_s.shape
        return rows, columns

    @property
    def cell_s(self) -> float:
        """Unit of the potential: mean G_P − G_AP [S]."""
        return float(np.mean(self.conductance_p_s) - np.mean(self.conductance_ap_s))


@dataclass(frozen=True, kw_only=True)
class Schedule(Checked):
    """How often and how long the patterns are shown."""

    presentations: Annotated[
        int, Range(0, 10_000, "", "patterns shown while learning, in turn")
    ] = 24
    steps: Annotated[int, Range(1, 1000, "", "reads of a presentation at most")] = 6


@dataclass(frozen=True, kw_only=True)
class When:
    """Number of a presentation from 0, its phase and which pattern it shows."""

    presentation: int
    phase: Phase
    pattern: int


@dataclass(frozen=True, kw_only=True)
class Read:
    """One step: every active row of every column is read at once.

    state (rows, columns) of the cells; current_a (columns,) and reference_a [A]; cell_a
    (rows, columns) [A] of each cell, 0 where the row is silent; potential (columns,) after the
    step, and threshold, in cells times steps.
    """

    when: When
    step: int
    state: States
    current_a: tuple[float, ...]
    reference_a: float
    cell_a: tuple[tuple[float, ...], ...]
    potential: tuple[float, ...]
    threshold: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Spike:
    """One neuron fires, and all potentials go back to zero.

    forced: the window ended and the thresholds fell until it fired. threshold: (columns,) as
    they are after the neuron has adapted.
    """

    when: When
    neuron: int
    forced: bool
    threshold: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Write:
    """One pulse on one cell; before, after: 1 is parallel.

    chance: 0 … 1 that it flips the cell, 0 if the cell holds the target state already;
    current_a [A] as the pulse starts.
    """

    when: When
    row: int
    column: int
    kind: Polarity
    before: int
    after: int
    chance: float
    current_a: float

    @property
    def flipped(self) -> bool:
        """Whether the pulse changed the cell."""
        return self.before != self.after


Event = Read | Spike | Write


@dataclass(frozen=True, kw_only=True)
class Record:
    """Everything that happened, in order, and the states before the first and after the last."""

    patterns: tuple[Bits, ...]
    start: States
    end: States
    events: tuple[Event, ...]


def winners(record: Record, phase: Phase) -> tuple[int, ...]:
    """Neuron that each pattern makes fire, in an inference phase, "before" or "after"."""
    spikes = {
        event.when.pattern: event.neuron
        for event in record.events
        if isinstance(event, Spike) and event.when.phase == phase
    }
    return tuple(spikes[pattern] for pattern in range(len(record.patterns)))


def held(record: Record) -> tuple[bool, ...]:
    """For each pattern, whether the neuron it makes fire holds it, bit by bit, at the end."""
    columns = tuple(zip(*record.end, strict=True))
    return tuple(
        columns[neuron] == pattern
        for neuron, pattern in zip(winners(record, "after"), record.patterns, strict=True)
    )
