"""How the time of an image grows with neurons, steps, inputs and images: measured and drawn."""

import dataclasses
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.learner import neuron
from benchmarks.learner_speed import EVERY_SPIKE, die, fastest, train_s
from learner._spiking_kernels import train_every_spike
from learner.crossbar import Crossbar
from learner.datasets import load
from learner.every_spike import SpikingNeuron, _begin
from learner.network import begin, set_bias, untrained
from learner.packed import synapses_for
from learner.params import Encoding
from learner.synapses import random_state

PICTURE = Path(__file__).parents[1] / "docs/pictures/learner_speed.png"
NEURONS = (100, 200, 400, 800, 1600, 3200, 6400)
STEPS = (10, 40, 100, 250, 500)
SIDES = (14, 28, 42, 56, 84)
IMAGES = (2_000, 10_000, 30_000, 50_000)

MODES = {
    "one-shot, equal cells": ("one_shot", False, 10_000),
    "one-shot, all effects": ("one_shot", True, 4_000),
    "race, T ≤ 40": ("rate", True, 400),
    "every spike, T = 250": ("every_spike", True, 100),
}
"""Kind, all effects or none, images."""

Curve = tuple[list[float], list[float]]


def shown_s(kind: str, pixels: NDArray[np.uint8], array: Crossbar, steps: int = 250) -> float:
    """Seconds an image of training, setting up left out."""
    rng, seed = np.random.default_rng(0), np.uint64(7)
    if kind == "every_spike":
        encoding = dataclasses.replace(EVERY_SPIKE, steps=steps)
        spiking = SpikingNeuron(count=array.neurons)
        held = random_state(array, rng), np.zeros(array.neurons)
        synapses, every, work = _begin(pixels, array, encoding, spiking, held)
        call = lambda: train_every_spike(pixels, 0, seed, synapses.cells, every, *work)  # noqa: E731
    else:
        plain, encoding = dataclasses.replace(neuron(), count=array.neurons), Encoding(kind=kind)  # type: ignore[arg-type]
        die_now = untrained(array, plain, rng)
        cells = synapses_for(array, die_now.state, encoding, plain)
        work = begin(array, encoding, plain, die_now.thresholds)
        set_bias(work, cells.cells, die_now.bias)
        call = lambda: cells.show(pixels, 0, seed, work)  # type: ignore[assignment] # noqa: E731
    return fastest(call, 3) / len(pixels)


def by_neurons() -> dict[str, Curve]:
    """Seconds an image, by neurons."""
    found: dict[str, Curve] = {name: ([], []) for name in MODES}
    for n in NEURONS:
        dies = {effects: die(n, effects) for effects in (False, True)}
        for name, (kind, effects, images) in MODES.items():
            pixels = load("mnist", "train").pixels[: max(images * 400 // max(n, 400), 60)]
            found[name][0].append(float(n))
            found[name][1].append(shown_s(kind, pixels, dies[effects]))
    return found


def by_steps() -> dict[str, Curve]:
    """Seconds an image where every step is run, by steps."""
    pixels, array = load("mnist", "train").pixels[:200], die(400, True)
    times = [shown_s("every_spike", pixels, array, steps) for steps in STEPS]
    return {"every spike, T = 250": ([float(steps) for steps in STEPS], times)}


def by_inputs() -> dict[str, Curve]:
    """Seconds an image of random images, a fifth of whose pixels are active, by pixels."""
    found: dict[str, Curve] = {name: ([], []) for name in MODES}
    for side in SIDES:
        pixels = (np.random.default_rng(0).random((1000, side**2)) < 0.2).astype(np.uint8) * 255
        dies = {effects: die(400, effects, side**2) for effects in (False, True)}
        for name, (kind, effects, images) in MODES.items():
            shown = pixels.astype(np.uint8)[: max(images // 10, 50)]
            found[name][0].append(float(side**2))
            found[name][1].append(shown_s(kind, shown, dies[effects]))
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

    colours = dict(zip(MODES, ("C0", "C1", "C2", "C3"), strict=True))
    figure, axes = plt.subplots(1, 4, figsize=(15, 5), layout="constrained")
    for axis, (title, curves) in zip(axes, panels.items(), strict=True):
        for name, (x, y) in curves.items():
            scale = 1.0 if title == "images" else 1e6
            label = f"{name}: exponent {slope((x, y)):.2f}"
            axis.loglog(x, np.array(y) * scale, "o-", color=colours[name], label=label)
        axis.set_xticks(x, [f"{value:,.0f}" for value in x], rotation=45)
        axis.minorticks_off()
        axis.set_xlabel(title)
        axis.set_ylabel("s a run" if title == "images" else "µs an image")
        axis.grid(alpha=0.3, which="both", linewidth=0.5)
        axis.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.3))
    axes[0].set_title("neurons N")
    axes[1].set_title("steps T")
    axes[2].set_title("inputs, a fifth active")
    axes[3].set_title("images, set-up included")
    figure.suptitle("Training time, one core, N = 400 unless said; exponents of the last 3 points")
    figure.savefig(PICTURE, dpi=90, bbox_inches="tight")
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
        f"(pictures/{PICTURE.name}) at N = 400 unless N grows):\n\n"
        + "\n".join(lines)
        + "\n\nSet-up is left out but for the last. With more active inputs a race of fixed "
        "threshold ends earlier, hence its small exponent.\n"
    )


if __name__ == "__main__":
    print(report())
