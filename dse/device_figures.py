"""Pictures of one junction: a PNG for documents and an interactive page that works offline."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from device_models.arrays import Floats
from dse.device import POLARITIES
from dse.device_curves import REGIMES, TARGETS, OperatingPoint
from dse.survey import sttram_survey

INK, GRID, MARK = "#30343b", "#e7e9ec", "#d1495b"
COLORS = {0.1: "#9db8d2", 0.5: "#2f6690", 0.9: "#16324f"}
HOT = ("#2f6690", "#edae49", "#d1495b")
LEVELS = (0.01, 0.1, 0.5, 0.9, 0.99)
NS, PJ = 1e9, 1e12


@dataclass(frozen=True, kw_only=True)
class Curves:
    """Everything that is drawn of one device."""

    title: str
    map: xr.Dataset
    constant: xr.Dataset
    point: OperatingPoint
    endurance: xr.Dataset
    retention: xr.Dataset


def write_png(curves: Curves, path: Path) -> None:
    """Six panels: P(V, t) of both polarities, energy, sensitivity, endurance, retention."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    style: Any = {"axes.edgecolor": INK, "text.color": INK, "font.size": 9}
    with plt.rc_context(style):
        figure, axes = plt.subplots(2, 3, figsize=(14.5, 8.2), layout="constrained")
        for ax, polarity in zip(axes[0], POLARITIES, strict=False):
            _draw_map(ax, curves, polarity)
        _draw_energy(axes[0][2], curves)
        _draw_curves(axes[1][0], curves)
        _draw_endurance(axes[1][1], curves)
        _draw_retention(axes[1][2], curves)
        figure.suptitle(curves.title, fontsize=12)
        figure.savefig(path, dpi=120)
        plt.close(figure)


def _frame(ax: Any, title: str, xlabel: str, ylabel: str) -> None:
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    ax.grid(color=GRID, zorder=0)
    ax.spines[["top", "right"]].set_visible(False)


def _draw_map(ax: Any, curves: Curves, polarity: str) -> None:
    part = curves.map.sel(polarity=polarity)
    volts, ns = part["amplitude_v"].values, part["duration_s"].values * NS
    shade = ax.pcolormesh(
        volts, ns, part["probability"].values, cmap="Blues", vmin=0, vmax=1, alpha=0.55
    )
    ax.figure.colorbar(shade, ax=ax, label="P of one pulse", fraction=0.05)
    lines = ax.contour(
        volts, ns, part["probability"].values, levels=LEVELS, colors=INK, linewidths=0.8
    )
    ax.clabel(lines, fmt="%g", fontsize=7)
    drive = part["overdrive"].values
    for _, low, _ in REGIMES[1:]:
        if drive.min() < low < drive.max():
            at = float(np.interp(low, drive, volts))
            ax.axvline(at, color=INK, ls=":", lw=1)
            ax.text(at, ns[-1], f" i = {low:g}", va="top", fontsize=7)
    if polarity == curves.point.polarity:
        pulse = curves.point.pulse
        ax.plot(pulse.amplitude_v, pulse.duration_s * NS, "*", color=MARK, ms=13, mec="white")
    ax.set_yscale("log")
    _frame(ax, f"{polarity}: switching probability", "driver amplitude [V]", "pulse [ns]")
    ax.grid(visible=False)


def _draw_energy(ax: Any, curves: Curves) -> None:
    rows = curves.constant.sel(polarity=curves.point.polarity)
    for target in TARGETS:
        row = rows.sel(target=target)
        ns, energy = row["duration_s"].values * NS, row["energy_j"].values * PJ
        ax.plot(ns, energy, color=COLORS[target], label=f"P = {target:g}")
        if np.isfinite(energy).any():
            best = int(np.nanargmin(energy))
            ax.plot(ns[best], energy[best], "o", color=COLORS[target])
            ax.annotate(
                f"{energy[best]:.2g} pJ at {ns[best]:.2g} ns",
                (ns[best], energy[best]),
                textcoords="offset points",
                xytext=(6, -11),
                fontsize=7,
            )
    _shade_regimes(ax, rows.sel(target=0.5))
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_ylim(bottom=0.75 * ax.get_ylim()[0])
    ax.yaxis.set_minor_formatter("{x:g}")
    ax.yaxis.set_major_formatter("{x:g}")
    _frame(
        ax,
        f"{curves.point.polarity}: energy of an attempt at constant P",
        "pulse [ns]",
        "energy [pJ]",
    )
    ax.legend(frameon=False, fontsize=8)


def _shade_regimes(ax: Any, row: xr.Dataset) -> None:
    """Where the pulse of P = ½ is thermal, intermediate, precessional."""
    ns, drive = row["duration_s"].values * NS, row["overdrive"].values
    for shade, (name, low, high) in zip(("#f4f1ea", "#ffffff", "#eaf1f4"), REGIMES, strict=True):
        inside = ns[(drive >= low) & (drive < high)]
        if inside.size > 1:
            ax.axvspan(inside[0], inside[-1], color=shade, zorder=0)
            middle = np.sqrt(inside[0] * inside[-1])
            ax.text(
                middle,
                0.98,
                name,
                transform=ax.get_xaxis_transform(),
                ha="center",
                va="top",
                fontsize=7,
            )


def _draw_curves(ax: Any, curves: Curves) -> None:
    """P against amplitude near the operating point, with its tangent."""
    point = curves.point
    part = curves.map["probability"].sel(polarity=point.polarity)
    for factor, color in ((0.5, COLORS[0.1]), (1.0, COLORS[0.5]), (2.0, COLORS[0.9])):
        row = part.interp(duration_s=point.pulse.duration_s * factor)
        label = f"{point.pulse.duration_s * factor * NS:.3g} ns"
        ax.plot(row["amplitude_v"], row.values, color=color, label=label)
    volts = np.linspace(-0.12, 0.12, 2) * point.pulse.amplitude_v
    ax.plot(
        point.pulse.amplitude_v + volts,
        point.probability + point.dp_dv * volts,
        color=MARK,
        lw=1,
        ls="--",
    )
    ax.plot(point.pulse.amplitude_v, point.probability, "*", color=MARK, ms=13, mec="white")
    text = (
        f"P = {point.probability:.3f}, {point.regime}\ndP/dV = {point.dp_dv:.2f} /V\n"
        f"dP/dlnt = {point.dp_dlnt:.2f}\ndP/dT = {100 * point.dp_dtemperature:.2f} per 100 K"
    )
    box = {"facecolor": "white", "edgecolor": GRID}
    ax.text(0.98, 0.55, text, transform=ax.transAxes, ha="right", fontsize=8, bbox=box)
    ax.set_ylim(-0.02, 1.02)
    _frame(
        ax,
        f"{point.polarity}: sensitivity at the operating point",
        "driver amplitude [V]",
        "P of one pulse",
    )
    ax.legend(frameon=False, fontsize=8, loc="lower right")


def _draw_endurance(ax: Any, curves: Curves) -> None:
    data = curves.endurance
    volts = data["junction_v"].values
    ax.fill_between(
        volts,
        data["lowest"],
        data["highest"],
        color=COLORS[0.1],
        alpha=0.5,
        label="three laws, two distributions",
    )
    ax.plot(volts, data["cycles"], color=COLORS[0.5], label="the device's own law")
    ax.axvline(curves.point.junction_v, color=MARK, ls="--", lw=1, label="operating point")
    reported = published_endurance()
    beside = np.full(reported.size, volts[-1])
    ax.plot(
        beside, reported, "_", color=INK, ms=16, mew=1.2, label="published macros, each its own V"
    )
    ax.set_yscale("log")
    ax.set_ylim(1, 1e24)
    _frame(
        ax,
        f"{data.attrs['pulse_s'] * NS:.3g} ns pulses until 100 ppm of cells break",
        "voltage across the junction [V]",
        "pulses",
    )
    ax.legend(frameon=False, fontsize=8)


def published_endurance() -> Floats:
    """Cycles that published STT-MRAM macros report, each at a voltage and pulse of its own."""
    return np.asarray(sttram_survey()["endurance_cycles"].dropna().to_numpy(float))


def _draw_retention(ax: Any, curves: Curves) -> None:
    data = curves.retention
    for color, kelvin in zip(HOT, data["temperature_k"].values, strict=True):
        row = data.sel(temperature_k=kelvin)
        ax.plot(data["storage_s"], row["array"], color=color, label=f"{kelvin - 273.15:.0f} °C")
        ax.plot(data["storage_s"], row["cell"], color=color, ls=":", lw=1)
    ax.axvline(3.156e8, color=INK, ls=":", lw=1)
    ax.text(3.156e8, 1.3e-12, " 10 years", fontsize=7)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_ylim(1e-12, 2)
    _frame(
        ax,
        f"retention, array with CV(Δ) {100 * data.attrs['barrier_cv']:.1f} % (dotted: cell)",
        "storage [s]",
        "failing fraction",
    )
    ax.legend(frameon=False, fontsize=8)
