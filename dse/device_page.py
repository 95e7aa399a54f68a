"""The same six panels of one junction as an interactive page in one file that works offline."""

from pathlib import Path
from typing import Any

import numpy as np

from dse.device import POLARITIES
from dse.device_curves import REGIMES, TARGETS
from dse.device_figures import (
    COLORS,
    GRID,
    HOT,
    INK,
    LEVELS,
    MARK,
    NS,
    PJ,
    Curves,
    published_endurance,
)


def write_html(curves: Curves, path: Path) -> None:
    """P(V, t) of both polarities, energy, sensitivity, endurance, retention."""
    from plotly.subplots import make_subplots

    point = curves.point
    figure = make_subplots(
        rows=2,
        cols=3,
        horizontal_spacing=0.08,
        vertical_spacing=0.13,
        subplot_titles=[
            *(f"{polarity}: switching probability" for polarity in POLARITIES),
            f"{point.polarity}: energy of an attempt at constant P",
            f"{point.polarity}: P against amplitude",
            f"{curves.endurance.attrs['pulse_s'] * NS:.3g} ns pulses until 100 ppm break",
            "retention: array (dotted: one cell)",
        ],
    )
    for place, polarity in enumerate(POLARITIES):
        _map(figure, curves, polarity, place + 1)
    _energy(figure, curves)
    _sensitivity(figure, curves)
    _endurance(figure, curves)
    _retention(figure, curves)
    figure.update_xaxes(gridcolor=GRID, linecolor=INK, ticks="outside", exponentformat="power")
    figure.update_yaxes(gridcolor=GRID, linecolor=INK, ticks="outside", exponentformat="power")
    figure.update_layout(
        title={"text": f"<b>{curves.title}</b>"},
        template="plotly_white",
        font={"color": INK, "size": 12},
        width=1500,
        height=940,
        showlegend=False,
    )
    figure.write_html(path, include_plotlyjs=True, full_html=True)


def _map(figure: Any, curves: Curves, polarity: str, column: int) -> None:
    import plotly.graph_objects as go

    part = curves.map.sel(polarity=polarity)
    volts, ns = part["amplitude_v"].values, part["duration_s"].values * NS
    shared = {"x": volts, "y": ns, "z": part["probability"].values, "showscale": False}
    hover = "%{x:.3f} V, %{y:.3g} ns: P = %{z:.4f}<extra></extra>"
    figure.add_trace(
        go.Heatmap(
            **shared, colorscale="Blues", zmin=0, zmax=1, opacity=0.55, hovertemplate=hover
        ),
        row=1,
        col=column,
    )
    for level in LEVELS:
        lines = {"start": level, "end": level, "size": 1, "coloring": "none", "showlabels": True}
        figure.add_trace(
            go.Contour(
                **shared, contours=lines, line={"color": INK, "width": 1}, hoverinfo="skip"
            ),
            row=1,
            col=column,
        )
    if polarity == curves.point.polarity:
        pulse = curves.point.pulse
        _star(figure, pulse.amplitude_v, pulse.duration_s * NS, row=1, column=column)
    _axes(figure, 1, column, ("driver amplitude [V]", "linear"), ("pulse [ns]", "log"))


def _energy(figure: Any, curves: Curves) -> None:
    rows = curves.constant.sel(polarity=curves.point.polarity)
    for target in TARGETS:
        row = rows.sel(target=target)
        text = [
            f"P = {target:g}: {v:.3f} V, i = {i:.2f}"
            for v, i in zip(row["amplitude_v"].values, row["overdrive"].values, strict=True)
        ]
        x, y = row["duration_s"].values * NS, row["energy_j"].values * PJ
        _line(figure, x, y, COLORS[target], (1, 3), name=f"P = {target:g}", text=text)
        if np.isfinite(y).any():
            best = int(np.nanargmin(y))
            _dot(figure, float(x[best]), float(y[best]), COLORS[target])
    _regimes(figure, rows.sel(target=0.5))
    _axes(figure, 1, 3, ("pulse [ns]", "log"), ("energy [pJ]", "log"))


def _dot(figure: Any, x: float, y: float, color: str) -> None:
    """The least energy, named."""
    import plotly.graph_objects as go

    text = f"{y:.2g} pJ at {x:.2g} ns"
    figure.add_trace(
        go.Scatter(
            x=[x],
            y=[y],
            mode="markers+text",
            text=[text],
            textposition="bottom right",
            marker={"color": color, "size": 9},
            hovertemplate=f"least energy: {text}<extra></extra>",
        ),
        row=1,
        col=3,
    )


def _regimes(figure: Any, row: Any) -> None:
    """Borders of the regimes of the pulse of P = ½, as lines that can be hovered."""
    drive, ns = row["overdrive"].values[::-1], row["duration_s"].values[::-1] * NS
    known = np.isfinite(drive)
    energy = row["energy_j"].values * PJ
    for (shorter, low, _), (longer, _, _) in zip(REGIMES[:0:-1], REGIMES[1::-1], strict=True):
        if drive[known].min() < low < drive[known].max():
            at = float(np.exp(np.interp(low, drive[known], np.log(ns[known]))))
            name = f"i = {low:g}: {shorter} to the left, {longer} to the right"
            ends = [float(np.nanmin(energy)), float(np.nanmax(energy))]
            _line(figure, [at, at], ends, INK, (1, 3), name=name, dash="dot")


def _sensitivity(figure: Any, curves: Curves) -> None:
    point = curves.point
    part = curves.map["probability"].sel(polarity=point.polarity)
    for factor, color in zip((0.5, 1.0, 2.0), COLORS.values(), strict=True):
        row = part.interp(duration_s=point.pulse.duration_s * factor)
        name = f"{point.pulse.duration_s * factor * NS:.3g} ns"
        _line(figure, row["amplitude_v"].values, row.values, color, (2, 1), name=name)
    _star(figure, point.pulse.amplitude_v, point.probability, row=2, column=1)
    _axes(figure, 2, 1, ("driver amplitude [V]", "linear"), ("P of one pulse", "linear"))


def _endurance(figure: Any, curves: Curves) -> None:
    data = curves.endurance
    volts = data["junction_v"].values
    for name, color in (
        ("lowest", COLORS[0.1]),
        ("cycles", COLORS[0.5]),
        ("highest", COLORS[0.1]),
    ):
        _line(figure, volts, data[name].values, color, (2, 2), name=name)
    figure.add_vline(curves.point.junction_v, line={"color": MARK, "dash": "dash"}, row=2, col=2)
    for cycles in published_endurance():
        _line(figure, [1.44, 1.5], [cycles] * 2, INK, (2, 2), name="a published macro")
    _axes(figure, 2, 2, ("voltage across the junction [V]", "linear"), ("pulses", "log"))
    figure.update_yaxes(range=[0, 24], row=2, col=2)


def _retention(figure: Any, curves: Curves) -> None:
    data = curves.retention
    for color, kelvin in zip(HOT, data["temperature_k"].values, strict=True):
        row, name = data.sel(temperature_k=kelvin), f"{kelvin - 273.15:.0f} °C"
        seconds = data["storage_s"].values
        _line(figure, seconds, row["array"].values, color, (2, 3), name=name)
        _line(figure, seconds, row["cell"].values, color, (2, 3), name=f"{name}, cell", dash="dot")
    _axes(figure, 2, 3, ("storage [s]", "log"), ("failing fraction", "log"))
    figure.update_yaxes(range=[-12, 0.3], row=2, col=3)


def _line(  # noqa: PLR0913 (how a line looks)
    figure: Any,
    x: Any,
    y: Any,
    color: str,
    place: tuple[int, int],
    *,
    name: str,
    dash: str = "solid",
    text: list[str] | None = None,
) -> None:
    import plotly.graph_objects as go

    figure.add_trace(
        go.Scatter(
            x=x,
            y=np.where(np.asarray(y) > 0, y, np.nan),
            mode="lines",
            name=name,
            text=text or [name] * len(x),
            hovertemplate="%{text}<br>%{x:.3g}, %{y:.3g}<extra></extra>",
            line={"color": color, "dash": dash},
        ),
        row=place[0],
        col=place[1],
    )


def _star(figure: Any, x: float, y: float, *, row: int, column: int) -> None:
    import plotly.graph_objects as go

    marker = {"symbol": "star", "size": 14, "color": MARK, "line": {"color": "white", "width": 1}}
    figure.add_trace(
        go.Scatter(
            x=[x],
            y=[y],
            mode="markers",
            marker=marker,
            hovertemplate="operating point<extra></extra>",
        ),
        row=row,
        col=column,
    )


def _axes(figure: Any, row: int, column: int, x: tuple[str, str], y: tuple[str, str]) -> None:
    figure.update_xaxes(title=x[0], type=x[1], row=row, col=column)
    figure.update_yaxes(title=y[0], type=y[1], row=row, col=column)
