"""A spec measured in full: all images for training, the test images, fresh dies, exact IR drop.

The only file of the product that opens the test images.
"""

import hashlib
import importlib.metadata
import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from device_models.ranges import RangeError, ranges_of
from dse import kept
from dse.errors import InputError, RunError
from dse.spec import Spec
from dse.storage import held
from learner.datasets import DatasetError, Images, load
from objectives.design import Design, Training, Value, flatten, unflatten

STREAM = 3
"""Of the random numbers of a verification: a search uses 1 and 2 of its own seed, so no die of a
verification was ever seen by one."""
CORNERS_K = (273.0, 300.0, 358.0)
QUICK = (2000, 500)
"""Training and test images of a smoke check."""

Figures = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is measured: `seeds` times `dies` dies at each temperature, own temperature first.

    constraints: values by temperature [K], known without training; key: of everything that
    decides a result; quick: a smoke check on a corner of the images.
    """

    spec: Spec
    design: Design
    dataset: str
    data: Mapping[str, str]
    seed: int
    seeds: int
    dies: int
    temperatures_k: tuple[float, ...]
    constraints: Mapping[float, Mapping[str, float]]
    key: str
    quick: bool

    @property
    def runs(self) -> tuple["Run", ...]:
        """Every die at every temperature; exact currents on one a seed at the design's own."""
        own_k = self.design.environment.temperature_k
        return tuple(
            Run(seed=seed, die=die, temperature_k=kelvin, exact=kelvin == own_k and die == 0)
            for kelvin in self.temperatures_k
            for seed in range(self.seeds)
            for die in range(self.dies)
        )


@dataclass(frozen=True, kw_only=True)
class Run:
    """One die: which, where it works, and whether it is also read with exact currents."""

    seed: int
    die: int
    temperature_k: float
    exact: bool

    def __str__(self) -> str:
        exact = ", exact currents too" if self.exact else ""
        return f"seed {self.seed}, die {self.die}, {self.temperature_k:.12g} K{exact}"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the user asks for; no dataset means that of the spec, no temperatures CORNERS_K."""

    dataset: str = ""
    seed: int = 1
    seeds: int = 5
    dies: int = 2
    temperatures_k: tuple[float, ...] = ()
    quick: bool = False


def make_plan(spec: Spec, design: Design, asked: Asked) -> Plan:
    """Check data, temperatures and constraints before anything is trained."""
    dataset = asked.dataset or dataset_of(spec)
    training, test = full_data(dataset, asked.quick)
    known = spec.data.get("training_files_md5")
    if known not in (None, training.checksum):
        raise InputError(
            f"dataset {dataset}: its training files (MD5 {training.checksum}) are not those the "
            f"spec was found on ({known}); give that one with --dataset"
        )
    own_k = design.environment.temperature_k
    corners = () if asked.quick else asked.temperatures_k or CORNERS_K
    temperatures_k = (own_k, *(k for k in sorted(set(corners)) if k != own_k))
    full = _full_training(design, training, asked.quick)
    data = {"dataset": training.name, "training": training.checksum, "test": test.checksum}
    return Plan(
        spec=spec,
        design=full,
        dataset=dataset,
        data=data,
        seed=asked.seed,
        seeds=1 if asked.quick else asked.seeds,
        dies=1 if asked.quick else asked.dies,
        temperatures_k=temperatures_k,
        constraints={k: _constraints(full, k, training) for k in temperatures_k},
        key=_key(full, data, asked),
        quick=asked.quick,
    )


def dataset_of(spec: Spec) -> str:
    """The dataset a spec was found on; InputError if only its folder's owner knows where it is."""
    named = spec.data.get("dataset", "mnist")
    if named != "mnist":
        raise InputError(
            f"data.dataset = {named!r} is a folder this spec does not say the place of; "
            "give it with --dataset FOLDER"
        )
    return named


@cache
def full_data(dataset: str, quick: bool) -> tuple[Images, Images]:
    """All training images, those held out from a search included, and the test images."""
    try:
        train, held_out, test = (load(dataset, s) for s in ("train", "validation", "test"))
    except DatasetError as error:
        raise InputError(f"dataset {error}") from error
    whole = replace(
        train,
        pixels=np.concatenate([train.pixels, held_out.pixels]),
        labels=np.concatenate([train.labels, held_out.labels]),
    )
    if not quick:
        return whole, test
    return _first(whole, QUICK[0]), _first(test, QUICK[1])


def _first(images: Images, count: int) -> Images:
    return replace(images, pixels=images.pixels[:count], labels=images.labels[:count])


def _full_training(design: Design, training: Images, quick: bool) -> Design:
    """As many epochs as the search had, at least one, over the images that are there now."""
    count, rule = len(training.labels), ranges_of(Training)["images"]
    searched = count - count // 6
    images = count if quick else max(round(design.training.images * count / searched), count)
    images = int(min(max(images, rule.low), rule.high))
    return replace(design, training=replace(design.training, images=images))


def at(design: Design, temperature_k: float) -> Design:
    """The design in another environment; it learns and works there."""
    return replace(design, environment=replace(design.environment, temperature_k=temperature_k))


def _constraints(design: Design, temperature_k: float, training: Images) -> Mapping[str, float]:
    from objectives.evaluate import DataSets, check_constraints

    data = DataSets(training=training, validation=training)
    try:
        return check_constraints(at(design, temperature_k), data)
    except RangeError as error:
        raise InputError(
            f"at {temperature_k:g} K: {error}; choose the corners with --temperature"
        ) from error


def _key(design: Design, data: Mapping[str, str], asked: Asked) -> str:
    """SHA-256 of what decides the result of a run."""
    decides = {
        "design": flatten(design),
        "data": dict(data),
        "seed": asked.seed,
        "quick": asked.quick,
        "version": importlib.metadata.version("mtj-dse"),
    }
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


def measure_run(
    dataset: str, quick: bool, seed: int, flat: Mapping[str, Value], run: Run
) -> Figures:
    """Train and score one die; runs in a worker.

    Both dies of a seed see the images in the same order and the same other random numbers.
    """
    from objectives.full import measure  # numba: not wanted in the parent

    learning = np.random.SeedSequence(seed, spawn_key=(STREAM, run.seed))
    die = np.random.SeedSequence(seed, spawn_key=(STREAM, run.seed, run.die))
    design = at(unflatten(flat), run.temperature_k)
    return measure(design, full_data(dataset, quick), (die, learning), exact=run.exact)


Submit = Callable[..., "Future[Figures]"]
Told = Callable[[int, int, Run | None], None]


def measure_all(plan: Plan, place: Path, submit: Submit, told: Told) -> dict[Run, Figures]:
    """Every run of the plan; those that `place` holds already are taken from there.

    Each result is on disk before the next is waited for. told: runs done, their total, the last.
    """
    lock = place.with_name(f".{place.name}.lock")
    with held(lock, f"{place} is being written by another process"):
        known = kept.read(place, plan.key)
        results: dict[Run, Figures] = {r: known[str(r)] for r in plan.runs if str(r) in known}
        told(len(results), len(plan.runs), None)
        flat = flatten(plan.design)
        waiting = {
            submit(measure_run, plan.dataset, plan.quick, plan.seed, flat, run): run
            for run in plan.runs
            if run not in results
        }
        for future in as_completed(waiting):
            run = waiting[future]
            results[run] = _result(future)
            kept.append(place, plan.key, str(run), results[run])
            told(len(results), len(plan.runs), run)
    return {run: results[run] for run in plan.runs}


def _result(future: "Future[Figures]") -> Figures:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise RunError(
            "a worker process died, most often for lack of memory; finished dies are kept: run "
            "the same command again, with a smaller -j"
        ) from error
