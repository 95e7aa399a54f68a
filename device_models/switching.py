"""Probability that a spin-transfer pulse switches a junction, from the Fokker-Planck equation.

A perpendicular, axially symmetric macrospin, z = m_z, starts thermal in the well z > 0 and has
switched when it ends at z < 0:

    ∂ρ/∂τ = ∂/∂z { (1 − z²) [ (i − h − z) ρ + (1/2Δ) ∂ρ/∂z ] },   P = ∫_{−1}^{0} ρ dz

i = I/I_c0 overdrive, τ = t/τ_D reduced time, Δ = E_b/k_BT barrier, h = H/H_k field. Positive i
pushes towards z = −1; a pulse of the other polarity on the other state has the same P.

`solve_switching` solves it; `switching_probability` and `write_error_rate` interpolate a shipped
table of its solutions (table_build.py). For i ≥ 0, P(τ) rises monotonically to the steady state
P_∞, and the table holds ln H of the cumulative hazard P = P_∞ (1 − e^{−H}): H = Γτ of the thermal
regime, 2(i−1)τ + const of the precessional tail, smooth between. P falls with −i but not always
with τ for i < 0 (magnetisation that has just crossed z = 0 is pulled back), so there the table
holds ln P(|i|, τ)/P(i, τ) less its value in the steady state: smooth, and near 0 as soon as P is
set by the exchange between the wells, whose rates are in detailed balance.

Not in the model: in-plane anisotropy or tilt (faster start from z = 1), spatially incoherent
reversal (diameter above ~40 nm), back-hopping through the reference layer, heating by the pulse.

References: Brown 1963, doi 10.1103/PhysRev.130.1677; Butler et al. 2012,
doi 10.1109/TMAG.2012.2209122; Tzoufras 2018, doi 10.1063/1.5003832.
"""

import math
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import ArrayLike

from device_models._switching_kernels import evolve, look_up
from device_models.arrays import Floats
from device_models.ranges import Range, check_values

OVERDRIVE = Range(-1.0, 5.0, "", "switching model, i = I/I_c0")
REDUCED_TIME = Range(0.0, 500.0, "", "switching model, τ = t/τ_D")
BARRIER = Range(5.0, 120.0, "", "switching model, Δ = E_b/k_BT")
FIELD = Range(-0.9, 0.9, "", "switching model, h = H/H_k; both wells must exist")

CELLS = 800
"""Cells of the coarser of the two grids the direct solve extrapolates from."""

TOLERANCE = 0.05
"""Largest relative change of P or 1 − P in one step of the direct solve."""


def switching_probability(
    overdrive: ArrayLike, reduced_time: ArrayLike, barrier: ArrayLike
) -> Floats:
    """Probability that a pulse switches the junction; arguments broadcast.

    overdrive: i = I/I_c0, −1 … 5; reduced_time: τ = t/τ_D, 0 … 500; barrier: Δ, 5 … 120.
    Interpolated: within 1e-3 of the direct solve (docs/pictures/switching_error.png), and
    within 15 % of P while P > 1e-20; for i < −0.4 while P > 1e-8, a factor 1.7 below. Below
    τ = 0.01, P ∝ √τ, the spread of the initial state over z = 0. Equations and references: the
    head of this module.
    """
    return _interpolate(overdrive, reduced_time, barrier, error=False)


def write_error_rate(overdrive: ArrayLike, reduced_time: ArrayLike, barrier: ArrayLike) -> Floats:
    """1 − P of `switching_probability`, same arguments, without the cancellation.

    For i ≥ 0 it is W_∞ + P_∞ e^{−H}: down to 1e-12 right to 1.1, to 1.05 for i ≥ 1; for i < 0
    taken as a difference.
    """
    return _interpolate(overdrive, reduced_time, barrier, error=True)


def solve_switching(
    overdrive: float, barrier: float, reduced_times: ArrayLike, field: float = 0.0
) -> tuple[Floats, Floats]:
    """(P, 1 − P) at `reduced_times` (any shape) from the equation itself; tens of milliseconds.

    field: h = H/H_k along z, −0.9 … 0.9, positive towards z = +1. It is constant and was there
    before the pulse: the initial state is thermal in it, ρ ∝ exp(Δ(z² + 2hz)) on z > max(0, −h),
    this side of the barrier's top z = −h. Below a barrier Δ(1 + h)² of about 5 the well empties
    before any pulse and P depends on that cut. A field that comes and goes with the pulse is the
    same as h = 0 and overdrive i − h.

    Finite volumes uniform in θ with Scharfetter-Gummel fluxes keep every density positive; TR-BDF2
    steps bounded by the relative change of P and of 1 − P; Richardson extrapolation of ln H over
    two grids. P within 1e-4; 1 − P within 0.3 % down to 1e-12, the tail's rate being 1e-4 low.
    """
    check_values("field", np.asarray(field), FIELD)
    check_values("reduced_times", np.asarray(reduced_times, float), REDUCED_TIME)
    check_values("overdrive", np.asarray(overdrive), OVERDRIVE)
    check_values("barrier", np.asarray(barrier), BARRIER)
    times, where = np.unique(np.asarray(reduced_times, float), return_inverse=True)
    p, error = np.zeros(times.size), np.ones(times.size)
    late = times > 0.0
    hazard = np.exp(log_hazard(overdrive, barrier, times[late], field))
    bounded = _bounded_by_steady(overdrive, field)
    logit = steady_logit(overdrive - field, barrier) if bounded else math.inf
    steady, steady_error = np.exp(-np.logaddexp(0.0, [-logit, logit]))
    p[late], error[late] = -steady * np.expm1(-hazard), steady_error + steady * np.exp(-hazard)
    shape = np.shape(reduced_times)
    return p[where].reshape(shape), error[where].reshape(shape)


def steady_logit(drive: float, barrier: float) -> float:
    """ln(P_∞/(1 − P_∞)) of the steady state ρ ∝ exp(Δ(z² − 2·drive·z)), drive = i − h."""
    node, weight = np.polynomial.legendre.leggauss(200)
    z = 0.5 * (1.0 + node)
    up, down = barrier * (z * z - 2.0 * drive * z), barrier * (z * z + 2.0 * drive * z)
    log_up = up.max() + math.log(weight @ np.exp(up - up.max()))
    log_down = down.max() + math.log(weight @ np.exp(down - down.max()))
    return float(log_down - log_up)


def log_hazard(overdrive: float, barrier: float, times: Floats, field: float = 0.0) -> Floats:
    """Logarithm of H in P = P_∞(1 − e^{−H}) at ascending times > 0.

    With i < 0 or i < h, of H in P = 1 − e^{−H}.
    """
    coarse, fine = (
        np.log(_hazard(overdrive, barrier, times, field, cells)) for cells in (CELLS, 2 * CELLS)
    )
    return np.asarray((4.0 * fine - coarse) / 3.0)


def _bounded_by_steady(overdrive: float, field: float) -> bool:
    """Whether P_∞ is the reference of P: P rises to it if i ≥ 0, and it is ½ or more if i ≥ h.

    With i < 0, P may pass P_∞; with i < h, P_∞ may be small, reached soon and P_∞ − P rounding.
    """
    return overdrive >= max(field, 0.0)


def _hazard(overdrive: float, barrier: float, times: Floats, field: float, cells: int) -> Floats:
    """H at times, as log_hazard, of the equation discretised on `cells` cells (even)."""
    half_step = 0.5 * math.pi / cells
    theta = half_step * np.arange(1, 2 * cells, 2)
    z, width = np.cos(theta), 2.0 * np.sin(theta) * math.sin(half_step)
    potential = barrier * (2.0 * (overdrive - field) * z - z * z)
    steady = width * np.exp(potential.min() - potential)
    limit = np.array([1.0, 0.0])
    if _bounded_by_steady(overdrive, field):
        limit[:] = steady[cells // 2 :].sum(), steady[: cells // 2].sum()
        limit /= limit.sum()
    away, back = _rates(potential, width, barrier)
    switched, log_gap = np.empty((2, times.size))
    mass = _initial_mass(barrier, field, cells)
    evolve(mass, away, back, limit, TOLERANCE, times, switched, log_gap)
    # From P while that is small against P_∞, from the gap afterwards: no cancellation.
    ratio = np.minimum(switched / limit[0], 0.5)
    return np.where(ratio < 0.5, -np.log1p(-ratio), math.log(limit[0]) - log_gap)


def _rates(potential: Floats, width: Floats, barrier: float) -> tuple[Floats, Floats]:
    """Scharfetter-Gummel rates [1/τ_D] of each cell to the next (lower z) and to the one before.

    With B(x) = x/(e^x − 1) the steady state is exact on the grid and no rate is negative:
    doi 10.1109/T-ED.1969.16566.
    """
    cells = potential.size
    half_step = 0.5 * math.pi / cells
    face = np.sin(2.0 * half_step * np.arange(1, cells)) / (4.0 * barrier * math.sin(half_step))
    climb = np.diff(potential)
    climb = np.where(np.abs(climb) < 1e-9, 1e-9, climb)
    away, back = np.zeros((2, cells))
    away[:-1] = face * climb / np.expm1(climb) / width[:-1]
    back[1:] = face * climb / -np.expm1(-climb) / width[1:]
    return away, back


def _initial_mass(barrier: float, field: float, cells: int) -> Floats:
    """Thermal state of the well z > max(0, −field), integrated over each cell."""
    # Without the cut at the top, h < −1/2 would start most of ρ beyond it, in the other well.
    edge = np.maximum(np.cos(math.pi / cells * np.arange(cells + 1)), max(0.0, -field))
    node, weight = np.polynomial.legendre.leggauss(4)
    middle, half = 0.5 * (edge[:-1] + edge[1:]), 0.5 * (edge[:-1] - edge[1:])
    z = middle[:, None] + half[:, None] * node
    energy = barrier * (z * z + 2.0 * field * z)
    mass = half * (np.exp(energy - energy.max()) @ weight)
    mass[cells // 2 :] = 0.0
    return np.asarray(mass / mass.sum())


@dataclass(frozen=True, kw_only=True)
class SwitchingTable:
    """Solutions of the equation on a regular grid, as shipped.

    log_hazard (√Δ, i ≥ 0, ln τ): ln H; log_imbalance (√Δ, −i ≥ 0, ln τ): ln P(|i|, τ)/P(−|i|, τ)
    less steady_logit (√Δ, i ≥ 0): ln P_∞/(1 − P_∞), by symmetry ln P_∞(i)/P_∞(−i).
    """

    sqrt_barrier: Floats
    overdrive: Floats
    opposing: Floats
    log_reduced_time: Floats
    log_hazard: Floats
    log_imbalance: Floats
    steady_logit: Floats


@cache
def load_table() -> SwitchingTable:
    """The shipped table; read-only arrays."""
    path = resources.files("device_models") / "switching_table.npz"
    with path.open("rb") as file, np.load(file) as stored:
        arrays = {name: stored[name].astype(float) for name in stored.files}
    for array in arrays.values():
        array.flags.writeable = False
    return SwitchingTable(**arrays)


def spline_coefficients(values: Floats) -> Floats:
    """Coefficients, two more on each axis, of the not-a-knot cubic B-spline through `values`."""
    for axis, nodes in enumerate(values.shape):
        matrix = np.zeros((nodes + 2, nodes + 2))
        for row in range(nodes):
            matrix[row, row : row + 3] = 1 / 6, 4 / 6, 1 / 6
        matrix[-2, :5] = matrix[-1, -5:] = 1.0, -4.0, 6.0, -4.0, 1.0
        solve = np.linalg.inv(matrix)[:, :nodes]
        values = np.moveaxis(np.tensordot(solve, values, (1, axis)), 0, axis)
    return np.ascontiguousarray(values)


@cache
def _spline() -> tuple[Floats, Floats, Floats, Floats]:
    """What the kernel reads: grids (4, 3), coefficients of ln H·P_∞, log_imbalance and logit."""
    table = load_table()
    # ln H + ln P_∞ is smooth across i = 0, where P_∞ bends within 1/4Δ. Nodes mirrored there keep
    # the ends of the splines away: imbalance and logit are odd in i, and H(−i) is
    # H(i)·e^{−imbalance} while P is small or in balance.
    mirror = slice(3, 0, -1)
    imbalance = np.concatenate([-table.log_imbalance[:, mirror], table.log_imbalance], axis=1)
    logit = np.concatenate([-table.steady_logit[:, mirror], table.steady_logit], axis=1)
    mirrored = table.log_hazard[:, mirror] - table.log_imbalance[:, mirror]
    rise = np.concatenate([mirrored, table.log_hazard], axis=1)
    rise -= np.logaddexp(0.0, -logit)[..., None]
    overdrive, opposing = (
        np.concatenate([-x[mirror], x]) for x in (table.overdrive, table.opposing)
    )
    axes = table.sqrt_barrier, overdrive, opposing, table.log_reduced_time
    grids = np.array([(x[0], (x.size - 1) / (x[-1] - x[0]), x.size) for x in axes])
    return (
        grids,
        spline_coefficients(rise),
        spline_coefficients(imbalance),
        spline_coefficients(logit),
    )


def _interpolate(
    overdrive: ArrayLike, reduced_time: ArrayLike, barrier: ArrayLike, error: bool
) -> Floats:
    """Check, broadcast and look up; a numpy scalar when all arguments are scalars."""
    i, tau, delta = (np.asarray(x, float) for x in (overdrive, reduced_time, barrier))
    shape = np.broadcast_shapes(i.shape, tau.shape, delta.shape)
    out = np.empty(shape)
    if out.size:
        check_values("overdrive", i, OVERDRIVE)
        check_values("reduced_time", tau, REDUCED_TIME)
        check_values("barrier", delta, BARRIER)
        if tau.min() == tau.max():
            tau = tau.reshape(-1)[:1]  # one pulse: the kernel then leaves the time axis once
        i, tau, delta = (_flat(x, shape) for x in (i, tau, delta))
        look_up(i, tau, delta, _spline(), error, out.reshape(-1))
    return np.asarray(out) if shape else out[()]


def _flat(x: Floats, shape: tuple[int, ...]) -> Floats:
    """Broadcast to `shape` as one contiguous writeable row; a single value stays single."""
    flat = x.reshape(-1) if x.size == 1 else np.broadcast_to(x, shape).reshape(-1)
    # The kernel is compiled for writeable contiguous arrays only.
    return np.require(flat, requirements=("C", "W"))
