"""The figures of a report as SVG for paper: front, energy of a design, convergence."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from dse.breakdown_figure import COMPONENTS, component
from dse.figures import GRID, INK, Quantity, draw_pair, quantities, show_metric
from dse.record import Trial
from dse.study import Study
from objectives.breakdown import PARTS

WIDTH_IN = 7.1
"""What A4 leaves between its margins."""
MANY = 600
"""Trials beyond which the points of a panel are an image: a file of them stays small."""
ENERGY = "learning_energy_j"
STYLE: Any = {
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "svg.hashsalt": "dse",
}


@contextmanager
def pyplot(points: float = 8.5) -> Iterator[Any]:
    """Matplotlib without a screen, in the style of a report, with letters of so many points."""
    import matplotlib

    matplotlib.use("Agg", force=False)
    import matplotlib.pyplot as plt

    with plt.rc_context({**STYLE, "font.size": points}):
        yield plt


def svg(plt: Any, figure: Any) -> bytes:
    """The figure as SVG, the same bytes for the same figure."""
    found = BytesIO()
    figure.savefig(found, format="svg", dpi=200, metadata={"Date": None, "Creator": None})
    plt.close(figure)
    return found.getvalue()


def front_svg(frame: pd.DataFrame, study: Study, named: Sequence[tuple[str, Trial]]) -> bytes:
    """Every pair of objectives; designs of `named`, (name, trial), are framed."""
    pairs = list(combinations(quantities(frame, study), 2))
    columns = {1: 1, 3: 2, 6: 3}[len(pairs)]
    rows = -(-len(pairs) // columns)
    with pyplot(7.2 if columns == 3 else 8.5) as plt:
        size = (WIDTH_IN if columns > 1 else 5.0, 2.7 * rows + 0.6)
        figure, grid = plt.subplots(rows, columns, figsize=size, squeeze=False)
        figure.set_layout_engine("constrained")
        panels = list(grid.flat)
        for ax, (y, x) in zip(panels, pairs, strict=False):
            draw_pair(ax, frame, x, y)
            _frame(ax, (x, y), named)
            _ticks(ax, frame, x, y)
            if len(frame) > MANY:
                for points in ax.collections:
                    points.set_rasterized(True)
        handles, labels = panels[0].get_legend_handles_labels()
        for ax in panels[len(pairs) :]:
            ax.legend(handles, labels, loc="center", frameon=False, labelspacing=1.3)
            ax.set_axis_off()
        if len(panels) == len(pairs):
            figure.legend(
                handles,
                labels,
                loc="outside lower center",
                ncols=3,
                frameon=False,
                labelspacing=1.3,
            )
        return svg(plt, figure)


def _frame(ax: Any, pair: tuple[Quantity, Quantity], named: Sequence[tuple[str, Trial]]) -> None:
    for marker, (name, trial) in zip("os", named, strict=False):
        x, y = (trial.values[q.name] * q.factor for q in pair)
        ax.scatter(
            x,
            y,
            s=230,
            marker=marker,
            facecolors="none",
            edgecolors=INK,
            label=name,
            zorder=9,
            clip_on=False,
        )


def _ticks(ax: Any, frame: pd.DataFrame, x: Quantity, y: Quantity) -> None:
    """Plain numbers on a logarithmic axis that spans little: 2.5, not 2.5 × 10⁰."""
    from matplotlib import ticker

    for axis, shown in ((ax.xaxis, x), (ax.yaxis, y)):
        values = frame[shown.name].to_numpy(float) * shown.factor
        values = values[np.isfinite(values) & (values > 0)]
        if not shown.log or not len(values) or not 1e-3 < values.min() <= values.max() < 1e4:
            continue
        decades = np.log10(values.max() / values.min())
        if decades < 3:
            few, subs = ticker.MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]), (1.0, 2.0, 5.0)
            axis.set_major_locator(few if decades < 1 else ticker.LogLocator(subs=subs))
            axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:g}"))
            axis.set_minor_formatter(ticker.NullFormatter())


def energies(values: Mapping[str, float]) -> list[tuple[str, str, str, float]]:
    """(figure, title, colour, J) of what learning an image costs, largest first.

    Empty if the parts are not known.
    """
    known = [part for part in PARTS[ENERGY] if values.get(part, 0.0) > 0]
    parts = [(part, *COMPONENTS[component(part)], values[part]) for part in known]
    return sorted(parts, key=lambda part: -part[-1])


def energy_svg(parts: Sequence[tuple[str, str, str, float]]) -> bytes:
    """A bar for each of `energies`, with its value and its share of all."""
    whole = sum(value for *_, value in parts)
    with pyplot() as plt:
        figure, ax = plt.subplots(figsize=(WIDTH_IN, 0.7 + 0.25 * len(parts)))
        figure.set_layout_engine("constrained")
        shares = [100 * value / whole for *_, value in parts]
        bars = ax.barh(
            [title for _, title, _, _ in parts],
            shares,
            color=[color for *_, color, _ in parts],
            zorder=2,
        )
        texts = [
            f"{show_metric(name, value)}, {share:.3g} %"
            for (name, *_, value), share in zip(parts, shares, strict=True)
        ]
        ax.bar_label(bars, texts, padding=3)
        ax.set(xlabel="share of the learning energy of an image [%]", xlim=(0, 1.25 * max(shares)))
        ax.invert_yaxis()
        _plain(ax, "x")
        return svg(plt, figure)


def convergence_svg(curve: Sequence[tuple[int, float]]) -> bytes:
    """Hypervolume against finished trials; `curve` as `front.hypervolume_curve`."""
    with pyplot() as plt:
        figure, ax = plt.subplots(figsize=(WIDTH_IN, 2.3))
        figure.set_layout_engine("constrained")
        values = [value for _, value in curve]
        ax.step(range(1, len(values) + 1), values, where="post", color="#1f5a83", zorder=2)
        ax.plot(len(values), values[-1], marker="o", markersize=4, color="#1f5a83", zorder=3)
        ax.set(xlabel="finished trials", ylabel="hypervolume", ylim=(0, 1.08 * max(values) or 1.0))
        ax.xaxis.get_major_locator().set_params(integer=True)
        _plain(ax, "y")
        return svg(plt, figure)


def _plain(ax: Any, axis: str) -> None:
    ax.grid(axis=axis, color=GRID, zorder=0)
    ax.spines[["top", "right"]].set_visible(False)
