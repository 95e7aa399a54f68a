"""What a design learned: fields, learning curve, confusion and wins in one static picture."""

from pathlib import Path
from typing import Any

import numpy as np

from dse.figures import GRID, INK, LOOKS
from objectives.portrait import SAMPLE, Portrait, mosaic

MOST = 100
"""Neurons in the mosaic: their fields can still be seen."""
LINE = LOOKS["pareto"].color
BARS = LOOKS["dominated"].color
NAMED = 20
"""Classes whose numbers fit into the confusion matrix."""


def write_png(portrait: Portrait, title: str, path: Path) -> None:
    """Draw `portrait` under `title`; images of any size, any number of classes and neurons."""
    import matplotlib

    matplotlib.use("Agg", force=False)
    import matplotlib.pyplot as plt

    style: Any = {
        "axes.edgecolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.labelcolor": INK,
        "text.color": INK,
        "font.size": 10,
        "axes.titlesize": 10.5,
    }
    with plt.rc_context(style):
        figure = plt.figure(figsize=(14, 8), layout="constrained")
        halves: Any = figure.subfigures(1, 2, width_ratios=(1.15, 1))
        left, right = halves
        _draw_fields(left.subplots(), portrait)
        grid = right.add_gridspec(2, 2, height_ratios=(1.25, 1))
        _draw_confusion(right.add_subplot(grid[0, :]), portrait)
        _draw_curve(right.add_subplot(grid[1, 0]), portrait)
        _draw_wins(right.add_subplot(grid[1, 1]), portrait)
        figure.suptitle(title, fontsize=12)
        figure.savefig(path, dpi=110)
        plt.close(figure)


def _draw_fields(ax: Any, portrait: Portrait) -> None:
    """Fields of the neurons that win most, in order of their wins."""
    import matplotlib as mpl

    order = np.argsort(-portrait.wins, kind="stable")[:MOST]
    colors = mpl.colormaps["Greys"].with_extremes(bad="#e9c46a")
    ax.imshow(
        mosaic(portrait.weights, portrait.shape, [int(n) for n in order]),
        cmap=colors,
        vmin=0,
        vmax=1,
        interpolation="nearest",
    )
    count = len(portrait.wins)
    which = "all" if count <= MOST else f"the {MOST} that won most of all"
    ax.set_title(f"Weights of {which} {count} neurons, most wins first (black: parallel, on)")
    ax.set_axis_off()


def _draw_confusion(ax: Any, portrait: Portrait) -> None:
    """Share of each true class that got each answer; classes without images are left blank."""
    total = portrait.confusion.sum(axis=1, keepdims=True)
    share = 100 * portrait.confusion / np.maximum(total, 1)
    ax.imshow(share, cmap="Blues", vmin=0, vmax=100, aspect="auto")
    classes = len(share)
    for true, answer in np.argwhere(share >= 0.5) if classes <= NAMED else []:
        value = share[true, answer]
        color = "white" if value > 55 else INK
        ax.text(answer, true, f"{value:.0f}", ha="center", va="center", color=color, fontsize=8)
    if classes <= NAMED:
        ax.set(xticks=range(classes), yticks=range(classes))
    images = int(total.sum())
    ax.set(xlabel="answer", ylabel="true class")
    ax.set_title(
        f"Answers to {images:,} validation images [% of a class]; "
        f"accuracy {100 * portrait.accuracy:.2f} %"
    )


def _draw_curve(ax: Any, portrait: Portrait) -> None:
    points = portrait.curve_images, [100 * a for a in portrait.curve_accuracy]
    ax.semilogx(*points, color=LINE, marker="o", markersize=5)
    sample = min(SAMPLE, int(portrait.confusion.sum()))
    ax.set(xlabel="training images shown", ylabel="accuracy [%]")
    ax.set_title(f"Accuracy if training stops there\n({sample:,} validation images)")
    ax.grid(color=GRID, which="major")
    ax.spines[["top", "right"]].set_visible(False)


def _draw_wins(ax: Any, portrait: Portrait) -> None:
    """How evenly the neurons share the work."""
    wins, never = portrait.wins, int(np.sum(portrait.wins == 0))
    ax.hist(wins, bins=min(30, max(5, len(wins) // 5)), color=BARS, edgecolor="white")
    ax.axvline(wins.mean(), color=INK, linestyle=":", linewidth=1.2)
    ax.text(wins.mean(), 0.98, " mean", transform=ax.get_xaxis_transform(), va="top", fontsize=8)
    ax.set(xlabel="training images won", ylabel="neurons")
    ax.set_title(f"Wins of a neuron\n({never} of {len(wins):,} never won)")
    ax.spines[["top", "right"]].set_visible(False)
