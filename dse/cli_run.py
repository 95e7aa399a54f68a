"""The command that runs a study; `cli` puts it into `dse`. Nothing heavy at the top."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from dse.cli_options import (
    STORAGE,
    TRACKING,
    ChangeOption,
    StorageOption,
    StudyArgument,
    TrackingOption,
)
from dse.errors import INTERRUPTED, PARTIAL, NoDesignError, RunError

if TYPE_CHECKING:
    from dse.record import Record
    from dse.study import Study

Figures = Literal["knee", "front", "none"]
Sampler = Literal["auto", "tpe", "gp", "nsga2", "random"]


def run(  # noqa: PLR0913 (the options of a command)
    context: typer.Context,
    study: StudyArgument,
    trials: Annotated[
        int | None,
        typer.Option("-n", "--trials", min=1, max=1_000_000, help="Total number of trials."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("-j", "--jobs", min=1, help="Designs at once.", show_default="1"),
    ] = None,
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A Dask cluster to evaluate on.")
    ] = "",
    storage: StorageOption = STORAGE,
    tracking: TrackingOption = TRACKING,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**63 - 1, help="Seed instead of the study's.")
    ] = None,
    dataset: Annotated[str | None, typer.Option(help="'mnist', or a folder of IDX files.")] = None,
    change: ChangeOption = None,
    name: Annotated[str, typer.Option(help="Store it under this name, not the file's.")] = "",
    force_new: Annotated[
        bool,
        typer.Option("--force-new", help="A new study even if NAME is stored: it becomes NAME-2."),
    ] = False,
    robust: Annotated[
        str,
        typer.Option(
            metavar="qNN", help="Score bad corners and dies: q10 is what all but a tenth reach."
        ),
    ] = "",
    sampler: Annotated[
        Sampler, typer.Option(help="What asks for designs; a stored study keeps its own on auto.")
    ] = "auto",
    enqueue: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE|KEY=VALUE,…",
            help="Known designs to begin with: a front.csv, a spec, or values; repeatable.",
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Check everything, say what would run, write nothing."),
    ] = False,
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder for tables and figures.")
    ] = None,
    figures: Annotated[
        Figures, typer.Option(help="Designs whose learning is drawn: each is trained again.")
    ] = "front",
    all_trials: Annotated[
        bool, typer.Option("--all-trials", help="Every trial into MLflow, not only the front.")
    ] = False,
) -> None:
    """Run a study, or go on with it up to the total number of trials.

    Ends with 0 if there is a front, 3 if there is none, 4 if there is one but some trials failed.
    """
    from dse.study_file import load

    changes = [*(change or ()), *_robust(robust)]
    resolved = _override(load(study, changes, name), trials, seed, dataset)
    from dse.cluster import check_installed
    from dse.enqueue import points
    from dse.sampler_choice import check_wanted, has_torch
    from dse.storage import NONE, check_writable, storage_url

    url = storage_url(storage)
    if force_new:
        resolved = _renamed(resolved, url)
    known = points(resolved, enqueue or ())
    check_wanted(sampler, torch=has_torch())
    if scheduler:
        check_installed()
    if dry_run:
        _show_plan(resolved, len(known))
        return
    from dse.run import Settings

    folder = folder or Path("runs") / resolved.name
    check_writable("-o", folder)
    settings = Settings(
        jobs=jobs,
        storage=url,
        tracking=NONE if tracking == NONE else storage_url(tracking, "--tracking"),
        folder=folder,
        everything=all_trials,
        figures=figures,
        known=tuple(known),
        sampler=sampler,
        scheduler=scheduler,
    )
    _run(resolved, settings, debug=bool(context.obj))


def _robust(text: str) -> list[str]:
    """The change of a study file that --robust stands for; none for ""."""
    import re

    from dse.errors import InputError

    if not text:
        return []
    found = re.fullmatch(r"q(\d{1,2}|100)", text)
    if not found:
        raise InputError(f"--robust {text}: not a quantile; write q10, or q0 for the worst corner")
    return [f"robust.quantile={int(found[1]) / 100}"]


def _override(
    study: "Study", trials: int | None, seed: int | None, dataset: str | None
) -> "Study":
    """The study with the options that have a name of their own; they come after -S."""
    from dataclasses import replace

    from dse.study_file import resolve_dataset

    return replace(
        study,
        trials=study.trials if trials is None else trials,
        seed=study.seed if seed is None else seed,
        dataset=study.dataset if dataset is None else resolve_dataset(dataset, Path.cwd()),
    )


def _renamed(study: "Study", url: str) -> "Study":
    """The study under a name that is free; says so if that is not its own."""
    from dataclasses import replace

    from dse.search import free_name
    from dse.storage_errors import told

    with told(url):
        name = free_name(url, study.name)
    if name != study.name:
        again = f"go on with it by --name {name}, without --force-new"
        typer.echo(f"{study.name} is stored and stays; this is {name}: {again}", err=True)
    return replace(study, name=name)


def _show_plan(study: "Study", known: int) -> None:
    from dse.images import check_data
    from dse.study import evaluation_seeds
    from dse.terminal import console
    from dse.units import show
    from dse.values import axis_text, unit_of

    data = check_data(study)
    out = console()
    out.print(
        f"{study.name}: {study.trials} trials, objectives {', '.join(study.objectives)}, "
        f"device {study.device}, dataset {data['dataset']}, "
        f"seeds of an evaluation {list(evaluation_seeds(study))}"
    )
    if study.robust:
        out.print(study.robust.text)
    for name, axis in study.space.items():
        out.print(f"  searched  {name}: {axis_text(name, axis)}")
    for name, value in study.fixed.items():
        out.print(f"  fixed     {name} = {show(value, unit_of(name))}")
    if known:
        out.print(f"  begins with {known} known designs")
    out.print("Everything is in order. Nothing was written.")


def _run(study: "Study", settings: Any, *, debug: bool) -> None:
    from dse import front, terminal
    from dse.run import run as run_study

    try:
        with terminal.voice(study.trials) as voice:
            summary = run_study(study, settings, voice)
    except KeyboardInterrupt:
        typer.echo("interrupted: finished trials are saved; run it again to go on", err=True)
        raise typer.Exit(INTERRUPTED) from None
    record, frame = summary.record, front.table(summary.record)
    out, members = terminal.console(), front.front_rows(frame, summary.record.study)
    if len(members):
        terminal.print_front(out, frame, record.study)
    if record.judged:
        terminal.closing(out, summary, front.hypervolume_curve(record)[-1][1])
    _report_failures(record, debug=debug)
    if not len(members):
        raise _without_front(record, terminal.tightest(frame))
    if any(trial.state == "failed" for trial in record.finished):
        raise typer.Exit(PARTIAL)


def _without_front(record: "Record", tightest: str) -> Exception:
    """RunError if nothing could be evaluated; a design that is stopped early was judged."""
    states = {trial.state for trial in record.finished}
    if states == {"failed"}:
        return RunError("every trial failed; run with 'dse --debug run …' to see where")
    if not record.complete and "infeasible" not in states:
        early = "failed or was stopped early" if "failed" in states else "was stopped early"
        return NoDesignError(f"every trial {early}: no front; loosen [stop], or run more trials")
    return NoDesignError(f"no feasible design: no front. {tightest} Run more trials or widen it")


def _report_failures(record: "Record", *, debug: bool) -> None:
    failed = [trial for trial in record.finished if trial.state == "failed"]
    if failed:
        error = failed[-1].error if debug else failed[-1].error.partition("\n")[0]
        typer.echo(f"warning: {len(failed)} trials failed, the last with: {error}", err=True)
