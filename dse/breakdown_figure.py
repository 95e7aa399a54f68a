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

TOTAL = "learning_energy_j"
LOOKS = {
    "energy_write_cells_j": ("write pulses in the cells", "#b3263c"),
    "energy_write_lines_j": ("bit lines of a write", "#e27d60"),
    "energy_write_drivers_j": ("write drivers", "#f3c3a5"),
    "energy_read_cells_j": ("reads of the cells", "#1f5a83"),
    "energy_row_drivers_j": ("row drivers", "#5f9ec4"),
    "energy_sense_j": ("sense amplifiers", "#b5d3e3"),
    "energy_neurons_j": ("neurons", "#edae49"),
    "energy_winner_j": ("winner-take-all", "#7d5ba6"),
}
"""Title and colour of each part, bottom of a bar first: write, read, decide."""
MOST = 40
"""Bars that still can be told apart; a longer front is thinned evenly."""


def members(frame: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Designs of the front whose energy is known by part, best first, at most MOST of them."""
    if not {*LOOKS, TOTAL} <= set(frame.columns):
        return frame.iloc[:0]
    known = front_rows(frame, study).dropna(subset=[*LOOKS])
    if len(known) <= MOST:
        return known
    return known.iloc[np.linspace(0, len(known) - 1, MOST).round().astype(int)]


def _stacks(shown: pd.DataFrame) -> Iterator[tuple[str, str, Any, Any]]:
    """(title, colour, energies [J], shares [%]) from the bottom of the bars up."""
    total = shown[list(PARTS[TOTAL])].sum(axis=1)
    for part, (title, color) in LOOKS.items():
        yield title, color, shown[part], 100 * shown[part] / total


def _names(shown: pd.DataFrame, study: Study) -> list[str]:
    """What stands under a bar: the objective it is sorted by, and its trial."""
    key = "accuracy" if "accuracy" in study.objectives else study.objectives[0]
    pairs = zip(shown[key], shown["trial"], strict=True)
    return [f"{show_metric(key, value)}, trial {trial}" for value, trial in pairs]


def write_png(frame: pd.DataFrame, study: Study, path: Path) -> None:
    """Energies and shares of the designs of the front as one static picture."""
    import matplotlib

    matplotlib.use("Agg", force=False)
    import matplotlib.pyplot as plt

    shown = members(frame, study)
    factor, unit = scale("J", shown[TOTAL].tolist())
    names, width = _names(shown, study), max(5.0, 1.5 + 0.22 * len(shown))
    style: Any = {
        "axes.edgecolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.labelcolor": INK,
        "text.color": INK,
        "font.size": 10,
    }
    with plt.rc_context(style):
        figure, axes = plt.subplots(1, 2, figsize=(2 * width, 5.2), layout="constrained")
        _stack(axes[0], shown, names, factor)
        _stack(axes[1], shown, names, None)
        axes[0].set(ylabel=f"learning energy an image [{unit}]")
        axes[1].set(ylabel="share [%]")
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
        figure.suptitle(f"{study.name}: energy of an image on the front, best first", fontsize=11)
        figure.savefig(path, dpi=120)
        plt.close(figure)


def _stack(ax: Any, shown: pd.DataFrame, names: list[str], factor: float | None) -> None:
    """Bars of energies times factor, or of shares if there is none."""
    base = np.zeros(len(shown))
    for title, color, energy, share in _stacks(shown):
        height = (share if factor is None else factor * energy).to_numpy()
        ax.bar(names, height, bottom=base, color=color, label=title, zorder=2)
        base += height
    ax.tick_params(axis="x", rotation=90, labelsize=8)
    ax.grid(axis="y", color=GRID, zorder=0)
    ax.spines[["top", "right"]].set_visible(False)


def write_html(frame: pd.DataFrame, study: Study, path: Path) -> None:
    """The same bars in one file that works offline; the pointer shows energy and share."""
    import plotly.graph_objects as go

    shown = members(frame, study)
    factor, unit = scale("J", shown[TOTAL].tolist())
    figure, names = go.Figure(), _names(shown, study)
    for title, color, energy, share in _stacks(shown):
        pairs = zip(energy, share, strict=True)
        texts = [f"{title}: <b>{show(float(e), 'J')}</b>, {s:.3g} %" for e, s in pairs]
        figure.add_bar(
            x=names,
            y=(energy * factor).tolist(),
            name=title,
            marker_color=color,
            hovertext=texts,
            hovertemplate="%{hovertext}<br>%{x}<extra></extra>",
        )
    figure.update_layout(
        barmode="stack",
        title={"text": f"<b>{study.name}</b><br><sup>energy of an image, best first</sup>"},
        template="plotly_white",
        font={"color": INK, "size": 13},
        yaxis={"title": f"learning energy an image [{unit}]", "gridcolor": GRID},
        legend={"traceorder": "reversed"},
        height=560,
    )
    figure.write_html(path, include_plotlyjs=True, full_html=True)
