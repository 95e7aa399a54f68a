"""The allowed range of a parameter, kept in its type, and the check against it."""

import difflib
import math
import typing
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

from device_models.arrays import Floats


@dataclass(frozen=True)
class Range:
    """Closed interval a model is valid in, in SI, with whose rule it is."""

    low: float
    high: float
    unit: str = ""
    source: str = ""

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.low:g} … {self.high:g} {self.unit}".rstrip()


class RangeError(ValueError):
    """A value outside the range of a model: names rule, value, unit and whose rule it is."""


@cache
def ranges_of(params: type) -> dict[str, Range]:
    """Name -> Range of every field of a parameter set that carries one."""
    hints = get_type_hints(params, include_extras=True)
    return {
        name: meta
        for name, hint in hints.items()
        for meta in getattr(hint, "__metadata__", ())
        if isinstance(meta, Range)
    }


@cache
def choices_of(params: type) -> dict[str, tuple[Any, ...]]:
    """Name -> allowed values of every field of a parameter set typed as a Literal."""
    return {
        name: typing.get_args(hint)
        for name, hint in get_type_hints(params).items()
        if typing.get_origin(hint) is typing.Literal
    }


def check_value(name: str, value: float, allowed: Range) -> None:
    """Raise RangeError unless `value` is a finite number within `allowed`."""
    rule = f" ({allowed.source})" if allowed.source else ""
    if not isinstance(value, int | float) or not math.isfinite(value) or value not in allowed:
        shown = f"{value:g}" if isinstance(value, int | float) else repr(value)
        raise RangeError(
            f"{name} = {shown} {allowed.unit}".rstrip() + f" is outside {allowed}{rule}"
        )


def check_values(name: str, values: Floats, allowed: Range) -> None:
    """RangeError that names the first value of an array outside the range; NaN is outside."""
    if values.size and not (allowed.low <= values.min() and values.max() <= allowed.high):
        bad = ~((values >= allowed.low) & (values <= allowed.high))
        check_value(name, float(values[bad].flat[0]), allowed)


def check_choice(name: str, value: object, allowed: Iterable[object]) -> None:
    """Raise RangeError unless `value` is one of `allowed`; names the nearest valid one."""
    options = tuple(allowed)
    if value not in options:
        raise RangeError(
            f"{name} = {value!r} is not one of {', '.join(map(repr, options))}"
            + nearest(str(value), map(str, options))
        )


def nearest(name: str, valid: Iterable[str]) -> str:
    """A hint '; did you mean …?' with the closest valid name, or nothing."""
    match = difflib.get_close_matches(name, list(valid), n=1, cutoff=0.4)
    return f"; did you mean {match[0]!r}?" if match else ""


class Checked:
    """Base of the frozen parameter sets: every field is checked when the set is made."""

    def __post_init__(self) -> None:
        params: type = type(self)
        for name, allowed in ranges_of(params).items():
            check_value(name, getattr(self, name), allowed)
        for name, options in choices_of(params).items():
            check_choice(name, getattr(self, name), options)
