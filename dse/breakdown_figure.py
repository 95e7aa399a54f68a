"""Where the learning energy of an image goes, for each design on the front: stacked bars."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dse.figures import GRID, INK, show_metric
from dse.front import front_rows
from dse.study import Study
from dse.units import scale, show
from objectives.breakdown import PARTS

COMPONENTS = {
    "write": ("write pulses in the cells", "#b3263c"),
    "write_lines": ("bit lines of a write", "#e27d60"),
    "write_drivers": ("write drivers", "#f3c3a5"),
    "read": ("reads of the cells", "#1f5a83"),
    "row_drivers": ("row drivers", "#5f9ec4"),
    "sense": ("sense amplifiers", "#b5d3e3"),
    "adc": ("converters", "#2a9d8f"),
    "adders": ("adders", "#a7d8c9"),
    "neurons": ("neurons", "#edae49"),
    "winner": ("winner-take-all", "#7d5ba6"),
    "cells": ("cells", "#8d99ae"),
}
"""Title and colour of each component, bottom of a bar first: write, read, convert, decide."""
TOTALS = {
    "learning_energy_j": ("learning energy an image", "J"),
    "learning_latency_s": ("time to learn an image", "s"),
    "area_m2": ("area of the layer", "m^2"),
}
"""What the three panels show, each a sum of its components."""
_SAME = {"write_cells": "write", "read_cells": "read"}
MOST = 40
"""Bars that still can be told apart; a longer front is thinned evenly."""


def component(part: str) -> str:
    """Component of a figure such as energy_read_cells_j: the same in all three totals."""
    name = part.split("_", 1)[1].rsplit("_", 1)[0]
    return _SAME.get(name, name)


def members(frame: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Designs of the front whose parts are all known, best first, at most MOST of them."""
    parts = [part for total in TOTALS for part in PARTS[total]]
    if not {*parts, *TOTALS} <= set(frame.columns):
        return frame.iloc[:0]
    known = front_rows(frame, study).dropna(subset=parts)
    if len(known) <= MOST:
        return known
    return known.iloc[np.linspace(0, len(known) - 1, MOST).round().astype(int)]


def _stacks(shown: pd.DataFrame, total: str) -> Iterator[tuple[str, str, Any, Any]]:
    """(title, colour, values in SI, shares [%]) from the bottom of the bars up.

    Components that no design has are left out.
    """
    by_component = {component(part): shown[part] for part in PARTS[total]}
    whole = sum(by_component.values())
    for name, (title, color) in COMPONENTS.items():
        if name in by_component and by_component[name].max() > 0:
            yield title, color, by_component[name], 100 * by_component[name] / whole


def _names(shown: pd.DataFrame, study: Study) -> list[str]:
    """What stands under a bar: the objective it is sorted by, and its trial."""
    key = "accuracy" if "accuracy" in study.objectives else study.objectives[0]
    pairs = zip(shown[key], shown["trial"], strict=True)
    return [f"{show_metric(key, value)}, trial {trial}" for value, trial in pairs]


def write_png(frame: pd.DataFrame, study: Study, path: Path) -> None:
    """Energy, time and area of the designs of the front as one static picture."""
    import matplotlib

    matplotlib.use("Agg", force=False)
    import matplotlib.pyplot as plt

    shown = members(frame, study)
    names, width = _names(shown, study), max(4.5, 1.5 + 0.2 * len(shown))
    style: Any = {
        "axes.edgecolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.labelcolor": INK,
        "text.color": INK,
        "font.size": 10,
    }
    with plt.rc_context(style):
        figure, axes = plt.subplots(1, 3, figsize=(3 * width, 5.2), layout="constrained")
        for ax, (total, (title, unit)) in zip(axes, TOTALS.items(), strict=True):
            factor, shown_unit = scale(unit, shown[total].tolist())
            _stack(ax, shown, names, total, factor)
            ax.set(ylabel=f"{title} [{shown_unit}]")
        handles = {
            label: handle
            for ax in axes
            for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)
        }
        figure.legend(
            handles.values(), handles.keys(), loc="outside lower center", ncols=6, frameon=False
        )
        figure.suptitle(f"{study.name}: what an image costs on the front, best first", fontsize=11)
        figure.savefig(path, dpi=120)
        plt.close(figure)


def _stack(ax: Any, shown: pd.DataFrame, names: list[str], total: str, factor: float) -> None:
    base = np.zeros(len(shown))
    for title, color, values, _ in _stacks(shown, total):
        height = (factor * values).to_numpy()
        ax.bar(names, height, bottom=base, color=color, label=title, zorder=2)
        base += height
    ax.tick_params(axis="x", rotation=90, labelsize=8)
    ax.grid(axis="y", color=GRID, zorder=0)
    ax.spines[["top", "right"]].set_visible(False)


def write_html(frame: pd.DataFrame, study: Study, path: Path) -> None:
    """The same bars in one file that works offline; the pointer shows value and share."""
    from plotly.subplots import make_subplots

    shown = members(frame, study)
    names, seen = _names(shown, study), set[str]()
    figure = make_subplots(rows=1, cols=3, horizontal_spacing=0.07)
    for column, (total, (heading, unit)) in enumerate(TOTALS.items(), start=1):
        factor, shown_unit = scale(unit, shown[total].tolist())
        figure.update_yaxes(
            title_text=f"{heading} [{shown_unit}]", gridcolor=GRID, row=1, col=column
        )
        for title, color, values, share in _stacks(shown, total):
            pairs = zip(values, share, strict=True)
            texts = [f"{title}: <b>{show(float(v), unit)}</b>, {s:.3g} %" for v, s in pairs]
            figure.add_bar(
                x=names,
                y=(values * factor).tolist(),
                name=title,
                legendgroup=title,
                showlegend=title not in seen,
                marker_color=color,
                hovertext=texts,
                hovertemplate="%{hovertext}<br>%{x}<extra></extra>",
                row=1,
                col=column,
            )
            seen.add(title)
    figure.update_layout(
        barmode="stack",
        title={"text": f"<b>{study.name}</b><br><sup>what an image costs, best first</sup>"},
        template="plotly_white",
        font={"color": INK, "size": 13},
        legend={"traceorder": "reversed"},
        height=560,
    )
    figure.write_html(path, include_plotlyjs=True, full_html=True)
