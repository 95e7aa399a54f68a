"""Picture of a demo: every cell over time, potentials that win, junctions, what was learned."""

import io
from pathlib import Path
from typing import Any

import numpy as np

from device_models.arrays import Floats
from dse.device_figures import COLORS, GRID, INK, MARK
from learner.demo_record import Bits, Read, Record, SmallArray, Spike, Write, held, winners
from objectives.demo import Demo

AP, P = "#e3ebf3", COLORS[0.5]
NEURON_COLORS = (
    "#2a7f62",
    "#7a5195",
    "#c77d0a",
    "#1a1a1a",
    "#8c6d46",
    "#5b6ee1",
    "#8a919c",
    "#00798c",
)


def write_png(demo: Demo, array: SmallArray, record: Record, title: str, path: Path) -> None:
    """Four panels as a picture."""
    _save(demo, array, record, title, path, "png")


def to_svg(demo: Demo, array: SmallArray, record: Record, title: str) -> str:
    """The same four panels as text for a page."""
    target = io.StringIO()
    _save(demo, array, record, title, target, "svg")
    return target.getvalue()[target.getvalue().index("<svg") :]


def _save(
    demo: Demo, array: SmallArray, record: Record, title: str, target: Any, kind: str
) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    style: Any = {"axes.edgecolor": INK, "text.color": INK, "font.size": 9}
    style |= {"svg.hashsalt": "dse"}
    with plt.rc_context(style):
        figure, axes = plt.subplots(
            2, 2, figsize=(13, 7.6), layout="constrained", width_ratios=(2.6, 1)
        )
        _draw_cells(axes[0][0], record)
        _draw_potentials(axes[1][0], record)
        _draw_learned(axes[0][1], record)
        _draw_chances(axes[1][1], array, demo)
        figure.suptitle(title, fontsize=12)
        stamp = dict.fromkeys(("Date", "Creator", "Format", "Type")) if kind == "svg" else None
        figure.savefig(target, dpi=120, format=kind, metadata=stamp)
        plt.close(figure)


def state_history(record: Record) -> Floats:
    """States after each presentation, the start first: (presentations + 1, rows, columns)."""
    state, found = np.array(record.start, float), [np.array(record.start, float)]
    for _ in range(record.events[-1].when.presentation + 1):
        found.append(state)
    for event in record.events:
        if isinstance(event, Write) and event.flipped:
            for later in range(event.when.presentation + 1, len(found)):
                found[later] = found[later].copy()
                found[later][event.row, event.column] = event.after
    return np.stack(found)


def _draw_cells(ax: Any, record: Record) -> None:
    """One line a cell, one square a presentation; a dot where a pulse met the cell."""
    from matplotlib.colors import ListedColormap

    history = state_history(record)
    shown, rows, columns = history.shape
    lines = np.full((columns * (rows + 1) - 1, shown), np.nan)
    for column in range(columns):
        top = column * (rows + 1)
        lines[top : top + rows] = history[:, :, column].T
    edges = np.arange(shown + 1) - 1.5
    ax.pcolormesh(
        edges,
        np.arange(len(lines) + 1) - 0.5,
        lines,
        cmap=ListedColormap([AP, P]),
        vmin=0,
        vmax=1,
        edgecolors="white",
        linewidth=0.6,
    )
    for event in record.events:
        if isinstance(event, Write):
            y = event.column * (rows + 1) + event.row
            mark = {"marker": "o", "ms": 5} if event.flipped else {"marker": "o", "ms": 2.5}
            tone = MARK if event.flipped else "#8a919c"
            ax.plot(event.when.presentation, y, color=tone, mec="white", mew=0.5, ls="", **mark)
    _phases(ax, record)
    _shown_patterns(ax, record)
    named = range(0, rows, 1 if rows * columns <= 16 else 3)
    ticks = [c * (rows + 1) + r for c in range(columns) for r in named]
    ax.set_yticks(ticks, [f"{r}" for _ in range(columns) for r in named], fontsize=7)
    for column in range(columns):
        middle = column * (rows + 1) + (rows - 1) / 2
        ax.annotate(
            f"neuron {column}",
            (-0.035, middle),
            xycoords=ax.get_yaxis_transform(),
            rotation=90,
            ha="right",
            va="center",
            color=NEURON_COLORS[column],
        )
    ax.text(-1, 1.01, "start", transform=ax.get_xaxis_transform(), rotation=90, ha="center",
            fontsize=8)  # fmt: skip
    ax.set_ylim(len(lines) - 0.5, -0.5)
    ax.set_title(
        "cells after each presentation: dark P, light AP; red dot: a pulse flipped it, "
        "grey: it did not",
        pad=_pad(record),
    )
    ax.spines[:].set_visible(False)


def _pad(record: Record) -> float:
    """Room for the patterns over the squares [points]."""
    return 8.0 + 6.5 * len(record.patterns[0])


def _shown_patterns(ax: Any, record: Record) -> None:
    for event in record.events:
        if isinstance(event, Spike):
            ax.annotate(
                "".join(map(str, record.patterns[event.when.pattern])),
                (event.when.presentation, 1.01),
                xycoords=ax.get_xaxis_transform(),
                rotation=90,
                ha="center",
                fontsize=8,
                color=NEURON_COLORS[event.neuron],
            )


def _phases(ax: Any, record: Record) -> None:
    """Lines between inference, learning and inference."""
    numbers = [e.when.presentation for e in record.events if e.when.phase == "learning"]
    for edge in (min(numbers) - 0.5, max(numbers) + 0.5) if numbers else ():
        ax.axvline(edge, color=INK, lw=1, ls=":")


def _draw_potentials(ax: Any, record: Record) -> None:
    """Potentials of the last read of each presentation; lines: thresholds; stars: who fires."""
    last = {e.when.presentation: e for e in record.events if isinstance(e, Read)}
    x = list(last)
    for neuron, color in zip(range(len(record.start[0])), NEURON_COLORS, strict=False):
        ax.step(
            x,
            [read.threshold[neuron] for read in last.values()],
            where="mid",
            color=color,
            lw=1,
            label=f"neuron {neuron} (line: threshold)",
        )
        ax.plot(x, [read.potential[neuron] for read in last.values()], "o", color=color, ms=4)
    for event in record.events:
        if isinstance(event, Spike):
            y = last[event.when.presentation].potential[event.neuron]
            color = NEURON_COLORS[event.neuron]
            fill = "white" if event.forced else color
            ax.plot(event.when.presentation, y, "*", color=fill, mec=color, ms=11)
    _phases(ax, record)
    ax.set_xlim(-1.5, len(last) - 0.5)
    ax.set(
        title="potential as the window ends; star: fires (hollow: below its threshold)",
        xlabel="presentation",
        ylabel="potential [cells × steps]",
    )
    ax.grid(color=GRID, zorder=0)
    ax.spines[["top", "right"]].set_visible(False)
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.18 * (high - low))  # room for the legend
    ax.legend(frameon=False, fontsize=8, loc="upper left", ncols=4)


def _draw_learned(ax: Any, record: Record) -> None:
    """Each pattern beside the column of the neuron that it makes fire at the end."""
    rows, columns = len(record.start), tuple(zip(*record.end, strict=True))
    places = zip(record.patterns, winners(record, "after"), held(record), strict=True)
    for place, (pattern, neuron, good) in enumerate(places):
        _strip(ax, 3 * place, pattern)
        _strip(ax, 3 * place + 1, columns[neuron])
        color = INK if good else MARK
        ax.text(3 * place + 0.5, rows - 0.1, "held" if good else "not held", ha="center",
                va="top", color=color)  # fmt: skip
        ax.text(3 * place + 0.5, -0.65, f"neuron {neuron}", ha="center",
                color=NEURON_COLORS[neuron])  # fmt: skip
    ax.set_xlim(-0.9, 3 * len(record.patterns) - 1.1)
    ax.set_ylim(rows + 0.4, -1.1)
    ax.set_aspect("equal")
    ax.set_title("left: pattern; right: cells of who fires")
    ax.axis("off")


def _strip(ax: Any, x: float, column: Bits) -> None:
    from matplotlib.patches import Rectangle

    for row, bit in enumerate(column):
        ax.add_patch(Rectangle((x - 0.45, row - 0.45), 0.9, 0.9, color=P if bit else AP))
        ax.text(x, row, str(bit), ha="center", va="center", color="white" if bit else INK)


def _draw_chances(ax: Any, array: SmallArray, demo: Demo) -> None:
    """What one pulse does to each junction that was drawn."""
    design = demo.design
    cells = np.arange(array.potentiation.size)
    for offset, chance, color, pulse, name in (
        (-0.2, array.potentiation, P, design.potentiation, "potentiation"),
        (0.2, array.depression, MARK, design.depression, "depression"),
    ):
        label = f"{name} {pulse.amplitude_v:g} V, {pulse.duration_s * 1e9:g} ns"
        ax.bar(cells + offset, chance.T.ravel(), 0.38, color=color, label=label)
    rows, columns = array.shape
    names = [f"{row}, {column}" for column in range(columns) for row in range(rows)]
    step = 1 if cells.size <= 16 else 2
    turned = 90 if cells.size > 10 else 0
    ax.set_xticks(cells[::step], names[::step], fontsize=7, rotation=turned)
    ax.set_ylim(0, 1.25)
    ax.set(title="chance that a pulse flips", xlabel="cell: row, column", ylabel="P of one pulse")
    ax.grid(color=GRID, zorder=0, axis="y")
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=8, loc="upper left")
