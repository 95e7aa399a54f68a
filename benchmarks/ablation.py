"""What each part of the learning rule is worth: one change a row, validation images.

The base learns as a rung of `benchmarks.ladder` does, in one pass; a row changes one thing and is
compared with the base of the same seed (same start but for its own change, same order of images,
same random streams). Runs go into a CSV file as they end, and a run that is there is not repeated.

    python -m benchmarks.ablation                 # measure what is missing
    python -m benchmarks.ablation_page            # table and picture of docs/ablation.md
"""

import csv
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.ladder import PHASES, SHAPE, Rung, die, neuron, schedule, spiking
from learner.crossbar import AnyCrossbar
from learner.datasets import Images, load
from learner.datasets.shifts import CROSS, shifted
from learner.events import Events, without_idle_pulses
from learner.network import Trained, respond, train, untrained
from learner.params import Encoding, Neuron
from learner.readout import POOL_DECAY, label_counts, pooled, vote, winner

SEEDS = {400: range(10), 100: range(5)}
BASE = "base"
RUNS = Path(__file__).parents[1] / "docs" / "ablation.csv"
DEPTHS = (1, 3)


RUNGS = (
    Rung(neurons=100, potentiation=0.1, depression=0.06, step=0.8, epochs=1, depth=1),
    Rung(neurons=400, potentiation=0.2, depression=0.12, step=1.6, epochs=1),
)
"""One pass over the images, where the ladder takes three and anneals further."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One change of the base: of its rung, its neurons, or the junctions parallel at the start.

    removed: the change takes something out of the base; otherwise it adds something.
    """

    name: str
    removed: bool = False
    rung: Mapping[str, float] = field(default_factory=dict)
    neuron: Mapping[str, Any] = field(default_factory=dict)
    initial_on: float = 0.05
    kinds: tuple[str, ...] = ("one_shot", "rate")


RATE = ("rate",)
THRESHOLD = {"homeostasis": "threshold", "threshold_step": 0.04}
TARGET = {"homeostasis": "target_rate"}
CASES = (
    Case(name=BASE),
    Case(name="no homeostasis", removed=True, neuron={"bias_step": 0.0}),
    Case(name="threshold instead of bias", removed=True, neuron=THRESHOLD),
    Case(
        name="threshold, no compensation, half on", removed=True, neuron=THRESHOLD,
        rung={"compensation": 0.0}, initial_on=0.5,
    ),
    Case(name="target rate, 10 images", neuron={**TARGET, "rate_images": 10}),
    Case(name="target rate, 100 images", neuron=TARGET),
    Case(name="target rate, 1000 images", neuron={**TARGET, "rate_images": 1000}),
    Case(name="no compensation", removed=True, rung={"compensation": 0.0}),
    Case(name="half on at the start", removed=True, initial_on=0.5),
    Case(name="constant amplitude", removed=True, rung={"last": 1.0}),
    Case(name="constant step of homeostasis", removed=True, rung={"last_step": 1.0}),
    Case(name="q as large as p", removed=True, rung={"depression": 0.0}),
    Case(name="refractory, N/40 images", neuron={"refractory_images": -40}),
    Case(name="refractory, N/4 images", neuron={"refractory_images": -4}),
    Case(name="2 winners", neuron={"winners": 2}),
    Case(name="3 winners", neuron={"winners": 3}),
    Case(name="leak, 10 steps", neuron={"leak_steps": 10.0}, kinds=RATE),
    Case(name="window, 5 steps", neuron={"window_steps": 5}, kinds=RATE),
    Case(name="window, 10 steps", neuron={"window_steps": 10}, kinds=RATE),
)  # fmt: skip
ON_CELLS, VERIFIED = "depression on cells only", "verified writes"
DEPTH, VIEWS = "readout depth {}", "5 views"


class Run(NamedTuple):
    """What one network of one seed came to; accuracies in per cent."""

    neurons: int
    kind: str
    name: str
    seed: int
    winner: float
    vote: float
    pulses: float
    flips: float
    reads: float
    steps: float


def rung_of(neurons: int, kind: str, case: Case) -> Rung:
    """The base with the change; a depression chance of zero stands for that of both."""
    rung = next(r for r in RUNGS if r.neurons == neurons)
    rung = replace(spiking(rung) if kind == "rate" else rung, **case.rung)  # type: ignore[arg-type]
    return rung if rung.depression else replace(rung, depression=rung.potentiation)


def neuron_of(rung: Rung, case: Case, scale: float) -> Neuron:
    """Neurons of the case, the step of whichever homeostasis scaled."""
    changes = dict(case.neuron)
    if "threshold_step" in changes:
        changes["threshold_step"] *= scale
    if changes.get("refractory_images", 0) < 0:
        changes["refractory_images"] = rung.neurons // -changes["refractory_images"]
    return replace(neuron(rung, scale), **changes)


def learned(
    rung: Rung, case: Case, pixels: NDArray[np.uint8], rng: np.random.Generator
) -> tuple[Trained, AnyCrossbar]:
    """As `ladder.learned`, with the change."""
    chances, encoding = schedule(rung), Encoding(kind=rung.kind)  # type: ignore[arg-type]
    order, array = rng.permutation(len(pixels)), die(rung, *chances[0])
    trained = untrained(array, neuron_of(rung, case, 1.0), rng, on=case.initial_on)
    for phase, part in enumerate(np.array_split(order, PHASES)):
        scale = rung.last_step ** (phase / (PHASES - 1))
        array = die(rung, *chances[phase])
        settings = encoding, neuron_of(rung, case, scale)
        trained = train(pixels[part], array, *settings, rng, start=trained)
    return trained, array


class Answers(NamedTuple):
    """Accuracies [%] of one way to read and to count."""

    winner: float
    vote: float


def answers(
    rung: Rung,
    network: tuple[Trained, AnyCrossbar],
    data: tuple[Images, Images],
    views: int,
    rng: np.random.Generator,
) -> dict[tuple[int, int], Answers]:
    """By (depth of the label counts, reads of an image): 1 and `views`."""
    (trained, array), (training, scored) = network, data
    encoding = Encoding(kind=rung.kind)  # type: ignore[arg-type]
    ranked, _, _ = respond(training.pixels, trained, array, encoding, rng)
    tables = {d: label_counts(ranked, training.labels, rung.neurons, d) for d in DEPTHS}
    reads = [
        respond(shifted(scored.pixels, SHAPE, *shift), trained, array, encoding, rng)[:2]
        for shift in CROSS[:views]
    ]

    def score(depth: int, seen: int) -> Answers:
        pool = pooled(reads) if seen > 1 else reads[0][0]
        voted = vote(pool, tables[depth], *([POOL_DECAY] if seen > 1 else []))
        given = winner(pool, tables[1]), voted
        return Answers(*(100 * float(np.mean(g == scored.labels)) for g in given))

    return {(d, seen): score(d, seen) for d in DEPTHS for seen in {1, views}}


def runs_of(neurons: int, kind: str, case: Case, seed: int) -> list[Run]:
    """The run of a case; of the base also those that write or read the same network otherwise."""
    data = load("mnist", "train"), load("mnist", "validation")
    rung, rng = rung_of(neurons, kind, case), np.random.default_rng(seed)
    network = learned(rung, case, data[0].pixels, rng)
    views = 5 if case.name == BASE else 1
    found, events = answers(rung, network, data, views, rng), network[0].events

    def run(name: str, events: Events, depth: int = rung.depth, views: int = 1) -> Run:
        counts = events.attempts, events.flips.sum(), events.cell_reads, events.steps
        images = (float(count) / events.images for count in counts)
        return Run(neurons, kind, name, seed, *found[depth, views], *images)

    runs = [run(case.name, events)]
    if case.name == BASE:
        other = next(d for d in DEPTHS if d != rung.depth)
        runs += [
            run(ON_CELLS, without_idle_pulses(events, True, False)),
            run(VERIFIED, without_idle_pulses(events, True, True)),
            run(DEPTH.format(other), events, depth=other),
            run(VIEWS, events, views=5),
        ]
    return runs


def read_runs(path: Path = RUNS) -> list[Run]:
    """All runs measured so far."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [
            Run(**{n: kind(row[n]) for n, kind in Run.__annotations__.items()})
            for row in csv.DictReader(file)
        ]


def append(runs: list[Run], path: Path = RUNS) -> None:
    """Add runs to the file."""
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if new:
            writer.writerow(Run._fields)
        writer.writerows([round(v, 4) if isinstance(v, float) else v for v in run] for run in runs)


def missing(neurons: int, kind: str) -> Iterator[tuple[Case, int]]:
    """Cases and seeds that the file does not hold, seed after seed."""
    done = {(r.neurons, r.kind, r.name, r.seed) for r in read_runs()}
    for seed in SEEDS[neurons]:
        for case in CASES:
            if kind in case.kinds and (neurons, kind, case.name, seed) not in done:
                yield case, seed


def main() -> None:
    """Measure what is missing: python -m benchmarks.ablation [400 one_shot] [400 rate] …."""
    asked = sys.argv[1:] or ["400", "one_shot", "400", "rate", "100", "one_shot", "100", "rate"]
    for neurons, kind in zip(map(int, asked[::2]), asked[1::2], strict=True):
        for case, seed in missing(neurons, kind):
            runs = runs_of(neurons, kind, case, seed)
            append(runs)
            print(*runs[0], flush=True)


if __name__ == "__main__":
    main()
