"""Speed of training against what the machine can do and against other simulators; memory.

Best of several runs by processor time, one thread. Limits are probes of this machine, measured in
the same run: what the reads of an image need at that speed, and nothing else.
"""

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numba import njit

from benchmarks.learner import INPUTS, crossbar, neuron
from learner._instructions import count_ones
from learner._packed_kernels import WORD
from learner._read_kernels import u16, u64
from learner.crossbar import Crossbar
from learner.datasets import load
from learner.every_spike import SpikingNeuron, train_on_every_spike
from learner.network import train
from learner.params import Encoding

MNIST = Path(__file__).resolve().parents[1] / "learner/datasets/mnist"
PEERS = {"bindsnet": (50, 2), "brian2": (100, 1), "spyketorch": (500, 3)}  # images, runs
EVERY_SPIKE = Encoding(kind="rate", steps=250, peak_rate=0.06375)
"""63.75 Hz at 1 ms a step: Diehl and Cook 2015."""


def die(neurons: int, effects: bool, inputs: int = INPUTS) -> Crossbar:
    """Equal cells and ideal wires, or all device effects of the accuracy benchmark."""
    base = crossbar(np.random.default_rng(0) if effects else None)
    if neurons == base.neurons and inputs == INPUTS:
        share = base.attenuation if effects else np.ones((2, 98))
        return dataclasses.replace(base, attenuation=share)
    shape = (inputs, neurons)
    spread = np.ones(shape, np.float32)
    if effects:
        spread += np.float32(0.05) * np.random.default_rng(0).standard_normal(shape, np.float32)
    return dataclasses.replace(
        base,
        conductance_p_s=spread / np.float32(8e3),
        conductance_ap_s=spread / np.float32(14e3),
        potentiation=np.clip(np.float32(0.2) * spread, 0, 1),
        depression=np.clip(np.float32(0.14) * spread, 0, 1),
        attenuation=base.attenuation if effects else np.ones((2, 98)),
    )


def fastest(run: Callable[[], object], repeats: int = 4) -> float:
    """Processor time of the fastest run [s]; the first, which may compile, is not counted."""
    run()
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    return best


def train_s(kind: str, neurons: int, images: int, steps: int = 40, effects: bool = True) -> float:
    """Seconds an image of training on MNIST."""
    pixels, array = load("mnist", "train").pixels[:images], die(neurons, effects)
    rng = np.random.default_rng(1)
    if kind == "every_spike":
        encoding = dataclasses.replace(EVERY_SPIKE, steps=steps)
        spiking = SpikingNeuron(count=neurons)
        run = lambda: train_on_every_spike(pixels, array, encoding, spiking, rng)  # noqa: E731
    else:
        encoding = Encoding(kind=kind, steps=steps)  # type: ignore[arg-type]
        plain = dataclasses.replace(neuron(), count=neurons)
        run = lambda: train(pixels, array, encoding, plain, rng)  # type: ignore[assignment] # noqa: E731
    return fastest(run) / len(pixels)


@njit
def probe_words(words, mask, count):
    """Ones in common of `count` rows of words: the popcount limit."""
    total = u64(0)
    for _ in range(count):
        for j in range(words.size):
            total += count_ones(words[j] & mask)
        mask = ~mask
    return total


@njit
def probe_rows(rows, order, sums):
    """Sum of rows of bytes in a random order, eight at a time: the gather limit."""
    for k in range(0, order.size, 8):
        a, b, c, d = rows[order[k]], rows[order[k + 1]], rows[order[k + 2]], rows[order[k + 3]]
        e, f, g, h = rows[order[k + 4]], rows[order[k + 5]], rows[order[k + 6]], rows[order[k + 7]]
        for j in range(sums.size):
            sums[j] += u16(a[j] + b[j] + c[j] + d[j] + e[j] + f[j] + g[j] + h[j])


def words_per_s(neurons: int) -> float:
    """64-bit words counted a second, from an array as large as the state."""
    words = np.random.default_rng(0).integers(0, 2**64, neurons * 13, dtype=np.uint64)
    count = max(1, 30_000_000 // words.size)
    return words.size * count / fastest(lambda: probe_words(words, np.uint64(12345), count))


def bytes_per_s(neurons: int) -> float:
    """Bytes of rows gathered and added a second."""
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 256, (INPUTS, neurons), dtype=np.uint8)
    order = rng.integers(0, INPUTS, max(8, 100_000_000 // neurons // 8 * 8))
    sums = np.zeros(neurons, np.uint16)
    return order.size * neurons / fastest(lambda: probe_rows(rows, order, sums))


def words_read(images: int) -> float:
    """Words of an image that are not empty, mean."""
    active = load("mnist", "train").pixels[:images] > Encoding().pixel_threshold
    wide = np.pad(active, ((0, 0), (0, -INPUTS % WORD)))
    return float(wide.reshape(images, -1, WORD).any(axis=2).sum(axis=1).mean())


def rows_read(kind: str, images: int = 1000) -> float:
    """Rows gathered an image, mean over training."""
    pixels, array = load("mnist", "train").pixels[:images], die(400, True)
    rng = np.random.default_rng(1)
    if kind == "every_spike":
        events = train_on_every_spike(pixels, array, EVERY_SPIKE, SpikingNeuron(), rng).events
        return events.input_spikes / images
    encoding = Encoding(kind=kind)  # type: ignore[arg-type]
    events = train(pixels, array, encoding, neuron(), rng).events
    return events.input_spikes / (events.steps if kind == "one_shot" else images)


def row(name: str, seconds: float, limit_s: float, target: int, within: float) -> str:
    """One line of the table."""
    return (
        f"| {name} | {1 / seconds:,.0f} | ≥ {target:,} | {1 / limit_s:,.0f} | "
        f"{seconds / limit_s:.1f} | ≤ {within:g} |"
    )


def speeds() -> tuple[list[str], dict[str, float]]:
    """Rows of the table against the machine's limit, and images/s by mode."""
    words = words_read(5000)
    few, many, gathered = words_per_s(400), words_per_s(6400), bytes_per_s(400)
    found = {
        "packed": train_s("one_shot", 400, 50_000, effects=False),
        "packed_6400": train_s("one_shot", 6400, 20_000, effects=False),
        "one_shot": train_s("one_shot", 400, 20_000),
        "race": train_s("rate", 400, 4_000),
        "every_spike": train_s("every_spike", 400, 1_000, 250, effects=False),
        "every_spike_effects": train_s("every_spike", 400, 1_000, 250),
    }
    limit = {
        kind: rows_read(kind) * 400 / gathered for kind in ("one_shot", "rate", "every_spike")
    }
    rows = [
        row("one-shot, equal cells, bits", found["packed"], 400 * words / few, 500_000, 2),
        row("the same, N = 6400", found["packed_6400"], 6400 * words / many, 25_000, 2),
        row("one-shot, all device effects", found["one_shot"], limit["one_shot"], 250_000, 2),
        row("race, T ≤ 40, all effects", found["race"], limit["rate"], 25_000, 3),
        row("every spike learns, T = 250", found["every_spike"], limit["every_spike"], 4_000, 3),
        row("the same, all effects", found["every_spike_effects"], limit["every_spike"], 4_000, 3),
    ]  # fmt: skip
    note = (
        f"Probes: {few / 1e9:.1f} and {many / 1e9:.1f} G words counted a second (states of 400 "
        f"and of 6400 neurons), {gathered / 1e9:.0f} GB of rows added a second. The limit counts "
        "the reads only: no random numbers, no thresholds, no pulses, no noise."
    )
    return [*rows, "", note], {kind: 1 / seconds for kind, seconds in found.items()}


def peer(name: str) -> dict[str, float] | None:
    """What the peer's script prints, run by the interpreter that has it; None without one."""
    python = os.environ.get(f"{name.upper()}_PYTHON")
    if not python:
        return None
    script = Path(__file__).resolve().with_name(f"peer_{name}.py")
    images, runs = PEERS[name]
    command = [python, str(script), "--mnist", str(MNIST), "--images", str(images)]
    best: dict[str, float] = {"images_per_s": 0.0}
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:  # Brian2 leaves its C++ where it stands
            done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
        best = max(best, json.loads(done.stdout.splitlines()[-1]), key=lambda x: x["images_per_s"])
    return best


BUSY = {"bindsnet": (0.128, 20.0), "brian2": (0.06375, 9.0)}
"""Peak rate of the peer, and a threshold at which ours spikes at least as often as it does."""


def busy(peak_rate: float, threshold: float) -> tuple[float, float]:
    """Images/s and output spikes an image, all 250 steps, every spike learning, all effects."""
    pixels, array = load("mnist", "train").pixels[:600], die(400, True)
    encoding = dataclasses.replace(EVERY_SPIKE, peak_rate=peak_rate)
    spiking = SpikingNeuron(threshold=threshold, threshold_rise=0.05, decay_steps=1e7)

    def run() -> float:
        rng = np.random.default_rng(0)
        learned = train_on_every_spike(pixels, array, encoding, spiking, rng)
        return float(learned.events.wins.sum()) / len(pixels)

    return len(pixels) / fastest(run), run()


LIKE = {
    "bindsnet": (
        "like for like: 250 steps, every spike learns, pixels up to 128 Hz; its weights are "
        "graded; {spikes_per_image:.0f} spikes an image, ours {spikes:.0f}"
    ),
    "brian2": (
        "like for like: 250 steps, every spike learns, pixels up to 63.75 Hz, compiled C++; its "
        "weights are graded; {spikes_per_image:.0f} spikes an image, ours {spikes:.0f}"
    ),
    "spyketorch": (
        "the task alone: one image, one winner, one update; 15 steps of intensity to latency, "
        "graded weights, no noise; its images are encoded beforehand"
    ),
}


def peers(ours: dict[str, float]) -> list[str]:
    """Rows of the table of peers."""
    rows = []
    for name, differs in LIKE.items():
        found = peer(name)
        if found is None:
            rows.append(f"| {name} | not measured: set {name.upper()}_PYTHON | | | |")
            continue
        mine, spikes = busy(*BUSY[name]) if name in BUSY else (ours["one_shot"], 1.0)
        speed = found["images_per_s"]
        rows.append(
            f"| {name} | {speed:,.1f} | {mine:,.0f} | {mine / speed:,.0f} | "
            f"{differs.format(**found, spikes=spikes)} |"
        )
    return rows


PEER_NOTE = "All by processor time, one thread, the best of several runs, all device effects on."

MEMORY = """
import resource
from benchmarks import learner_speed as b
for kind in ("one_shot", "rate", "every_spike"):
    b.train_s(kind, 400, 50_000 if kind == "one_shot" else 500)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def memory_mb() -> float:
    """Peak of a process that loads MNIST, compiles nothing and trains in all three modes [MB]."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY], check=True, capture_output=True, text=True
    )
    return float(done.stdout.splitlines()[-1])


def report() -> str:
    """The section of docs/benchmarks.md."""
    from benchmarks import learner_growth

    rows, ours = speeds()
    head = "| training | images/s | target | limit of the machine | times the limit | target |"
    peer_head = "| peer | its images/s | ours | ratio | what differs |"
    lines = [
        "## Speed of the learner, N = 400, one core", "", head, "|---|---|---|---|---|---|", *rows,
        "", peer_head, "|---|---|---|---|---|", *peers(ours), "",
        PEER_NOTE, "",
        f"Memory: {memory_mb():.0f} MB at the peak with MNIST loaded, all three modes "
        "(target: ≤ 600 MB).", "", learner_growth.report(),
    ]  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
