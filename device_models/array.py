"""Column currents of arrays with resistive wires, exact: gated 1T1MTJ, and cross-point.

Gated: the word line of a silent row keeps its access transistors off, so columns do not see each
other. Source line and bit line run in parallel and are contacted at opposite ends: row 0 is
nearest the source, the last row nearest the sense amplifier; one wire segment a cell on either
line, and one between the first or last cell and the contact. Cross-point: crosspoint.py.
The circuits drawn, and what is exact: docs/physics/array.md.
"""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from device_models._array_kernels import gated_cell_voltages, gated_currents
from device_models.arrays import Floats
from device_models.crosspoint import Lines, crossing_voltages, effective_matrix, solved
from device_models.ranges import RangeError, check_choice

Topology = Literal["gated", "gated_ideal_source", "cross_point"]


def column_currents(
    conductance_s: Floats,
    active_rows: NDArray[np.bool_],
    wire_ohm: float,
    read_v: float,
    topology: Topology = "gated",
    *,
    driver_ohm: float = 0.0,
    sense_ohm: float = 0.0,
) -> Floats:
    """Exact current [A] of every column, in O(rows) a gated column and input.

    conductance_s: (rows, columns) [S] of cell with access transistor, >= 0; active_rows: (rows,)
    or (batch, rows); wire_ohm [Ω] of one segment, >= 0; read_v [V]; driver_ohm, sense_ohm [Ω] in
    series with each line at its contact. Result (columns,) or (batch, columns).
    "gated_ideal_source" leaves out the resistance of the source line. In a "cross_point" active
    rows are driven at read_v and silent ones at 0 V; active_rows may there be a share of read_v.

    Gated, with u_i the voltage across cell i, S_i the source-line current arriving there and I the
    column current, Kirchhoff's laws give S_i = g_i·u_i + S_{i+1} and
    u_{i+1} = u_i + r_b·I − (r_s+r_b)·S_{i+1}. Everything behind node i is linear in u_i and I,
    S_i = y_i·u_i + c_i·I and b_i = p_i·u_i + q_i·I, and the four coefficients follow row by row
    from the sense end with positive terms only, so nothing cancels however long the line.
    """
    check_choice("topology", topology, get_args(Topology))
    lines = _lines(wire_ohm, driver_ohm, sense_ohm)
    conductance = checked_conductance(conductance_s)
    drive = _checked_drive(active_rows, len(conductance), read_v, topology)
    if topology == "cross_point":
        return read_v * (drive @ effective_matrix(conductance, lines))
    currents = np.empty((len(np.atleast_2d(drive)), conductance.shape[1]))
    source_ohm = wire_ohm if topology == "gated" else 0.0
    ends_ohm = driver_ohm + sense_ohm
    active = np.atleast_2d(drive != 0)
    gated_currents(conductance, active, source_ohm, wire_ohm, ends_ohm, read_v, currents)
    return currents[0] if drive.ndim == 1 else currents


def cell_voltages(
    conductance_s: Floats,
    wire_ohm: float,
    read_v: float,
    topology: Topology = "gated",
    *,
    active_rows: NDArray[np.bool_] | None = None,
    driver_ohm: float = 0.0,
    sense_ohm: float = 0.0,
) -> Floats:
    """Voltage [V] across every cell for one input, all rows active if none is given.

    Model, units and options as `column_currents`; result (rows, columns). In a gated array the
    voltage of a silent cell is that between its lines, which its transistor holds.
    """
    check_choice("topology", topology, get_args(Topology))
    lines = _lines(wire_ohm, driver_ohm, sense_ohm)
    conductance = checked_conductance(conductance_s)
    every = np.ones(len(conductance)) if active_rows is None else active_rows
    drive = _checked_drive(every, len(conductance), read_v, topology)
    if drive.ndim != 1:
        raise RangeError(f"active_rows must be (rows,) for cell voltages, got {drive.shape}")
    if topology == "cross_point":
        return crossing_voltages(solved(conductance, lines), read_v * drive)
    ideal_source = topology == "gated_ideal_source"
    return _gated_voltages(conductance * drive[:, None], lines, read_v, ideal_source)


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


def closed_form_drop(rows: int, wire_ohm: float, mean_conductance_s: float) -> float:
    """Share of its ideal current a column loses, ideal source line: 1 − tanh(x)/x, x = N√(r·g).

    mean_conductance_s [S] >= 0 averages over the column, silent rows at 0. The continuous line
    with the mean spread evenly. From 64 to 784 rows and 0.3 to 10 Ω within 0.008 of the exact
    solve for all rows active or an even pattern of ten rows and more; a single random input of a
    tenth of the rows is off by up to 0.17, since the formula does not know where they lie.
    """
    x = rows * np.sqrt(wire_ohm * mean_conductance_s)
    return float(1 - np.tanh(x) / x) if x > 0 else 0.0


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


def checked_conductance(conductance_s: Floats) -> Floats:
    """The conductances as a solve takes them; RangeError that names the first bad cell."""
    conductance = np.ascontiguousarray(conductance_s, float)
    if conductance.ndim != 2 or not conductance.size:
        raise RangeError(f"conductance_s must be (rows, columns), got {conductance.shape}")
    bad = ~(np.isfinite(conductance) & (conductance >= 0))
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise RangeError(
            f"conductance_s = {conductance[row, column]:g} S in row {row}, column {column}: must "
            "be finite and >= 0 in every cell (0: open)"
        )
    return conductance


def _lines(wire_ohm: float, driver_ohm: float, sense_ohm: float) -> Lines:
    """Checked line resistances [Ω] of any kind of number."""
    ohms = float(wire_ohm), float(driver_ohm), float(sense_ohm)
    return Lines(wire_ohm=ohms[0], driver_ohm=ohms[1], sense_ohm=ohms[2])


def _checked_drive(
    active_rows: NDArray[np.bool_] | Floats, rows: int, read_v: float, topology: str
) -> Floats:
    """Drive of every row as a share of read_v, (rows,) or (batch, rows)."""
    drive = np.asarray(active_rows, float)
    if drive.ndim not in (1, 2) or drive.shape[-1] != rows:
        found = f"{drive.shape[-1]} rows" if drive.ndim in (1, 2) else f"shape {drive.shape}"
        raise RangeError(f"active_rows has {found}, conductance_s has {rows}")
    if not np.isfinite(read_v) or not np.all(np.isfinite(drive)):
        raise RangeError(f"read_v = {read_v:g} V and active_rows must be finite")
    if topology != "cross_point" and np.any((drive != 0) & (drive != 1)):
        raise RangeError(f"active_rows must be 0 or 1 in a {topology!r} array: a row is on or off")
    return drive


def _gated_voltages(g: Floats, lines: Lines, read_v: float, ideal_source: bool) -> Floats:
    """Voltages of the cells that are on, given with what is off at conductance 0."""
    every_row, ends_ohm = np.ones((1, len(g)), bool), lines.driver_ohm + lines.sense_ohm
    source_ohm = 0.0 if ideal_source else lines.wire_ohm
    currents = np.empty((1, g.shape[1]))
    gated_currents(g, every_row, source_ohm, lines.wire_ohm, ends_ohm, read_v, currents)
    voltages = np.full(g.shape, read_v, float)
    live = currents[0] != 0
    part = np.empty((len(g), int(live.sum())))
    kept = np.ascontiguousarray(g[:, live])
    gated_cell_voltages(kept, source_ohm, lines.wire_ohm, currents[0, live], part)
    voltages[:, live] = part
    return voltages
