"""Results kept in a file of JSON lines as they come, each under a key of all that decides it."""

import json
import os
from pathlib import Path
from typing import Any

from dse.errors import InputError


def read(place: Path, key: str) -> dict[str, Any]:
    """Name -> result of this key in the file; a last line that was cut off is taken away."""
    if not place.is_file():
        return {}
    whole, _, cut = place.read_text(encoding="utf-8").rpartition("\n")
    if cut:
        temporary = place.with_name(place.name + ".new")
        temporary.write_text(whole + "\n" if whole else "", encoding="utf-8")
        temporary.replace(place)
    found = {}
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            entry = json.loads(line)
            if entry["key"] == key:
                found[entry["name"]] = dict(entry["result"])
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{place}, line {number}: not a result; delete the file") from error
    return found


def append(place: Path, key: str, name: str, result: dict[str, Any]) -> None:
    """Put a result on disk before anything else happens."""
    with place.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"key": key, "name": name, "result": result}) + "\n")
        file.flush()
        os.fsync(file.fileno())
