"""What is installed here that may decide a score."""

import importlib.metadata
import platform
import subprocess
from pathlib import Path

RECORDED = ("mtj-dse", "numpy", "numba", "optuna")


def versions() -> dict[str, str]:
    """Versions that may decide a score."""
    found = {name: importlib.metadata.version(name) for name in RECORDED}
    return {"python": platform.python_version(), **found}


def commit() -> dict[str, str]:
    """The commit of this checkout, "-dirty" behind it if files were changed; {} if it is none."""
    folder = Path(__file__).parents[1]
    if not (folder / ".git").exists():
        return {}
    command = ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"]
    try:
        found = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    return {"commit": found.stdout.strip()}
