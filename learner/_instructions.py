"""How loops are compiled, and instructions of the processor that numba does not reach."""

from typing import Any

from numba import njit
from numba.extending import intrinsic

run: Any = njit(cache=True, _nrt=False)  # type: ignore[call-overload] # not declared
"""For a loop over images. It takes its arrays out of tuples and makes none, so numba need not
count references to them: with these counts, atomic each, a presentation took 1.4 times as long."""


def _count_ones(_typing, word):
    """Ones of a 64-bit word."""

    def build(_context, builder, _signature, arguments):
        return builder.ctpop(arguments[0])

    return word(word), build


def _higher(_typing, one, other):
    """The larger of two floats that are not NaN, where it may be either zero of two.

    Python's max keeps the order of comparisons, for NaN's sake, so that the highest of many is
    found one by one; of this sixteen are compared at a time.
    """

    def build(_context, builder, _signature, arguments):
        flags = ("nnan", "nsz")
        larger = builder.fcmp_ordered(">", *arguments, flags=flags)
        return builder.select(larger, *arguments, flags=flags)

    return one(one, other), build


# Called with all arguments but the first, which numba fills in.
count_ones: Any = intrinsic(_count_ones)
higher: Any = intrinsic(_higher)
