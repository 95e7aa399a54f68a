"""Measure every claim and write docs/benchmarks.md."""

import importlib
import os
from pathlib import Path

SCRIPTS = (
    "switching_speed",
    "device_speed",
    "macrospin",
    "array_solve",
    "learner",
    "learner_speed",
    "quickstart",
)
HEAD = """# Benchmarks

Written by `make bench` on one machine, one thread a process; compare ratios, not times.

"""


def main() -> None:
    """Run every script in order; the page is written once all have succeeded."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sections = [importlib.import_module(f"benchmarks.{name}").report() for name in SCRIPTS]
    page = Path(__file__).parents[1] / "docs" / "benchmarks.md"
    page.write_text(HEAD + "\n".join(sections))
    print(page)


if __name__ == "__main__":
    main()
