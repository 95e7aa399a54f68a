"""Exact solve of a cross-point array with resistive wires: effective matrix, voltages, updates.

Row lines are driven at their left end, silent ones at 0 V, and no cell has a transistor: every
current has sneak paths, but the network is linear, and one matrix holds all it does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from device_models.arrays import Floats
from device_models.ranges import Checked, Range, RangeError


@dataclass(frozen=True, kw_only=True)
class Lines(Checked):
    """Resistances of an array's lines: a wire segment, and each line's driver and sense end."""

    wire_ohm: Annotated[float, Range(0.0, 1e9, "ohm", "0: ideal wires")]
    driver_ohm: Annotated[float, Range(0.0, 1e9, "ohm", "0: ideal driver")] = 0.0
    sense_ohm: Annotated[float, Range(0.0, 1e9, "ohm", "0: virtual ground")] = 0.0


@dataclass(frozen=True, kw_only=True)
class CrossPoint:
    """A solved cross-point array; its column currents are row_v @ matrix_s.

    `across`, `through`, `behind` are the factors of `_factors`, each (rows, columns, columns).
    """

    conductance_s: Floats
    lines: Lines
    across: Floats
    through: Floats
    behind: Floats
    matrix_s: Floats


def effective_matrix(conductance_s: Floats, lines: Lines) -> Floats:
    """Effective conductances W [S], (rows, columns): column currents are row_v @ W, exactly.

    conductance_s: (rows, columns) [S], checked by `array.checked_conductance`. Ideal wires give
    back conductance_s. Time grows as the longer side times the cube of the shorter one: by
    reciprocity the array seen from its sense ends is an array too, with its corners exchanged.
    """
    if conductance_s.shape[1] <= conductance_s.shape[0]:
        return _matrix(conductance_s, _factors(conductance_s, lines))
    turned = _turned(conductance_s)
    seen = Lines(wire_ohm=lines.wire_ohm, driver_ohm=lines.sense_ohm, sense_ohm=lines.driver_ohm)
    return np.ascontiguousarray(_turned(_matrix(turned, _factors(turned, seen))))


def solved(conductance_s: Floats, lines: Lines) -> CrossPoint:
    """The array with all its factors, for voltages and updates; 24·rows·columns² bytes."""
    across, through, behind = map(np.array, zip(*_factors(conductance_s, lines), strict=True))
    matrix = _matrix(conductance_s, zip(across, through, behind, strict=True))
    return CrossPoint(
        conductance_s=conductance_s,
        lines=lines,
        across=across,
        through=through,
        behind=behind,
        matrix_s=matrix,
    )


def crossing_voltages(array: CrossPoint, row_v: Floats) -> Floats:
    """Voltage [V] from row line to column line at every cell, (rows, columns); row_v (rows,)."""
    taken = array.conductance_s * array.across.sum(2) * row_v[:, None]
    nodes, _ = _column_nodes(array, taken[:, :, None])
    drop = row_v[:, None] - nodes[:, :, 0]
    return np.einsum("ijk,ik->ij", array.across, drop)


def updated_matrix(array: CrossPoint, cells: NDArray[np.int64], conductance_s: Floats) -> Floats:
    """Effective matrix [S] after k cells took other conductances; (rows, columns).

    cells: (k, 2) distinct (row, column); conductance_s: (k,) [S] >= 0, the new values. Woodbury:
    with D the k pairs of nodes, K = DᵀY⁻¹D and Δ the changes, W loses q·(1 + ΔK)⁻¹Δ·p, where p
    and q are what a unit current between the nodes of a cell sends out of every row and column.
    O(k·rows·columns²), against O(rows·columns³) of a fresh solve. All changes count from `array`.
    """
    i, j = _checked_cells(array, cells, conductance_s)
    pairs, count = np.arange(len(i)), len(i)
    rows, columns = array.conductance_s.shape
    injected = np.zeros((rows, columns, count))
    injected[i, :, pairs] = -array.across[i, j]
    nodes, out = _column_nodes(array, injected)
    taken = array.conductance_s * array.across.sum(2)
    from_rows = np.einsum("ij,ijk->ik", taken, nodes)
    from_rows[i, pairs] += array.across[i, j].sum(1)
    shift = -nodes[i]
    shift += (i[:, None] == i)[:, None, :] * _line_ohm(columns, array.lines)[:, j]
    coupling = np.einsum("nj,njm->nm", array.across[i, j], shift)
    change = conductance_s - array.conductance_s[i, j]
    core = np.eye(count) + change[:, None] * coupling
    return array.matrix_s - (out @ np.linalg.solve(core, change[:, None] * from_rows.T)).T


def _factors(g: Floats, lines: Lines) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Row by row: across E, through P and behind Z, each (columns, columns).

    A row line with its cells, driven at V, puts J = G·E·(V − b) into the columns at voltages b,
    where E = (1 + R·G)⁻¹ and R_jk is the resistance of row line that the currents of the cells j
    and k share. All rows so far together put n − A·b into the columns, A = Z + G·E; seen from
    the next row, beyond a segment r, they put P·n − Z'·b there, P = (1 + rA)⁻¹ and Z' = P·A.
    """
    columns = g.shape[1]
    line_ohm, one = _line_ohm(columns, lines), np.eye(columns)
    behind = np.zeros((columns, columns))
    for i, cells in enumerate(g):
        across = np.linalg.inv(one + line_ohm * cells)
        admittance = behind + cells[:, None] * across
        step_ohm = lines.wire_ohm + (lines.sense_ohm if i + 1 == len(g) else 0.0)
        through = np.linalg.inv(one + step_ohm * admittance)
        behind = through @ admittance
        yield across, through, behind


def _line_ohm(columns: int, lines: Lines) -> Floats:
    segments = np.arange(1, columns + 1)
    return lines.driver_ohm + lines.wire_ohm * np.minimum.outer(segments, segments)


def _matrix(g: Floats, factors: Iterator[tuple[Floats, Floats, Floats]]) -> Floats:
    """Effective matrix: what 1 V on each row sends down the columns, carried to the sense end."""
    rows, columns = g.shape
    flows = np.zeros((columns, rows))
    for i, (across, through, _) in enumerate(factors):
        flows[:, i] = g[i] * across.sum(1)
        flows[:, : i + 1] = through @ flows[:, : i + 1]
    return np.ascontiguousarray(flows.T)


def _column_nodes(array: CrossPoint, injected: Floats) -> tuple[Floats, Floats]:
    """Voltages of the column nodes and currents out of the columns, rows at 0 V.

    injected: (rows, columns, k) current [A] that each row of cells puts in were the columns at
    0 V. Results (rows, columns, k) [V] and (columns, k) [A].
    """
    wire_ohm, sense_ohm = array.lines.wire_ohm, array.lines.sense_ohm
    flows = np.empty_like(injected)
    flow = np.zeros(injected.shape[1:])
    for i, entering in enumerate(injected):
        flow = flows[i] = array.through[i] @ (flow + entering)
    nodes = np.empty_like(injected)
    nodes[-1] = (wire_ohm + sense_ohm) * flows[-1]
    for i in range(len(nodes) - 2, -1, -1):
        nodes[i] = nodes[i + 1] + wire_ohm * (flows[i] - array.behind[i] @ nodes[i + 1])
    return nodes, flows[-1]


def _turned(array: Floats) -> Floats:
    return array[::-1, ::-1].T


def _checked_cells(
    array: CrossPoint, cells: NDArray[np.int64], conductance_s: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if cells.ndim != 2 or cells.shape[1] != 2 or conductance_s.shape != (len(cells),):
        raise RangeError(
            f"cells {cells.shape} and conductance_s {conductance_s.shape} must be (k, 2) and (k,)"
        )
    if np.any(cells < 0) or np.any(cells >= array.conductance_s.shape):
        raise RangeError(f"a cell to update lies outside the array {array.conductance_s.shape}")
    if len(np.unique(cells, axis=0)) != len(cells):
        raise RangeError("each cell to update may be given once")
    if not np.all(np.isfinite(conductance_s)) or np.any(conductance_s < 0):
        raise RangeError("conductance_s [S] must be finite and >= 0 in every updated cell")
    return cells[:, 0], cells[:, 1]
