"""The picture of docs/hardware-on.md: python -m benchmarks.hardware_picture [--record FILE].

Left: accuracy against read noise. Right: accuracy against inference energy of what restores it.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt

from benchmarks.hardware_conditions import CONDITIONS
from benchmarks.hardware_on import RECORD, Record, Row, read_record, summary

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "hardware_on.png"
NOISES = ((1, "default"), (4, "noise × 4"), (16, "noise × 16"), (64, "noise × 64"))
REMEDIES = (
    ("pairs", "D-", "#9467bd"),
    ("two parallel junctions", "s-", "#8c564b"),
    ("threshold 300", "^-", "#e07b39"),
)
PREFIX = "noise × 16, "


def draw(record: Record, path: Path) -> None:
    """Both axes, bars of one SD over dies."""
    rows = {row.title: row for c in CONDITIONS if (row := summary(c, record)) is not None}
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
    _against_noise(left, rows, NOISES, ("no remedy", "o-", "#c1272d"))
    for remedy in REMEDIES:
        own = [(1, remedy[0]), *((t, f"{title}, {remedy[0]}") for t, title in NOISES[1:])]
        _against_noise(left, rows, own, remedy)
    left.set_xscale("log", base=2)
    left.set_xticks([1, 4, 16, 64], ["1", "4", "16", "64"])
    left.set(xlabel="read noise over the default", ylabel="validation accuracy [%]")
    left.set_title("accuracy against read noise", fontsize=10)
    if "ideal" in rows:
        for axis in (left, right):
            axis.axhline(rows["ideal"].accuracy, color="#555555", ls="--", lw=1, label="ideal")
    _remedies(right, rows)
    for axis in (left, right):
        axis.grid(alpha=0.3)
    left.legend(fontsize=8, loc="lower left")
    figure.savefig(path, dpi=90)
    print(path)


def _against_noise(
    axis: Any,
    rows: dict[str, Row],
    titles: Sequence[tuple[int, str]],
    drawn: tuple[str, str, str],
) -> None:
    """A line of those conditions that have runs; drawn: its label, markers and color."""
    found = [(times, rows[title]) for times, title in titles if title in rows]
    label, markers, color = drawn
    axis.errorbar(
        [times for times, _ in found], [row.accuracy for _, row in found],
        [row.deviation for _, row in found], fmt=markers, color=color, capsize=3, label=label,
    )  # fmt: skip


def _remedies(axis: Any, rows: dict[str, Row]) -> None:
    """A point a remedy at 16 times the noise, and the die without any."""
    names = ["noise × 16", *(title for title in rows if title.startswith(PREFIX))]
    for number, title in enumerate(name for name in names if name in rows):
        row = rows[title]
        axis.errorbar(
            1e9 * row.means["inference_energy_j"], row.accuracy, row.deviation,
            fmt="osD^vP*X"[number % 8], color=f"C{number}", capsize=3,
            label=title.removeprefix(PREFIX) if title != "noise × 16" else "no remedy",
        )  # fmt: skip
    axis.set(xscale="log", xlabel="inference energy an image [nJ]")
    axis.set_xticks([8, 10, 15, 20, 30], ["8", "10", "15", "20", "30"])
    axis.set_xticks([], minor=True)
    axis.set_title("16 times the read noise: what restores accuracy, at what energy", fontsize=10)
    axis.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3)


def main() -> None:
    """Draw what the record holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", type=Path, default=RECORD)
    draw(read_record(parser.parse_args().record), PICTURE)


if __name__ == "__main__":
    main()
