"""Accuracy, energy and area against tile height: the tables and the picture of docs.

    python -m benchmarks.tile_height [ADDRESS OF A STORAGE THAT HOLDS THE STUDY]

Runs the study `tile-height` unless the storage has it finished, then learns MNIST at one height
after the other, all else fixed: sums of tiles as currents, as numbers of 6 and 8 bits, and as
currents where rows are written one by one or wires are ideal. Scores are of validation images.
"""

import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from device_models.array import tile_slices
from dse import front
from dse.record import Record
from dse.run import Settings, run
from dse.storage import storage_url
from dse.study import Study
from dse.study_file import load
from objectives.design import Value, unflatten
from objectives.evaluate import evaluate, load_data

SEEDS, INPUTS = (1, 2), 784
HEIGHTS = (14, 28, 56, 98, 196, 392, 784)
NEURON: Mapping[str, Value] = {"neuron.threshold": 300.0, "neuron.threshold_step": 0.04}
PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "tile_height.png"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One line of the picture."""

    title: str
    color: str
    line: str
    changes: Mapping[str, Value]


ANALOG: Mapping[str, Value] = {"array.partial_sums": "analog"}
DIGITAL: Mapping[str, Value] = {"array.partial_sums": "digital"}
KINDS = (
    Kind(title="currents", color="#c1272d", line="o-", changes=ANALOG),
    Kind(
        title="currents, rows written one by one",
        color="#e07b39",
        line="^--",
        changes={**ANALOG, "array.rows_per_write": 1},
    ),
    Kind(
        title="currents, ideal wires",
        color="#e79aa0",
        line="o--",
        changes={**ANALOG, "array.wire_ohm": 0.0},
    ),
    Kind(
        title="numbers, 6 bits",
        color="#7fb3d5",
        line="s-",
        changes={**DIGITAL, "sense.adc_bits": 6},
    ),
    Kind(
        title="numbers, 8 bits",
        color="#1f618d",
        line="s-",
        changes={**DIGITAL, "sense.adc_bits": 8},
    ),
)
AXES = (
    ("accuracy", 100.0, "validation accuracy [%]"),
    ("inference_energy_j", 1e9, "inference energy an image [nJ]"),
    ("area_m2", 1e6, "area of the layer [mm²]"),
)


def measure(study: Study) -> pd.DataFrame:
    """A row a kind, height and seed: title, rows, seed and every figure."""
    data, rows = load_data("mnist"), []
    for kind in KINDS:
        for height in HEIGHTS:
            flat = {**study.fixed, **NEURON, **kind.changes, "array.tile_rows": height}
            for seed in SEEDS:
                scores = evaluate(unflatten(flat), data, [seed])
                rows.append({"kind": kind.title, "rows": height, "seed": seed, **scores.values})
    return pd.DataFrame(rows)


def tables(found: pd.DataFrame) -> str:
    """Both tables of docs/tile-height.md: figures by height, and what they are made of."""
    lines = [
        "| rows (tiles) | " + " | ".join(f"{kind.title} [%; nJ; mm²]" for kind in KINDS) + " |",
        "|---|" + "---|" * len(KINDS),
    ]
    means = found.groupby(["kind", "rows"]).mean(numeric_only=True)
    for height in HEIGHTS:
        cells = []
        for kind in KINDS:
            each = [scale * float(means[name][kind.title, height]) for name, scale, _ in AXES]
            cells.append(f"{each[0]:.1f}; {each[1]:.3g}; {each[2]:.3g}")
        tiles = len(tile_slices(INPUTS, height))
        lines.append(f"| {height} ({tiles}) | " + " | ".join(cells) + " |")
    spread = found.groupby(["kind", "rows"])["accuracy"].std()
    lines += ["", f"Largest SD of two seeds: {100 * float(spread.max()):.2g} %.", ""]
    for cost in ("area_", "energy_"):
        names = [name for name in found.columns if name.startswith(cost)]
        for kind in KINDS[0], KINDS[3]:
            of_98 = means.loc[(kind.title, 98), names]
            shares = (100 * of_98 / of_98.drop(index="area_m2", errors="ignore").sum()).round(1)
            lines.append(
                f"98 rows, {kind.title}: {shares.drop('area_m2', errors='ignore').to_dict()}"
            )
    for kind in KINDS[:2]:
        for name in "write_share_min", "learning_latency_s":
            lines.append(f"{kind.title}, {name}: {means[name][kind.title].to_dict()}")
    return "\n".join(lines)


def study_record(storage: str) -> Record:
    """The finished study; runs what is missing."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            jobs=1,
            storage=storage_url(storage or str(Path(folder) / "dse.db")),
            tracking="none",
            folder=Path(folder),
        )
        return run(load("tile-height"), settings).record


def front_table(record: Record) -> str:
    """The designs of the front, best first."""
    frame = front.front_rows(front.table(record), record.study)
    head = ["accuracy [%]", "nJ", "mm²", "rows", "sums", "bits", "threshold", "step", "trial"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in frame.to_dict("records"):
        sums = row["array.partial_sums"]
        lines.append(
            f"| {100 * row['accuracy']:.1f} | {1e9 * row['inference_energy_j']:.3g} "
            f"| {1e6 * row['area_m2']:.3g} | {row['array.tile_rows']} | {sums} "
            f"| {row['sense.adc_bits'] if sums == 'digital' else '–'} "
            f"| {row['neuron.threshold']:.0f} | {row['neuron.threshold_step']:.3f} "
            f"| {row['trial']} |"
        )
    return "\n".join(lines)


def draw_picture(found: pd.DataFrame, record: Record) -> None:
    """Three figures against tile height, and the trials of the study with their front."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(10, 7.6), layout="constrained")
    means = found.groupby(["kind", "rows"]).mean(numeric_only=True)
    for axis, (name, scale, label) in zip(axes.flat, AXES, strict=False):
        for kind in KINDS:
            line = scale * means[name][kind.title]
            axis.plot(HEIGHTS, line, kind.line, color=kind.color, label=kind.title)
        axis.set(xscale="log", ylabel=label, xlabel="rows a tile, of 784 a column")
        axis.set_xticks(HEIGHTS, [str(height) for height in HEIGHTS])
        axis.set_xticks([], minor=True)
        if name != "accuracy":
            axis.set_yscale("log")
    axes[0, 0].set_ylim(80, 93)
    axes[0, 0].set_title("accuracy: tall tiles lose drive as they are written", fontsize=10)
    axes[0, 1].set_title("energy: short tiles are sensed more often", fontsize=10)
    axes[1, 0].set_title("area: short tiles need more circuits", fontsize=10)
    axes[0, 0].legend(fontsize=8, loc="lower left")
    _draw_trials(axes[1, 1], front.table(record), figure)
    for axis in axes.flat:
        axis.grid(alpha=0.3)
    figure.savefig(PICTURE, dpi=90)


def _draw_trials(axis: Any, frame: pd.DataFrame, figure: Any) -> None:
    for sums, marker in (("analog", "o"), ("digital", "s")):
        own = frame[frame["array.partial_sums"] == sums]
        best = own[own["role"].isin(front.ON_FRONT)]
        shown = axis.scatter(
            1e9 * own["inference_energy_j"], 100 * own["accuracy"], c=own["array.tile_rows"],
            marker=marker, s=28, cmap="viridis", norm="log", vmin=HEIGHTS[0], vmax=HEIGHTS[-1],
        )  # fmt: skip
        if best.empty:
            continue
        axis.scatter(
            1e9 * best["inference_energy_j"], 100 * best["accuracy"], marker=marker, s=70,
            facecolors="none", edgecolors="#c1272d", linewidths=1.4,
            label=f"{'currents' if sums == 'analog' else 'numbers'}, on the front",
        )  # fmt: skip
    bar = figure.colorbar(shown, ax=axis, label="rows a tile")
    bar.ax.minorticks_off()
    bar.set_ticks(HEIGHTS, labels=[str(height) for height in HEIGHTS])
    axis.set(xscale="log", xlabel="inference energy an image [nJ]")
    axis.set(ylabel="validation accuracy [%]", ylim=(80, 93))
    worse = int(np.sum(frame["accuracy"] < 0.8))
    axis.set_title(f"study: {len(frame)} trials, {worse} below 80 % not shown", fontsize=10)
    axis.legend(fontsize=8, loc="lower right")


def main() -> None:
    """Measure, print the tables, write the picture."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    record = study_record(sys.argv[1] if len(sys.argv) > 1 else "")
    found = measure(load("tile-height"))
    print(tables(found))
    print(front_table(record))
    draw_picture(found, record)
    print(PICTURE)


if __name__ == "__main__":
    main()
