"""Column currents of a gated 1T1MTJ array with resistive wires, exact and fast.

The word line of a silent row keeps its access transistors off, so columns do not see each other.
Source line and bit line run in parallel and are contacted at opposite ends: row 0 is nearest the
source, the last row nearest the sense amplifier; one wire segment a cell on either line, and one
between the first or last cell and the contact.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from device_models._array_kernels import gated_cell_voltages, gated_currents
from device_models.arrays import Floats
from device_models.ranges import RangeError, check_choice

Topology = Literal["gated", "gated_ideal_source"]


def column_currents(
    conductance_s: Floats,
    active_rows: NDArray[np.bool_],
    wire_ohm: float,
    read_v: float,
    topology: Topology = "gated",
) -> Floats:
    """Exact current [A] of every column, in O(rows) a column and input.

    conductance_s: (rows, columns) [S] of cell with access transistor, >= 0; active_rows: (rows,)
    or (batch, rows); wire_ohm [Ω] of one segment, >= 0; read_v [V]. Result (columns,) or
    (batch, columns). "gated_ideal_source" leaves out the resistance of the source line.

    With u_i the voltage across cell i, S_i the source-line current arriving there and I the column
    current, Kirchhoff's laws give S_i = g_i·u_i + S_{i+1} and
    u_{i+1} = u_i + r_b·I − (r_s+r_b)·S_{i+1}. Everything behind node i is linear in u_i and I,
    S_i = y_i·u_i + c_i·I and b_i = p_i·u_i + q_i·I, and the four coefficients follow row by row
    from the sense end with positive terms only, so nothing cancels however long the line.
    """
    check_choice("topology", topology, ("gated", "gated_ideal_source"))
    conductance = _checked(conductance_s, wire_ohm)
    active = np.atleast_2d(np.asarray(active_rows, bool))
    if active.shape[1] != conductance.shape[0]:
        raise RangeError(
            f"active_rows has {active.shape[1]} rows, conductance_s has {conductance.shape[0]}"
        )
    currents = np.empty((active.shape[0], conductance.shape[1]))
    source_ohm = wire_ohm if topology == "gated" else 0.0
    gated_currents(conductance, active, source_ohm, wire_ohm, read_v, currents)
    return currents[0] if np.ndim(active_rows) == 1 else currents


def cell_voltages(conductance_s: Floats, wire_ohm: float, read_v: float) -> Floats:
    """Voltage [V] across every cell of gated columns whose rows all conduct; (rows, columns).

    Model and units as `column_currents`; a row that is off has conductance 0.
    """
    conductance = _checked(conductance_s, wire_ohm)
    every_row = np.ones(conductance.shape[0], bool)
    currents = column_currents(conductance, every_row, wire_ohm, read_v)
    voltages = np.full(conductance.shape, read_v, float)
    live = currents > 0
    part = np.empty((conductance.shape[0], int(live.sum())))
    kept = np.ascontiguousarray(conductance[:, live])
    gated_cell_voltages(kept, wire_ohm, wire_ohm, currents[live], part)
    voltages[:, live] = part
    return voltages


def row_attenuation(
    tile_rows: int, wire_ohm: float, mean_conductance_s: float, levels: int = 33
) -> Floats:
    """Fast model of IR drop: share of its ideal current each row of a tile still gives.

    Result (levels, tile_rows): level l is for a fraction l/(levels−1) of the tile's rows active,
    spread evenly, every cell at the mean conductance. For the ideal source line the column's mean
    is tanh(x)/x, x = N√(r·a·g). It knows neither which rows are active nor which cells of the
    column are parallel; `tiled_currents` is exact.
    """
    fraction = np.linspace(0.0, 1.0, levels)
    conductance = np.broadcast_to(fraction * mean_conductance_s, (tile_rows, levels))
    return np.ascontiguousarray(cell_voltages(conductance, wire_ohm, 1.0).T)


def tile_slices(rows: int, tile_rows: int) -> list[slice]:
    """Rows of each tile, in order; the last tile may be shorter."""
    return [slice(top, min(top + tile_rows, rows)) for top in range(0, rows, tile_rows)]


def tiled_currents(
    conductance_s: Floats,
    active_rows: NDArray[np.bool_],
    wire_ohm: float,
    read_v: float,
    tile_rows: int,
) -> Floats:
    """Exact column currents [A] summed over the tiles of a layer; shapes as `column_currents`."""
    return np.asarray(
        sum(
            column_currents(conductance_s[rows], active_rows[..., rows], wire_ohm, read_v)
            for rows in tile_slices(conductance_s.shape[0], tile_rows)
        )
    )


def _checked(conductance_s: Floats, wire_ohm: float) -> Floats:
    conductance = np.ascontiguousarray(conductance_s, float)
    if conductance.ndim != 2 or not conductance.size:
        raise RangeError(f"conductance_s must be (rows, columns), got {conductance.shape}")
    if not np.all(np.isfinite(conductance)) or conductance.min() < 0:
        raise RangeError("conductance_s [S] must be finite and >= 0 in every cell")
    if not (np.isfinite(wire_ohm) and wire_ohm >= 0):
        raise RangeError(f"wire_ohm = {wire_ohm:g} ohm must be finite and >= 0 (0: ideal wires)")
    return conductance
