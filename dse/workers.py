"""Evaluation in worker processes: one thread each, data loaded once, kernels compiled once."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

from dse.interrupt import held_back
from dse.storage import whole
from dse.study import Choices, Study, corner, evaluation_seeds
from objectives.design import Stop, Value, unflatten
from objectives.scores import Scores

LIBRARIES = ("OPENBLAS", "OMP", "MKL", "NUMBA")
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in LIBRARIES}
TINY = {"training.images": 100, "training.label_images": 100, "neuron.count": 10}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Scores of one evaluation, or why it was stopped early, and the wall time it took."""

    scores: Scores | str
    duration_s: float


Evaluator = Callable[[Mapping[str, Value]], Outcome]
Submit = Callable[[Mapping[str, Value]], "Future[Outcome]"]


def score(
    dataset: str, seeds: tuple[int, ...], stop: Stop | None, flat: Mapping[str, Value]
) -> Outcome:
    """Evaluate the design of these flat values, unless it is hopeless; runs in a worker."""
    from objectives.evaluate import evaluate  # numba: not wanted in the parent
    from objectives.stopping import hopeless

    data, design = _data(dataset), unflatten(flat)
    start = time.perf_counter()
    reason = hopeless(design, data, seeds[0], stop) if stop else ""
    scores = reason or evaluate(design, data, seeds)
    return Outcome(scores=scores, duration_s=time.perf_counter() - start)


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
    """`score` with the data, the seeds and the stop rule of a study."""
    return partial(score, study.dataset, evaluation_seeds(study), study.stop)


def one_seed(study: Study, seed: int) -> Evaluator:
    """`score` with one seed and without a stop rule."""
    return partial(score, study.dataset, (seed,), None)


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
