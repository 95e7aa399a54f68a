"""Fronts of several studies over one another as pictures for documents."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from dse.attainment import surfaces
from dse.colours import colour_of
from dse.compare import Comparison, Entry, table
from dse.figures import GRID, INK, Quantity, quantities
from objectives.scores import METRICS

LINES = {"best": ":", "median": "-", "worst": "--", "front": "-"}


def pairs(found: Comparison) -> tuple[list[Quantity], list[tuple[int, int]]]:
    """Quantities in units that suit all members, and each (x, y) as places among them."""
    frame = pd.concat([table(entry) for entry in found.entries])
    shown = quantities(frame, found.entries[0].record.study)
    return shown, [(x, y) for y, x in combinations(range(len(shown)), 2)]


def staircase(x: str) -> Literal["pre", "post"]:
    """How a line runs between members sorted by objective x: whose value holds between two.

    What reaches less than asked does not count, so it is the one that is better in x.
    """
    return "pre" if METRICS[x].direction == "maximize" else "post"


def grouped(found: Comparison) -> Iterator[tuple[int, list[Entry]]]:
    """Groups of studies that differ in their seed only, each with its number."""
    for number in dict.fromkeys(entry.group for entry in found.entries):
        yield number, [entry for entry in found.entries if entry.group == number]


def group_name(entries: Sequence[Entry]) -> str:
    """The studies of a group in words."""
    names = ", ".join(entry.name for entry in entries)
    return f"{names} ({len(entries)} seeds)" if len(entries) > 1 else names


def write_fronts(found: Comparison, path: Path) -> None:
    """Every pair of objectives, each study in its colour, its knee as a star."""
    with _panels(found, path) as panels:
        for ax, (x, y), shown in panels:
            for place, entry in enumerate(found.entries):
                at = [entry.values[:, i] * shown[i].factor for i in (x, y)]
                colour = colour_of(place)
                ax.scatter(*at, s=30, c=colour, edgecolors="white", lw=0.6, label=entry.name)
                knee = entry.members.index(entry.knee)
                ax.scatter(at[0][knee], at[1][knee], s=190, c=colour, marker="*", ec=INK, lw=0.7)


def write_attainment(found: Comparison, path: Path) -> None:
    """What each group of studies reaches over its seeds: best, median, worst."""
    with _panels(found, path) as panels:
        for ax, (x, y), shown in panels:
            pair = (shown[x].name, shown[y].name)
            for number, entries in grouped(found):
                fronts = [entry.values[:, [x, y]] for entry in entries]
                for name, points in surfaces(fronts, pair).items():
                    label = f"{group_name(entries)}, {name}"
                    at = [points[:, i] * shown[place].factor for i, place in enumerate((x, y))]
                    way = staircase(pair[0])
                    ax.step(*at, LINES[name], where=way, color=colour_of(number), label=label)


@contextmanager
def _panels(
    found: Comparison, path: Path
) -> Iterator[list[tuple[Any, tuple[int, int], list[Quantity]]]]:
    """Axes, places of x and y, and quantities of each panel; written when the block ends."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    shown, places = pairs(found)
    rows, columns = (len(places) + 2) // 3, min(len(places), 3)
    size = (4.6 * columns, 4.1 * rows + 0.8)
    figure, axes = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")
    for ax in axes.flat[len(places) :]:
        ax.set_visible(False)
    for ax, (x, y) in zip(axes.flat, places, strict=False):
        ax.set(xlabel=shown[x].label, ylabel=shown[y].label)
        ax.set_xscale("log" if shown[x].log else "linear")
        ax.set_yscale("log" if shown[y].log else "linear")
        ax.grid(color=GRID)
        ax.set_axisbelow(True)
        ax.spines[["top", "right"]].set_visible(False)
    try:
        yield [(ax, at, shown) for ax, at in zip(axes.flat, places, strict=False)]
        handles, labels = axes[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
        figure.savefig(path, dpi=150)
    finally:
        plt.close(figure)
