"""The commands that read what studies found; `cli` puts them into `dse`. All imports are late."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from dse import json_page
from dse.cli_options import STORAGE, JsonOption, StorageOption, StudyArgument
from dse.errors import NoDesignError

if TYPE_CHECKING:
    from dse.record import Record


def studies(as_json: JsonOption = False) -> None:
    """List the studies that ship."""
    from rich.table import Table

    from dse.study_file import load, shipped
    from dse.terminal import console

    if as_json:
        found = map(load, shipped())
        listed = [{"name": s.name, "trials": s.trials, "question": s.question} for s in found]
        typer.echo(json_page.to_text("studies", {"studies": listed}))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in ("name", "trials", "question"):
        table.add_column(header)
    for name in shipped():
        study = load(name)
        table.add_row(name, str(study.trials), study.question)
    console().print(table)


def front(
    study: StudyArgument,
    storage: StorageOption = STORAGE,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Comma-separated, SI units.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Every member of the front.")] = False,
) -> None:
    """Show the Pareto front of a study; ends with 3 if no design is feasible."""
    from dse import front as fronts
    from dse import terminal

    record = record_of(study, storage)
    frame, resolved = fronts.table(record), record.study
    members = fronts.front_rows(frame, resolved)
    if as_csv:
        typer.echo(members.to_csv(index=False), nl=False)
    elif as_json:
        typer.echo(json_page.to_text("front", _front_json(record, members.to_dict("records"))))
    elif len(members):
        limit = None if everything else terminal.ROWS
        terminal.print_front(terminal.console(), frame, resolved, limit)
    if not len(members):
        raise NoDesignError(
            f"study {resolved.name!r} has no feasible design: no front. "
            f"{terminal.tightest(frame)} Run more trials: dse run {study} -n …"
        )


def status(
    study: StudyArgument, storage: StorageOption = STORAGE, as_json: JsonOption = False
) -> None:
    """Show how far a study is: trials by outcome, best accuracy, hypervolume, whether it runs."""
    from dse import status as states
    from dse.storage import storage_url

    url = storage_url(storage)
    found = states.status(record_of(study, storage), url)
    if as_json:
        typer.echo(json_page.to_text("status", states.as_json(found)))
    else:
        typer.echo(states.as_text(found))


def _front_json(record: "Record", rows: list[dict[Any, Any]]) -> dict[str, Any]:
    from objectives.scores import METRICS

    return {
        "study": record.study.name,
        "configuration_sha256": record.hash,
        "objectives": {
            name: {"unit": METRICS[name].unit, "direction": METRICS[name].direction}
            for name in record.study.objectives
        },
        "trials": len(record.finished),
        "front": rows,
    }


def record_of(study: str, storage: str) -> "Record":
    """The stored study of a name or file."""
    from dse.search import load_record
    from dse.storage import storage_url
    from dse.storage_errors import told
    from dse.study_file import load

    name = load(study).name if study.endswith(".toml") else study
    url = storage_url(storage)
    with told(url):
        return load_record(url, name)
