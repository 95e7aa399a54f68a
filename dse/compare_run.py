"""A comparison from its studies to its files and its MLflow run."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from dse import compare_figure, compare_page
from dse.compare import Comparison, table
from dse.live import Place, log_run
from dse.storage import whole
from objectives.design import Value


def write(found: Comparison, folder: Path) -> tuple[Path, ...]:
    """compare.html, compare.csv (every member) and compare-fronts.png.

    compare-attainment.png where studies differ in their seed only.
    """
    writers: dict[str, Callable[[Path], None]] = {
        "compare.html": lambda path: _write_page(found, path),
        "compare.csv": lambda path: _write_members(found, path),
        "compare-fronts.png": lambda path: compare_figure.write_fronts(found, path),
    }
    if len({entry.group for entry in found.entries}) < len(found.entries):
        writers["compare-attainment.png"] = lambda p: compare_figure.write_attainment(found, p)
    folder.mkdir(parents=True, exist_ok=True)
    for name, write_one in writers.items():
        with whole(folder / name) as part:
            write_one(part)
    return tuple(folder / name for name in writers)


def _write_page(found: Comparison, path: Path) -> None:
    path.write_text(compare_page.to_html(found), encoding="utf-8")


def _write_members(found: Comparison, path: Path) -> None:
    pd.concat([table(entry) for entry in found.entries]).to_csv(path, index=False)


def log(
    found: Comparison, files: tuple[Path, ...], place: Place, warn: Callable[[str], None]
) -> None:
    """A run of its own in MLflow; a view that is broken is only a warning."""
    names = [entry.name for entry in found.entries]
    tags = {
        "mlflow.runName": f"compare {' '.join(names)}",
        "dse.role": "comparison",
        "dse.compared": ", ".join(names),
    }
    params: dict[str, Value] = {
        f"study.{number}": entry.name for number, entry in enumerate(found.entries, 1)
    }
    metrics = {"hypervolume": found.together}
    for number, entry in enumerate(found.entries, 1):
        metrics[f"hypervolume.{number}"] = entry.hypervolume
        metrics[f"alone.{number}"] = entry.alone
    if problem := log_run(place, tags, params, metrics, files):
        warn(problem)
