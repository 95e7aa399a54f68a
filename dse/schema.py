"""Shapes of the files a user writes, and the one line that says what is wrong with them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from device_models.ranges import nearest
from dse.errors import InputError

Scalar = int | float | str
Tables = dict[str, dict[str, Any]]


class Shape(BaseModel):
    """Base of every shape: a key that is not listed is an error."""

    model_config = ConfigDict(extra="forbid", strict=True)


S = TypeVar("S", bound=Shape)


class Head(Shape):
    """The table [study]."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80)]
    question: str
    device: str
    objectives: Annotated[list[str], Field(min_length=2, max_length=4)]
    dataset: str = "mnist"
    trials: Annotated[int, Field(ge=1, le=1_000_000)] = 64
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 1
    repeats: Annotated[int, Field(ge=1, le=100)] = 1
    confirm: Annotated[int, Field(ge=1, le=100)] = 3
    pick: str = "knee"


class StopShape(Shape):
    """{ after = …, accuracy = …, neurons_used = …, front = … }."""

    after: int | list[int]
    accuracy: float = 0.0
    neurons_used: float = 0.0
    front: bool = False


class RobustShape(Shape):
    """{ quantile = …, cold_k = …, hot_k = …, supply = …, variability = …, dies = … }."""

    quantile: float = 0.1
    cold_k: Scalar = 273.0
    hot_k: Scalar = 358.0
    supply: float = 0.05
    variability: float = 1.5
    dies: int = 1


class StudyFile(Shape):
    """A study file; names under fixed, space and reference are checked later."""

    study: Head
    fixed: Tables = {}
    space: Tables = {}
    reference: Tables = {}
    stop: StopShape | None = None
    robust: RobustShape | None = None


class IntervalShape(Shape):
    """{ low = …, high = … }."""

    low: Scalar
    high: Scalar
    log: bool = False
    step: Scalar | None = None


class ChoicesShape(Shape):
    """{ choices = […] }."""

    choices: Annotated[list[Scalar], Field(min_length=1)]


class ReferenceShape(Shape):
    """{ worst = …, best = …, enough = … }."""

    worst: Scalar
    best: Scalar
    enough: bool = False


class DeviceFile(Shape):
    """A junction of the user's own; calibration says how it was fitted, no model reads it."""

    title: str
    mtj: dict[str, Any]
    breakdown: dict[str, Any] = {}
    sources: dict[str, str] = {}
    calibration: dict[str, Any] = {}


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError("no such file; check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({error}); check path and encoding") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not valid TOML: {error}; correct that line") from error


def validated(shape: type[S], raw: object, where: str = "") -> S:
    """`raw` in this shape, or the first thing wrong with it as one line."""
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        found = error.errors(include_url=False)
    # A misspelt key also leaves one missing: the misspelling is the news.
    first = next((e for e in found if e["type"] == "extra_forbidden"), found[0])
    names = [str(part) for part in first["loc"] if part not in ("int", "float", "str")]
    key = ".".join([where, *names] if where else names)
    known = list(_fields_at(shape, names[:-1]))
    if first["type"] == "extra_forbidden":
        hint = nearest(names[-1], known)
        raise InputError(f"{key}: unknown key{hint}; allowed are {', '.join(known)}")
    if first["type"] == "missing":
        beside = ", ".join(name for name in known if name != names[-1])
        raise InputError(f"{key}: missing; add it beside {beside}")
    if first["type"] == "string_pattern_mismatch":  # of a name
        raise InputError(f"{key} = {_shown(first['input'])}: use letters, digits, . _ and - only")
    message = first["msg"][0].lower() + first["msg"][1:]
    raise InputError(f"{key} = {_shown(first['input'])}: {message}; correct it")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _fields_at(shape: type[BaseModel], names: list[str]) -> Mapping[str, object]:
    """Fields of the table that `names` leads to."""
    for name in names:
        field = shape.model_fields.get(name)
        kinds = (
            (field.annotation, *get_args(field.annotation)) if field else ()
        )  # it, or it | None
        inner = [k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)]
        if not inner:
            break
        shape = inner[0]
    return shape.model_fields
