"""What exact column currents change: the dies of a design read again, on the images of a search.

A search reads with a fast IR drop that knows the active rows of a tile, but not which cells of a
column are parallel (docs/physics/array.md). A spec promises both.
"""

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean, stdev

from dse import kept
from dse.spec import ExactRead
from dse.storage import held
from dse.tolerance_run import Plan, Submit
from objectives.design import Value, flatten, unflatten


def read_die(dataset: str, flat: Mapping[str, Value], seed: int) -> dict[str, float]:
    """Accuracy of one die by the fast and by the exact read; runs in a worker."""
    import numpy as np

    from dse.workers import _data
    from objectives.full import measure

    data = _data(dataset)
    die, rest = np.random.SeedSequence(seed).spawn(2)  # as in a search: the same die
    images = (data.training, data.validation)
    found = measure(unflatten(flat), images, (die, rest), exact=True)
    return {"fast": found["accuracy"], "exact": found["exact_accuracy"]}


def measure(plan: Plan, place: Path, submit: Submit, promised: float) -> ExactRead:
    """The dies of the plan's seeds, each kept in `place`; promised: accuracy by the fast read."""
    lock = place.with_name(f".{place.name}.lock")
    with held(lock, f"{place} is being written by another process"):
        names = {seed: f"exact currents, seed {seed}" for seed in plan.seeds}
        known, flat = kept.read(place, plan.key), flatten(plan.design)
        waiting = {
            seed: submit(read_die, plan.dataset, flat, seed)
            for seed, name in names.items()
            if name not in known
        }
        for seed, future in waiting.items():
            known[names[seed]] = future.result()
            kept.append(place, plan.key, names[seed], known[names[seed]])
    shifts = [known[name]["exact"] - known[name]["fast"] for name in names.values()]
    shift = fmean(shifts)
    return ExactRead(
        accuracy=promised + shift, shift=shift, spread=stdev(shifts), seeds=list(plan.seeds)
    )
