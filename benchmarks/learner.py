"""Accuracy on the MNIST test set and speed of training, N = 400, one pass over 60,000 images.

Ideal wires and equal cells. Switching chances and threshold step fall to a fifth in six phases, as
with pulses lowered in amplitude while learning; all numbers were chosen on validation images.
Nothing else in the project opens the test images.
"""

import json
import os
import subprocess
import time
from pathlib import Path

import numpy as np

from learner.crossbar import Crossbar
from learner.datasets import load
from learner.network import predict, train
from learner.params import Encoding, Neuron
from learner.readout import label_counts, vote, winner

NEURONS, INPUTS, SEEDS = 400, 784, 3
POTENTIATION, DEPRESSION, THRESHOLD_STEP = 0.20, 0.14, 0.08
PHASES, LAST_PHASE = 6, 0.2
TARGETS = {"one_shot": (91.5, 150_000), "rate": (91.0, 15_000)}


def neuron(scale: float = 1.0) -> Neuron:
    """Neurons whose threshold step is scaled as the phase asks."""
    return Neuron(count=NEURONS, threshold=320.0, threshold_step=THRESHOLD_STEP * scale)


def crossbar(rng: np.random.Generator | None = None, scale: float = 1.0) -> Crossbar:
    """Ideal array; with `rng` all device effects: 5 % spread, IR drop, read noise."""
    shape = (INPUTS, NEURONS)
    spread = 1 + 0.05 * rng.standard_normal(shape) if rng else np.ones(shape)
    share = 0.9 if rng else 1.0
    return Crossbar(
        conductance_p_s=(spread / 8e3).astype(np.float32),
        conductance_ap_s=(spread / 14e3).astype(np.float32),
        potentiation=np.clip(scale * POTENTIATION * spread, 0, 1).astype(np.float32),
        depression=np.clip(scale * DEPRESSION * spread, 0, 1).astype(np.float32),
        attenuation=np.full((33, 98), share, np.float32),
        tile_rows=98,
        read_v=0.1,
        read_s=5e-9,
        reference_s=(1 / 8e3 + 1 / 14e3) / 2,
        noise_relative=0.005 if rng else 0.0,
        noise_a=2e-7 if rng else 0.0,
    )


def accuracy(kind: str, seed: int) -> tuple[float, float]:
    """Test accuracy [%] of the vote of ten and of the winner's label."""
    parts = [load("mnist", split) for split in ("train", "validation")]
    pixels = np.concatenate([part.pixels for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    test, rng = load("mnist", "test"), np.random.default_rng(seed)
    encoding, trained = Encoding(kind=kind), None  # type: ignore[arg-type]
    for phase, part in enumerate(np.array_split(rng.permutation(len(pixels)), PHASES)):
        scale = LAST_PHASE ** (phase / (PHASES - 1))
        array = crossbar(scale=scale)
        trained = train(pixels[part], array, encoding, neuron(scale), rng, start=trained)
    ranked, _ = predict(pixels, trained, array, encoding, rng)
    names = label_counts(ranked, labels, NEURONS)
    ranked, _ = predict(test.pixels, trained, array, encoding, rng)
    hits = (vote(ranked, names) == test.labels, winner(ranked, names) == test.labels)
    return 100 * float(hits[0].mean()), 100 * float(hits[1].mean())


def images_per_s(kind: str, images: int) -> float:
    """Best of five training runs with all device effects on, by processor time."""
    pixels, rng = load("mnist", "train").pixels[:images], np.random.default_rng(0)
    array, best = crossbar(rng), 0.0
    for _ in range(5):
        start = time.process_time()
        train(pixels, array, Encoding(kind=kind), neuron(), rng)  # type: ignore[arg-type]
        best = max(best, images / (time.process_time() - start))
    return best


def bindsnet_line(rate_per_s: float) -> str:
    """Ratio to BindsNET, run now on the same core by the interpreter that has it."""
    python = os.environ.get("BINDSNET_PYTHON")
    if not python:
        return "BindsNET was not measured: set BINDSNET_PYTHON to an interpreter that has it.\n"
    script, data = Path(__file__).with_name("peer_bindsnet.py"), "learner/datasets/mnist"
    command = [python, str(script), "--mnist", str(Path(__file__).parents[1] / data)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    peer = json.loads(done.stdout.splitlines()[-1])["images_per_s"]
    return (
        f"BindsNET in the same run on one core: {peer:.1f} images/s, "
        f"a ratio of {rate_per_s / peer:,.0f}. It does more an image: 250 steps, every spike "
        "learns (about 29 updates an image); here at most 40 steps to the first spike and one "
        "update.\n"
    )


def report() -> str:
    """The section of docs/benchmarks.md."""
    rows = []
    for kind, (wanted, fast) in TARGETS.items():
        found = np.array([accuracy(kind, seed) for seed in range(SEEDS)])
        mean, spread = found.mean(0), found.std(0, ddof=1)
        speed = images_per_s(kind, 50_000 if kind == "one_shot" else 10_000)
        rows.append(
            f"| {kind} | {mean[0]:.2f} ± {spread[0]:.2f} % | ≥ {wanted} % | "
            f"{mean[1]:.2f} ± {spread[1]:.2f} % | {speed:,.0f} | ≥ {fast:,} |"
        )
    head = "| encoding | test, vote of ten | target | winner's label | images/s | target |"
    return (
        f"## Learner, N = 400, {SEEDS} seeds\n\n{head}\n|---|---|---|---|---|---|\n"
        + "\n".join([*rows, "", bindsnet_line(speed)])
    )


if __name__ == "__main__":
    print(report())
