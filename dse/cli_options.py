"""Options that several commands share, and where things are kept unless told otherwise."""

from typing import Annotated

import typer

STORAGE, TRACKING = "runs/dse.db", "runs/mlflow.db"

StorageOption = Annotated[
    str, typer.Option(help="Database of the search: a file or an address.", envvar="DSE_STORAGE")
]
TrackingOption = Annotated[
    str, typer.Option(help="MLflow: a file, an address, or 'none'.", envvar="DSE_TRACKING")
]
StudyArgument = Annotated[
    str, typer.Argument(metavar="STUDY", help="Name of a study, or its .toml file.")
]
ChangeOption = Annotated[
    list[str] | None,
    typer.Option(
        "-S", metavar="KEY=VALUE", help="A setting, as fixed.array.tile_rows=56; repeatable."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="For scripts.")]
