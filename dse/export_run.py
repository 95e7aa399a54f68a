"""One export from a stored study to its files: choice, tolerance, formats."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from dse import exact_read, export, tolerance_run, workers
from dse.figures import show_metric
from dse.pick import RULES, Pick
from dse.recommend import recommend
from dse.record import Record, Trial
from dse.spec import Spec
from dse.storage import make_place
from dse.study import Study, evaluation_seeds, make_design
from dse.terminal import console
from objectives.scores import METRICS

SEEDS = 3


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the user asks for; text: the pick as typed; no outputs: every format in runs/STUDY."""

    pick: Pick
    text: str
    outputs: tuple[Path, ...]
    jobs: int
    tolerance: bool


def run(record: Record, asked: Asked) -> tuple[Spec, tuple[Path, ...]]:
    """The spec, and the files it was written to."""
    trial, spec = recommend(record, asked.pick, asked.text)
    design = make_design(record.study, trial.params)
    base = Path("runs") / record.study.name / f"spec-{_short(record.study, asked, trial)}"
    paths = asked.outputs or tuple(base.with_suffix(kind) for kind in export.endings(design))
    for path in paths:
        make_place(path)
    if asked.tolerance and not trial.feasible:
        console(stderr=True).print(f"trial {trial.number} is not feasible: no tolerance")
    elif asked.tolerance:
        place = paths[0].with_name(f"{paths[0].stem}.tolerance.jsonl")
        spec = spec.model_copy(update=_measured(record, trial, asked.jobs, place))
    for path in paths:
        path.write_text(export.FORMATS[path.suffix](spec, design), encoding="utf-8")
    return spec, paths


def _short(study: Study, asked: Asked, trial: Trial) -> str:
    """knee, balanced, "recommended" for the study's own pick, or the number of the trial."""
    text = asked.text.strip()
    if asked.pick.weights or text not in (*RULES, study.pick):
        return str(trial.number)
    return text if text in RULES else "recommended"


def _measured(record: Record, trial: Trial, jobs: int, place: Path) -> dict[str, object]:
    """Tolerance and exact read; what was found is kept in `place`."""
    study = record.study
    plan = tolerance_run.Plan(
        design=make_design(study, trial.params),
        dataset=study.dataset,
        seeds=evaluation_seeds(replace(study, repeats=SEEDS)),
        data=record.data,
    )
    with _progress() as told, workers.pool(jobs) as executor:
        tolerance = tolerance_run.measure(
            plan, place, executor.submit, lambda step: told(f"tolerance: {step}")
        )
        told("reading with exact column currents")
        exact = exact_read.measure(plan, place, executor.submit, trial.values["accuracy"])
        return {"tolerance": tolerance, "exact_read": exact}


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A line that moves on a terminal, a line each elsewhere; on standard error."""
    err = console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    bar = Progress(*columns, console=err, disable=not err.is_terminal)
    task = bar.add_task("tolerance", total=None)

    def told(step: str) -> None:
        bar.update(task, description=step)
        if not err.is_terminal:
            err.print(step)

    with bar:
        yield told


def show(spec: Spec) -> None:
    """What was chosen, beside what other rules would take; the dearest tolerances."""
    out = console()
    if spec.choice is not None:
        names = list(spec.choice.corners)
        table = Table(box=None, pad_edge=False, header_style="bold")
        for head in ("rule", "trial", *(METRICS[name].title for name in names)):
            table.add_column(head, justify="left" if head == "rule" else "right")
        for other in spec.choice.alternatives:
            own = other.trial == spec.origin.trial
            cells = (show_metric(name, other.values[name]) for name in names)
            table.add_row(other.rule, str(other.trial), *cells, style="bold" if own else "")
        out.print(table)
    origin = spec.origin
    out.print(f"{origin.pick}: trial {origin.trial} ({origin.role})", style="bold")
    if spec.tolerance is not None:
        narrow = list(spec.tolerance.windows.items())[:3]
        texts = [
            f"{name} {100 * w.low.relative:+.2g} … {100 * w.high.relative:+.2g} %"
            for name, w in narrow
        ]
        out.print(f"narrowest tolerances: {'; '.join(texts)}")
