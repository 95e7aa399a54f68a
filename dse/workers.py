"""Evaluation in worker processes: one thread each, data loaded once, kernels compiled once."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import islice
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any, Protocol

from dse.interrupt import held_back
from dse.promise import Promise
from dse.storage import whole
from dse.study import Choices, Study, corner, evaluation_seeds
from objectives.design import Value, unflatten
from objectives.rules import Robust
from objectives.scores import Scores

LIBRARIES = ("OPENBLAS", "OMP", "MKL", "NUMBA")
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in LIBRARIES}
TINY = {"training.images": 100, "training.label_images": 100, "neuron.count": 10}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one evaluation, and the wall time it took.

    scores: or why it was not trained to its end. constraints: of the design; if a search finds one
    broken, it is not trained at all. looks: images -> objectives seen there, of a search
    that judges designs by them.
    """

    scores: Scores | str
    duration_s: float
    constraints: Mapping[str, float] = field(default_factory=dict)
    looks: Mapping[int, Mapping[str, float]] = field(default_factory=dict)


class Evaluator(Protocol):
    """Flat values to an outcome; with a promise the design is judged on the way."""

    def __call__(self, flat: Mapping[str, Value], promise: Promise | None = None, /) -> Outcome:
        """Evaluate one design."""


Submit = Callable[[Mapping[str, Value], Promise], "Future[Outcome]"]


def score(
    dataset: str,
    seeds: tuple[int, ...],
    robust: Robust | None,
    flat: Mapping[str, Value],
    promise: Promise | None = None,
    /,
) -> Outcome:
    """Evaluate the design of these flat values; runs in a worker.

    promise: what a search knows. Then cheap comes before dear: a design that breaks a constraint,
    which milliseconds tell, is not trained, and one that a look finds hopeless not to its end.
    """
    # numba: not wanted in the parent
    from objectives.evaluate import check_constraints, one_seed
    from objectives.robust import check_corners, evaluate_robust
    from objectives.scores import over_seeds
    from objectives.stopping import below, watch

    data, design = _data(dataset), unflatten(flat)
    looks: dict[int, Mapping[str, float]] = {}
    start = time.perf_counter()
    constraints = (
        check_corners(design, data, robust) if robust else check_constraints(design, data)
    )

    def outcome(scores: Scores | str) -> Outcome:
        taken_s = time.perf_counter() - start
        return Outcome(scores=scores, duration_s=taken_s, constraints=constraints, looks=looks)

    broken = [name for name, value in constraints.items() if value > 0]
    if promise and broken:
        return outcome(f"not trained: {', '.join(broken)} broken")
    rule = promise.study.stop if promise else None
    after = [images for images in rule.after if images < design.training.images] if rule else []
    watched = watch(design, data, seeds[0], after)
    for images, seen in islice(watched, len(after)):
        if promise and rule:
            looks[images] = {name: seen[name] for name in promise.study.objectives}
            reason = below(rule, seen, images) or promise.hopeless(images, seen)
            if reason:
                return outcome(reason)
    if robust:
        return outcome(evaluate_robust(design, data, seeds, robust))
    runs = [next(watched)[1], *(one_seed(design, data, seed) for seed in seeds[1:])]
    return outcome(over_seeds(runs, constraints, seeds))


def draw_learning(
    dataset: str, seed: int, flat: Mapping[str, Value], title: str, path: Path
) -> None:
    """Train the design of these flat values once more and draw what it learned; in a worker."""
    from dse.learning_figures import write_png
    from objectives.portrait import portrait

    shown = portrait(unflatten(flat), _data(dataset), seed)
    with whole(path) as part:
        write_png(shown, title, part)


@cache
def _data(dataset: str) -> Any:
    from objectives.evaluate import load_data

    return load_data(dataset)


def evaluator(study: Study) -> Evaluator:
    """`score` with the data and the seeds of a study."""
    return with_seeds(study, evaluation_seeds(study))


def submit_to(executor: Executor, evaluate: Evaluator) -> Submit:
    """Evaluation in the processes of an executor."""
    return lambda flat, promise: executor.submit(evaluate, flat, promise)


def with_seeds(study: Study, seeds: tuple[int, ...]) -> Evaluator:
    """`score` with the data of a study and seeds of its own."""
    return partial(score, study.dataset, seeds, study.robust)


def warm_up(study: Study, evaluate: Evaluator) -> None:
    """Compile every kernel of the study into numba's cache by tiny evaluations."""
    kinds = study.space.get("encoding.kind")
    flat = {**study.fixed, **corner(study.space), **TINY}
    for kind in kinds.values if isinstance(kinds, Choices) else (flat["encoding.kind"],):
        evaluate({**flat, "encoding.kind": kind})


class _Pool(ProcessPoolExecutor):
    """Workers are born deaf to signals of the group; `_start_worker` would come too late."""

    def submit(self, *args: Any, **kwargs: Any) -> "Future[Any]":
        with held_back():
            return super().submit(*args, **kwargs)


@contextmanager
def pool(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """`jobs` fresh processes with one thread each; they end with the parent, however it ends."""
    os.environ.update(ONE_THREAD)  # read by the libraries when a worker imports them
    resource_tracker.ensure_running()  # it lets signals through again where it is started
    executor = _Pool(
        jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker
    )
    try:
        yield executor
    finally:
        _stop(executor)


def _start_worker() -> None:
    for told in (signal.SIGINT, signal.SIGTERM):  # they reach the group; the parent decides
        signal.signal(told, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _stop(executor: ProcessPoolExecutor) -> None:
    """Stop at once: whatever still runs has been given back."""
    processes = list((executor._processes or {}).values())
    executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.kill()
    for process in processes:
        process.join()
