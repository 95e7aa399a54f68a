"""Evaluation on a Dask cluster: one parent asks and tells, the cluster's workers evaluate.

Dask hands the trial of a worker that dies to another, a few times; one that always kills its
worker is a trial that failed.
"""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from dse.errors import InputError, RunError
from dse.images import check_data
from dse.study import Study
from dse.told import cluster_gone, first_line
from dse.versions import versions

CONNECT_S = 10
WORKERS_S = 60
"""Longest wait for a scheduler to answer, and for its first worker."""

START = "dask worker {address} --nthreads 1 --nworkers 4"


@contextmanager
def connected(address: str, study: Study, step: Callable[[str], None]) -> Iterator[Any]:
    """A client of the scheduler at `address`, whose workers can evaluate the study.

    Raises InputError if it cannot be reached, RunError if it has no workers, or such as would give
    other scores.
    """
    check_installed()
    distributed: Any = import_module("distributed")  # untyped, and heavy
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is told in one line
    try:
        client = distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        raise InputError(
            f"--scheduler {address}: no Dask scheduler answers there ({first_line(error)}); "
            "start one with dask scheduler, and give the address it prints"
        ) from error
    with client:
        _check_workers(client, address, study, step)
        try:
            yield client
        except Exception as error:
            if client.status == "running" or isinstance(error, RunError):
                raise
            raise cluster_gone() from error


def executor_of(client: Any) -> tuple[Executor, int]:
    """Where designs are sent, and how many are evaluated at once now."""
    return client.get_executor(pure=False), sum(client.nthreads().values())


def check_installed() -> None:
    """InputError if the engine is not there."""
    if find_spec("distributed") is None:
        raise InputError("--scheduler needs Dask: pip install 'mtj-dse[cluster]', or leave it out")


def _check_workers(client: Any, address: str, study: Study, step: Callable[[str], None]) -> None:
    if not client.nthreads():
        step(f"waiting up to {WORKERS_S} s for a worker")
    try:
        client.wait_for_workers(1, timeout=WORKERS_S)
    except TimeoutError as error:
        start = START.format(address=address)
        raise RunError(
            f"the scheduler at {address} has no workers; start some: {start}"
        ) from error
    ours = versions()
    for worker, theirs in _everywhere(client, versions).items():
        differ = [
            f"{name} {theirs[name]}, here {ours[name]}"
            for name in ours
            if theirs[name] != ours[name]
        ]
        if differ:
            raise RunError(
                f"worker {worker} has {'; '.join(differ)}: scores could differ; install the same "
                "there"
            )
    here = check_data(study)
    for worker, there in _everywhere(client, check_data, study).items():
        if there != here:
            raise RunError(f"worker {worker} has other images in {study.dataset}; copy ours there")


def _everywhere(client: Any, call: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
    """Worker -> what the call gives there; RunError if it cannot be made."""
    try:
        found: dict[str, Any] = client.run(call, *arguments)
    except Exception as error:  # whatever a worker raises
        raise RunError(
            f"a worker cannot evaluate ({first_line(error)}); it needs the same mtj-dse and images"
        ) from error
    return found
