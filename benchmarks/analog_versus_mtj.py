"""What limits multilevel synapses and what does not: the table and picture of docs.

    python -m benchmarks.analog_versus_mtj [ADDRESS OF A STORAGE THAT HOLDS THE STUDY]

Runs the study `analog-versus-mtj` unless the storage has it finished, then learns MNIST with each
cell as one weakness after the other is added, and once more with dies that are worn already.
Scores are of validation images.
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from benchmarks.analog_ladder import BINARY, EVERY, MORE, STEPS, WORN_IMAGES, Found, measure
from dse.record import Trial
from dse.run import Settings, run
from dse.storage import storage_url
from dse.study_file import load

KINDS = ("mtj", "rram", "rram_array", "pcm")
COLOURS = {"mtj": "#c1272d", "rram": "#7fb3d5", "rram_array": "#1f618d", "pcm": "#e0a030"}
NAMES = {
    "mtj": "binary MTJ",
    "rram": "RRAM, weak pulses",
    "rram_array": "RRAM array",
    "pcm": "PCM",
}
PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "analog_versus_mtj.png"


def mean_sd(values: Sequence[float]) -> str:
    """Mean and standard deviation over the seeds, as text."""
    return f"{np.mean(values):.1f} ± {np.std(values, ddof=1):.1f}"


def share(part: float) -> str:
    """A part in per cent, if it can be seen."""
    return f"{100 * part:.2g} %" if 1e-5 <= part < 0.995 else ("none" if part < 1e-5 else "all")


def table(steps: Found, worn: Found, wear: dict[str, float], dead: dict[str, float]) -> str:
    """Both tables of docs/analog-versus-mtj.md."""
    analog = KINDS[1:]
    lines = [
        "| accuracy [%] | " + " | ".join(NAMES[k] for k in analog) + " |",
        "|---|---|---|---|",
    ]
    for row in (*STEPS, EVERY, MORE):
        cells = [mean_sd(steps[kind, row]) for kind in analog]
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    lines += [
        "", f"Binary MTJ: {mean_sd(steps['mtj', BINARY])} %, with {MORE} "
        f"{mean_sd(steps['mtj', MORE])} %.", "",
        "| images learnt before (cells dead) | " + " | ".join(NAMES[k] for k in KINDS) + " |",
        "|---|---|---|---|---|",
    ]  # fmt: skip
    for images in WORN_IMAGES:
        row = f"{images:g}"
        cells = [
            mean_sd(worn[kind, row]) + f" ({share(dead.get(f'{kind} {row}', 0.0))})"
            for kind in KINDS
        ]
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    lines += [
        "",
        "Wear of an image on a cell: " + ", ".join(f"{k} {w:.3g}" for k, w in wear.items()),
    ]
    return "\n".join(lines)


def study_trials(storage: str) -> tuple[Trial, ...]:
    """Trials of the study; runs what is missing."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            jobs=2,
            storage=storage_url(storage or str(Path(folder) / "dse.db")),
            tracking="none",
            folder=Path(folder),
        )
        return run(load("analog-versus-mtj"), settings).record.complete


def draw_picture(trials: Sequence[Trial], steps: Found, worn: Found) -> None:
    """Trials by accuracy, energy and lifetime; the ladder; worn dies."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(10, 7.4), layout="constrained")
    for kind in KINDS:
        own = [t for t in trials if t.params["synapse.kind"] == kind]
        accuracy = [100 * t.values["accuracy"] for t in own]
        style = {"color": COLOURS[kind], "label": NAMES[kind]}
        for axis, name in ((axes[0, 0], "learning_energy_j"), (axes[0, 1], "lifetime_images")):
            axis.scatter([t.values[name] for t in own], accuracy, s=22, alpha=0.75, **style)
        rows = [np.mean(worn[kind, f"{n:g}"]) for n in WORN_IMAGES]
        axes[1, 1].plot([1e7, *WORN_IMAGES[1:]], rows, "o-", **style)
        if kind != "mtj":
            means = [np.mean(steps[kind, row]) for row in STEPS]
            spread = [np.std(steps[kind, row], ddof=1) for row in STEPS]
            axes[1, 0].errorbar(range(len(STEPS)), means, spread, fmt="o-", capsize=2, **style)
    binary = steps["mtj", BINARY]
    axes[1, 0].axhline(np.mean(binary), color=COLOURS["mtj"], label=NAMES["mtj"])
    axes[1, 0].set_xticks(range(len(STEPS)), STEPS, rotation=25, ha="right", fontsize=8)
    labels = (
        (axes[0, 0], "learning energy an image [J]", "study: 96 trials, one day after learning"),
        (axes[0, 1], "images until 100 ppm of cells break", "the same trials"),
        (axes[1, 0], "", "one weakness after the other, 3 seeds"),
        (axes[1, 1], "images learnt before (leftmost: none)", "worn dies learn anew, 3 seeds"),
    )
    for axis, text, title in labels:
        axis.set_xlabel(text)
        axis.set_title(title, fontsize=10)
        axis.set_ylabel("validation accuracy [%]")
        axis.grid(alpha=0.3)
    for axis in (axes[0, 0], axes[0, 1], axes[1, 1]):
        axis.set_xscale("log")
    axes[0, 0].xaxis.set_minor_formatter("")
    axes[0, 0].set_xlim(1e-9, 1e-7)
    for axis in (axes[0, 0], axes[0, 1]):
        axis.set_ylim(60, 94)
    lowest = np.mean(steps["pcm", STEPS[-1]])
    axes[1, 0].set_ylim(80, 94)
    axes[1, 0].annotate(f"PCM: {lowest:.0f} %", (5.3, 80.5), color=COLOURS["pcm"], fontsize=8)
    axes[0, 0].legend(fontsize=8, loc="lower right")
    figure.savefig(PICTURE, dpi=90)


def main() -> None:
    """Measure, print the tables, write the picture."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    trials = study_trials(sys.argv[1] if len(sys.argv) > 1 else "")
    with ProcessPoolExecutor(2) as pool:
        steps, worn, wear, dead = measure(pool)
    print(table(steps, worn, wear, dead))
    draw_picture(trials, steps, worn)
    print(PICTURE)


if __name__ == "__main__":
    main()
