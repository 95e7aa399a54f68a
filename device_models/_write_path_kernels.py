"""Compiled loop of write_path.py: two sweeps along the cells that are written at once."""

import numpy as np
from numba import njit


@njit(cache=True)
def group_equivalents(conductance, stride, wire_ohm, open_share, seen_ohm):
    """Fill open_share and seen_ohm (rows,) for groups of rows i, i + stride, …; see write_path.py.

    conductance (rows,) > 0. y, d, q of what lies towards the source are kept on the way up and
    joined with those towards the driver on the way back.
    """
    rows = conductance.size
    below_y, below_d, below_q = np.empty(rows), np.empty(rows), np.empty(rows)
    step_ohm = stride * wire_ohm
    for first in range(min(stride, rows)):
        y, d, q = 0.0, 1.0, (first + 1) * wire_ohm
        last = first
        for i in range(first, rows, stride):
            below_y[i], below_d[i], below_q[i] = y, d, q
            y, d, q = past(y + conductance[i], d, q, step_ohm)
            last = i
        y, d, q = 0.0, 1.0, (rows - last) * wire_ohm
        for i in range(last, -1, -stride):
            joint_y, joint_q = below_y[i] + y, below_q[i] + q
            joint_d = 0.5 * (below_d[i] + d)
            scale = joint_d * joint_d + joint_q * joint_y
            open_share[i], seen_ohm[i] = joint_d / scale, joint_q / scale
            y, d, q = past(y + conductance[i], d, q, step_ohm)


@njit(cache=True, inline="always")
def past(y, d, q, step_ohm):
    """The three coefficients one piece of both lines further, the cell before it included in y."""
    damp = 1.0 / (1.0 + 2.0 * step_ohm * y)
    further = d * damp
    return y * damp, further, q + 0.5 * step_ohm * (1.0 + d * further)
