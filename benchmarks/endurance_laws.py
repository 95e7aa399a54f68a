"""Life of a junction against write voltage under each breakdown law: docs/pictures.

python -m benchmarks.endurance_laws. Cycles to 63 % and to 1 ppm with the default breakdown set,
the public anchors at the voltages derived for them, and the table of docs/physics/endurance.md.
A few seconds.
"""

import itertools
import math
import typing
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from device_models.anchors import ANCHORS, FAILING_FRACTION, Anchor, anchor_life, write_voltage
from device_models.endurance import cycles_to_fraction
from device_models.params import Breakdown, Distribution, Law

PICTURE = Path(__file__).parents[1] / "docs/pictures/endurance_laws.png"
PULSE_S = 10e-9
VOLTS = np.linspace(0.35, 1.3, 200)
COLORS = {"power": "#0b5fa5", "E": "#c2410c", "1/E": "#2f7d32"}
STYLES = {"weibull": "-", "lognormal": "--"}
MARKERS = "osDvP"


def anchor_table() -> str:
    """The anchors and the model's log10(cycles) by law, as Markdown."""
    variants = list(itertools.product(typing.get_args(Distribution), typing.get_args(Law)))
    names = " | ".join(f"{law}, {over}" for over, law in variants)
    lines = [
        f"| anchor | pulse | junction | reported | {names} |",
        f"|{' --- |' * (4 + len(variants))}",
    ]
    for anchor in ANCHORS:
        life = anchor_life(anchor, Breakdown()).life
        volts = write_voltage(anchor.mtj, anchor.pulse_s)
        cells = " | ".join(f"1e{math.log10(life[law, over]):.1f}" for over, law in variants)
        lines.append(
            f"| {anchor.title} | {anchor.pulse_s * 1e9:g} ns | {volts:.2f} V "
            f"| {_reported(anchor)} | {cells} |"
        )
    return "\n".join(lines)


def _reported(anchor: Anchor) -> str:
    low, high = (f"1e{math.log10(c):g}" for c in anchor.cycles)
    return f"> {low}" if anchor.at_least else low if low == high else f"{low} to {high}"


def draw() -> Figure:
    """Two panels that share their axes: cycles to 63 % and to 1 ppm, at 10 ns."""
    figure = Figure(figsize=(10.5, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    _curves(left, 1 - math.exp(-1))
    _curves(right, FAILING_FRACTION)
    marks = [_mark(right, *pair) for pair in zip(ANCHORS, MARKERS, strict=True)]
    right.legend(handles=marks, frameon=False, fontsize=8, title="reported", title_fontsize=8)
    left.set(title="63 % of cells broken", ylabel="pulses of 10 ns", yscale="log")
    right.set(title="1 ppm of cells broken, and what is reported")
    left.set_ylim(1e-5, 1e35)
    left.legend(frameon=False, fontsize=8)
    return figure


def _curves(axes: Axes, fraction: float) -> None:
    for law, over in itertools.product(COLORS, STYLES):
        params = Breakdown(law=law, distribution=over)  # type: ignore[arg-type]
        cycles = cycles_to_fraction(fraction, VOLTS, PULSE_S, params)
        axes.plot(VOLTS, cycles, STYLES[over], color=COLORS[law], label=f"{law}, {over}")
    axes.axvline(Breakdown().reference_v, color="#9aa0a6", lw=0.8)
    axes.set_xlabel("voltage across the junction [V]")
    axes.grid(color="#e7e9ec")
    axes.spines[["top", "right"]].set_visible(False)


def _mark(axes: Axes, anchor: Anchor, marker: str) -> Line2D:
    """Reported cycles brought to pulses of 10 ns and to the area of the curves."""
    params = Breakdown()
    area = (anchor.mtj.diameter_m / params.reference_diameter_m) ** (2 / params.weibull_shape)
    scale = (anchor.pulse_s / PULSE_S) ** params.pulse_exponent * area
    volts = [write_voltage(anchor.mtj, anchor.pulse_s)] * 2
    cycles = [scale * c for c in anchor.cycles]
    label = f"{anchor.title}, {anchor.pulse_s * 1e9:g} ns: {_reported(anchor)}"
    style = {"color": "black", "mfc": "white", "ms": 5, "zorder": 3}
    return axes.plot(volts, cycles, marker=marker, label=label, **style)[0]


def main() -> None:
    """Print the table, save the picture."""
    print(anchor_table())
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    draw().savefig(PICTURE, dpi=100)


if __name__ == "__main__":
    main()
