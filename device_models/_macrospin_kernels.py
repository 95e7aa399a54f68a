"""Compiled loops of macrospin.py: many trajectories side by side, one Heun step after another.

Typed arrays in, outputs filled in place, nothing checked: macrospin.py is the guard. A block is
LANES trajectories; a row of a block's array is LANES numbers. With one array and offsets that are
constants the compiler sees that rows do not overlap, and turns the inner loop into vector code.
"""

import math

import numpy as np
from numba import njit

LANES = 64
_ROW2, _ROW3 = 2 * LANES, 3 * LANES

# Four points ±INNER, ±OUTER with the moments of a normal variable up to the seventh, the nodes of
# Gauss-Hermite quadrature. The chance of OUTER, (3 − √6)/6, is rounded to 20 bits; then variance
# and kurtosis are still exact and the sixth moment is 15 to 1e-5.
RARE = round((3.0 - math.sqrt(6.0)) / 6.0 * 2**20)
_ODDS = RARE / (2**20 - RARE)
INNER = math.sqrt(1.0 - math.sqrt(2.0 * _ODDS))
OUTER = math.sqrt(1.0 + math.sqrt(2.0 / _ODDS))

# Shifts and masks in the type of the state: numba turns uint64 with int64 into float64.
_RARE, _ONE, _MASK = np.uint64(RARE), np.uint64(1), np.uint64(2**21 - 1)
_S1, _S17, _S19, _S22, _S23, _S41, _S43, _S45 = np.array([1, 17, 19, 22, 23, 41, 43, 45], "u8")


@njit(cache=True)
def next_bits(stream, lane):
    """64 random bits of one lane's xoshiro256++, and its state in stream (4·LANES) moved on."""
    a, b, c, d = stream[lane], stream[LANES + lane], stream[_ROW2 + lane], stream[_ROW3 + lane]
    total = a + d
    bits = ((total << _S23) | (total >> _S41)) + a
    shifted = b << _S17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    stream[lane], stream[LANES + lane] = a, b
    stream[_ROW2 + lane], stream[_ROW3 + lane] = c, (d << _S45) | (d >> _S19)
    return bits


@njit(cache=True)
def normal(bits):
    """One of the four points by 21 random bits: the lowest is the sign."""
    size = OUTER if (bits >> _S1) < _RARE else INNER
    return size if bits & _ONE else -size


@njit(cache=True)
def _change(x, y, z, bx, by, bz, alpha, torque):
    """Change of m = (x, y, z) in one step: −m × (b + α·torque·ẑ + m × (αb − torque·ẑ)).

    b: field times step over 1 + α², torque: Slonczewski strength likewise.
    """
    cx, cy, cz = alpha * bx, alpha * by, alpha * bz - torque
    vx = bx + (y * cz - z * cy)
    vy = by + (z * cx - x * cz)
    vz = bz + alpha * torque + (x * cy - y * cx)
    return vy * z - vz * y, vz * x - vx * z, vx * y - vy * x


@njit(cache=True)
def advance(m, stream, steps, coefficients):
    """Advance every trajectory by `steps` Heun steps.

    m (blocks, 3·LANES): rows x, y, z of a block; stream (blocks, 4·LANES): its generators.
    coefficients (5): standard deviation of a thermal field component, anisotropy field and applied
    field, each times step over 1 + α²; α; Slonczewski strength times step over 1 + α².

    About 80 floating-point and 35 integer operations a trajectory and step, no branch, no table.
    """
    sigma, stiffness, field, alpha, torque = coefficients
    for block in range(m.shape[0]):
        spins, states = m[block], stream[block]
        for _ in range(steps):
            for lane in range(LANES):
                bits = next_bits(states, lane)
                bx = sigma * normal(bits >> _S43)
                by = sigma * normal((bits >> _S22) & _MASK)
                bz = sigma * normal((bits >> _S1) & _MASK) + field
                x, y, z = spins[lane], spins[LANES + lane], spins[_ROW2 + lane]
                dx, dy, dz = _change(x, y, z, bx, by, bz + stiffness * z, alpha, torque)
                px, py, pz = x + dx, y + dy, z + dz
                ex, ey, ez = _change(px, py, pz, bx, by, bz + stiffness * pz, alpha, torque)
                x += 0.5 * (dx + ex)
                y += 0.5 * (dy + ey)
                z += 0.5 * (dz + ez)
                # One Newton step of 1/√: |m| − 1 is 1e-4 at most and shrinks to its square.
                scale = 1.5 - 0.5 * (x * x + y * y + z * z)
                spins[lane], spins[LANES + lane] = scale * x, scale * y
                spins[_ROW2 + lane] = scale * z
