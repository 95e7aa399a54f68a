"""The commands that hand a design over and compare two; `cli` puts them into `dse`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dse.cli_options import STORAGE, JsonOption, StorageOption, StudyArgument
from dse.errors import InputError

if TYPE_CHECKING:
    from dse.spec import Spec

PICK = (
    'knee, balanced, "best OBJECTIVE", "trial N", or limits such as "accuracy>=0.92, '
    'lifetime>=1e9", with a rule or without; default: the pick of the study file, else knee.'
)


def export(  # noqa: PLR0913 (the options of a command)
    study: StudyArgument,
    pick: Annotated[str, typer.Option(help=PICK)] = "",
    weight: Annotated[
        list[str] | None,
        typer.Option(metavar="OBJECTIVE=FACTOR", help="Of an objective; repeatable."),
    ] = None,
    tolerance: Annotated[
        bool,
        typer.Option(
            "--tolerance/--no-tolerance", help="Find how far each quantity may move (minutes)."
        ),
    ] = True,
    jobs: Annotated[
        int, typer.Option("-j", "--jobs", min=1, help="Worker processes of the tolerance.")
    ] = 2,
    storage: StorageOption = STORAGE,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "-o",
            "--output",
            help="A file, repeatable: .json, .md, .html, .toml (device file), .sp (SPICE), .va "
            "(Verilog-A) or .csv (pulses); default: each of them in runs/STUDY.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the recommended design as a specification; prints what was chosen and the files.

    Ends with 3 if no feasible design keeps the limits. Tolerances that were found before are not
    looked for again.
    """
    from dse import export, export_run
    from dse.pick import parse

    wanted = parse(pick, weight or []) if pick else None
    for path in output or []:
        if path.suffix not in export.FORMATS:
            raise InputError(
                f"-o {path}: unknown kind of file; use a name ending in "
                f"{', '.join(export.FORMATS)}"
            )
    from dse.cli_front import record_of

    record = record_of(study, storage)
    own = record.study.pick
    asked = export_run.Asked(
        pick=wanted or parse(own, weight or []),
        text=pick or own,
        outputs=tuple(output or ()),
        jobs=jobs,
        tolerance=tolerance,
    )
    spec, files = export_run.run(record, asked)
    if as_json:
        _print_json(spec, files)
        return
    export_run.show(spec)
    for path in files:
        typer.echo(path)


def _print_json(spec: "Spec", files: tuple[Path, ...]) -> None:
    from dse import json_page

    body: dict[str, Any] = {"files": [str(path) for path in files], "spec": spec.model_dump()}
    typer.echo(json_page.to_text("export", body))


def diff(
    first: Annotated[Path, typer.Argument(metavar="SPEC", help="A .json file of dse export.")],
    second: Annotated[Path, typer.Argument(metavar="SPEC", help="Another.")],
    as_json: JsonOption = False,
) -> None:
    """Show what changed from one specification to another, and what it costs."""
    from dse import diff as diffs
    from dse import json_page
    from dse.spec import read_whole_spec
    from dse.terminal import console

    found = diffs.diff(read_whole_spec(first)[0], read_whole_spec(second)[0])
    if as_json:
        typer.echo(json_page.to_text("diff", diffs.as_json(found)))
    else:
        diffs.show(console(), found)


def yield_(  # noqa: PLR0913 (the options of a command)
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="A .json file of dse export.")],
    limit: Annotated[
        str,
        typer.Option(
            help='What a good die has, as "accuracy>=0.9, learning_energy<=1 nJ"; default: an '
            "accuracy within a point of the spec's."
        ),
    ] = "",
    dies: Annotated[int, typer.Option(min=2, max=10_000, help="Dies at each variability.")] = 30,
    scales: Annotated[
        str, typer.Option(help="Multiples of the spec's variability.")
    ] = "0.5,1,2,3,4",
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Other dies.")] = 1,
    jobs: Annotated[int, typer.Option("-j", "--jobs", min=1, help="Worker processes.")] = 2,
    dataset: Annotated[
        str, typer.Option(help="'mnist', or a folder of IDX files; default: that of the spec.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Show the fraction of dies that meet a limit, and the variability at which it falls.

    Trains and scores dies on the images of a search. Finished dies are kept beside SPEC; the same
    command goes on with them.
    """
    from dse import json_page, yield_run
    from dse.terminal import console

    found = yield_run.run(
        spec,
        yield_run.Asked(
            limit=limit, dies=dies, scales=scales, seed=seed, jobs=jobs, dataset=dataset
        ),
    )
    if as_json:
        typer.echo(json_page.to_text("yield", yield_run.as_json(found)))
    else:
        yield_run.show(console(), found)
