"""The command `dse compare`; `cli` puts it into `dse`. All imports are late."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dse.cli_options import (
    STORAGE,
    TRACKING,
    JsonOption,
    StorageOption,
    TrackingOption,
)
from dse.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from dse.compare import Comparison
    from dse.record import Record


def compare(
    studies: Annotated[
        list[str],
        typer.Argument(
            metavar="STUDY…", help="Names of studies; NAME@FILE is one in another storage."
        ),
    ],
    storage: StorageOption = STORAGE,
    tracking: TrackingOption = TRACKING,
    folder: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Folder of page and figures; default: runs/compare."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Lay the fronts of studies over one another: hypervolume, dominance, knees, attainment.

    Ends with 3 if one of them has no feasible design.
    """
    from dse import compare_page, compare_run, json_page
    from dse.compare import compare as compared
    from dse.live import tracked_at
    from dse.storage import NONE, check_writable, storage_url
    from dse.terminal import console

    if len(studies) < 2 or len(set(studies)) < len(studies):
        raise InputError("compare takes two studies or more, each once: dse compare one other")
    found = compared(_named(studies, storage))
    folder = folder or Path("runs") / "compare"
    check_writable("-o", folder)
    err = console(stderr=True)
    err.print("writing page and figures")
    files = compare_run.write(found, folder)
    place = None if tracking == NONE else tracked_at(storage_url(tracking, "--tracking"))
    if place:
        compare_run.log(found, files, place, err.print)
    if as_json:
        body = {**compare_page.as_json(found), "files": [str(path) for path in files]}
        typer.echo(json_page.to_text("compare", body))
        return
    out = console()
    out.print(_table(found))
    out.print(compare_page.about(found))
    for path in files:
        out.print(str(path))


def _named(studies: list[str], storage: str) -> "dict[str, Record]":
    """Each study by its name; by what was typed where another has that name."""
    from dse.cli_front import record_of

    named: dict[str, Record] = {}
    for study in studies:
        name, _, other = study.partition("@")
        record = record_of(name, other or storage)
        named[study if record.study.name in named else record.study.name] = record
    return named


def _table(found: "Comparison") -> "Table":
    from rich.table import Table
    from rich.text import Text

    from dse.figures import show_metric
    from objectives.scores import METRICS

    table = Table(box=None, padding=(0, 1), header_style="bold", pad_edge=False)
    for header in ("study", "trials", "front", "hypervolume", "alone"):
        table.add_column(header, justify="left" if header == "study" else "right")
    for entry in found.entries:
        table.add_column(Text(f"beaten by {entry.name}"), justify="right")
    for name in found.objectives:
        table.add_column(Text(f"knee: {METRICS[name].title}"), justify="right")
    for place, entry in enumerate(found.entries):
        table.add_row(
            Text(entry.name),
            str(len(entry.record.finished)),
            str(len(entry.members)),
            f"{entry.hypervolume:.3f}",
            f"{entry.alone:.3f}",
            *(
                "" if there == place else f"{100 * share:.0f} %"
                for there, share in enumerate(found.covered[place])
            ),
            *(show_metric(name, entry.knee.values[name]) for name in found.objectives),
        )
    return table
