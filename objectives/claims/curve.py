"""The curve of a claim, and the rules that judge it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from device_models.ranges import Range, RangeError, check_values

Floats = NDArray[np.float64]

Outcome = Literal["reproduced", "with a condition", "not reproduced"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """One line of a curve: values (points, repeats), a repeat a seed; one where none is drawn."""

    name: str
    values: Floats
    panel: str = ""
    """of the picture; lines of one panel share it"""

    @property
    def mean(self) -> Floats:
        """Over repeats, (points,)."""
        return np.asarray(self.values.mean(axis=1))

    @property
    def sd(self) -> Floats:
        """Over repeats, n − 1 in the denominator; 0 of a single repeat, (points,)."""
        if self.values.shape[1] == 1:
            return np.zeros(len(self.values))
        return np.asarray(self.values.std(axis=1, ddof=1))


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """Lines over the same points x (points,); fractions have no unit."""

    x_name: str
    x: Floats
    y_name: str
    lines: tuple[Line, ...]
    x_unit: str = ""
    y_unit: str = ""
    log_y: bool = False

    def line(self, name: str) -> Line:
        """The line of that name."""
        for line in self.lines:
            if line.name == name:
                return line
        raise RangeError(f"no line {name!r}; there are {', '.join(n.name for n in self.lines)}")

    def at(self, x: float) -> int:
        """Place of the point x; a rule is never judged between points."""
        places = np.flatnonzero(np.isclose(self.x, x, rtol=1e-9, atol=0.0))
        if not len(places):
            raise RangeError(f"{self.x_name} = {x:g} is judged, but not a point; add it to levels")
        return int(places[0])


@dataclass(frozen=True, kw_only=True)
class Check:
    """One rule, what was found, and whether it holds.

    essential: a claim without it is not reproduced; another that fails is a condition on it.
    """

    rule: str
    found: str
    holds: bool
    essential: bool = True


def outcome(checks: Sequence[Check]) -> Outcome:
    """Not reproduced if an essential rule fails, with a condition if another one does."""
    if not all(check.holds for check in checks if check.essential):
        return "not reproduced"
    return "reproduced" if all(check.holds for check in checks) else "with a condition"


def difference(first: Floats, second: Floats) -> tuple[float, float]:
    """Mean of first − second over paired repeats, and two standard errors of that mean."""
    gap = np.asarray(first) - np.asarray(second)
    error = 2 * float(gap.std(ddof=1)) / np.sqrt(len(gap)) if len(gap) > 1 else 0.0
    return float(gap.mean()), float(error)


def lost(rule: str, before: Floats, after: Floats, limit: float, essential: bool = True) -> Check:
    """The rule that before − after, with two standard errors on top, is at most `limit`."""
    mean, error = difference(before, after)
    return Check(
        rule=rule,
        found=f"{100 * mean:.2f} ± {100 * error:.2f} points lost (2 SE), limit {100 * limit:g}",
        holds=mean + error <= limit,
        essential=essential,
    )


def checked_levels(name: str, levels: Sequence[float], allowed: Range) -> Floats:
    """Points of a curve, ascending and within `allowed`."""
    values = np.asarray(levels, float)
    check_values(name, values, allowed)
    if len(values) < 2 or not np.all(np.diff(values) > 0):
        raise RangeError(f"{name} needs at least two points in ascending order")
    return values
