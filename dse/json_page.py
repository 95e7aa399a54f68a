"""The one shape of everything `--json` prints: docs/command.md says what each command puts in."""

import json
import math
from collections.abc import Mapping
from typing import Any

SCHEMA_VERSION = 1


def to_text(command: str, body: Mapping[str, Any], indent: int | None = None) -> str:
    """One object: schema_version, command, and the body in SI units; without a line end."""
    page = {"schema_version": SCHEMA_VERSION, "command": command, **body}
    return json.dumps(_finite(page), indent=indent, ensure_ascii=False, allow_nan=False)


def _finite(value: Any) -> Any:
    """JSON knows neither NaN nor infinity: such a figure is null."""
    if isinstance(value, Mapping):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
