"""Compiled loops of array.py: ladder recursions, columns innermost so that they vectorise."""

import numpy as np
from numba import njit


@njit(cache=True)
def gated_currents(conductance, active, source_ohm, sense_ohm, terminal_ohm, read_v, currents):
    """Fill currents[b, j] of gated columns for inputs active[b, :]; see array.py for the algebra.

    conductance (rows, columns), active (batch, rows), currents (batch, columns); terminal_ohm is
    that of driver and sense amplifier together. The line between two active rows is one
    resistance, so that a silent row costs nothing.
    """
    rows, columns = conductance.shape
    y, c, p, q = np.empty(columns), np.empty(columns), np.empty(columns), np.empty(columns)
    for b in range(active.shape[0]):
        y[:], c[:], p[:], q[:] = 0.0, 0.0, 0.0, 0.0
        below = rows
        for i in range(rows - 1, -1, -1):
            if not active[b, i]:
                continue
            sense = (below - i) * sense_ohm
            loop = sense + (below - i) * source_ohm
            below = i
            for j in range(columns):
                damp = 1.0 / (1.0 + y[j] * loop)
                e = (y[j] * sense + c[j]) * damp
                q[j] += p[j] * (sense - loop * e) + sense * (1.0 - e)
                p[j] = (p[j] - sense * y[j]) * damp
                c[j] = e
                y[j] = y[j] * damp + conductance[i, j]
        ends_ohm = terminal_ohm + (below + 1) * source_ohm
        for j in range(columns):
            if y[j] > 0.0:
                total_ohm = ends_ohm + q[j] + (1.0 - c[j]) * (1.0 + p[j]) / y[j]
                currents[b, j] = read_v / total_ohm
            else:
                currents[b, j] = 0.0


@njit(cache=True)
def gated_cell_voltages(conductance, source_ohm, sense_ohm, currents, voltages):
    """Fill voltages[i, j] across every cell, given the column currents; all rows conduct.

    The admittances y and shares c of the rows behind a node are kept on the way down from the
    sense end, and the voltage across the cells follows on the way back.
    """
    rows, columns = conductance.shape
    loop = source_ohm + sense_ohm
    y, c = np.empty((rows, columns)), np.empty((rows, columns))
    y[rows - 1], c[rows - 1] = conductance[rows - 1], 0.0
    for i in range(rows - 2, -1, -1):
        for j in range(columns):
            damp = 1.0 / (1.0 + y[i + 1, j] * loop)
            c[i, j] = (y[i + 1, j] * sense_ohm + c[i + 1, j]) * damp
            y[i, j] = conductance[i, j] + y[i + 1, j] * damp
    for j in range(columns):
        voltages[0, j] = (1.0 - c[0, j]) * currents[j] / y[0, j]
    for i in range(rows - 1):
        for j in range(columns):
            reach = y[i + 1, j] * voltages[i, j]
            reach += (y[i + 1, j] * sense_ohm + c[i + 1, j]) * currents[j]
            further = reach / (1.0 + y[i + 1, j] * loop)
            voltages[i + 1, j] = voltages[i, j] + sense_ohm * currents[j] - loop * further
