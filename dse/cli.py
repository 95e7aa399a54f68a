"""The command `dse`. Nothing heavy is imported before a command needs it."""

import json
import math
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer
from typer.exceptions import TyperException

from dse.cli_claim import claim
from dse.cli_demo import demo
from dse.cli_device import calibrate, device
from dse.cli_options import STORAGE, TRACKING, StorageOption, TrackingOption
from dse.cli_ui import ui
from dse.cli_verify import verify
from dse.errors import InputError, RunError

if TYPE_CHECKING:
    from dse.record import Record
    from dse.study import Study

Figures = Literal["knee", "front", "none"]
BAD_INPUT, FAILED, INTERRUPTED = 2, 1, 130

app = typer.Typer(
    name="dse",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Design-space exploration for neuromorphic hardware with MTJ synapses.",
    epilog="Example: dse run quickstart -j 2",
)

StudyArgument = Annotated[
    str, typer.Argument(metavar="STUDY", help="Name of a study, or its .toml file.")
]


@app.callback()
def _options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
) -> None:
    context.obj = debug


@app.command(epilog="Example: dse studies")
def studies() -> None:
    """List the studies that ship."""
    from rich.table import Table

    from dse.study_file import load, shipped
    from dse.terminal import console

    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in ("name", "trials", "question"):
        table.add_column(header)
    for name in shipped():
        study = load(name)
        table.add_row(name, str(study.trials), study.question)
    console().print(table)


@app.command(epilog="Example: dse run quickstart -n 200 -j 4")
def run(  # noqa: PLR0913 (the options of a command)
    context: typer.Context,
    study: StudyArgument,
    trials: Annotated[
        int | None,
        typer.Option("-n", "--trials", min=1, max=1_000_000, help="Total number of trials."),
    ] = None,
    jobs: Annotated[int, typer.Option("-j", "--jobs", min=1, help="Worker processes.")] = 1,
    storage: StorageOption = STORAGE,
    tracking: TrackingOption = TRACKING,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**63 - 1, help="Seed instead of the study's.")
    ] = None,
    dataset: Annotated[str | None, typer.Option(help="'mnist', or a folder of IDX files.")] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Check everything, say what would run, write nothing."),
    ] = False,
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder for tables and figures.")
    ] = None,
    figures: Annotated[
        Figures, typer.Option(help="Designs whose learning is drawn: each is trained again.")
    ] = "knee",
) -> None:
    """Run a study, or go on with it up to the total number of trials."""
    resolved = _override(study, trials, seed, dataset)
    if dry_run:
        _show_plan(resolved)
        return
    from dse.run import Settings
    from dse.storage import NONE, check_folder, storage_url

    folder = folder or Path("runs") / resolved.name
    check_folder("-o", folder)
    settings = Settings(
        jobs=jobs,
        storage=storage_url(storage),
        tracking=NONE if tracking == NONE else storage_url(tracking, "--tracking"),
        folder=folder,
        figures=figures,
    )
    _run(resolved, settings, debug=bool(context.obj))


def _override(source: str, trials: int | None, seed: int | None, dataset: str | None) -> "Study":
    from dataclasses import replace

    from dse.study_file import load, resolve_dataset

    study = load(source)
    return replace(
        study,
        trials=study.trials if trials is None else trials,
        seed=study.seed if seed is None else seed,
        dataset=study.dataset if dataset is None else resolve_dataset(dataset, Path.cwd()),
    )


def _show_plan(study: "Study") -> None:
    from dse.run import check_data
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
    for name, axis in study.space.items():
        out.print(f"  searched  {name}: {axis_text(name, axis)}")
    for name, value in study.fixed.items():
        out.print(f"  fixed     {name} = {show(value, unit_of(name))}")
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
    out = terminal.console()
    record = summary.record
    if record.complete:
        terminal.print_front(out, front.table(record), record.study)
        terminal.closing(out, summary, settings.jobs, front.hypervolume_curve(record)[-1][1])
    _report_failures(record, debug=debug)
    if not record.complete:
        stopped = any(trial.state == "stopped" for trial in record.finished)
        early = " or was stopped early; loosen [stop], or" if stopped else ";"
        raise RunError(f"every trial failed{early} run with 'dse --debug run …' to see where")


def _report_failures(record: "Record", *, debug: bool) -> None:
    failed = [trial for trial in record.finished if trial.state == "failed"]
    if failed:
        error = failed[-1].error if debug else failed[-1].error.partition("\n")[0]
        typer.echo(f"warning: {len(failed)} trials failed, the last with: {error}", err=True)


@app.command(epilog="Example: dse front quickstart --csv > front.csv")
def front(
    study: StudyArgument,
    storage: StorageOption = STORAGE,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Comma-separated, SI units.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Every member of the front.")] = False,
) -> None:
    """Show the Pareto front of a study."""
    from dse import front as fronts

    record = _record(study, storage)
    frame, resolved = fronts.table(record), record.study
    members = fronts.front_rows(frame, resolved)
    if as_csv:
        typer.echo(members.to_csv(index=False), nl=False)
    elif as_json:
        typer.echo(json.dumps(_front_json(record, members.to_dict("records"))))
    else:
        from dse import terminal

        limit = None if everything else terminal.ROWS
        terminal.print_front(terminal.console(), frame, resolved, limit)


def _front_json(record: "Record", rows: list[dict[Any, Any]]) -> dict[str, Any]:
    from objectives.scores import METRICS

    return {
        "schema_version": 1,
        "study": record.study.name,
        "configuration_sha256": record.hash,
        "objectives": {
            name: {"unit": METRICS[name].unit, "direction": METRICS[name].direction}
            for name in record.study.objectives
        },
        "trials": len(record.finished),
        "front": [{name: value for name, value in row.items() if _in_json(value)} for row in rows],
    }


def _in_json(value: Any) -> bool:
    """JSON knows neither NaN nor infinity: such a figure is left out."""
    return not isinstance(value, float) or math.isfinite(value)


def _record(study: str, storage: str) -> "Record":
    from dse.search import load_record
    from dse.storage import storage_url
    from dse.study_file import load

    name = load(study).name if study.endswith(".toml") else study
    return load_record(storage_url(storage), name)


@app.command(epilog="Example: dse export quickstart --pick knee -o spec.json")
def export(
    study: StudyArgument,
    pick: Annotated[str, typer.Option(help="knee, balanced, or the number of a trial.")] = "knee",
    storage: StorageOption = STORAGE,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A .json or .md file; default: both.")
    ] = None,
) -> None:
    """Write the recommended design as JSON and Markdown."""
    from dse import export as specs
    from dse.front import pick as choose
    from dse.front import role_of
    from dse.storage import make_place

    writers = {".json": specs.to_json, ".md": specs.to_markdown}
    if output and output.suffix not in writers:
        raise InputError(f"-o {output}: unknown kind of file; use a name ending in .json or .md")
    record = _record(study, storage)
    choice = pick.strip().removeprefix("trial").strip(" :")
    trial = choose(record, choice)
    spec = specs.make_spec(record, trial, pick, role_of(record, trial))
    base = Path("runs") / record.study.name / f"spec-{choice}"
    for path in [output] if output else [base.with_suffix(kind) for kind in writers]:
        make_place(path)
        path.write_text(writers[path.suffix](spec), encoding="utf-8")
        typer.echo(path)


app.command(epilog="Example: dse ui --port 5001")(ui)
app.command(epilog="Example: dse device ut-austin-50nm -S barrier=60 -o curves.png")(device)
app.command(epilog="Example: dse calibrate counts.csv rv.csv --diameter '40 nm' -o mine.toml")(
    calibrate
)
app.command(epilog="Example: dse demo --patterns 1100,0011 --seeds 100 -o demo")(demo)
app.command(epilog="Example: dse claim bit-errors")(claim)
app.command(epilog="Example: dse verify runs/quickstart/spec-knee.json -j 2")(verify)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def main() -> None:
    """Entry point: one line for an error, exit code 0, 1, 2 or 130."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        sys.exit(app(standalone_mode=False))
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(INTERRUPTED)
    except Exception as error:
        if "--debug" in sys.argv:
            traceback.print_exc()
        if text := _told(error):
            typer.echo(f"dse: {' '.join(text.split())}", err=True)
        sys.exit(BAD_INPUT if isinstance(error, InputError | TyperException) else FAILED)


def _told(error: Exception) -> str:
    if isinstance(error, TyperException):
        wrong = error.format_message().rstrip(".")
        return f"{wrong}; see dse --help or dse COMMAND --help" if wrong else ""  # help was shown
    known = isinstance(error, InputError | RunError)
    return str(error) if known else f"{type(error).__name__}: {error}; see dse --debug …"
