"""Axes that depend on a choice: tables with `when`, checked against the rest of [space]."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from device_models.ranges import nearest
from dse.errors import InputError
from dse.study import Axis, Case, Cases, Choices, Plain, case_at, settings, stored_name
from dse.values import axis, design_value
from objectives.design import Value

LONGEST = 512
"""Letters of a name in an optuna storage."""

When = dict[str, tuple[Value, ...]]


@dataclass(frozen=True, kw_only=True)
class _File:
    """What a condition can name: axes without one, those with one, and what is fixed."""

    plain: Mapping[str, Plain]
    conditional: frozenset[str]
    fixed: Mapping[str, Value]


def axes(raws: Mapping[str, Any], fixed: Mapping[str, Value]) -> dict[str, Axis]:
    """The axes of [space] by flat name, in order; each { … } or a list of { …, when = { … } }.

    A condition on a fixed parameter is decided here: an axis of which nothing is left is out.
    So -S fixed.… narrows a study, and what that leaves without use is no error.
    """
    conditional = frozenset(name for name, raw in raws.items() if is_conditional(raw))
    plain = {n: axis(f"space.{n}", n, raw) for n, raw in raws.items() if n not in conditional}
    file = _File(plain=plain, conditional=conditional, fixed=fixed)
    decided = {n: plain[n] if n in plain else _decided(n, raw, file) for n, raw in raws.items()}
    found = {name: each for name, each in decided.items() if each is not None}
    for name, each in found.items():
        if isinstance(each, Cases):
            decided[name] = _checked(name, each, found, strict=not _on_fixed(raws[name], fixed))
    return {name: each for name, each in decided.items() if each is not None}


def is_conditional(raw: object) -> bool:
    """Whether this is an axis with conditions, as a file or -S gives it."""
    if isinstance(raw, list):
        return any(isinstance(table, dict) for table in raw)
    return isinstance(raw, dict) and "when" in raw


def sometimes_fixed(searched: Axis, space: Mapping[str, Axis]) -> bool:
    """Whether a design of the space can lack the axis and have its fixed value."""
    return isinstance(searched, Cases) and any(
        case_at(searched, choices) is None for choices in settings(space)
    )


def _decided(name: str, raw: Any, file: _File) -> Axis | None:
    """The cases that can hold, elsewhere last; an axis alone if it always holds."""
    tables = raw if isinstance(raw, list) else [raw]
    conditional, always, elsewhere = [], [], []
    for place, table in enumerate(tables, 1):
        key = f"space.{name}" + (f" (table {place})" if len(tables) > 1 else "")
        if not isinstance(table, dict):
            raise InputError(f"{key} = {table!r} is not an axis; write {{ low = …, high = … }}")
        inner = axis(key, name, {k: v for k, v in table.items() if k != "when"})
        if "when" not in table:
            elsewhere.append(inner)
            continue
        when = _when(f"{key}.when", table["when"], file)
        if when:
            conditional.append(Case(when=when, axis=inner))
        elif when is not None:
            always.append(inner)
    if len(elsewhere) > 1:
        raise InputError(f"space.{name}: two tables without when; leave one, for elsewhere")
    if len(always) > 1 or (always and conditional):
        raise InputError(
            f"space.{name}: two conditions hold at once; make them exclude each other"
        )
    if always or not conditional:
        return next(iter(always or elsewhere), None)
    return Cases(cases=(*conditional, *(Case(when={}, axis=inner) for inner in elsewhere)))


def _when(key: str, raw: object, file: _File) -> When | None:
    """The part of a condition that designs of the space decide; None if it can never hold."""
    if not isinstance(raw, dict) or not raw:
        raise InputError(
            f'{key} = {raw!r} is no condition; write {{ synapse.topology = "series" }}'
        )
    found: When = {}
    possible = True
    for name, wanted in _flat(raw).items():
        listed = _values(f"{key}.{name}", name, wanted, file)
        if name in file.plain:
            found[name] = listed
        else:
            possible = possible and file.fixed[name] in listed
    return found if possible else None


def _flat(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A condition by flat names, however they were written."""
    return {
        f"{part}.{leaf}" if leaf else part: wanted
        for part, inner in raw.items()
        for leaf, wanted in (inner.items() if isinstance(inner, dict) else [("", inner)])
    }


def _on_fixed(raw: Any, fixed: Mapping[str, Value]) -> bool:
    """Whether a condition of an axis hangs on a fixed parameter."""
    tables = raw if isinstance(raw, list) else [raw]
    return any(name in fixed for table in tables for name in _flat(table.get("when", {})))


def _values(key: str, name: str, wanted: object, file: _File) -> tuple[Value, ...]:
    """The values of a choice that a condition names, in the order of the axis."""
    searched = file.plain.get(name)
    if name in file.conditional:
        raise InputError(f"{key}: {name} has a condition itself; use an axis that has none")
    if isinstance(searched, Choices | None) and (searched or name in file.fixed):
        listed = wanted if isinstance(wanted, list) else [wanted]
        values = [design_value(key, name, each) for each in listed]
        if not values:
            raise InputError(f"{key} = []: no value; name one or leave the condition out")
        if searched is None:
            return tuple(values)
        for value in values:
            if value not in searched.values:
                options = ", ".join(map(str, searched.values))
                raise InputError(f"{key} = {value} is not among its choices: {options}; use those")
        return tuple(value for value in searched.values if value in values)
    known = [each for each, axis in file.plain.items() if isinstance(axis, Choices)]
    why = "has a range" if searched else "is not searched"
    options = nearest(name, known) or f"; there are {', '.join(known) or 'none'}"
    raise InputError(f"{key}: {name} {why}, but a condition needs an axis with choices{options}")


def _checked(name: str, searched: Cases, space: Mapping[str, Axis], *, strict: bool) -> Cases:
    """The cases that can hold; InputError if two hold at once, or elsewhere is never (strict)."""
    conditions = Cases(cases=tuple(case for case in searched.cases if case.when))
    for choices in settings(space):
        holding = [c for c in conditions.cases if case_at(Cases(cases=(c,)), choices)]
        if len(holding) > 1:
            named = {key: choices[key] for case in holding for key in case.when}
            at = ", ".join(f"{key} = {value}" for key, value in named.items())
            raise InputError(
                f"space.{name}: two conditions hold at {at}; make them exclude each other"
            )
    for case in conditions.cases:
        if len(stored_name(name, case)) > LONGEST:
            raise InputError(f"space.{name}.when: too many values; name fewer")
    if conditions == searched or sometimes_fixed(conditions, space):
        return searched
    if strict:
        raise InputError(f"space.{name}: the table without when never applies; remove it")
    return conditions
