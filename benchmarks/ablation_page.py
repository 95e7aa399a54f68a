"""Table, costs of a write and picture of docs/ablation.md, from the runs of `benchmarks.ablation`.

python -m benchmarks.ablation_page writes what stands between the page's markers; the text around
them is written by hand.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.ablation import (
    BASE,
    CASES,
    DEPTH,
    DEPTHS,
    ON_CELLS,
    RUNGS,
    SEEDS,
    VERIFIED,
    VIEWS,
    Run,
    read_runs,
)
from benchmarks.ladder import DEVICE, PULSE_S, amplitude_v, neuron
from device_models.library import device
from device_models.params import Pulse
from learner.params import Encoding
from objectives.design import Design, Training
from objectives.evaluate import evaluate, load_data

DOCS = Path(__file__).parents[1] / "docs"
PAGE, PICTURE = DOCS / "ablation.md", DOCS / "pictures" / "ablation.png"
BEGIN, END = "<!-- written by benchmarks.ablation_page -->", "<!-- end -->"
SIZES, KINDS = (400, 100), ("one_shot", "rate")
REMOVED = {case.name for case in CASES if case.removed}
ORDER = (
    *(case.name for case in CASES),
    ON_CELLS,
    VERIFIED,
    *(DEPTH.format(d) for d in DEPTHS),
    VIEWS,
)
SIGMAS = 2.0
SHOWN = 3.0
"""Differences beyond this are written, not drawn to scale."""


OTHER_DEPTH = "readout depth 1 (100 neurons: 3)"
STYLES = {400: ("#1f77b4", -0.17), 100: ("#ff7f0e", 0.17)}


class Row(NamedTuple):
    """A change, its accuracies and costs, and its paired difference to the base."""

    name: str
    runs: Sequence[Run]
    difference: float
    error: float

    @property
    def verdict(self) -> str:
        """From the numbers: more than two standard errors from the base, and which way."""
        if self.name == BASE:
            return ""
        if self.difference == self.error == 0:
            return "the same network"
        if abs(self.difference) <= SIGMAS * self.error:
            return "no effect within 2 SE"
        if self.name in REMOVED:
            return "what it removes " + ("hurts" if self.difference > 0 else "earns its keep")
        return "earns its keep" if self.difference > 0 else "hurts"


def rows_of(runs: Sequence[Run], neurons: int, kind: str) -> list[Row]:
    """Every change measured at this size and code, in order; differences seed by seed."""
    by_name: dict[str, dict[int, Run]] = {}
    for run in runs:
        if (run.neurons, run.kind) == (neurons, kind):
            by_name.setdefault(run.name, {})[run.seed] = run
    rows = []
    for name in (n for n in ORDER if n in by_name):
        own, base = by_name[name], by_name[BASE]
        seeds = sorted(own.keys() & base.keys())
        differences = [own[s].vote - base[s].vote for s in seeds]
        if len(seeds) < 2:
            continue
        error = np.std(differences, ddof=1) / np.sqrt(len(seeds))
        rows.append(Row(name, [own[s] for s in seeds], float(np.mean(differences)), float(error)))
    return rows


def mean_sd(values: Sequence[float]) -> str:
    """Mean ± SD over seeds."""
    return f"{np.mean(values):.2f} ± {np.std(values, ddof=1):.2f}"


def table(rows: Sequence[Row], title: str) -> str:
    """One size and code as Markdown; `title` names them and the seeds."""
    lines = [
        f"### {title}",
        "",
        "| change | vote [%] | winner [%] | less base ± SE | pulses | flips | steps | verdict |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, runs, difference, error in rows:
        cells = [
            name if name != BASE else "**base**",
            *(mean_sd([getattr(r, n) for r in runs]) for n in ("vote", "winner")),
            "" if name == BASE else f"{difference:+.2f} ± {error:.2f}",
            f"{np.mean([r.pulses for r in runs]):.0f}",
            f"{np.mean([r.flips for r in runs]):.1f}",
            f"{np.mean([r.steps for r in runs]):.1f}",
            Row(name, runs, difference, error).verdict,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def full_design(**training: Any) -> Design:
    """The rung of 400 neurons as a design: its device, pulses, phases, and default array."""
    named, rung = device(DEVICE), next(r for r in RUNGS if r.neurons == 400)
    ends = [amplitude_v(named.mtj, rung.potentiation * part, True) for part in (1.0, rung.last)]
    down_v = amplitude_v(named.mtj, rung.depression, False)
    return Design(
        device=named.mtj,
        breakdown=named.breakdown,
        potentiation=Pulse(amplitude_v=ends[0], duration_s=PULSE_S),
        depression=Pulse(amplitude_v=down_v, duration_s=PULSE_S),
        neuron=neuron(rung),
        encoding=Encoding(kind="one_shot"),
        training=Training(
            initial_on=0.05, label_images=50_000, label_depth=3, phases=25,
            final_amplitude=ends[1] / ends[0], final_step=0.2, **training,
        ),
    )  # fmt: skip


WRITES: Mapping[str, Mapping[str, str]] = {
    "every cell": {},
    ON_CELLS: {"depression": "on_cells"},
    VERIFIED: {"write": "verified"},
}
FIGURES = {
    "accuracy": ("accuracy [%]", 100, "{:.1f}"),
    "attempts_per_cell": ("pulses a cell", 1, "{:.1f}"),
    "energy_write_cells_j": ("write pulses [nJ]", 1e9, "{:.2f}"),
    "energy_sense_j": ("sensing [nJ]", 1e9, "{:.2f}"),
    "energy_row_drivers_j": ("row drivers [nJ]", 1e9, "{:.2f}"),
    "learning_energy_j": ("learning, all [nJ]", 1e9, "{:.2f}"),
    "learning_latency_s": ("time to learn [µs]", 1e6, "{:.2f}"),
    "lifetime_images": ("lifetime [images]", 1, "{:.2g}"),
}


def costs() -> str:
    """What an image costs to learn by the three ways to write, one die, seed 1."""
    data = load_data("mnist")
    lines = [
        "| written | " + " | ".join(title for title, _, _ in FIGURES.values()) + " |",
        "|---" * (len(FIGURES) + 1) + "|",
    ]
    for name, training in WRITES.items():
        values = evaluate(full_design(**training), data, (1,)).values
        shown = [form.format(values[f] * unit) for f, (_, unit, form) in FIGURES.items()]
        lines.append(f"| {name} | {' | '.join(shown)} |")
    return "\n".join([*lines, ""])


def draw_picture(rows: Mapping[tuple[int, str], Sequence[Row]]) -> None:
    """Differences to the base with their standard errors, both sizes side by side."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(11.5, 7.4), sharex=True, layout="constrained")
    for axis, kind in zip(axes, KINDS, strict=True):
        names = [_label(row.name) for row in rows[400, kind] if row.name != BASE]
        for neurons, (colour, lift) in STYLES.items():
            axis.barh([0], [0], color=colour, alpha=0.75, label=f"{neurons} neurons")
            for row in rows[neurons, kind]:
                if row.name != BASE:
                    _draw_bar(axis, row, names.index(_label(row.name)) + lift, colour)
        axis.axvline(0, color="k", lw=0.8)
        axis.set_yticks(range(len(names)), names, fontsize=8)
        axis.set_ylim(len(names) - 0.4, -0.6)
        axis.set_xlim(-SHOWN, 2.7)
        axis.grid(axis="x", alpha=0.3)
        axis.set_title(f"{kind.replace('_', '-')} coding", fontsize=10)
        axis.set_xlabel("points")
    axes[0].legend(fontsize=8, loc="lower left")
    figure.suptitle(
        "Vote accuracy less that of the base, seed by seed, and its standard error",
        fontsize=10,
    )
    figure.savefig(PICTURE, dpi=90)


def _label(name: str) -> str:
    """The base's own depth differs with its size, and so does the other one."""
    return OTHER_DEPTH if name in {DEPTH.format(d) for d in DEPTHS} else name


def _draw_bar(axis: Any, row: Row, place: float, colour: str) -> None:
    shown = max(row.difference, -SHOWN)
    axis.barh(place, shown, 0.34, color=colour, alpha=0.75)
    if shown == row.difference:
        axis.errorbar(shown, place, xerr=row.error, color="k", capsize=2, lw=1)
    else:
        text = f"{row.difference:.1f} ± {row.error:.1f}"
        axis.text(-SHOWN + 0.06, place, text, va="center", fontsize=7, color="k")


def main() -> None:
    """Write the tables into the page, and the picture."""
    runs = read_runs()
    rows = {(n, kind): rows_of(runs, n, kind) for n in SIZES for kind in KINDS}
    parts = [
        table(
            rows[n, kind],
            f"{n} neurons, {kind.replace('_', '-')} coding, {len(SEEDS[n])} seeds",
        )
        for n in SIZES
        for kind in KINDS
    ]
    written = "\n".join([BEGIN, "", *parts, "### What spared pulses save", "", costs(), END])
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(before + written + rest.partition(END)[2], encoding="utf-8")
    draw_picture(rows)
    print(written)


if __name__ == "__main__":
    main()
