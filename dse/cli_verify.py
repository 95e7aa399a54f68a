"""The command that verifies a spec; `cli` puts it into `dse`. Nothing heavy at the top."""

from pathlib import Path
from typing import Annotated

import typer

from dse.cli_options import TRACKING, TrackingOption


def verify(  # noqa: PLR0913 (the options of a command)
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="A .json file of dse export.")],
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Seeds of learning.")] = 5,
    dies: Annotated[int, typer.Option(min=1, max=100, help="Dies a seed.")] = 2,
    temperature: Annotated[
        list[str] | None,
        typer.Option(help='Corner, as "350 K"; repeatable. Default: 273, 300 and 358 K.'),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Other random numbers.")] = 1,
    dataset: Annotated[
        str, typer.Option(help="'mnist', or a folder of IDX files; default: that of the spec.")
    ] = "",
    jobs: Annotated[int, typer.Option("-j", "--jobs", min=1, help="Worker processes.")] = 1,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "-o", "--output", help="A .json or .md file; repeatable. Default: both, beside SPEC."
        ),
    ] = None,
    tracking: TrackingOption = TRACKING,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="One die, few images: a smoke check, judges nothing."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Measure a spec in full on the test images, and say which of its promises hold.

    Trains fresh dies on all training images, at the temperature of the spec and at the corners,
    and on one die a seed reads the whole test set again with exact column currents. Ends with 0
    only if every promise holds, with 1 if one fails; with --quick, which judges nothing, with 0
    once it has run. A run that is cut off goes on where it was.
    """
    from dse import verify_report, verify_run
    from dse.verify import Asked

    settings = verify_run.settings(spec, jobs, tuple(output or ()), tracking)
    asked = Asked(
        dataset=dataset,
        seed=seed,
        seeds=seeds,
        dies=dies,
        temperatures_k=verify_run.temperatures_k(tuple(temperature or ())),
        quick=quick,
    )
    try:
        outcome = verify_run.run(settings, asked)
    except KeyboardInterrupt:
        typer.echo("interrupted: finished dies are saved; run it again to go on", err=True)
        raise typer.Exit(130) from None
    if as_json:
        typer.echo(verify_report.to_json(outcome), nl=False)
    else:
        verify_report.show(outcome, settings.outputs)
    raise typer.Exit(0 if outcome.holds or quick else 1)
