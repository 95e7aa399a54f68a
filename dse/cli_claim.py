"""The command about published claims; `cli` puts it into `dse`. Nothing heavy at the top."""

from pathlib import Path
from typing import Annotated

import typer

from dse.cli_options import JsonOption


def claim(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="Name of a claim, or its .toml file.")
    ] = "",
    folder: Annotated[
        Path, typer.Option("-o", "--output", help="Folder for NAME.csv and NAME.png.")
    ] = Path("runs/claims"),
    as_json: JsonOption = False,
) -> None:
    """Measure a claim of the literature and say whether it is reproduced; no name: list them.

    Ends with 0 whatever the verdict is. Training and validation images only.
    """
    from dse import claims, claims_report

    if not name:
        claims_report.print_list(as_json=as_json)
        return
    from dse.storage import check_folder

    asked = claims.load(name)
    check_folder("-o", folder)
    claims_report.show(claims.run(asked), folder, as_json=as_json)
