"""One run of a study from the check of its data to the files of its front."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dse import cluster, front, search, workers
from dse.confirm import SubmitSeeds, confirm
from dse.enqueue import Point, queue
from dse.errors import RunError
from dse.figures import LOOKS
from dse.front_files import picture_path, write_front
from dse.heartbeat import check_alone
from dse.images import check_data
from dse.live import Tracker, tracked_at
from dse.record import Record, Trial
from dse.sampler_choice import Wanted, choose, has_torch, time_decides
from dse.storage import run_lock
from dse.storage_errors import told
from dse.study import Study
from dse.validate import check
from dse.versions import commit, versions
from dse.workers import Outcome
from objectives.design import Value

Drawn = Literal["knee", "front", "none"]
DRAWN: Mapping[Drawn, tuple[str, ...]] = {"knee": ("knee",), "front": front.ON_FRONT, "none": ()}
"""Roles of the trials that are drawn."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a study is run, none of which changes a score.

    storage: address; tracking: MLflow's address or "none"; folder: for figures and tables.
    everything: a run in MLflow for every trial, not only for members of the front.
    figures: trials whose learning is drawn, each by training it once more. known: points of the
    space that are evaluated first, unless they were queued before. sampler: what asks for points.
    jobs: designs evaluated at once, None for one or all a cluster has room for. scheduler: address
    of a Dask cluster that evaluates in place of this machine, or "".
    """

    jobs: int | None
    storage: str
    tracking: str
    folder: Path
    everything: bool = False
    figures: Drawn = "none"
    known: tuple[Point, ...] = ()
    sampler: Wanted = "auto"
    scheduler: str = ""


@dataclass(frozen=True, kw_only=True)
class Voice:
    """How a run talks: trials it starts with, warnings, long steps, finished trials."""

    began: Callable[[tuple[Trial, ...]], None]
    warn: Callable[[str], None]
    step: Callable[[str], None]
    finished: Callable[[Trial], None]


SILENT = Voice(
    began=lambda _: None, warn=lambda _: None, step=lambda _: None, finished=lambda _: None
)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a run left behind, and where its time went.

    new: trials of this run; wall_s: all of it; jobs: designs evaluated at once; evaluating: share
    of wall time × jobs spent in evaluations; parent_s: processor time of search, logging and
    figures.
    """

    record: Record
    files: tuple[Path, ...]
    new: int
    wall_s: float
    jobs: int
    evaluating: float
    parent_s: float


def run(study: Study, settings: Settings, voice: Voice = SILENT) -> Summary:
    """Search until the study has its trials, track them, write its front."""
    start_s, start_cpu_s = time.perf_counter(), time.process_time()
    about = {"versions": versions() | commit(), "data": check_data(study)}
    with (
        workers.pool(settings.jobs or 1) as local,
        _evaluators(study, settings, local, voice) as (executor, jobs),
        told(settings.storage),
        run_lock(settings.storage, study.name),
    ):
        held = search.open_study(study, settings.storage, about)
        check_alone(held, settings.storage)
        search.recover(held)
        _queue(held, study, settings, voice)
        before = search.record(held)
        voice.began(before.finished)
        place = tracked_at(settings.tracking)
        tracker = Tracker(place, before, voice.warn, settings.everything) if place else None
        evaluate = workers.evaluator(study)
        if len(before.finished) < study.trials:
            voice.step("preparing workers (compiles the models on the first run)")
            _wait_warm(executor.submit(workers.warm_up, study, evaluate))
            _use_sampler(held, study, settings.sampler, executor, jobs, voice)
        durations: list[float] = []
        confirming: list[float] = []

        def on_finished(trial: Trial) -> None:
            durations.append(trial.duration_s)
            if tracker:
                tracker.add(trial)
            voice.finished(trial)

        submit = workers.submit_to(executor, evaluate)
        search.search(held, study, submit, jobs, on_finished)
        confirm(held, study, _with_seeds(executor, study, confirming.append), voice.step)
        record = search.record(held)
        pictures = _draw_learning(record, settings, local, voice)
    voice.step("writing figures" + (" and the MLflow view" if tracker else ""))
    files = write_front(record, settings.folder)
    if tracker:
        tracker.finish(record, files, pictures)
    wall_s = time.perf_counter() - start_s
    return Summary(
        record=record,
        files=(*files, *pictures.values()),
        new=len(durations),
        wall_s=wall_s,
        jobs=jobs,
        evaluating=sum(durations + confirming) / (wall_s * jobs),
        parent_s=time.process_time() - start_cpu_s,
    )


@contextmanager
def _evaluators(
    study: Study, settings: Settings, local: Executor, voice: Voice
) -> Iterator[tuple[Executor, int]]:
    """Where designs are evaluated, here or on a cluster, and how many at once."""
    if not settings.scheduler:
        yield local, settings.jobs or 1
        return
    with cluster.connected(settings.scheduler, study, voice.step) as client:
        executor, room = cluster.executor_of(client)
        voice.step(f"{room} designs at once on the cluster at {settings.scheduler}")
        yield executor, settings.jobs or room


def _use_sampler(
    held: Any, study: Study, wanted: Wanted, executor: Executor, jobs: int, voice: Voice
) -> None:
    """Choose what asks for the points of this run, and say why."""
    before, trial_s = search.stored_sampler(held), 0.0
    if time_decides(wanted, before, study.trials):
        voice.step("timing a trial")
        timed = executor.submit(check, study)
        trial_s = 0.0 if timed.exception() else timed.result().evaluation_s / jobs
    kind, why = choose(wanted, before, study.trials, trial_s, torch=has_torch())
    voice.step(f"sampler {kind}: {why}")
    search.use_sampler(held, study, kind)


def _with_seeds(executor: Executor, study: Study, took: Callable[[float], None]) -> SubmitSeeds:
    """Evaluation with seeds of its own; `took` gets the seconds of each that succeeds."""

    def submit(flat: Mapping[str, Value], seeds: tuple[int, ...]) -> "Future[Outcome]":
        future = executor.submit(workers.with_seeds(study, seeds), flat)
        future.add_done_callback(
            lambda done: (
                None if done.cancelled() or done.exception() else took(done.result().duration_s)
            )
        )
        return future

    return submit


def _queue(held: Any, study: Study, settings: Settings, voice: Voice) -> None:
    """Queue known designs; a warning if the study ends before they are all evaluated."""
    if not settings.known:
        return
    new = queue(held, study.space, settings.known)
    voice.step(f"known designs: {new} queued, {len(settings.known) - new} were before")
    record = search.record(held)
    waiting = sum(trial.state == "waiting" for trial in record.trials)
    needed = len(record.finished) + waiting
    if waiting and needed > study.trials:
        voice.warn(f"{study.trials} trials leave no room for all known designs; give -n {needed}")


def _draw_learning(
    record: Record, settings: Settings, executor: Executor, voice: Voice
) -> dict[int, Path]:
    """Trial -> picture of what it learned; one that fails is a warning, not the end of a run."""
    study, waited = record.study, {}
    for trial, role in zip(record.finished, front.roles(record), strict=True):
        if role in DRAWN[settings.figures]:
            with suppress(OSError):  # drawing then says what is wrong, which is a warning
                settings.folder.mkdir(parents=True, exist_ok=True)
            path = picture_path(settings.folder, trial)
            title = f"{study.name}, trial {trial.number} ({LOOKS[role].title})"
            flat, seed = {**study.fixed, **trial.params}, trial.seeds[0]
            waited[trial.number, path] = executor.submit(
                workers.draw_learning, study.dataset, seed, flat, title, path
            )
    if waited:
        voice.step(f"drawing what {len(waited)} designs learned")
    for (number, _), future in waited.items():
        if error := future.exception():
            voice.warn(f"trial {number} cannot be drawn ({error}); its scores are kept")
    return {number: path for (number, path), f in waited.items() if not f.exception()}


def _wait_warm(warm: "Future[None]") -> None:
    """A model that fails here fails its trials too, and is reported with them."""
    if isinstance(warm.exception(), BrokenProcessPool):
        raise RunError(
            "the workers cannot start; run again with -j 1 to see whether memory is short"
        )
