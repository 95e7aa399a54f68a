"""Switching probability in a static field along z: direct solves, one a device, no table.

The field was there before the pulse and stays: it tilts the wells, Δ(1 + h)² being the barrier
left to z > 0, as well as the drive i − h. A field that comes and goes with the pulse needs none
of this: it is `switching_probability` at overdrive i − h.
"""

import numpy as np
from numpy.typing import ArrayLike

from device_models.arrays import Floats
from device_models.ranges import RangeError, check_values
from device_models.switching import BARRIER, FIELD, OVERDRIVE, REDUCED_TIME, solve_switching

SOLVES_MAX = 200
"""Most direct solves of one call, about 0.1 s each."""


def switching_probability_in_field(
    overdrive: ArrayLike, reduced_time: ArrayLike, barrier: ArrayLike, field: ArrayLike
) -> Floats:
    """Probability that a pulse switches the junction in a static field; arguments broadcast.

    overdrive: i = I/I_c0, −1 … 5; reduced_time: τ = t/τ_D, 0 … 500; barrier: Δ at no field,
    5 … 120; field: h = H/H_k, −0.9 … 0.9, positive towards z = +1, the state the pulse starts
    from. The other state has the same P with i and h of the other sign. One direct solve for each
    distinct (i, Δ, h), whatever the number of τ; at most 200. Equations, initial state, error and
    references: `solve_switching`.
    """
    return _solve_each(overdrive, reduced_time, barrier, field)[0]


def write_error_rate_in_field(
    overdrive: ArrayLike, reduced_time: ArrayLike, barrier: ArrayLike, field: ArrayLike
) -> Floats:
    """1 − P of `switching_probability_in_field`, same arguments, without the cancellation."""
    return _solve_each(overdrive, reduced_time, barrier, field)[1]


def _solve_each(
    overdrive: ArrayLike, reduced_time: ArrayLike, barrier: ArrayLike, field: ArrayLike
) -> tuple[Floats, Floats]:
    """(P, 1 − P) of the broadcast arguments; numpy scalars when all arguments are scalars."""
    names = "overdrive", "barrier", "field", "reduced_time"
    given = [np.asarray(x, float) for x in (overdrive, barrier, field, reduced_time)]
    shape = np.broadcast_shapes(*(x.shape for x in given))
    for name, x, allowed in zip(
        names, given, (OVERDRIVE, BARRIER, FIELD, REDUCED_TIME), strict=True
    ):
        check_values(name, x, allowed)
    *device, times = (np.broadcast_to(x, shape).reshape(-1) for x in given)
    distinct, which = np.unique(np.column_stack(device), axis=0, return_inverse=True)
    if len(distinct) > SOLVES_MAX:
        raise RangeError(
            f"distinct (overdrive, barrier, field) = {len(distinct)} is outside 1 … {SOLVES_MAX} "
            "(a direct solve each, about 0.1 s): round them to fewer values; a field that is on "
            "only during the pulse needs switching_probability at overdrive i − h instead"
        )
    out = np.empty((2, times.size))
    for k, (i, delta, h) in enumerate(distinct):
        mine = which.reshape(-1) == k
        out[:, mine] = solve_switching(i, delta, times[mine], h)
    p, error = out.reshape(2, *shape)
    return (p, error) if shape else (p[()], error[()])
