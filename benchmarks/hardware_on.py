"""Accuracy with the hardware on: wires, variability, read noise and offset, and what restores it.

    python -m benchmarks.hardware_on [--record FILE] [--only PART OF A TITLE] [--exact]

Every condition of `hardware_conditions` learns MNIST on dies of its own and is scored on
validation images; a finished run is a line of the record and is not done again. Prints the table.
--exact solves the column currents of the headline too. The picture: `hardware_picture`.
"""

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.hardware_conditions import CONDITIONS, EXACT, Condition, base
from learner.crossbar import AnyCrossbar
from learner.events import Events
from learner.network import Trained, respond
from learner.readout import Ranked, Strength
from objectives.accuracy import Pixels, answer_images, learn
from objectives.design import Design, operating, unflatten
from objectives.evaluate import DataSets, draw_phases, evaluate, figures, load_data
from objectives.full import measure

Record = dict[tuple[str, int], dict[str, float]]
"""Figures of finished runs by title and seed."""

RECORD = Path("runs") / "hardware_on.jsonl"
FIGURES = (
    "accuracy", "learning_energy_j", "inference_energy_j", "learning_latency_s",
    "inference_latency_s", "area_m2", "cell_margin_sigma", "column_contrast_sigma",
    "attenuation_error", "write_share_min", "neurons_used",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Row:
    """A condition over its dies: means, and the difference to the ideal one of the same seeds."""

    title: str
    dies: int
    accuracy: float
    deviation: float
    difference: float
    error: float
    means: Mapping[str, float]


def run(condition: Condition, seed: int, data: DataSets) -> dict[str, float]:
    """Figures of one die by `objectives.evaluate`: equal seeds are equal dies and orders."""
    design = unflatten({**base(condition.neurons), **condition.changes})
    if condition.quiet_learning:
        found = run_quietly(operating(design), seed, data)
    else:
        found = dict(evaluate(design, data, [seed]).values)
    return {name: float(found[name]) for name in FIGURES}


def run_quietly(design: Design, seed: int, data: DataSets) -> dict[str, float]:
    """As `evaluate`, of a die without read noise until it has learned."""
    die_rng, rng = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2))
    dies = draw_phases(design, data.training.pixels.shape[1], die_rng)
    quiet = tuple(replace(die, noise_a=0.0, noise_relative=0.0) for die in dies)
    learned = learn(design, quiet, data.training, data.validation, rng)
    found = figures(design, dies[-1], learned, data.validation)
    return found | {"accuracy": noisy_accuracy(design, (learned.fresh, dies[-1]), data, rng)}


def noisy_accuracy(
    design: Design, at_end: tuple[Trained, AnyCrossbar], data: DataSets, rng: np.random.Generator
) -> float:
    """Accuracy of a die that learned without noise, named and scored with it."""

    def respond_noisily(
        pixels: Pixels, trained: Trained, crossbar: AnyCrossbar, rng: np.random.Generator
    ) -> tuple[Ranked, Strength, Events]:
        return respond(pixels, trained, crossbar, design.encoding, rng)

    answer = answer_images(design, at_end, (data.training, data.validation), respond_noisily, rng)
    return float(np.mean(answer.votes == data.validation.labels))


def run_exact(condition: Condition, seed: int, data: DataSets) -> dict[str, float]:
    """The same die named and scored with exact column currents, labels of 10,000 images."""
    flat = {**base(condition.neurons), **condition.changes, "training.label_images": 10_000}
    first, second = np.random.SeedSequence(seed).spawn(2)
    images = data.training, data.validation
    found = measure(unflatten(flat), images, (first, second), exact=True)
    names = ("accuracy", "exact_accuracy", "exact_same_answers", "attenuation_error")
    return {name: float(found[name]) for name in names}


def read_record(path: Path) -> Record:
    """Figures of all finished runs by title and seed."""
    if not path.exists():
        return {}
    lines = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    return {(line["title"], line["seed"]): line["figures"] for line in lines}


def fill(path: Path, only: str, exact: bool) -> None:
    """Every run that the record lacks, a line each as it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data, jobs = load_data("mnist"), [(c, run) for c in CONDITIONS]
    if exact:
        jobs += [(c, run_exact) for c in EXACT]
    for condition, act in jobs:
        for seed in range(1, condition.dies + 1):
            if only not in condition.title or (condition.title, seed) in read_record(path):
                continue
            found = act(condition, seed, data)
            line = {"title": condition.title, "seed": seed, "figures": found}
            with path.open("a") as file:
                file.write(json.dumps(line) + "\n")
            print(condition.title, seed, f"{100 * found['accuracy']:.2f}", flush=True)


def summary(condition: Condition, record: Record) -> Row | None:
    """Over the dies that are done; None if there is none. Differences are paired by seed."""
    runs = {s: f for (title, s), f in record.items() if title == condition.title}
    if not runs:
        return None
    accuracy = np.array([100 * f["accuracy"] for f in runs.values()])
    ideal = {s: 100 * record[condition.ideal, s]["accuracy"] for s in runs
             if (condition.ideal, s) in record}  # fmt: skip
    gaps = np.array([100 * runs[s]["accuracy"] - ideal[s] for s in ideal])
    many = len(gaps) > 1
    return Row(
        title=condition.title,
        dies=len(runs),
        accuracy=float(accuracy.mean()),
        deviation=float(accuracy.std(ddof=1)) if len(runs) > 1 else float("nan"),
        difference=float(gaps.mean()) if len(gaps) else float("nan"),
        error=float(gaps.std(ddof=1) / np.sqrt(len(gaps))) if many else float("nan"),
        means={name: float(np.mean([f[name] for f in runs.values()])) for name in FIGURES},
    )


def table(record: Record) -> str:
    """Markdown: a row a condition that has runs."""
    lines = [
        "| condition | dies | accuracy [%] | to ideal [points] | learning [nJ] | inference [nJ] |"
        " latency [µs] | area [mm²] | margin; contrast [σ] |",
        "|---|" + "---|" * 8,
    ]
    for row in filter(None, (summary(condition, record) for condition in CONDITIONS)):
        m = row.means
        lines.append(
            f"| {row.title} | {row.dies} | {row.accuracy:.2f} ± {row.deviation:.2f} |"
            f" {row.difference:+.2f} ± {row.error:.2f} | {1e9 * m['learning_energy_j']:.1f} |"
            f" {1e9 * m['inference_energy_j']:.1f} | {1e6 * m['inference_latency_s']:.2f} |"
            f" {1e6 * m['area_m2']:.3f} |"
            f" {m['cell_margin_sigma']:.1f}; {m['column_contrast_sigma']:.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Fill the record, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", type=Path, default=RECORD)
    parser.add_argument("--only", default="")
    parser.add_argument("--exact", action="store_true")
    asked = parser.parse_args()
    fill(asked.record, asked.only, asked.exact)
    print(table(read_record(asked.record)))


if __name__ == "__main__":
    main()
