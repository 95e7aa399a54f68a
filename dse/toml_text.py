"""Plain values as TOML."""

import json
from collections.abc import Mapping
from typing import Any


def table(name: str, values: Mapping[str, Any]) -> list[str]:
    """The lines of one table, headed by a blank one."""
    return ["", f"[{name}]", *(f"{key(k)} = {value(v)}" for k, v in values.items())]


def key(name: str) -> str:
    """A key, in quotes where it must be."""
    return name if name.replace("_", "").isalnum() and name.isascii() else value(name)


def value(given: Any) -> str:
    """A value; basic strings of TOML escape like JSON's."""
    if isinstance(given, list):
        return f"[{', '.join(value(item) for item in given)}]"
    if isinstance(given, float):
        return repr(given)
    return json.dumps(given, ensure_ascii=False)
