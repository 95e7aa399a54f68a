"""Section of docs/benchmarks.md: the accuracy ladder, its settings from `benchmarks.ladder`.

Every run is kept in docs/ladder.jsonl under a hash of its settings and of the code that learns, so
that a run cut short goes on and a second one is free. To measure anew delete the file: about two
hours on one core.
"""

import hashlib
import inspect
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.cluster import MiniBatchKMeans

from benchmarks import ladder
from benchmarks.ladder import FLOAT, FOUR, ONE, Rung, accuracies, spiking
from learner.datasets import load
from learner.readout import label_counts, vote, winner

SEEDS = 5
KEPT = Path(__file__).parents[1] / "docs" / "ladder.jsonl"
TARGETS = {1: (86.0, 92.0, 94.5, 96.0), 4: (88.0, 93.5, 95.5, 97.0)}
PUBLISHED = """\
| published, float synapses | 100 | 400 | 1600 | 6400 |
|---|---|---|---|---|
| Diehl and Cook 2015 (a) | 82.9 (recalled) | 87.0 (recalled) | 91.9 (recalled) | 95.0 |
| their repository, weights that come with it | | 91.56 | | |
| Garg et al. 2022, VDSP | 85.01 ± 0.76 | 89.93 ± 0.41 | | |

(a) doi 10.3389/fncom.2015.00099

| published, stochastic binary or several junctions | accuracy |
|---|---|
| Zhou et al. 2021, arXiv 2112.05707, about 400 neurons | 90 |
| Daddinounou and Vatajelu 2024, several junctions a synapse, size not found | 91.71 |
| Li et al. 2023, arXiv 2304.08856, spin-orbit torque, size not found | 80 |
| Nishi et al. 2021, Sci. Rep. 11:18282, several in series, pairs, large | 97.3 |
"""

MISSED = """\
Missed: 97 % by one read of 6,400 neurons with four junctions a synapse. One seed on validation
images, where these settings reach 96.9 % (five reads: 97.5 %): training images moved by up to a
pixel 96.6 (nine places; four places 96.6; nine and twice the passes 96.5); labels counted on
moved images too 96.8, and with that five passes, weaker pulses or deeper annealing 96.7; other
decays of the vote 96.8 at most. K-means with as many centroids of floats gets 96.4 % in the test.

"""


def lines() -> Iterator[tuple[str, tuple[Rung, ...], tuple[float, ...] | None]]:
    """Title, rungs and targets of every line of the table."""
    for title, rungs, wanted in (
        ("one junction", ONE, TARGETS[1]),
        ("four junctions in parallel", FOUR, TARGETS[4]),
    ):
        yield f"{title}, one-shot", rungs, wanted
        yield f"{title}, spiking", tuple(spiking(rung) for rung in rungs), None
    yield "float weights, one-shot", FLOAT, None


def kept() -> dict[str, list[float]]:
    """Results of earlier runs by key."""
    if not KEPT.exists():
        return {}
    rows = [json.loads(line) for line in KEPT.read_text().splitlines()]
    return {row["key"]: row["found"] for row in rows}


def key(*parts: object) -> str:
    """Of these settings and of the code that measures with them."""
    text = repr(parts) + inspect.getsource(ladder.learned) + inspect.getsource(ladder.die)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def keep(name: str, title: str, found: tuple[float, ...]) -> None:
    """Append one run."""
    with KEPT.open("a") as out:
        out.write(json.dumps({"key": name, "what": title, "found": found}) + "\n")


def measured(rung: Rung) -> np.ndarray:
    """(seeds, 3) test accuracy [%]: winner's label, vote, vote over five reads."""
    done, rows = kept(), []
    for seed in range(SEEDS):
        name = key(rung, seed)
        if name not in done:
            done[name] = list(accuracies(rung, seed, test=True))
            keep(name, f"{rung} seed {seed}", tuple(done[name]))
        rows.append(done[name])
    return np.array(rows)


def k_means(clusters: int, seed: int) -> tuple[float, float]:
    """Test accuracy [%] of the nearest centroid's label and of the vote of the ten nearest.

    scikit-learn's MiniBatchKMeans on pixels over 255; labels counted by the three nearest.
    """
    name = key("k-means", clusters, seed)
    if name in kept():
        return tuple(kept()[name])  # type: ignore[return-value]
    parts = [load("mnist", split) for split in ("train", "validation")]
    pixels = np.concatenate([part.pixels for part in parts]).astype(np.float32) / 255
    labels, test = np.concatenate([part.labels for part in parts]), load("mnist", "test")
    model = MiniBatchKMeans(
        clusters, batch_size=10_000, max_iter=30, n_init=1, random_state=seed,
        init="random", reassignment_ratio=0.0,
    ).fit(pixels)  # fmt: skip
    centres = model.cluster_centers_.astype(np.float32)
    once, names = (label_counts(nearest(pixels, centres), labels, clusters, d) for d in (1, 3))
    ranked = nearest(test.pixels.astype(np.float32) / 255, centres)
    given = winner(ranked, once), vote(ranked, names)
    found = tuple(100 * float(np.mean(g == test.labels)) for g in given)
    keep(name, f"k-means {clusters} seed {seed}", found)
    return found  # type: ignore[return-value]


def nearest(pixels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """The ten nearest centres of each image, (n, 10), nearest first."""
    half = (centres**2).sum(1) / 2
    ranked = []
    for part in np.array_split(pixels, max(1, len(pixels) // 2000)):
        gap = half - part @ centres.T
        ten = np.argpartition(gap, 10, axis=1)[:, :10]
        order = np.argsort(np.take_along_axis(gap, ten, 1), axis=1)
        ranked.append(np.take_along_axis(ten, order, 1))
    return np.concatenate(ranked)


def cell(values: np.ndarray) -> str:
    """Mean ± SD."""
    return f"{values.mean():.2f} ± {values.std(ddof=1):.2f}"


def row(title: str, rungs: tuple[Rung, ...], place: int, what: str) -> str:
    """One line of the table: one readout of one kind of synapse at all sizes."""
    return f"| {title} | {what} | " + " | ".join(cell(measured(r)[:, place]) for r in rungs) + " |"


def report() -> str:
    """The section of docs/benchmarks.md."""
    table = []
    for title, rungs, wanted in lines():
        table += [
            row(title, rungs, place, what)
            for place, what in enumerate(("winner's label", "vote of ten", "five reads vote"))
        ]
        if wanted:
            table.append("| | target, vote | " + " | ".join(f"≥ {w}" for w in wanted) + " |")
    found = np.array(
        [[k_means(r.neurons, seed) for r in ONE] for seed in range(SEEDS)]
    )  # (seeds, sizes, 2)
    for place, what in enumerate(("nearest's label", "vote of ten")):
        cells = " | ".join(cell(found[:, size, place]) for size in range(len(ONE)))
        table.append(f"| k-means, float | {what} | {cells} |")
    return (
        f"## Accuracy ladder, MNIST test set [%], mean ± SD of {SEEDS} seeds\n\n"
        "Trained on all 60,000 images without labels, which then name the neurons; scored on the\n"
        "10,000 test images. Binary junctions with the switching chances of `ut-austin-50nm` at\n"
        "5 ns pulses whose amplitude falls while it learns, ideal wires; settings in\n"
        "benchmarks/ladder.py, chosen on validation images. Five reads: the image as it is and\n"
        "moved by a pixel. Float weights move by the mean of what the junctions do, in the same\n"
        "loop; k-means is scikit-learn's MiniBatchKMeans.\n\n"
        "| synapse | readout | 100 | 400 | 1600 | 6400 |\n|---|---|---|---|---|---|\n"
        + "\n".join(table)
        + "\n\n"
        + MISSED
        + PUBLISHED
    )


if __name__ == "__main__":
    print(report())
