"""What the write path leaves of the drive, row by row: docs/pictures, docs/physics/write-path.md.

python -m benchmarks.write_path. Share of the drive against the row for some heights and groups of
a column of the 50 nm junction at 2.5 Ω a cell, and the table of the note. A second.
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from device_models.library import device
from device_models.params import Array, Pulse
from device_models.write_path import groups, line_current_a, write_share

PICTURE = Path(__file__).parents[1] / "docs/pictures/write_path.png"
PULSE = Pulse(amplitude_v=0.7, duration_s=10e-9)
MTJ = device("ut-austin-50nm").mtj
HEIGHTS = {28: "#2f7d32", 98: "#0b5fa5", 196: "#7a3e9d", 784: "#c2410c"}
GROUPS = (1, 2, 4, 8, 16, 32)


def share(rows: int, at_once: int) -> np.ndarray:
    """Of the drive, for a P→AP pulse at 0.7 V."""
    return write_share(Array(tile_rows=rows, rows_per_write=at_once), MTJ, PULSE, "depression")


def table() -> str:
    """Lowest and highest share, current and pulses of a tile's column, as Markdown."""
    lines = [
        "| rows of a tile | at once | lowest share | highest share | line current | groups |",
        "|---|---|---|---|---|---|",
    ]
    for rows in HEIGHTS:
        for at_once in (1, 8, 32):
            array = Array(tile_rows=rows, rows_per_write=at_once)
            shares, peak_a = share(rows, at_once), line_current_a(MTJ, array, PULSE)
            lines.append(
                f"| {rows} | {at_once} | {shares.min():.3f} | {shares.max():.3f} "
                f"| {peak_a * 1e3:.2f} mA | {groups(rows, at_once)} |"
            )
    return "\n".join(lines)


def draw() -> Figure:
    """Share against the row for groups of eight; lowest share against the size of the group."""
    figure = Figure(figsize=(10, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for rows, color in HEIGHTS.items():
        place = (np.arange(rows) + 0.5) / rows
        left.plot(place, share(rows, 8), color=color, label=f"{rows} rows")
        lowest = [share(rows, at_once).min() for at_once in GROUPS]
        right.plot(GROUPS, lowest, "o-", color=color, ms=4)
    left.set(xlabel="row over rows of the tile", ylabel="share of the drive", ylim=(0, 1.02))
    left.set_title("eight rows at once", fontsize=10)
    left.legend(frameon=False, fontsize=8)
    right.set_xscale("log", base=2)
    right.set_xticks(GROUPS, [str(at_once) for at_once in GROUPS])
    right.set(xlabel="rows written at once")
    right.set_title("the worst row", fontsize=10)
    for axes in (left, right):
        axes.grid(color="#e7e9ec")
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def main() -> None:
    """Print the table, save the picture."""
    print(table())
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    draw().savefig(PICTURE, dpi=90)


if __name__ == "__main__":
    main()
