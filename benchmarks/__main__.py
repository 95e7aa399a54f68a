"""Measure every claim and write docs/benchmarks.md; some with `python -m benchmarks NAME …`."""

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

SCRIPTS = (
    "switching_speed",
    "device_speed",
    "macrospin",
    "array_solve",
    "learner",
    "ladder_page",
    "learner_speed",
    "quickstart",
    "mlflow_cost",
)
HEAD = """# Benchmarks

Written by `make bench` on one machine, one thread a process; compare ratios, not times.

"""


def main(names: Sequence[str]) -> None:
    """Run these scripts in order; the page is written once all have succeeded.

    With names the other sections of the page stay as they are.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    page = Path(__file__).parents[1] / "docs" / "benchmarks.md"
    held = _sections(page.read_text()) if names else {}
    for name in names or SCRIPTS:
        held |= _sections(importlib.import_module(f"benchmarks.{name}").report())
    page.write_text(HEAD + "\n".join(held.values()))
    print(page)


def _sections(text: str) -> dict[str, str]:
    """Heading -> section with it."""
    parts = ("\n" + text).split("\n## ")[1:]
    return {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in parts}


if __name__ == "__main__":
    main(sys.argv[1:])
