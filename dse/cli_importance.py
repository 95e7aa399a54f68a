"""The commands about which parameters matter; `cli` puts them into `dse`. All imports are late."""

from typing import Annotated

import typer

from dse.cli_options import STORAGE, JsonOption, StorageOption, StudyArgument
from dse.errors import PARTIAL


def importance(
    study: StudyArgument, storage: StorageOption = STORAGE, as_json: JsonOption = False
) -> None:
    """Show which parameters decide each objective, and which decide who reaches the front."""
    from dse import importance as found
    from dse import json_page
    from dse.cli_front import record_of
    from dse.terminal import console

    record = record_of(study, storage)
    shares = found.importance(record)
    if as_json:
        typer.echo(json_page.to_text("importance", found.as_json(record, shares)))
        return
    out = console()
    out.print(found.as_table(record, shares))
    out.print(
        f"{found.METHOD}, {len(record.complete)} with scores; shares of 100 %; in brackets: no "
        "more than chance gives",
        style="dim",
    )


def sensitivity(
    study: StudyArgument,
    pick: Annotated[str, typer.Option(help="knee, balanced, or the number of a trial.")] = "knee",
    jobs: Annotated[int, typer.Option("-j", "--jobs", min=1, help="Worker processes.")] = 1,
    repeats: Annotated[
        int | None, typer.Option(min=1, max=100, help="Seeds; default: those of the study.")
    ] = None,
    storage: StorageOption = STORAGE,
    as_json: JsonOption = False,
) -> None:
    """Show how a design's objectives change as each parameter moves a little.

    Continuous ones by 1 and 5 % of their value, discrete ones to their neighbours; each evaluated
    in full with the same seeds. Ends with 4 if a move cannot be evaluated.
    """
    from dse import json_page, sensitivity_table
    from dse import sensitivity as found
    from dse.cli_front import record_of
    from dse.front import pick as choose
    from dse.terminal import console

    record = record_of(study, storage)
    trial = choose(record, pick.strip().removeprefix("trial").strip(" :"))
    answers = sensitivity_table.run(record, trial, jobs, repeats)
    if as_json:
        typer.echo(json_page.to_text("sensitivity", found.as_json(answers)))
    else:
        out, seeds = console(), len(answers.seeds)
        out.print(f"{answers.study.name}, trial {answers.trial}: change against the design itself")
        out.print(sensitivity_table.as_table(answers))
        error = "one seed: no standard error, see --repeats"
        if seeds > 1:
            error = f"± standard error over {seeds} seeds, bold: beyond two of them"
        out.print(error, style="dim")
    if any(answer.error for answer in answers.answers):
        raise typer.Exit(PARTIAL)
