"""Compiled loop of transport.py: the voltage across a junction, cell by cell."""

import math

from numba import vectorize

_STEPS = 50
_CLOSE = 1e-13


@vectorize(["float64(float64, float64, float64)"], cache=True)
def reduced_voltage(d, t, s):
    """Root of (1+s)x³ − d·x² + (1+t+s)x − d(1+t) by Newton's method from above; NaN if none."""
    x = d * (1.0 + t) / (1.0 + t + s)
    for _ in range(_STEPS):
        value = ((1.0 + s) * x - d) * x * x + (1.0 + t + s) * x - d * (1.0 + t)
        slope = (3.0 * (1.0 + s) * x - 2.0 * d) * x + (1.0 + t + s)
        step = value / slope
        x -= step
        if abs(step) <= _CLOSE * abs(d):
            return x
    return math.nan
