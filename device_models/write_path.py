"""What lies between the write driver and each cell: both lines, shared with the cells beside it.

A column is written tile by tile, all tiles at once, in groups of `rows_per_write` rows; the cells
of a group that get the same polarity conduct together through the column's bit line and source
line. The lines are those of `array`: contacted at opposite ends, row 0 nearest the source, one
segment a cell on either line and one to each contact. Groups are dealt row by row, so that the
cells of one lie evenly over the tile: row i belongs to group i mod G, G = ⌈rows/rows_per_write⌉.
Neighbours on one group would crowd on one piece of the line and lose more.

With J_j the current of cell j, r the wire of a cell and N rows, the voltage across a cell with
its transistor is

    u_i = V − r·Σ_j (N + 1 − |i − j|)·J_j

so a cell on its own sees r·(N + 1) wherever it lies, and of a group the cells in the middle see
least. Towards every row, the rest of the group is a Thévenin source, `WritePath`: the cell, drawn
or nominal and in whatever state, is then solved exactly behind it. The others are in the mean
state, half parallel and half antiparallel, at the resistance they have at their own bias.
"""

import math
from dataclasses import dataclass

import numpy as np

from device_models._write_path_kernels import group_equivalents
from device_models.array import tile_slices
from device_models.arrays import FloatLike, Floats
from device_models.params import Array, Mtj, Pulse
from device_models.pulse_effects import Polarity
from device_models.ranges import RangeError
from device_models.retention import read_disturb
from device_models.transport import junction_voltage, resistance_antiparallel
from device_models.variation import Cells, nominal_cell
from device_models.write import OVERDRIVE_MAX, depression_write, potentiation_write

_MOST_STEPS = 100


@dataclass(frozen=True, kw_only=True)
class WritePath:
    """Thévenin source that each row's cell sees while its group is written; arrays (rows,).

    open_share: 0 … 1, part of the driver's voltage where the cell would be, if it did not
    conduct; wire_ohm: resistance [Ω] of the lines and the rest of the group in series with it.
    """

    open_share: Floats
    wire_ohm: Floats


def groups(rows: int, rows_per_write: int) -> int:
    """Groups a tile's column is written in."""
    return math.ceil(rows / rows_per_write)


def thevenin(conductance_s: Floats, rows_per_write: int, wire_ohm: float) -> WritePath:
    """`WritePath` of one tile whose other cells conduct `conductance_s` (rows,) [S], > 0.

    Seen from node i, the cells towards one end draw A = y·u_i + c·I of the column current I, and
    the line to that contact drops p·u_i + q·I. Kirchhoff's laws make p = −c, and with d = 1 − 2c
    and y' = y + g, passing a cell and a piece s of both lines gives

        y ← y'/(1 + 2sy'),  d' = d/(1 + 2sy'),  q ← q + s(1 + dd')/2,  d ← d'

    from y = 0, d = 1, q = wire to the contact. Both ends joined, D = (d + d)/2, Q = q + q and
    Y = y + y: open_share = D/(D² + QY), wire_ohm = Q/(D² + QY). All terms are positive: nothing
    cancels however long or thin the line.
    """
    conductance = np.ascontiguousarray(conductance_s, float)
    if conductance.ndim != 1 or not np.all(conductance > 0):
        raise RangeError("conductance_s must be (rows,), > 0 S in every row")
    share, seen_ohm = np.empty(conductance.size), np.empty(conductance.size)
    stride = groups(conductance.size, rows_per_write)
    group_equivalents(conductance, stride, wire_ohm, share, seen_ohm)
    return WritePath(open_share=share, wire_ohm=seen_ohm)


def write_path(mtj: Mtj, array: Array, pulse: Pulse, rows: int | None = None) -> WritePath:
    """What each row of a tile sees when its group is full; rows: of the tile, or tile_rows.

    The others are nominal junctions with (G_P + G_AP(V))/2, V the bias of each; a fixed point, to
    1e-10. Both polarities see the same path. Left out: a group that is not full, as the last one
    of an image is, sees less drop; the spread and the defects of the others; CV² of the lines.
    """
    cell = nominal_cell(mtj)
    height = array.tile_rows if rows is None else rows
    drive_v = np.full(height, pulse.amplitude_v)
    for _ in range(_MOST_STEPS):
        mean_s = _mean_conductance(cell, drive_v, array.access_ohm)
        path = thevenin(mean_s, array.rows_per_write, array.wire_ohm)
        before_v = drive_v
        drive_v = pulse.amplitude_v * path.open_share / (1 + path.wire_ohm * mean_s)
        if np.all(np.abs(drive_v - before_v) <= 1e-10 * drive_v):
            return path
    raise RangeError(
        f"the write path of {height} rows at {array.wire_ohm:g} ohm a cell did not settle; "
        "use fewer rows, fewer of them at once or less wire"
    )


def _mean_conductance(cell: Cells, drive_v: Floats, access_ohm: float) -> Floats:
    """Of a nominal cell with its transistor, half parallel and half antiparallel [S]."""
    junction = cell.r_p_ohm, cell.tmr
    volts = junction_voltage(drive_v, *junction, cell.tmr_half_v, access_ohm)
    r_ap = resistance_antiparallel(*junction, volts, cell.tmr_half_v)
    return (1 / (cell.r_p_ohm + access_ohm) + 1 / (r_ap + access_ohm)) / 2


def layer_write_path(mtj: Mtj, array: Array, pulse: Pulse, inputs: int) -> WritePath:
    """`write_path` of every row of a layer, (inputs,); the last tile may be shorter."""
    heights = [tile.stop - tile.start for tile in tile_slices(inputs, array.tile_rows)]
    paths = {rows: write_path(mtj, array, pulse, rows) for rows in set(heights)}
    return WritePath(
        open_share=np.concatenate([paths[rows].open_share for rows in heights]),
        wire_ohm=np.concatenate([paths[rows].wire_ohm for rows in heights]),
    )


def drive_shares(
    path: WritePath, mtj: Mtj, access_ohm: float, pulse: Pulse, polarity: Polarity
) -> Floats:
    """Part of the driver's voltage across each row's cell with its transistor, (rows,).

    The cell is nominal and in the state that the pulse can flip.
    """
    write = potentiation_write if polarity == "potentiation" else depression_write
    behind = write(nominal_cell(mtj), pulse, access_ohm + path.wire_ohm, share=path.open_share)
    return path.open_share - behind.current_a * path.wire_ohm / pulse.amplitude_v


def write_share(array: Array, mtj: Mtj, pulse: Pulse, polarity: Polarity) -> Floats:
    """`drive_shares` of a whole tile, (tile_rows,): 1 with ideal wires."""
    path = write_path(mtj, array, pulse)
    return drive_shares(path, mtj, array.access_ohm, pulse, polarity)


def line_current_a(mtj: Mtj, array: Array, pulse: Pulse, rows: int | None = None) -> float:
    """Largest current [A] on one bit line while a group is written: every cell of it parallel.

    rows: of the tile, or tile_rows. Nominal junctions; the drop along the lines is counted.
    """
    height = array.tile_rows if rows is None else rows
    on_s = 1 / (float(nominal_cell(mtj).r_p_ohm) + array.access_ohm)
    path = thevenin(np.full(height, on_s), array.rows_per_write, array.wire_ohm)
    each_a = pulse.amplitude_v * path.open_share * on_s / (1 + path.wire_ohm * on_s)
    stride = groups(height, array.rows_per_write)
    return max(float(each_a[first::stride].sum()) for first in range(stride))


def half_select_disturb(
    cells: Cells, pulse: Pulse, polarity: Polarity, pulses: FloatLike = 1.0
) -> Floats:
    """Probability that `pulses` writes of a neighbour flip a half-selected cell of a cross-point.

    Without transistors, the cells on the selected row and on the selected column see half the
    drive (V/2 scheme); those in the state the polarity flips can be lost. Model:
    `retention.read_disturb`, with a pause between writes; arrays of the cells' shape. The drop
    along the lines is left out, so this is the worst cell. In the gated array of a `Design` the
    word line keeps all but the addressed cells off: it has no half-selected cells and does not
    use this.
    """
    write = potentiation_write if polarity == "potentiation" else depression_write
    overdrive = np.minimum(write(cells, pulse, 0.0, share=0.5).overdrive, OVERDRIVE_MAX)
    return read_disturb(overdrive, pulse.duration_s, cells.barrier, cells.tau_d_s, pulses)
