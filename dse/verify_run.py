"""One verification from its spec file to its files and its MLflow run."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from dse import verify_report, workers
from dse.errors import InputError
from dse.live import log_run, tracked_at
from dse.spec import read_whole_spec
from dse.storage import NONE, make_place, storage_url
from dse.terminal import console
from dse.values import design_value
from dse.verdict import judge
from dse.verify import Asked, Figures, Plan, Run, make_plan, measure_all
from dse.verify_report import Outcome
from objectives.design import flatten


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a verification is run; results: file of finished dies, to go on from."""

    spec: Path
    jobs: int
    outputs: tuple[Path, ...]
    results: Path
    tracking: str


def settings(spec: Path, jobs: int, outputs: tuple[Path, ...], tracking: str) -> Settings:
    """Check the places before anything runs."""
    if spec.is_dir():
        raise InputError(f"{spec} is a folder; give a .json file of dse export")
    base = spec.with_name(f"{spec.stem}-verified")
    places = outputs or (base.with_suffix(".json"), base.with_suffix(".md"))
    for path in places:
        if path.suffix not in verify_report.WRITERS:
            raise InputError(f"-o {path}: unknown kind of file; use a name ending in .json or .md")
        if path.resolve() == spec.resolve():
            raise InputError(f"-o {path} is the spec itself; give another name")
    return Settings(
        spec=spec,
        jobs=jobs,
        outputs=places,
        results=places[0].with_name(f"{places[0].stem}.dies.jsonl"),
        tracking=NONE if tracking == NONE else storage_url(tracking, "--tracking"),
    )


def temperatures_k(given: tuple[str, ...]) -> tuple[float, ...]:
    """Corners in kelvin, each within the range of the models."""
    return tuple(
        float(design_value("--temperature", "environment.temperature_k", text)) for text in given
    )


def run(settings: Settings, asked: Asked) -> Outcome:
    """Measure, judge, write, log."""
    start_s = time.perf_counter()
    spec, design = read_whole_spec(settings.spec)
    plan = make_plan(spec, design, asked)
    for path in (*settings.outputs, settings.results):
        make_place(path)
    results = measure(plan, settings)
    outcome = Outcome(
        plan=plan,
        results=results,
        rows=judge(plan, results),
        wall_s=time.perf_counter() - start_s,
    )
    for path in settings.outputs:
        path.write_text(verify_report.WRITERS[path.suffix](outcome), encoding="utf-8")
    if not plan.quick:
        _log(outcome, settings)
    return outcome


def measure(plan: Plan, settings: Settings) -> dict[Run, Figures]:
    """All runs of the plan in worker processes, with progress on standard error."""
    with _progress() as told, workers.pool(settings.jobs) as executor:
        return measure_all(plan, settings.results, executor.submit, told)


@contextmanager
def _progress() -> Iterator[Callable[[int, int, Run | None], None]]:
    """A bar on a terminal, a line a die elsewhere."""
    err = console(stderr=True)
    bar = Progress(
        TextColumn("{task.completed:.0f}/{task.total:.0f} dies"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
        console=err,
        disable=not err.is_terminal,
    )
    task = bar.add_task("training and exact read", total=None)

    def told(done: int, total: int, last: Run | None) -> None:
        bar.update(task, completed=done, total=total)
        if err.is_terminal:
            return
        if last is not None:
            err.print(f"{done}/{total} dies: {last}")
        elif done:
            err.print(f"{done}/{total} dies were measured before")

    with bar:
        yield told


def _log(outcome: Outcome, settings: Settings) -> None:
    """A run of its own in MLflow; a view that is broken must not cost a verification."""
    place = tracked_at(settings.tracking)
    if place is None:
        return
    origin = outcome.plan.spec.origin
    tags = {
        "mlflow.runName": f"verify {origin.study} {origin.trial}",
        "dse.role": "verification",
        "dse.study": origin.study,
        "dse.verified_trial": str(origin.trial),
        "dse.holds": str(outcome.holds).lower(),
    }
    params, metrics = flatten(outcome.plan.design), verify_report.metrics(outcome)
    problem = log_run(place, tags, params, metrics, (settings.spec, *settings.outputs))
    if problem:
        console(stderr=True).print(problem)
