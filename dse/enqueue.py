"""Known designs as starting points: from a front, a spec or the command line, checked."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from device_models.ranges import nearest
from dse.errors import InputError
from dse.space import stored_names
from dse.study import Axis, Cases, Choices, Plain, Study, axes_at
from dse.units import show
from dse.values import axis_text, design_value, unit_of
from objectives.design import Value, field_names

if TYPE_CHECKING:
    import optuna

Point = dict[str, Value]
ON_FRONT = ("pareto", "knee", "candidate")
QUEUED = "queued"
"""Attribute of a queued trial: the point as it was given."""


def queue(held: "optuna.Study", space: Mapping[str, Axis], known: Sequence[Point]) -> int:
    """Queue the points that were never queued before in this study; how many."""
    before = {t.user_attrs.get(QUEUED) for t in held.get_trials(deepcopy=False)}
    new = [(key, p) for p in known if (key := json.dumps(p, sort_keys=True)) not in before]
    for key, point in new:
        held.enqueue_trial(stored_names(space, point), user_attrs={QUEUED: key})
    return len(new)


def points(study: Study, sources: Sequence[str]) -> list[Point]:
    """The designs of all sources as points of the space, each once and in order.

    A source is a .csv or .json file, or key=value pairs with commas. Of a file only parameters of
    the space are taken, and of a table with roles only members of the front. An axis that is not
    given is left to the search.
    """
    found: list[Point] = []
    for source in sources:
        typed = Path(source).suffix not in READERS
        for where, row in [(f"--enqueue {source}", _pairs(source))] if typed else _rows(source):
            if typed:
                _check_searched(study, where, row)
            point = _point(study, where, row)
            if typed:
                _check_taken(study, where, row, point)
            if point not in found:
                found.append(point)
    return found


def _rows(source: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Where each design of a file stands, and what is given of it."""
    path = Path(source).expanduser()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"--enqueue {source}: no such file; check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"--enqueue {source}: cannot be read ({error})") from error
    rows = list(READERS[path.suffix](source, text))
    if not rows:
        raise InputError(f"--enqueue {source}: no design in it; give a front.csv or a spec")
    for number, row in enumerate(rows, 1):
        yield f"--enqueue {source}, design {number}", row


def _pairs(source: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in source.split(",")]
    if not all(mark and key.strip() for key, mark, _ in pairs):
        raise InputError(
            f"--enqueue {source}: neither a .csv or .json file nor KEY=VALUE,…; write for "
            "example neuron.count=200,array.tile_rows=56"
        )
    return {key.strip(): text.strip() for key, _, text in pairs}


def _csv_rows(source: str, text: str) -> Iterator[Mapping[str, Any]]:
    """Rows of a table; an empty cell is not given."""
    for row in csv.DictReader(io.StringIO(text)):
        if None in row:
            raise InputError(f"--enqueue {source}: a row has more cells than the first line")
        if row.get("role", ON_FRONT[0]) in ON_FRONT:
            yield {name: cell for name, cell in row.items() if cell not in ("", None)}


def _json_rows(source: str, text: str) -> Iterator[Mapping[str, Any]]:
    """A spec, what `dse front --json` prints, one design or a list of designs."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"--enqueue {source}: not valid JSON: {error}") from error
    if isinstance(found, dict):
        found = found.get("front", [found.get("design", found)])
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise InputError(f"--enqueue {source}: neither a design nor a list of designs")
    for row in found:
        yield {
            name: raw["value"] if isinstance(raw, dict) and "value" in raw else raw
            for name, raw in row.items()
            if raw is not None
        }


READERS = {".csv": _csv_rows, ".json": _json_rows}


def _point(study: Study, where: str, row: Mapping[str, Any]) -> Point:
    """The part of a row that lies in the space; InputError if it lies outside."""
    given = {name: axis for name, axis in study.space.items() if name in row}
    choices = {
        name: _on_axis(where, name, axis, _raw(row[name]))
        for name, axis in given.items()
        if isinstance(axis, Choices)
    }
    _check_decided(where, given)
    point = {
        name: _on_axis(where, name, axis, _raw(row[name]))
        for name, axis in axes_at(given, choices).items()
    }
    if not point:
        raise InputError(
            f"{where}: nothing of the space is given; it has {', '.join(study.space)}"
        )
    return point


def _check_decided(where: str, given: Mapping[str, Axis]) -> None:
    """Which range a value belongs to must be known."""
    for name, axis in given.items():
        for case in axis.cases if isinstance(axis, Cases) else ():
            lacking = [each for each in case.when if each not in given]
            if lacking:
                raise InputError(f"{where}: {name} depends on {', '.join(lacking)}; give that too")


def _check_taken(study: Study, where: str, row: Mapping[str, Any], point: Point) -> None:
    """What is typed is not searched under every condition."""
    for name in row:
        if name not in point:
            kept = show(study.fixed[name], unit_of(name))
            raise InputError(
                f"{where}: {name} is fixed at {kept} with these choices, not searched; "
                "leave it out or change them"
            )


def _check_searched(study: Study, where: str, row: Mapping[str, Any]) -> None:
    """What is typed must be searched; a file holds a whole design."""
    for name in row:
        if name not in study.space:
            hint = "it is fixed" if name in field_names() else "not a parameter"
            raise InputError(f"{where}: {name}: {hint}{nearest(name, study.space)}")


def _raw(raw: Any) -> Any:
    """Text that is a number becomes one; "10 ns" stays text."""
    try:
        return float(raw) if isinstance(raw, str) else raw
    except ValueError:
        return raw


def _on_axis(where: str, name: str, axis: Plain, raw: Any) -> Value:
    """The value in SI, exactly one of the axis."""
    value = design_value(f"{where}: {name}", name, raw)
    if isinstance(axis, Choices):
        found = next((choice for choice in axis.values if choice == value), None)
    else:
        number = float(value)
        clipped = min(max(number, axis.low), axis.high)
        inside = abs(number - clipped) <= 1e-12 * abs(number)
        steps = (clipped - axis.low) / axis.step if axis.step else 0.0
        on_grid = abs(steps - round(steps)) < 1e-9
        kept = axis.low + round(steps) * axis.step if axis.step else clipped
        found = (int(kept) if axis.integer else kept) if inside and on_grid else None
    if found is None:
        raise InputError(
            f"{where}: {name} = {show(value, unit_of(name))} is not in the space "
            f"({axis_text(name, axis)}); change it or the space"
        )
    return found
