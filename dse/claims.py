"""From a claim file (TOML) to its curve and verdict, and what is left on disk."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import Field

from device_models.ranges import RangeError, nearest
from dse.errors import InputError
from dse.schema import Shape, Tables, read_toml, validated
from dse.study_file import device_values, flat_names
from dse.values import design_value, number
from objectives.claims import bit_errors, energy, memory, pulses, shorts, spread
from objectives.claims.curve import Check, Curve, Outcome, outcome
from objectives.design import Design, Value, unflatten
from objectives.evaluate import DataSets, load_data


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How a claim is measured and judged. measure: of parameters, design and images."""

    params: Any
    measure: Callable[[Any, Design, DataSets], Curve]
    judge: Callable[[Any, Curve], tuple[Check, ...]]


KINDS = {
    name: Kind(params=module.Params, measure=module.measure, judge=module.judge)
    for name, module in {
        "bit-errors": bit_errors,
        "device-spread": spread,
        "memory": memory,
        "shorts": shorts,
        "short-pulses": pulses,
        "least-energy": energy,
    }.items()
}


Table = dict[str, Any]


FINDS_PULSES = ("memory", "short-pulses", "least-energy")
"""Kinds that give chances or look for their pulses: a design must have some, these read none."""

UNUSED_PULSES: dict[str, Value] = {
    f"{which}.{name}": value
    for which in ("potentiation", "depression")
    for name, value in (("amplitude_v", 0.5), ("duration_s", 1e-8))
}


class ClaimHead(Shape):
    """The table [claim]: its words and where they are from."""

    kind: str
    words: str
    source: str
    device: str
    dataset: str = "mnist"


class ClaimFile(Shape):
    """A claim file; names under parameters and fixed are checked later."""

    claim: ClaimHead
    parameters: Table = Field(default={})
    fixed: Tables = Field(default={})


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim and how it is to be measured."""

    name: str
    head: ClaimHead
    params: Any
    design: Design


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """A claim with its curve and the verdict on it."""

    claim: Claim
    curve: Curve
    checks: tuple[Check, ...]

    @property
    def outcome(self) -> Outcome:
        """The verdict in a word."""
        return outcome(self.checks)


def shipped() -> dict[str, Path]:
    """Name -> file of the claims that come with the project."""
    folder = Path(str(files("studies"))) / "claims"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def load(source: str) -> Claim:
    """The claim of a shipped name or a file; InputError in one line if anything is wrong."""
    path = shipped().get(source, Path(source).expanduser())
    if source not in shipped() and path.suffix != ".toml":
        raise InputError(
            f"claim {source!r} is unknown{nearest(source, shipped())}; shipped are "
            f"{', '.join(shipped())}; or give the path of a .toml file"
        )
    try:
        shape = validated(ClaimFile, read_toml(path))
        return Claim(
            name=path.stem,
            head=shape.claim,
            params=_params(shape.claim.kind, shape.parameters),
            design=_design(shape, path.parent),
        )
    except (InputError, RangeError) as error:
        raise InputError(f"{path}: {error}") from error


def _params(kind: str, table: dict[str, Any]) -> Any:
    if kind not in KINDS:
        raise InputError(
            f"claim.kind = {kind!r} is unknown{nearest(kind, KINDS)}; "
            f"allowed are {', '.join(KINDS)}"
        )
    params = KINDS[kind].params
    known = {field.name: field for field in fields(params)}
    for name in table:
        if name not in known:
            raise InputError(
                f"parameters.{name}: unknown key{nearest(name, known)}; "
                f"allowed are {', '.join(known)}"
            )
    values = {name: _parameter(name, raw, known[name].default) for name, raw in table.items()}
    return params(**values)


def _parameter(name: str, raw: Any, default: Any) -> Any:
    """`raw` as the kind of value that the default is."""
    key = f"parameters.{name}"
    if isinstance(default, tuple):
        if not isinstance(raw, list):
            raise InputError(f"{key} = {raw!r} is not a list of numbers; write [ … ]")
        return tuple(number(key, each, "") for each in raw)
    value = number(key, raw, "")
    if isinstance(default, int):
        if not value.is_integer():
            raise InputError(f"{key} = {value:g} is not a whole number; write {round(value)}")
        return int(value)
    return value


def _design(shape: ClaimFile, folder: Path) -> Design:
    given = flat_names("fixed", shape.fixed)
    flat = dict(UNUSED_PULSES) if shape.claim.kind in FINDS_PULSES else {}
    flat |= device_values(shape.claim.device, folder)
    flat |= {name: design_value(f"fixed.{name}", name, raw) for name, raw in given.items()}
    return unflatten(flat)


def run(claim: Claim) -> Judged:
    """Measure the curve and judge it; only training and validation images are loaded."""
    kind = KINDS[claim.head.kind]
    try:
        curve = kind.measure(claim.params, claim.design, load_data(claim.head.dataset))
        checks = kind.judge(claim.params, curve)
    except RangeError as error:
        raise InputError(f"claim {claim.name}: {error}; correct it in the file") from error
    return Judged(claim=claim, curve=curve, checks=checks)


def to_csv(curve: Curve) -> str:
    """The curve as a table: x, then mean and SD of every line; SI units, accuracy a fraction."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = [f"{line.name}: {part}" for line in curve.lines for part in ("mean", "SD")]
    writer.writerow([titled(curve.x_name, curve.x_unit), *columns])
    for place, x in enumerate(curve.x):
        row = [float(part[place]) for line in curve.lines for part in (line.mean, line.sd)]
        writer.writerow([f"{value:.6g}" for value in (x, *row)])
    return out.getvalue()


def titled(name: str, unit: str) -> str:
    """Name and unit of an axis."""
    return f"{name} [{unit}]" if unit else name
