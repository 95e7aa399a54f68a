"""How the time of an image grows with neurons, steps, inputs and images: measured and drawn."""

from pathlib import Path

import numpy as np

from benchmarks.learner import neuron
from benchmarks.learner_speed import die, fastest, train_s
from learner.network import train
from learner.params import Encoding

PICTURE = Path(__file__).parents[1] / "docs/pictures/learner_speed.png"
NEURONS = (100, 200, 400, 800, 1600, 3200, 6400)
STEPS = (10, 40, 100, 250, 500)
SIDES = (14, 28, 42, 56, 84)
IMAGES = (2_000, 10_000, 30_000, 50_000)

Curve = tuple[list[float], list[float]]


def by_neurons() -> dict[str, Curve]:
    """Seconds an image, by neurons."""
    modes = {
        "one-shot, equal cells": ("one_shot", False, 10_000),
        "one-shot, all effects": ("one_shot", True, 4_000),
        "race, T ≤ 40": ("rate", True, 400),
        "every spike, T = 250": ("every_spike", True, 100),
    }
    found = {}
    for name, (kind, effects, images) in modes.items():
        steps = 250 if kind == "every_spike" else 40
        times = [
            train_s(kind, n, max(images * 400 // max(n, 400), 50), steps, effects) for n in NEURONS
        ]
        found[name] = ([float(n) for n in NEURONS], times)
    return found


def by_steps() -> dict[str, Curve]:
    """Seconds an image where every step is run, by steps."""
    times = [train_s("every_spike", 400, 200, steps) for steps in STEPS]
    return {"every spike": ([float(steps) for steps in STEPS], times)}


def by_inputs() -> dict[str, Curve]:
    """Seconds an image of random images, a fifth of whose pixels are active, by pixels."""
    found: dict[str, Curve] = {}
    for name, kind, effects, images in (
        ("one-shot, equal cells", "one_shot", False, 3_000),
        ("one-shot, all effects", "one_shot", True, 1_000),
        ("race, T ≤ 40", "rate", True, 200),
    ):
        times = []
        for side in SIDES:
            rng = np.random.default_rng(0)
            pixels = (rng.random((images, side**2)) < 0.2).astype(np.uint8) * np.uint8(255)
            array = die(400, effects, side**2)
            run = (pixels, array, Encoding(kind=kind), neuron(), rng)  # type: ignore[arg-type]
            times.append(fastest(lambda run=run: train(*run), 3) / images)  # type: ignore[misc]
        found[name] = ([float(side**2) for side in SIDES], times)
    return found


def by_images() -> dict[str, Curve]:
    """Seconds of a whole run, setting up included, by images."""
    found = {}
    for name, effects in (("one-shot, equal cells", False), ("one-shot, all effects", True)):
        times = [train_s("one_shot", 400, n, effects=effects) * n for n in IMAGES]
        found[name] = ([float(n) for n in IMAGES], times)
    return found


def slope(curve: Curve, last: int = 3) -> float:
    """Exponent of a power law through the last points."""
    x, y = (np.log(values[-last:]) for values in curve)
    return float(np.polyfit(x, y, 1)[0])


def draw(panels: dict[str, dict[str, Curve]]) -> None:
    """Four panels, both axes logarithmic."""
    import matplotlib.pyplot as plt

    colours = {"one-shot, e": "C0", "one-shot, a": "C1", "race, T ≤ 4": "C2", "every spike": "C3"}
    figure, axes = plt.subplots(1, 4, figsize=(15, 4), layout="constrained")
    for axis, (title, curves) in zip(axes, panels.items(), strict=True):
        for name, (x, y) in curves.items():
            scale = 1.0 if title == "images" else 1e6
            label = f"{name}: ∝ {title[0]}^{slope((x, y)):.2f}"
            axis.loglog(x, np.array(y) * scale, "o-", color=colours[name[:11]], label=label)
        axis.set_xlabel(title)
        axis.set_ylabel("s a run" if title == "images" else "µs an image")
        axis.grid(alpha=0.3, which="both", linewidth=0.5)
        axis.legend(fontsize=8)
    axes[0].set_title("neurons N")
    axes[1].set_title("steps T")
    axes[2].set_title("inputs, a fifth active")
    axes[3].set_title("images, set-up included")
    figure.suptitle("Training time, one core, N = 400 unless said; exponents of the last 3 points")
    figure.savefig(PICTURE, dpi=90)
    plt.close(figure)


def report() -> str:
    """The last lines of the section."""
    panels = {
        "neurons": by_neurons(),
        "steps": by_steps(),
        "inputs": by_inputs(),
        "images": by_images(),
    }
    draw(panels)
    lines = []
    for title, curves in panels.items():
        exponents = "; ".join(f"{name} {slope(curve):.2f}" for name, curve in curves.items())
        lines.append(f"* with {title}: {exponents}")
    return (
        "Growth, exponent of the last three points ([measured]"
        f"(pictures/{PICTURE.name}) at N = 400 unless N grows):\n\n" + "\n".join(lines) + "\n"
    )


if __name__ == "__main__":
    print(report())
