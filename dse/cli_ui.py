"""The command that shows the runs of all studies in MLflow."""

from typing import Annotated

import typer

from dse.cli_options import TRACKING, TrackingOption


def ui(
    tracking: TrackingOption = TRACKING,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the page.")] = 5000,
) -> None:
    """Start the MLflow page on the runs of the studies, and print its address."""
    from dse.ui import serve

    serve(tracking, port)
