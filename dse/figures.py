"""Pictures of a study, every pair of objectives: interactive HTML and a PNG for documents."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from dse.study import Study
from dse.units import metric_scale, show
from dse.values import unit_of
from objectives.scores import METRICS


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a role is drawn."""

    title: str
    color: str
    size: float
    plotly_symbol: str
    marker: str


LOOKS = {
    "candidate": Look(
        title="not yet confirmed", color="#b07aa1", size=8, plotly_symbol="circle-open", marker="o"
    ),
    "infeasible": Look(
        title="infeasible", color="#c9c9c9", size=6, plotly_symbol="x-thin-open", marker="x"
    ),
    "dominated": Look(
        title="dominated", color="#9db8d2", size=6, plotly_symbol="circle", marker="o"
    ),
    "pareto": Look(
        title="Pareto front", color="#d1495b", size=9, plotly_symbol="circle", marker="o"
    ),
    "knee": Look(title="knee", color="#edae49", size=15, plotly_symbol="star", marker="*"),
}
INK, GRID = "#30343b", "#e7e9ec"


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """An objective on an axis: label, factor from SI, logarithmic or not."""

    name: str
    label: str
    factor: float
    log: bool


def quantities(frame: pd.DataFrame, study: Study) -> list[Quantity]:
    """The objectives of a study in units that suit their values."""
    return [_quantity(name, frame) for name in study.objectives]


def _quantity(name: str, frame: pd.DataFrame) -> Quantity:
    metric = METRICS[name]
    factor, unit = metric_scale(metric, frame[name].dropna().tolist())
    unit = "" if unit in metric.title.split() else unit
    label = f"{metric.title} [{unit}]" if unit else metric.title
    return Quantity(name=name, label=label, factor=factor, log=metric.decades)


def _panels(shown: list[Quantity]) -> Iterator[tuple[int, int, Quantity, Quantity]]:
    """(row, column, x, y) of each pair, up to three panels a row."""
    for place, (y, x) in enumerate(combinations(shown, 2)):
        yield place // 3, place % 3, x, y


def _grid(count: int) -> tuple[int, int]:
    pairs = count * (count - 1) // 2
    return (pairs + 2) // 3, min(pairs, 3)


def _groups(frame: pd.DataFrame) -> Iterator[tuple[Look, pd.DataFrame]]:
    for role, look in LOOKS.items():
        group = frame[frame["role"] == role]
        if len(group):
            yield look, group


def write_html(frame: pd.DataFrame, study: Study, path: Path) -> None:
    """Interactive pairs of objectives in one file that works offline."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    shown = quantities(frame, study)
    rows, columns = _grid(len(shown))
    figure = make_subplots(rows=rows, cols=columns, horizontal_spacing=0.09, vertical_spacing=0.12)
    for row, column, x, y in _panels(shown):
        at = {"row": row + 1, "col": column + 1}
        for look, group in _groups(frame):
            figure.add_trace(
                _scatter(go, look, group, (x, y), study, first=row + column == 0), **at
            )
        figure.update_xaxes(title=x.label, type="log" if x.log else "linear", **at)
        figure.update_yaxes(title=y.label, type="log" if y.log else "linear", **at)
    axes = {"gridcolor": GRID, "zeroline": False, "linecolor": INK, "ticks": "outside"}
    figure.update_xaxes(**axes, exponentformat="power")
    figure.update_yaxes(**axes, exponentformat="power")
    figure.update_layout(
        title={"text": f"<b>{study.name}</b><br><sup>{study.question}</sup>"},
        template="plotly_white",
        font={"color": INK, "size": 13},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 1, "xanchor": "right"},
        width=430 * columns,  # fixed: axis titles overlap in a narrow frame
        height=470 * rows + 90,
        hoverlabel={"align": "left"},
    )
    figure.write_html(path, include_plotlyjs=True, full_html=True)


def _scatter(
    go: Any,
    look: Look,
    group: pd.DataFrame,
    pair: tuple[Quantity, Quantity],
    study: Study,
    *,
    first: bool,
) -> Any:
    x, y = pair
    return go.Scatter(
        x=group[x.name] * x.factor,
        y=group[y.name] * y.factor,
        mode="markers",
        name=look.title,
        legendgroup=look.title,
        showlegend=first,
        marker={
            "color": look.color,
            "size": look.size,
            "symbol": look.plotly_symbol,
            "line": {"width": 1, "color": look.color if look.marker == "x" else "white"},
        },
        text=[_hover(row, study) for row in group.to_dict("records")],
        hovertemplate="%{text}<extra></extra>",
    )


def _hover(row: dict[Any, Any], study: Study) -> str:
    lines = [f"<b>trial {row['trial']}</b> ({LOOKS[row['role']].title})"]
    lines += [
        f"{METRICS[name].title}: <b>{show_metric(name, row[name])}</b>"
        for name in study.objectives
    ]
    lines += [
        f"{name} = {show(row[name], unit_of(name))}"
        for name in study.space
        if not pd.isna(row[name])
    ]
    return "<br>".join(lines)


def show_metric(name: str, value: float, like: float | None = None) -> str:
    """A figure of merit as text: 0.9123 -> "91.23 %", 2.5e-8 -> "25 nJ"; in the unit of `like`."""
    factor, unit = metric_scale(METRICS[name], [value if like is None else like])
    unit = "" if unit in METRICS[name].title.split() else unit
    return f"{value * factor:.4g} {unit}".rstrip()


def write_png(frame: pd.DataFrame, study: Study, path: Path) -> None:
    """The same pairs as a picture for documents."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    shown = quantities(frame, study)
    rows, columns = _grid(len(shown))
    style: Any = {
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "text.color": INK,
        "font.size": 10,
    }
    with plt.rc_context(style):
        figure, axes = plt.subplots(
            rows,
            columns,
            figsize=(4.6 * columns, 4.1 * rows + 0.8),
            squeeze=False,
            layout="constrained",
        )
        for row, column, x, y in _panels(shown):
            draw_pair(axes[row][column], frame, x, y)
        handles, labels = axes[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
        figure.suptitle(f"{study.name}: {study.question}", fontsize=11, wrap=True)
        figure.savefig(path, dpi=150)
        plt.close(figure)


def draw_pair(ax: Any, frame: pd.DataFrame, x: Quantity, y: Quantity) -> None:
    """All trials with scores on one pair of axes."""
    for order, (look, group) in enumerate(_groups(frame)):
        edge = {} if look.marker == "x" else {"edgecolors": "white", "linewidths": 0.7}
        ax.scatter(
            group[x.name] * x.factor,
            group[y.name] * y.factor,
            s=look.size**2,
            c=look.color,
            marker=look.marker,
            label=f"{look.title} ({len(group)})",
            zorder=2 + order,
            **edge,
        )
    ax.set(xlabel=x.label, ylabel=y.label)
    ax.set_xscale("log" if x.log else "linear")
    ax.set_yscale("log" if y.log else "linear")
    ax.grid(color=GRID, zorder=0)
    ax.spines[["top", "right"]].set_visible(False)
