"""`-S key=value`: settings of a study file, changed before anything of it is resolved."""

import tomllib
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from device_models.ranges import nearest
from dse.conditions import is_conditional
from dse.errors import InputError

SECTIONS = ("study", "fixed", "space", "reference", "stop", "robust")
PARTS = {"fixed": (2, 2), "space": (2, 3), "reference": (1, 2)}
"""Least and most parts of a key behind its section; one in the others."""
OTHER = {"fixed": "space", "space": "fixed"}
"""A parameter stands in one of the two: what is given in one leaves the other."""
EXAMPLE = "-S fixed.array.tile_rows=56"


def changed(raw: dict[str, Any], changes: Sequence[str], name: str = "") -> dict[str, Any]:
    """The tables of a study file (known to have its shape) with the changes, in order.

    name: of the study, in place of its own, unless it is "". Names and values of parameters are
    checked with those of the file, later.
    """
    tables = deepcopy(raw)
    for change in changes:
        key, mark, text = change.partition("=")
        if not mark or not key.strip():
            raise InputError(f"-S {change}: not KEY=VALUE; write for example {EXAMPLE}")
        _set(tables, key.strip(), text.strip())
    if name:
        tables["study"]["name"] = name
    return tables


def _set(tables: dict[str, Any], key: str, text: str) -> None:
    section, *path = key.split(".")
    _check_key(key, section, path)
    value = _value(key, text)
    if section == "study":
        value = _from_here(path[0], value)
    if section == "space" and isinstance(value, list) and not is_conditional(value):
        value = {"choices": value}
    if section in OTHER and not _stays(tables, section, path, value):
        _remove(tables.get(OTHER[section], {}), path[0], path[1])
    table = tables.setdefault(section, {})
    for place in path[:-1]:
        table = table.setdefault(place, {})
        if not isinstance(table, dict):
            raise InputError(f"-S {key}: {place} is no table; give it as a whole")
    table[path[-1]] = value


def _stays(tables: dict[str, Any], section: str, path: list[str], value: Any) -> bool:
    """Whether both stay: an axis with a condition has a fixed value where that fails."""
    if section == "space":
        return len(path) > 2 or is_conditional(value)
    return all(path[1] in tables.get(each, {}).get(path[0], {}) for each in OTHER)


def _check_key(key: str, section: str, path: list[str]) -> None:
    """A known section, and as many parts as its keys have."""
    if section not in SECTIONS:
        hint = nearest(section, SECTIONS) or "; a parameter is fixed.… or space.…"
        raise InputError(f"-S {key}: a key begins with {', '.join(SECTIONS)}{hint}")
    least, most = PARTS.get(section, (1, 1))
    if not least <= len(path) <= most or not all(path):
        raise InputError(f"-S {key}: not a key of [{section}]; write for example {EXAMPLE}")


def _value(key: str, text: str) -> Any:
    """A TOML value; what is none is text, such as 10 ns."""
    try:
        found = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError as error:
        if text.startswith(("[", "{")):
            raise InputError(
                f'-S {key}: {text} is not a list or table ({error}); write text in it as "10 ns"'
            ) from error
        return text
    return found["value"] if len(found) == 1 else text


def _from_here(leaf: str, value: Any) -> Any:
    """A path on the command line is relative to where the command stands, not to the file."""
    path = isinstance(value, str) and (
        (leaf == "dataset" and value != "mnist") or (leaf == "device" and value.endswith(".toml"))
    )
    return str(Path.cwd() / Path(value).expanduser()) if path else value


def _remove(tables: dict[str, Any], part: str, leaf: str) -> None:
    tables.get(part, {}).pop(leaf, None)
