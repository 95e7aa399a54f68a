"""A handful of junctions that learn small binary patterns, one pulse after another, all recorded.

The network of `network`, small enough to be played by hand: rows are inputs, columns are neurons.
At each step every active row is read; the exact column currents, less that of a reference column,
charge leaky integrators. The neuron that reaches its threshold fires; every cell of its column
then gets one pulse, row by row, potentiation where the input is active and depression elsewhere.
Its threshold rises by threshold_step·threshold and all fall by threshold_step·threshold/columns.

One rule differs: if the window ends first, all thresholds fall by the same amount, not in
proportion, until one neuron fires. With so few inputs a neuron often has no parallel cell on a
pattern; its potential is then below zero, no proportional fall makes it fire, and nobody would
ever learn that pattern. Read noise is left out: a relative 0.5 % is an assumption of `Sense`, and
one cell more or less is tens of per cent here.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from device_models.array import cell_voltages, column_currents
from device_models.arrays import Floats
from device_models.pulse_effects import Polarity
from device_models.ranges import RangeError
from learner.demo_record import (
    Bits,
    Event,
    Phase,
    Read,
    Record,
    Schedule,
    SmallArray,
    Spike,
    States,
    When,
    Write,
)
from learner.params import Neuron

LOWEST_THRESHOLD = 0.05
"""No threshold falls below this part of the mean, as in `network`."""

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


def run(
    array: SmallArray,
    patterns: Sequence[Bits],
    neuron: Neuron,
    schedule: Schedule,
    rng: np.random.Generator,
    start: States | None = None,
) -> Record:
    """Infer each pattern once, learn from all in turn, infer each once more with all frozen.

    patterns: one bit a row; start: states of the cells, drawn with even odds if not given.
    """
    _check(array.shape, patterns, neuron, start)
    drawn = rng.integers(0, 2, array.shape)
    state = drawn if start is None else np.array(start, np.int64)
    first, threshold = _table(state), np.full(neuron.count, neuron.threshold)
    events: list[Event] = []
    for when in _order(len(patterns), schedule.presentations):
        pattern = np.array(patterns[when.pattern], bool)
        at_once = _read(array, state, pattern, when)
        reads = _integrate(at_once, threshold, array, neuron, schedule.steps)
        events.extend(reads)
        spike = _fire(reads[-1])
        if when.phase == "learning":
            threshold = _adapted(threshold, spike.neuron, neuron)
            events.append(replace(spike, threshold=_floats(threshold)))
            events.extend(_learn(array, state, pattern, spike, rng))
        else:
            events.append(spike)
    return Record(patterns=tuple(patterns), start=first, end=_table(state), events=tuple(events))


def _order(patterns: int, presentations: int) -> Iterator[When]:
    """Every presentation in turn."""
    phases: tuple[tuple[Phase, int], ...] = (
        ("before", patterns),
        ("learning", presentations),
        ("after", patterns),
    )
    number = 0
    for phase, count in phases:
        for shown in range(count):
            yield When(presentation=number, phase=phase, pattern=shown % patterns)
            number += 1


def _read(array: SmallArray, state: Integers, pattern: Flags, when: When) -> Read:
    """The exact currents of the active rows, reference column beside the others; no potential."""
    cells = np.where(state == 1, array.conductance_p_s, array.conductance_ap_s)
    cells = np.column_stack([cells, np.full(len(cells), array.reference_s)])
    currents = column_currents(cells, pattern, array.wire_ohm, array.read_v)
    volts = cell_voltages(cells, array.wire_ohm, array.read_v, active_rows=pattern)
    each = cells * volts * pattern[:, None]
    return Read(
        when=when,
        step=0,
        state=_table(state),
        current_a=_floats(currents[:-1]),
        reference_a=float(currents[-1]),
        cell_a=tuple(_floats(row[:-1]) for row in each),
        potential=(),
        threshold=(),
    )


def _integrate(
    read: Read, threshold: Floats, array: SmallArray, neuron: Neuron, steps: int
) -> list[Read]:
    """The same read step by step, until a potential reaches its threshold or the window ends."""
    charge = (np.array(read.current_a) - read.reference_a) / (array.read_v * array.cell_s)
    retain = math.exp(-1.0 / neuron.leak_steps)
    potential, reads, level = np.zeros(charge.size), [], _floats(threshold)
    for step in range(steps):
        potential = retain * potential + charge
        reads.append(replace(read, step=step, potential=_floats(potential), threshold=level))
        if np.any(potential >= threshold):
            break
    return reads


def _fire(last: Read) -> Spike:
    """The potential that is furthest above its threshold, or nearest to it if none is."""
    excess = np.array(last.potential) - np.array(last.threshold)
    winner = int(np.argmax(excess))
    forced = bool(excess[winner] < 0)
    return Spike(when=last.when, neuron=winner, forced=forced, threshold=last.threshold)


def _adapted(threshold: Floats, winner: int, neuron: Neuron) -> Floats:
    """Thresholds after a win; their mean stays unless one would fall too low."""
    step = neuron.threshold_step * neuron.threshold
    moved = threshold - step / threshold.size
    moved[winner] += step
    return np.maximum(moved, LOWEST_THRESHOLD * neuron.threshold)


def _learn(
    array: SmallArray, state: Integers, pattern: Flags, spike: Spike, rng: np.random.Generator
) -> list[Write]:
    """One pulse on every cell of the column that fired; changes `state`."""
    column, writes = spike.neuron, []
    for row, active in enumerate(pattern):
        before = int(state[row, column])
        kind: Polarity = "potentiation" if active else "depression"
        target, chances, currents = (
            (1, array.potentiation, array.potentiation_a)
            if active
            else (0, array.depression, array.depression_a)
        )
        chance = 0.0 if before == target else float(chances[row, column])
        after = target if rng.random() < chance else before
        state[row, column] = after
        writes.append(
            Write(
                when=spike.when,
                row=row,
                column=column,
                kind=kind,
                before=before,
                after=after,
                chance=chance,
                current_a=float(currents[before, row, column]),
            )
        )
    return writes


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _table(state: Integers) -> States:
    return tuple(tuple(int(bit) for bit in row) for row in state)


def _check(
    shape: tuple[int, int], patterns: Sequence[Bits], neuron: Neuron, start: States | None
) -> None:
    rows, columns = shape
    if not patterns:
        raise RangeError("no pattern is given, but at least one is needed")
    for pattern in patterns:
        if len(pattern) != rows or not any(pattern) or not {0, 1}.issuperset(pattern):
            shown = "".join(map(str, pattern))
            raise RangeError(f"pattern {shown} must be {rows} bits of 0 and 1 with at least one 1")
    if neuron.count != columns:
        raise RangeError(f"count = {neuron.count} neurons, but the array has {columns} columns")
    if start is not None and np.shape(start) != shape:
        raise RangeError(f"start is {np.shape(start)}, but the array is {shape}")
