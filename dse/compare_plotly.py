"""Fronts of several studies over one another, to turn and to point at."""

from typing import Any

from dse.attainment import surfaces
from dse.colours import colour_of
from dse.compare import Comparison, Entry
from dse.compare_figure import group_name, grouped, pairs, staircase
from dse.figures import GRID, INK, Quantity, show_metric
from dse.units import show
from dse.values import unit_of
from objectives.scores import METRICS

DASHES = {"best": "dot", "median": "solid", "worst": "dash", "front": "solid"}


def figures(found: Comparison) -> list[Any]:
    """Figures: pairs of objectives, in 3-D where there are three, and over seeds."""
    drawn = [_pairs_plotly(found), _attainment_plotly(found)]
    if len(found.objectives) >= 3:
        drawn.insert(1, _space_plotly(found))
    return drawn


def _grid(found: Comparison) -> tuple[Any, list[Quantity], list[tuple[int, int, dict[str, int]]]]:
    """An empty grid, its quantities, and x, y and place of each panel."""
    from plotly.subplots import make_subplots

    shown, places = pairs(found)
    rows, columns = (len(places) + 2) // 3, min(len(places), 3)
    figure = make_subplots(rows=rows, cols=columns, horizontal_spacing=0.09, vertical_spacing=0.12)
    panels = []
    for place, (x, y) in enumerate(places):
        at = {"row": place // 3 + 1, "col": place % 3 + 1}
        figure.update_xaxes(title=shown[x].label, type="log" if shown[x].log else "linear", **at)
        figure.update_yaxes(title=shown[y].label, type="log" if shown[y].log else "linear", **at)
        panels.append((x, y, at))
    axes = {"gridcolor": GRID, "zeroline": False, "linecolor": INK, "ticks": "outside"}
    figure.update_xaxes(**axes, exponentformat="power")
    figure.update_yaxes(**axes, exponentformat="power")
    _layout(figure, 390 * columns, 400 * rows + 110)
    return figure, shown, panels


def _layout(figure: Any, width: int, height: int) -> None:
    figure.update_layout(
        template="plotly_white",
        font={"color": INK, "size": 13},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"},
        margin={"l": 60, "r": 20, "t": 70, "b": 60},
        width=width,
        height=height,
        hoverlabel={"align": "left"},
    )


def _pairs_plotly(found: Comparison) -> Any:
    figure, shown, panels = _grid(found)
    for panel, (x, y, at) in enumerate(panels):
        for place, entry in enumerate(found.entries):
            figure.add_scatter(
                x=entry.values[:, x] * shown[x].factor,
                y=entry.values[:, y] * shown[y].factor,
                **_marks(found, place),
                showlegend=panel == 0,
                **at,
            )
    return figure


def _space_plotly(found: Comparison) -> Any:
    import plotly.graph_objects as go

    shown, _ = pairs(found)
    figure = go.Figure()
    for place, entry in enumerate(found.entries):
        columns = [entry.values[:, i] * shown[i].factor for i in range(3)]
        marks = _marks(found, place, small=True)
        figure.add_scatter3d(x=columns[0], y=columns[1], z=columns[2], **marks)
    axes = {
        f"{axis}axis": {"title": {"text": q.label}, "type": "log" if q.log else "linear"}
        for axis, q in zip("xyz", shown, strict=False)
    }
    eye = {"x": 1.5, "y": -1.8, "z": 0.7}
    figure.update_layout(scene={**axes, "camera": {"eye": eye}, "aspectmode": "cube"})
    _layout(figure, 1100, 650)
    return figure


def _attainment_plotly(found: Comparison) -> Any:
    figure, shown, panels = _grid(found)
    for panel, (x, y, at) in enumerate(panels):
        pair = (shown[x].name, shown[y].name)
        for number, entries in grouped(found):
            fronts = [entry.values[:, [x, y]] for entry in entries]
            for name, points in surfaces(fronts, pair).items():
                figure.add_scatter(
                    x=points[:, 0] * shown[x].factor,
                    y=points[:, 1] * shown[y].factor,
                    mode="lines",
                    name=f"{group_name(entries)}, {name}",
                    legendgroup=f"{number} {name}",
                    line={
                        "color": colour_of(number),
                        "dash": DASHES[name],
                        "shape": "vh" if staircase(pair[0]) == "pre" else "hv",
                    },
                    showlegend=panel == 0,
                    **at,
                )
    return figure


def _marks(found: Comparison, place: int, *, small: bool = False) -> dict[str, Any]:
    """How the members of one study are drawn; the knee is larger."""
    entry = found.entries[place]
    sizes = [
        (1.8 if trial is entry.knee else 1.0) * (5 if small else 9) for trial in entry.members
    ]
    return {
        "mode": "markers",
        "name": entry.name,
        "legendgroup": entry.name,
        "marker": {
            "color": colour_of(place),
            "size": sizes,
            "symbol": ["diamond" if trial is entry.knee else "circle" for trial in entry.members],
            "line": {"width": 1, "color": "white"},
        },
        "text": [_hover(found, entry, row) for row in range(len(entry.members))],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _hover(found: Comparison, entry: Entry, row: int) -> str:
    trial = entry.members[row]
    knee = " (knee)" if trial is entry.knee else ""
    lines = [f"<b>{entry.name}, trial {trial.number}</b>{knee}"]
    lines += [
        f"{METRICS[name].title}: <b>{show_metric(name, trial.values[name])}</b>"
        for name in found.objectives
    ]
    lines += [f"{name} = {show(value, unit_of(name))}" for name, value in trial.params.items()]
    return "<br>".join(lines)
