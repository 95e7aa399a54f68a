"""What training needs of its cells: single junctions, several a synapse, or multilevel ones."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from device_models.ranges import RangeError
from learner import _arrays as a
from learner._analog_kernels import train_levels
from learner._compound_kernels import train_compound
from learner._kernels import train_images
from learner.crossbar import AnalogCrossbar, AnyCrossbar, CompoundCrossbar, Crossbar
from learner.defects import held_state
from learner.quantise import analog_cells_of, byte_s, cells_of, compound_of

EITHER = 0.5
"""Chance that a junction starts where potentiation drives it, before any write."""

STUCK_LEVELS = {"lowest": 0.0, "highest": 1.0, "last": -1.0}

Images = NDArray[np.uint8]
Bits = NDArray[np.uint8]
Counts = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class AnalogState:
    """State of multilevel cells, each (inputs, neurons)."""

    level: NDArray[np.float32]
    """what the next pulse starts from, 0 … 1"""
    read: NDArray[np.float32]
    """level as it is read: with the noise of the last write and drift, not held to 0 … 1"""
    cycles_left: NDArray[np.float32]


State = Bits | AnalogState


class Synapses(Protocol):
    """The cells of a die while they learn."""

    @property
    def cells(self) -> a.Cells:
        """As the read sees them."""

    def show(self, images: Images, done: int, seed: np.uint64, work: a.Work) -> None:
        """Show images number `done`, done + 1, … of a pass and learn from each."""

    def state(self) -> State:
        """A copy of the state reached."""

    def pulses(self, work: a.Work) -> Counts:
        """Pulses given (2, states, inputs): depression and potentiation, by what they met."""


@dataclass(frozen=True, eq=False)
class BinarySynapses:
    """Cells that a pulse flips or not."""

    cells: a.Cells
    inputs: int

    def show(self, images: Images, done: int, seed: np.uint64, work: a.Work) -> None:
        """Learn from each image."""
        train_images(images, done, seed, self.cells, *work)

    def state(self) -> Bits:
        """(inputs, neurons) 1 = parallel."""
        return np.ascontiguousarray(self.cells.parallel[:, : self.inputs].T)

    def pulses(self, work: a.Work) -> Counts:
        """Pulses on cells that were antiparallel and parallel."""
        return pulses_met(work, self.inputs)


@dataclass(frozen=True, eq=False)
class CompoundSynapses:
    """Synapses of several junctions, each of which a pulse flips or not."""

    cells: a.Cells
    compound: a.Compound
    inputs: int

    def show(self, images: Images, done: int, seed: np.uint64, work: a.Work) -> None:
        """Learn from each image."""
        train_compound(images, done, seed, self.cells, self.compound, *work)

    def state(self) -> Bits:
        """(inputs, neurons), a bit a junction."""
        return np.ascontiguousarray(self.compound.states[:, : self.inputs].T)

    def pulses(self, work: a.Work) -> Counts:
        """Pulses by the state of the synapse."""
        states = self.compound.levels.shape[2]
        counted = work.tally.pulses[: 2 * states, : self.inputs].astype(np.int64)
        return counted.reshape(2, states, self.inputs)


@dataclass(frozen=True, eq=False)
class AnalogSynapses:
    """Cells that a pulse moves by a step."""

    cells: a.Cells
    levels: a.Levels

    def show(self, images: Images, done: int, seed: np.uint64, work: a.Work) -> None:
        """Learn from each image."""
        train_levels(images, done, seed, self.cells, self.levels, *work)

    def state(self) -> AnalogState:
        """Level, read and wear of every cell."""
        level, read, left = (
            part.T.copy()
            for part in (self.levels.level, self.levels.read, self.levels.cycles_left)
        )
        return AnalogState(level=level, read=read, cycles_left=left)

    def pulses(self, work: a.Work) -> Counts:
        """Pulses given to cells in the lower and in the upper half of their window."""
        inputs = self.levels.level.shape[1]
        return work.tally.pulses[:4, :inputs].astype(np.int64).reshape(2, 2, inputs)


def pulses_met(work: a.Work, inputs: int) -> Counts:
    """(2, 2, inputs) depression and potentiation pulses of binary cells, by state."""
    active, on, both, columns = work.tally.pulses[:, :inputs].astype(np.int64)
    return np.stack([[columns[0] - active - on + both, on - both], [active - both, both]])


def random_state(crossbar: AnyCrossbar, rng: np.random.Generator, on: float = EITHER) -> State:
    """Before learning: every junction `on` with that chance, any level of a multilevel cell.

    A multilevel cell that is at its end already is stuck.
    """
    shape = (crossbar.inputs, crossbar.neurons)
    if isinstance(crossbar, CompoundCrossbar):
        bits = [rng.random(shape, np.float32) < on for _ in range(crossbar.junctions)]
        return np.asarray(sum(bit.astype(np.uint8) << m for m, bit in enumerate(bits)), np.uint8)
    draw = rng.random(shape, np.float32)
    if isinstance(crossbar, Crossbar):
        return (draw < on).astype(np.uint8)
    left = crossbar.cycles_left.astype(np.float32)
    if crossbar.cell.stuck != "last":
        draw[left <= 0] = STUCK_LEVELS[crossbar.cell.stuck]
    return AnalogState(level=draw, read=draw.copy(), cycles_left=left)


def synapses_of(crossbar: AnyCrossbar, state: State) -> Synapses:
    """The die with its cells in `state`, which is not changed."""
    if isinstance(crossbar, Crossbar):
        if isinstance(state, AnalogState):
            raise RangeError("the state is of multilevel cells, but the crossbar is binary")
        held = held_state(crossbar, state)
        return BinarySynapses(cells_of(crossbar, held), crossbar.inputs)
    if isinstance(crossbar, CompoundCrossbar):
        if isinstance(state, AnalogState) or int(state.max()) >= crossbar.states:
            raise RangeError(f"the state must be of synapses with {crossbar.states} states")
        return CompoundSynapses(*compound_of(crossbar, state), crossbar.inputs)
    if not isinstance(state, AnalogState):
        raise RangeError("the state is of binary cells, but the crossbar is multilevel")
    levels = _levels_of(crossbar, state)
    return AnalogSynapses(analog_cells_of(crossbar, levels), levels)


def lines_s(crossbar: AnyCrossbar, state: State) -> NDArray[np.float64]:
    """Conductance [S] of every cell on every line as it is read, (lines, inputs, neurons)."""
    if not isinstance(crossbar, CompoundCrossbar):
        return conductance_s(crossbar, state)[None]
    kinds = crossbar.line_kind[np.asarray(state, np.int64)]
    return np.stack(
        [
            np.take_along_axis(line, kinds[None, ..., n].astype(np.int64), 0)[0]
            for n, line in enumerate(crossbar.line_s.astype(np.float64))
        ]
    )


def conductance_s(crossbar: Crossbar | AnalogCrossbar, state: State) -> NDArray[np.float64]:
    """Conductance [S] of every cell as it is read, (inputs, neurons)."""
    off, on = (g.astype(np.float64) for g in crossbar.window_s)
    if isinstance(state, AnalogState):
        return np.maximum(off + (on - off) * state.read, 0.0)
    return np.where(state.astype(bool), on, off)


def _levels_of(crossbar: AnalogCrossbar, state: AnalogState) -> a.Levels:
    cell, unit = crossbar.cell, byte_s(crossbar)

    def by_column(values: NDArray[Any]) -> NDArray[np.float32]:
        return np.array(values.T, np.float32, order="C")

    low, high = crossbar.window_s
    return a.Levels(
        level=by_column(state.level),
        read=by_column(state.read),
        cycles_left=by_column(state.cycles_left),
        low=by_column(low / unit),
        span=by_column((high - low) / unit),
        step_up=by_column(crossbar.step_up),
        step_down=by_column(crossbar.step_down),
        bend_up=cell.bend_up,
        bend_down=cell.bend_down,
        pulse_noise=cell.pulse_noise,
        write_noise=cell.write_noise,
        wear_up=cell.wear_up,
        wear_down=cell.wear_down,
        stuck=STUCK_LEVELS[cell.stuck],
        chance_up=round(crossbar.potentiation_chance * 65536),
        chance_down=round(crossbar.depression_chance * 65536),
        noise=np.zeros((2, crossbar.inputs + crossbar.inputs % 2), np.float32),
    )
