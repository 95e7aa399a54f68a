"""The command `dse sync`; `cli` puts it into `dse`. All imports are late."""

from pathlib import Path
from typing import Annotated

import typer

from dse.cli_options import (
    STORAGE,
    TRACKING,
    StorageOption,
    StudyArgument,
    TrackingOption,
)
from dse.errors import InputError


def sync(
    study: StudyArgument,
    storage: StorageOption = STORAGE,
    tracking: TrackingOption = TRACKING,
    all_trials: Annotated[
        bool, typer.Option("--all-trials", help="Every trial, not only the front.")
    ] = False,
    folder: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Folder of the run's figures; default: runs/STUDY."),
    ] = None,
) -> None:
    """Bring MLflow up to date with a stored study; what is there stays as it is."""
    from dse import sync as syncing
    from dse.cli_front import record_of
    from dse.live import tracked_at
    from dse.storage import NONE, check_writable, readable_name, storage_url
    from dse.terminal import command, console

    if tracking == NONE:
        raise InputError("--tracking none: nowhere to log to; give the file or address of MLflow")
    record = record_of(study, storage)
    folder = folder or Path("runs") / record.study.name
    check_writable("-o", folder)
    place = tracked_at(storage_url(tracking, "--tracking"))
    assert place  # "none" was refused
    err = console(stderr=True)
    found = syncing.sync(record, place, folder, err.print, everything=all_trials)
    typer.echo(
        f"{record.study.name}: {found.designs} designs in MLflow at {readable_name(tracking)}, "
        f"{found.new} of them new; see them: {command()} ui"
    )
