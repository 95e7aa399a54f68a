"""Compiled loops of switching.py: the drift-diffusion time stepper and the table look-up.

Typed arrays in, outputs filled in place, nothing checked: switching.py is the guard.
"""

import math

import numpy as np
from numba import njit

# TR-BDF2 with γ = 2 − √2: both stages share one matrix, I − (γ/2)·dt·A.
_GAMMA = 2.0 - math.sqrt(2.0)
_NEW = 1.0 / (_GAMMA * (2.0 - _GAMMA))
_OLD = (1.0 - _GAMMA) ** 2 / (_GAMMA * (2.0 - _GAMMA))

_FIRST_STEP = 1e-6
_GROWTH = 0.04  # largest step over elapsed time
_GAP_FLOOR = 1e-25  # the stepping ends, only the slowest mode being left
_GAP_RELATIVE = 1e-7  # … or before P_∞ − P is lost in rounding

_NEVER = 60.0  # logit of a steady error rate, 1e-26, that no pulse waits for


@njit(cache=True)
def _tr_bdf2_step(mass, away, back, dt, work):
    """Advance `mass` (n) in place by dt; `work` (4, n) is scratch."""
    n = mass.size
    c = 0.5 * _GAMMA * dt
    factor, pivot, rhs, old = work[0], work[1], work[2], work[3]
    for j in range(n):
        old[j] = mass[j]
        gain = -(away[j] + back[j]) * mass[j]
        if j > 0:
            gain += away[j - 1] * mass[j - 1]
        if j < n - 1:
            gain += back[j + 1] * mass[j + 1]
        rhs[j] = mass[j] + c * gain
    pivot[0] = 1.0 / (1.0 + c * (away[0] + back[0]))
    for j in range(1, n):
        factor[j] = c * away[j - 1] * pivot[j - 1]
        pivot[j] = 1.0 / (1.0 + c * (away[j] + back[j]) - factor[j] * c * back[j])
    for stage in range(2):
        if stage == 1:
            for j in range(n):
                rhs[j] = _NEW * mass[j] - _OLD * old[j]
        for j in range(1, n):
            rhs[j] += factor[j] * rhs[j - 1]
        mass[n - 1] = rhs[n - 1] * pivot[n - 1]
        for j in range(n - 2, -1, -1):
            mass[j] = (rhs[j] + c * back[j + 1] * mass[j + 1]) * pivot[j]


@njit(cache=True)
def evolve(mass, away, back, limit, tolerance, times, switched, log_gap):
    """Step cell masses through `times` (m, ascending, > 0).

    mass (n, even): probability in each cell, z falling from 1 to −1; overwritten.
    away, back (n): rates [1/τ_D] from cell j to j + 1 and to j − 1.
    limit (2): P_∞ and 1 − P_∞, an upper bound of P. Fills switched (m): P, the mass at z < 0;
    log_gap (m): ln(P_∞ − P), followed along its last decay rate once it is too small.
    """
    n = mass.size
    half = n // 2
    work = np.empty((4, n))
    now, decay, gap, settled = 0.0, 0.0, 1.0, False
    for k in range(times.size):
        while True:
            p, w = mass[half:].sum(), mass[:half].sum()
            flux = away[half - 1] * mass[half - 1] - back[half] * mass[half]
            if not settled:
                gap = limit[0] - p if p < 0.5 else w - limit[1]
                decay = flux / gap
                floor = limit[0] if p < 0.5 else max(limit[1], _GAP_FLOOR / _GAP_RELATIVE)
                settled = gap < _GAP_RELATIVE * floor
            if settled or now == times[k]:
                break
            dt = _FIRST_STEP + _GROWTH * now
            if p > 0.0 and abs(flux) * dt > tolerance * min(p, w):
                dt = max(_FIRST_STEP, tolerance * min(p, w) / abs(flux))
            # No sliver of a step is left before the next output.
            last = now + 1.001 * dt >= times[k]
            _tr_bdf2_step(mass, away, back, times[k] - now if last else dt, work)
            now = times[k] if last else now + dt
        switched[k] = p
        log_gap[k] = math.log(gap) - decay * (times[k] - now)


@njit(cache=True)
def _cell(x, grid):
    """Cell of x on a grid (first node, nodes per unit, nodes) and its 4 cubic B-spline weights."""
    u = (x - grid[0]) * grid[1]
    k = min(max(int(u), 0), int(grid[2]) - 2)
    t = u - k
    s = 1.0 - t
    middle = (4.0 - 3.0 * t * t * (2.0 - t)) / 6.0, (4.0 - 3.0 * s * s * (2.0 - s)) / 6.0
    return k, (s * s * s / 6.0, middle[0], middle[1], t * t * t / 6.0)


# Reassociation lets these short sums use vector registers; a test bounds the difference.
@njit(cache=True, fastmath={"reassoc", "contract"})
def _spline_2d(c, ka, a, kb, b):
    """Bicubic B-spline sum; c (barrier, overdrive), first node and weights on each axis."""
    s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
    for m in range(4):
        row = c[ka + m, kb : kb + 4]
        s0 += a[m] * row[0]
        s1 += a[m] * row[1]
        s2 += a[m] * row[2]
        s3 += a[m] * row[3]
    return s0 * b[0] + s1 * b[1] + s2 * b[2] + s3 * b[3]


@njit(cache=True, fastmath={"reassoc", "contract"})
def _spline_3d(c, ka, a, kb, b, kt, t):
    """Tricubic B-spline sum; c (barrier, overdrive, time)."""
    s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
    for m in range(4):
        for n in range(4):
            both = a[m] * b[n]
            row = c[ka + m, kb + n, kt : kt + 4]
            s0 += both * row[0]
            s1 += both * row[1]
            s2 += both * row[2]
            s3 += both * row[3]
    return s0 * t[0] + s1 * t[1] + s2 * t[2] + s3 * t[3]


@njit(cache=True)
def _plane(c, kt, t):
    """Coefficients at one time, (barrier, overdrive), of c (barrier, overdrive, time)."""
    plane = np.empty(c.shape[:2])
    for m in range(c.shape[0]):
        for n in range(c.shape[1]):
            row = c[m, n, kt : kt + 4]
            plane[m, n] = row[0] * t[0] + row[1] * t[1] + row[2] * t[2] + row[3] * t[3]
    return plane


@njit(cache=True)
def look_up(overdrive, reduced_time, barrier, table, error, out):
    """Fill out (n) with P, or with 1 − P when `error`.

    overdrive, reduced_time, barrier: n values or one. table: grids (4, 3) of √Δ, i, −i and ln τ,
    each first node, nodes per unit, nodes; B-spline coefficients of ln H·P_∞ (√Δ, i, ln τ), of
    ln P(|i|, τ)/P(i, τ) less the steady logit (√Δ, −i, ln τ) and of the steady logit (√Δ, i).
    """
    grids, rise, imbalance, logit = table
    grid_b, grid_i, grid_o, grid_t = grids[0], grids[1], grids[2], grids[3]
    each_i, each_t, each_b = overdrive.size > 1, reduced_time.size > 1, barrier.size > 1
    first = math.exp(grid_t[0])
    early = math.sqrt(min(reduced_time[0] / first, 1.0))
    kt, t = _cell(math.log(max(reduced_time[0], first)), grid_t)
    rise_now, imbalance_now = _plane(rise, kt, t), _plane(imbalance, kt, t)
    for n in range(out.size):
        kb, b = _cell(math.sqrt(barrier[n if each_b else 0]), grid_b)
        i = overdrive[n if each_i else 0]
        ki, w = _cell(abs(i), grid_i)
        if each_t:
            early = math.sqrt(min(reduced_time[n] / first, 1.0))
            kt, t = _cell(math.log(max(reduced_time[n], first)), grid_t)
            h = early * math.exp(_spline_3d(rise, kb, b, ki, w, kt, t))
        else:
            h = early * math.exp(_spline_2d(rise_now, kb, b, ki, w))
        steady = _spline_2d(logit, kb, b, ki, w)
        steady_error = 1.0 / (1.0 + math.exp(steady)) if steady < _NEVER else 0.0
        h /= 1.0 - steady_error
        if i >= 0.0 and error:
            out[n] = steady_error + (1.0 - steady_error) * math.exp(-h)
            continue
        # Twice as fast as expm1, to 2e-11 in relative terms.
        p = (1.0 - steady_error) * (1.0 - math.exp(-h) if h > 1e-5 else h * (1.0 - 0.5 * h))
        if i < 0.0:
            ko, o = _cell(-i, grid_o)
            if each_t:
                p *= math.exp(-steady - _spline_3d(imbalance, kb, b, ko, o, kt, t))
            else:
                p *= math.exp(-steady - _spline_2d(imbalance_now, kb, b, ko, o))
        out[n] = 1.0 - p if error else p
