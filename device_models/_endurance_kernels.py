"""Compiled loop of endurance.py: the tail of the normal distribution, cell by cell."""

import math

import numpy as np
from numba import njit

_FAR = 37.0  # beyond, erfc leaves the normal numbers


@njit(cache=True)
def normal_hazard(z, out):
    """Fill out (n) with −ln(1 − Φ(z)), to rounding in relative terms on both sides."""
    for k in range(z.size):
        x = z[k]
        if x < 0.0:
            out[k] = -math.log1p(-0.5 * math.erfc(-x / math.sqrt(2.0)))
        elif x < _FAR:
            out[k] = -math.log(0.5 * math.erfc(x / math.sqrt(2.0)))
        else:
            out[k] = 0.5 * x * x + math.log(x * math.sqrt(2.0 * np.pi))
