"""A stored study put into MLflow, or brought up to date there."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dse.errors import RunError
from dse.front_files import picture_path, write_front
from dse.live import QUIET, Place, first_line
from dse.record import Record
from dse.storage import readable_name


@dataclass(frozen=True, kw_only=True)
class Synced:
    """What MLflow has of a study: runs of its designs, those that were not there before."""

    designs: int
    new: int


def sync(
    record: Record, place: Place, folder: Path, step: Callable[[str], None], *, everything: bool
) -> Synced:
    """Log what MLflow lacks of a study; a second time changes nothing.

    folder: where `dse run` left the pictures of what designs learned; the files of the front are
    written there again. everything: a run for every trial, not only for members of the front.
    Raises RunError if MLflow does not take it.
    """
    os.environ.update(QUIET | os.environ)
    step("starting MLflow")
    from dse import tracking  # seconds to import

    files = write_front(record, folder)
    pictures = {t.number: picture_path(folder, t) for t in record.finished}
    try:
        view = tracking.open_view(place, record)
        before = {child.run_id for child in view.children.values()}
        step("writing runs")
        tracking.finish(view, record, files, everything=everything)
        tracking.log_pictures(view, {n: path for n, path in pictures.items() if path.is_file()})
    except Exception as error:
        raise RunError(
            f"MLflow at {readable_name(place.uri)} does not work ({first_line(error)}); the study "
            "is whole in its storage: give another --tracking, or sync later"
        ) from error
    after = {child.run_id for child in view.children.values()}
    return Synced(designs=len(after), new=len(after - before))
