"""The commands about a study file; `cli` puts them into `dse`. Nothing heavy at the top."""

from typing import Annotated

import typer

from dse.cli_options import ChangeOption, JsonOption, StudyArgument


def validate(
    study: StudyArgument, change: ChangeOption = None, as_json: JsonOption = False
) -> None:
    """Check a study: its file, its images, and its nominal design by a short training.

    Says how large the space is and about how long a run takes. Ends with 2 if anything is wrong.
    """
    from dse import json_page
    from dse import validate as checks
    from dse.study_file import find, load

    resolved, file = load(study, change or ()), str(find(study))
    checked = checks.check(resolved)
    if as_json:
        typer.echo(json_page.to_text("validate", checks.as_json(checked, file)))
    else:
        typer.echo(checks.as_text(checked, file))


def init(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the study; NAME.toml is made.")],
    source: Annotated[
        str, typer.Option("--from", metavar="STUDY", help="Study or .toml file to copy.")
    ] = "",
) -> None:
    """Write a study file with comments into this folder, to change and then to run."""
    from dse.template import write
    from dse.terminal import command

    path = write(name, source)
    typer.echo(path)
    typer.echo(f"next: {command()} validate {path}    {command()} run {path}", err=True)
