"""Pictures of a datasheet as SVG: tolerance windows, switching probability of the pulses."""

from dataclasses import replace
from typing import Any

import numpy as np

from dse.device import POLARITIES, pulse_numbers
from dse.figures import GRID
from dse.report_figures import WIDTH_IN, pyplot, svg
from dse.spec import Tolerance
from objectives.design import Design, operating

ALONE, TOGETHER, OTHER = "#b5d3e3", "#1f5a83", "#b3263c"
POINTS = 41


def windows_svg(found: Tolerance) -> bytes:
    """A bar a quantity, the narrowest on top; the box inside."""
    names = list(found.windows)
    with pyplot() as plt:
        figure, ax = plt.subplots(figsize=(WIDTH_IN, 0.8 + 0.26 * len(names)))
        figure.set_layout_engine("constrained")
        _bars(ax, [(100 * w.low.relative, 100 * w.high.relative) for w in found.windows.values()])
        if found.box is not None:
            together = [
                tuple(100 * (side / found.windows[n].nominal - 1) for side in found.box.sides[n])
                for n in names
            ]
            _bars(ax, together, TOGETHER, 0.3)
        ax.set_yticks(range(len(names)), names)
        ax.axvline(0, color="#30343b", linewidth=0.8)
        ax.invert_yaxis()
        ax.set(xlabel="move from the nominal value [%]")
        ax.grid(axis="x", color=GRID, zorder=0)
        ax.spines[["top", "right"]].set_visible(False)
        return svg(plt, figure)


def _bars(ax: Any, ends: Any, color: str = ALONE, height: float = 0.7) -> None:
    left, right = np.array(ends, float).T
    ax.barh(range(len(left)), right - left, left=left, height=height, color=color, zorder=2)


def pulses_svg(design: Design) -> bytes:
    """P against the driver's amplitude at the length of each pulse."""
    mtj = operating(design).device
    with pyplot() as plt:
        figure, ax = plt.subplots(figsize=(WIDTH_IN, 2.8))
        figure.set_layout_engine("constrained")
        pulses = (design.potentiation, design.depression)
        for polarity, pulse, color in zip(POLARITIES, pulses, (TOGETHER, OTHER), strict=True):
            volts = np.append(np.linspace(0.6, 1.4, POINTS) * pulse.amplitude_v, pulse.amplitude_v)
            volts = volts[volts <= 2.5]
            chance = [
                pulse_numbers(
                    mtj,
                    design.array,
                    replace(pulse, amplitude_v=float(v)),
                    polarity,
                    design.environment,
                )["probability"][0]
                for v in volts
            ]
            label = f"{polarity}, {pulse.duration_s * 1e9:.3g} ns"
            ax.plot(volts[:-1], chance[:-1], color=color, label=label)
            ax.plot(volts[-1], chance[-1], "o", color=color)
        ax.set(
            xlabel="amplitude of the driver [V]", ylabel="switching probability", ylim=(0, 1.02)
        )
        ax.legend(frameon=False)
        ax.grid(color=GRID)
        ax.spines[["top", "right"]].set_visible(False)
        return svg(plt, figure)
