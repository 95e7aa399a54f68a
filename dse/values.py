"""One value, axis or reference of a study file: text to SI, checked against the model's Range."""

import math
from typing import Any

from device_models.ranges import Range, nearest
from dse.errors import InputError
from dse.schema import ChoicesShape, IntervalShape, ReferenceShape, validated
from dse.study import Axis, Case, Cases, Choices, Interval, Plain, Reference
from dse.units import show, to_si
from objectives.design import Value, allowed, is_integer
from objectives.scores import METRICS


def design_value(key: str, name: str, raw: Any) -> Value:
    """Value of the field `name` in SI; `key` is where it stands in the file."""
    rule = allowed(name)
    if not isinstance(rule, Range):
        if raw not in rule:
            options = ", ".join(map(repr, rule))
            hint = nearest(str(raw), [str(option) for option in rule])
            raise InputError(
                f"{key} = {raw!r} is not one of {options}{hint or '; use one of them'}"
            )
        return str(raw)
    value = number(key, raw, rule.unit)
    if value not in rule or not math.isfinite(value):
        fix = f"lower it to {rule.high:g}" if value > rule.high else f"raise it to {rule.low:g}"
        source = f" ({rule.source})" if rule.source else ""
        given = f" ({raw})" if isinstance(raw, str) else ""
        raise InputError(
            f"{key} = {value:g} {rule.unit}".rstrip()
            + f"{given} is outside {rule}{source}; {fix} {rule.unit}".rstrip()
            + " or keep inside"
        )
    if not is_integer(name):
        return value
    if not float(value).is_integer():
        raise InputError(f"{key} = {value:g} is not a whole number; write {round(value)}")
    return int(value)


def number(key: str, raw: Any, unit: str) -> float:
    """A number as given, or text with a unit turned into `unit`."""
    if isinstance(raw, str):
        try:
            return to_si(raw, unit)
        except InputError as error:
            raise InputError(f"{key}: {error}") from error
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise InputError(f"{key} = {raw!r} is not a number{' in ' + unit if unit else ''}")
    return float(raw)


def axis(key: str, name: str, raw: Any) -> Plain:
    """{ low, high, log, step } or { choices } of the field `name`."""
    if not isinstance(raw, dict) or not raw.keys() & {"choices", "low", "high"}:
        raise InputError(
            f"{key} = {raw!r} is not an axis; write {{ low = …, high = … }} or "
            "{ choices = […] }, or move it to [fixed]"
        )
    if "choices" in raw:
        listed = validated(ChoicesShape, raw, key).choices
        values = tuple(design_value(f"{key}.choices", name, choice) for choice in listed)
        if len(set(values)) < len(values):
            raise InputError(f"{key}.choices: a value is given twice; remove one")
        return Choices(values=values)
    return _interval(key, name, validated(IntervalShape, raw, key))


def _interval(key: str, name: str, shape: IntervalShape) -> Interval:
    rule = allowed(name)
    if not isinstance(rule, Range):
        options = ", ".join(map(repr, rule))
        raise InputError(f"{key} has no low and high; write {{ choices = [{options}] }}")
    low = float(design_value(f"{key}.low", name, shape.low))
    high = float(design_value(f"{key}.high", name, shape.high))
    step = None if shape.step is None else number(f"{key}.step", shape.step, rule.unit)
    whole = is_integer(name)
    if low > high:
        above, below = show(low, rule.unit), show(high, rule.unit)
        raise InputError(f"{key}: low = {above} is above high = {below}; swap them")
    if shape.log and low <= 0:
        raise InputError(f"{key}.low = {low:g}: a log axis starts above 0; raise it")
    if step is not None and (shape.log or step <= 0 or (whole and not step.is_integer())):
        raise InputError(
            f"{key}.step = {step:g}: must be above 0, whole for whole numbers, and without log"
        )
    return Interval(low=low, high=high, log=shape.log, step=step, integer=whole)


def reference(name: str, raw: Any) -> Reference:
    """[reference] NAME = { worst, best, enough } of an objective."""
    key, metric = f"reference.{name}", METRICS[name]
    shape = validated(ReferenceShape, raw, key)
    unit = "" if metric.unit == "images" else metric.unit
    worst, best = (
        number(f"{key}.worst", shape.worst, unit),
        number(f"{key}.best", shape.best, unit),
    )
    if worst == best or (best > worst) != (metric.direction == "maximize"):
        order = "above" if metric.direction == "maximize" else "below"
        raise InputError(f"{key}: best = {best:g} must be {order} worst = {worst:g}; swap them")
    if metric.decades and min(worst, best) <= 0:
        raise InputError(f"{key}: {name} spans decades, so worst and best must be above 0")
    return Reference(worst=worst, best=best, enough=shape.enough)


def unit_of(name: str) -> str:
    """Unit of a design parameter, "" for a number without one or for a choice."""
    rule = allowed(name)
    return rule.unit if isinstance(rule, Range) else ""


def axis_text(name: str, searched: Axis) -> str:
    """An axis as a person writes it: "2 ns … 50 ns (log)"."""
    if isinstance(searched, Cases):
        return "; ".join(axis_text(name, c.axis) + _condition_text(c) for c in searched.cases)
    unit = unit_of(name)
    if isinstance(searched, Choices):
        return ", ".join(show(value, unit) for value in searched.values)
    marks = ["log"] if searched.log else []
    marks += [f"steps of {show(searched.step, unit)}"] if searched.step else []
    bounds = f"{show(searched.low, unit)} … {show(searched.high, unit)}"
    return bounds + (f" ({', '.join(marks)})" if marks else "")


def _condition_text(case: Case) -> str:
    """The condition of a case, to be put behind its axis."""
    parts = [f"{key} is {' or '.join(map(str, kept))}" for key, kept in case.when.items()]
    return f" if {' and '.join(parts)}" if parts else " elsewhere"
