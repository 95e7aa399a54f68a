"""What is installed here that may decide a score."""

import importlib.metadata
import platform

RECORDED = ("mtj-dse", "numpy", "numba", "optuna")


def versions() -> dict[str, str]:
    """Versions that may decide a score."""
    found = {name: importlib.metadata.version(name) for name in RECORDED}
    return {"python": platform.python_version(), **found}
