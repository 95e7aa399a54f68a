"""What a real read adds to the linear solve: transistors, defects, pairs, TMR at its bias."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from device_models.array import Topology, cell_voltages, column_currents
from device_models.arrays import FloatLike, Floats
from device_models.defects import OPEN, SHORT, STUCK_AP, STUCK_P
from device_models.ranges import Range, RangeError, check_value, check_values
from device_models.transport import junction_voltage, tmr_at_bias

BIAS_TOLERANCE = 1e-10
"""Largest relative change of a column current in the last step of `biased_read`."""
BIAS_STEPS = 100
ACCESS = Range(0.0, 1e9, "ohm", "0: no transistor")
JUNCTION = Range(1.0, 1e12, "ohm", "a junction")


def with_access(conductance_s: FloatLike, access_ohm: float) -> Floats:
    """Conductance [S] of junctions in series with their access transistor, g/(1 + g·R).

    conductance_s >= 0 of any shape, 0 stays open; access_ohm >= 0 [Ω], linear.
    """
    check_value("access_ohm", float(access_ohm), ACCESS)
    g = np.asarray(conductance_s, float)
    return g / (1 + g * access_ohm)


def broken_conductance(
    conductance_s: Floats,
    kinds: NDArray[np.uint8],
    stuck_s: tuple[FloatLike, FloatLike],
    short_ohm: float,
) -> Floats:
    """Junction conductances [S] with the defects of a die, shape of both inputs.

    kinds: as `defects.draw_defects`; stuck_s: conductance of a cell stuck P and stuck AP [S];
    short_ohm > 0 [Ω] of a shorted junction. An open cell has 0; `with_access` comes after.
    """
    if kinds.shape != np.shape(conductance_s):
        raise RangeError(f"kinds are {kinds.shape}, conductance_s {np.shape(conductance_s)}")
    check_value("short_ohm", float(short_ohm), Range(1e-3, 1e6, "ohm", "a shorted junction"))
    broken = np.array(conductance_s, float)
    for kind, value in zip(
        (STUCK_P, STUCK_AP, OPEN, SHORT), (*stuck_s, 0.0, 1 / short_ohm), strict=True
    ):
        np.copyto(broken, value, where=kinds == kind)
    return broken


def differential_currents(
    pair_s: Floats,
    active_rows: NDArray[np.bool_],
    wire_ohm: float,
    read_v: float,
    topology: Topology = "gated",
    *,
    driver_ohm: float = 0.0,
    sense_ohm: float = 0.0,
) -> Floats:
    """I⁺ − I⁻ [A] of complementary pairs (2T2MTJ), (columns,) or (batch, columns).

    pair_s: (2, rows, columns) [S], the cells of I⁺ and of I⁻; the rest as `column_currents`. The
    lines of a pair lie side by side, +, −, +, −: in a cross-point they share the row lines.
    """
    pair = np.asarray(pair_s, float)
    if pair.ndim != 3 or len(pair) != 2:
        raise RangeError(f"pair_s must be (2, rows, columns), got {pair.shape}")
    side_by_side = np.moveaxis(pair, 0, 2).reshape(pair.shape[1], -1)
    currents = column_currents(
        side_by_side,
        active_rows,
        wire_ohm,
        read_v,
        topology,
        driver_ohm=driver_ohm,
        sense_ohm=sense_ohm,
    )
    return currents[..., 0::2] - currents[..., 1::2]


@dataclass(frozen=True, kw_only=True)
class Junctions:
    """Junctions of an array, each (rows, columns), and the transistor behind each.

    r_p_ohm [Ω] > 0; tmr at no bias; half_v [V] > 0, the bias that halves it; parallel: state.
    """

    r_p_ohm: Floats
    tmr: Floats
    half_v: Floats
    parallel: NDArray[np.bool_]
    access_ohm: float = 0.0

    def __post_init__(self) -> None:
        shapes = {np.shape(value) for name, value in vars(self).items() if name != "access_ohm"}
        if len(shapes) != 1:
            raise RangeError(f"the arrays of Junctions have different shapes: {sorted(shapes)}")
        check_values("r_p_ohm", np.asarray(self.r_p_ohm), JUNCTION)
        check_values("tmr", np.asarray(self.tmr), Range(0.0, 8.0, "", "unique series voltage"))
        check_values("half_v", np.asarray(self.half_v), Range(0.05, 10.0, "V", "TMR roll-off"))
        check_value("access_ohm", float(self.access_ohm), ACCESS)


@dataclass(frozen=True, kw_only=True)
class BiasedRead:
    """current_a (columns,), conductance_s (rows, columns) of cells at their bias, steps taken."""

    current_a: Floats
    conductance_s: Floats
    steps: int


def biased_read(
    junctions: Junctions,
    active_rows: NDArray[np.bool_],
    wire_ohm: float,
    read_v: float,
    topology: Topology = "gated",
    *,
    driver_ohm: float = 0.0,
    sense_ohm: float = 0.0,
) -> BiasedRead:
    """Column currents with every TMR at the bias its own cell sees, for one input (rows,).

    Fixed-point iteration: solve the linear array, take the voltage across each cell, from it the
    resistance R_P(1 + TMR(V)) with V the junction's share beside its transistor
    (`transport.junction_voltage`), and solve again, until no column current moves by more than
    BIAS_TOLERANCE. The conductance rises with the bias and the bias falls with the conductance,
    so that each step undershoots the last by the share of the voltage the wires take.
    """
    shape = np.shape(junctions.r_p_ohm)
    voltages = partial(
        cell_voltages,
        wire_ohm=wire_ohm,
        read_v=read_v,
        topology=topology,
        active_rows=active_rows,
        driver_ohm=driver_ohm,
        sense_ohm=sense_ohm,
    )
    drive = np.asarray(active_rows, float)[:, None]
    across, before = np.full(shape, abs(read_v)), np.full(shape[1:], np.nan)
    for step in range(1, BIAS_STEPS + 1):
        conductance = _at_bias(junctions, across)
        found = voltages(conductance)
        on = conductance if topology == "cross_point" else conductance * drive
        currents = (on * found).sum(0)
        if np.all(np.abs(currents - before) <= BIAS_TOLERANCE * np.abs(currents)):
            return BiasedRead(current_a=currents, conductance_s=conductance, steps=step)
        before, across = currents, np.abs(found)
    raise RangeError(
        f"read_v = {read_v:g} V: TMR at bias did not settle in {BIAS_STEPS} steps; lower the bias "
        "or the wire resistance"
    )


def _at_bias(junctions: Junctions, across_v: Floats) -> Floats:
    """Conductance [S] of each cell with its transistor at the voltage [V] across both."""
    r_p, half_v, access_ohm = junctions.r_p_ohm, junctions.half_v, junctions.access_ohm
    tmr = np.where(junctions.parallel, 0.0, junctions.tmr)
    share_v = junction_voltage(across_v, r_p, tmr, half_v, access_ohm)
    return 1 / (r_p * (1 + tmr_at_bias(tmr, share_v, half_v)) + access_ohm)
