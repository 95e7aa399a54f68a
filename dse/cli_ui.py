"""The command that shows the runs of all studies in MLflow."""

from typing import Annotated

import typer

from dse.cli_options import TRACKING, TrackingOption


def ui(
    tracking: TrackingOption = TRACKING,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the page.")] = 5000,
    browse: Annotated[
        bool, typer.Option("--open", help="Open the Pareto fronts in the browser.")
    ] = False,
) -> None:
    """Start MLflow on the runs of the studies; prints the addresses of its pages."""
    from dse.ui import serve

    serve(tracking, port, browse=browse)
