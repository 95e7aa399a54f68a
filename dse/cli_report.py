"""The command `dse report`; `cli` puts it into `dse`. All imports are late."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dse.cli_options import STORAGE, JsonOption, StorageOption, StudyArgument
from dse.errors import PARTIAL, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping


def report(
    study: StudyArgument,
    pick: Annotated[str, typer.Option(help="knee, balanced, or the number of a trial.")] = "knee",
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="Evaluate small moves of the design as well.")
    ] = False,
    jobs: Annotated[
        int, typer.Option("-j", "--jobs", min=1, help="Worker processes of --sensitivity.")
    ] = 1,
    storage: StorageOption = STORAGE,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="An .html file; default: runs/STUDY/report.html."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write a report as one page that works offline and prints; prints the name of the file.

    Ends with 3 if no design is feasible, with 4 if a move of --sensitivity cannot be evaluated.
    """
    from dse import json_page, report_page, sensitivity_table
    from dse import report as reports
    from dse.cli_front import record_of
    from dse.front import pick as choose
    from dse.storage import make_place, whole
    from dse.terminal import console

    if output and output.suffix != ".html":
        raise InputError(f"-o {output}: unknown kind of file; use a name ending in .html")
    record = record_of(study, storage)
    choice = pick.strip().removeprefix("trial").strip(" :")
    path = output or Path("runs") / record.study.name / "report.html"
    choose(record, "knee")  # without a front there is nothing to report: no folder is made
    trial = choose(record, choice)
    make_place(path)
    answers = sensitivity_table.run(record, trial, jobs, None) if sensitivity else None
    console(stderr=True).print("writing the report")
    asked = reports.Asked(
        pick=choice,
        again=_again(study, storage, len(record.finished)),
        sources=_device_sources(study),
        sensitivity=answers,
    )
    made = reports.make_report(record, asked)
    with whole(path) as part:
        part.write_text(report_page.to_html(made), encoding="utf-8")
    if as_json:
        body = {"files": [str(path)], **reports.as_json(record, made, asked)}
        typer.echo(json_page.to_text("report", body))
    else:
        typer.echo(path)
    if answers and any(answer.error for answer in answers.answers):
        raise typer.Exit(PARTIAL)


def _again(study: str, storage: str, finished: int) -> str:
    """The command that goes on with a study, to twice its trials."""
    from shlex import join

    from dse.storage import readable_name
    from dse.study_file import shipped

    file = study if study.endswith(".toml") or study in shipped() else f"{study}.toml"
    where = (
        []
        if storage == STORAGE
        else ["--storage", readable_name(storage) if "://" in storage else storage]
    )
    return join(["dse", "run", file, "-n", str(2 * finished), *where])


def _device_sources(study: str) -> "Mapping[str, str]":
    """Sources of the device file of a study file; none if only the name of the study is given."""
    from dse.study_file import find_device, load

    if not study.endswith(".toml"):
        return {}
    device = load(study).device
    return find_device(device, Path(study).parent).sources
