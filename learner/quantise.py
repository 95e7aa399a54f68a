"""The die in bytes, as the compiled read wants it; the error this makes is stated here.

A conductance is rounded to 1/255 of the largest on the die: at 5 % variation and a TMR of 120 %
that is 0.4 % of the difference between the two states (rms), fixed for each cell like a little
more variation. An attenuation is rounded to 1/64, the same for all columns and the reference.

A shorted cell would take the scale for itself: it is read as at most 8 times the mean parallel
cell, and healthy cells are then rounded to 1.7 % of the difference between their states (rms).
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from device_models.defects import HEALTHY
from learner._arrays import UNIT_WEIGHT, Cells, Compound, Levels
from learner.crossbar import CompoundCrossbar, Crossbar, Floats, ReadPath

Byte = TypeVar("Byte", np.uint8, np.uint16)

LARGEST = 16.0
"""Cells that conduct over 16 times the mean cell that is on are read as 16 times: saturation."""

LARGEST_SHORT = 8.0
"""The same for broken cells, which are few: resolution of the healthy ones comes first."""


def byte_s(crossbar: ReadPath) -> float:
    """Conductance [S] of one unit of the byte scale."""
    off, on = crossbar.window_s
    mean = float(_healthy(crossbar, on).mean(dtype=np.float64))
    highest = max(float(_healthy(crossbar, g).max()) for g in (on, off))
    broken = max(float(on.max()), float(off.max()))
    return max(min(highest, LARGEST * mean), min(broken, LARGEST_SHORT * mean)) / 255


def cell_charge_s(crossbar: ReadPath) -> float:
    """Mean of G_on − G_off of healthy cells [S]: the unit of potentials and thresholds."""
    off, on = (_healthy(crossbar, g).mean(dtype=np.float64) for g in crossbar.window_s)
    return float(on - off)


def _healthy(crossbar: ReadPath, values: Floats) -> Floats:
    return values if crossbar.defects is None else values[crossbar.defects == HEALTHY]


def padded(inputs: int) -> int:
    """Inputs rounded up to a multiple of eight: flags are scanned eight at a time."""
    return -(-inputs // 8) * 8


def cells_of(crossbar: Crossbar, state: NDArray[np.uint8]) -> Cells:
    """Conductances, pulse chances and attenuations of the die, with its cells in `state`."""
    unit = byte_s(crossbar)
    levels = _by_column(crossbar.conductance_ap_s, crossbar.conductance_p_s, 1 / unit, np.uint8)
    chances = chances_by_column(crossbar.potentiation, crossbar.depression)
    rows = np.where(state.T, levels[..., 1], levels[..., 0]).T.copy()
    parallel = np.zeros((crossbar.neurons, padded(crossbar.inputs)), np.uint8)
    parallel[:, : crossbar.inputs] = state.T
    return Cells(
        rows=rows,
        levels=levels,
        chances=chances,
        parallel=parallel,
        row_sums=rows.sum(axis=1, dtype=np.int64),
        column_sums=rows.sum(axis=0, dtype=np.int64),
        weights=attenuation_by_rows(crossbar),
    )


def chances_by_column(potentiation: Floats, depression: Floats) -> NDArray[np.uint16]:
    """(neurons, 2, inputs) chance·65536 that a pulse flips a cell that is AP, that is P."""
    pair = _by_column(potentiation, depression, 2.0**16, np.uint16)
    return np.ascontiguousarray(pair.transpose(0, 2, 1))


def analog_cells_of(crossbar: ReadPath, levels: Levels) -> Cells:
    """Multilevel cells as the read sees them."""
    read = np.clip(levels.low + levels.span * levels.read, 0, 255)
    rows = np.ascontiguousarray((read + np.float32(0.5)).astype(np.uint8).T)
    return _read_only(rows, rows.sum(axis=1, dtype=np.int64), crossbar)


def compound_of(crossbar: CompoundCrossbar, state: NDArray[np.uint8]) -> tuple[Cells, Compound]:
    """Synapses of several junctions in `state` (inputs, neurons), and as the read sees them."""
    unit, shape = byte_s(crossbar), (crossbar.neurons, crossbar.inputs)
    levels = np.empty((*shape, crossbar.states), np.uint8)
    for s in range(crossbar.states):
        levels[..., s] = np.clip(np.rint(crossbar.conductance_s(s).T / unit), 0, 255)
    chances = np.empty((*shape, len(crossbar.chances)), np.uint16)
    for kind, chance in enumerate(crossbar.chances):
        chances[..., kind] = np.minimum(np.rint(chance.T * 2.0**16), 65535)
    states = np.zeros((crossbar.neurons, padded(crossbar.inputs)), np.uint8)
    states[:, : crossbar.inputs] = state.T
    drawn = np.rint(crossbar.drawn_s / unit).astype(np.int64)
    rows = np.take_along_axis(levels, state.T[..., None].astype(np.int64), 2)[..., 0].T.copy()
    cells = _read_only(rows, drawn[state].sum(axis=1), crossbar)
    chance_of = np.ascontiguousarray(crossbar.chance_kind)
    return cells, Compound(
        states=states, levels=levels, drawn=drawn, chances=chances, chance_of=chance_of
    )


def _read_only(rows: NDArray[np.uint8], row_sums: NDArray[np.int64], path: ReadPath) -> Cells:
    """Cells without what only single junctions have."""
    return Cells(
        rows=rows,
        levels=np.zeros((0, 0, 2), np.uint8),
        chances=np.zeros((0, 2, 0), np.uint16),
        parallel=np.zeros((0, 0), np.uint8),
        row_sums=row_sums,
        column_sums=rows.sum(axis=0, dtype=np.int64),
        weights=attenuation_by_rows(path),
    )


def attenuation_by_rows(crossbar: ReadPath) -> NDArray[np.uint16]:
    """(rows active in a tile, position) attenuation·64, linear between the levels."""
    levels = len(crossbar.attenuation) - 1
    rows = min(crossbar.tile_rows, crossbar.inputs)
    level = np.arange(rows + 1) / crossbar.tile_rows * levels
    below = np.minimum(level.astype(int), max(levels - 1, 0))
    part = (level - below)[:, None]
    table = crossbar.attenuation[:, :rows].astype(np.float64)
    between = (1 - part) * table[below] + part * table[np.minimum(below + 1, levels)]
    return np.asarray(np.rint(UNIT_WEIGHT * between), np.uint16)


def _by_column(zero: Floats, one: Floats, scale: float, kind: type[Byte]) -> NDArray[Byte]:
    """(neurons, inputs, 2): both arrays transposed, scaled, rounded and saturated."""
    pair = np.empty((*zero.T.shape, 2), kind)
    for s, values in enumerate((zero, one)):
        scaled = np.rint(values.T * np.float64(scale))
        pair[..., s] = np.minimum(scaled, np.iinfo(kind).max)
    return pair
