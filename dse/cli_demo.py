"""The command about a handful of junctions; `cli` puts it into `dse`. Nothing heavy at the top."""

from pathlib import Path
from typing import Annotated

import typer


def demo(  # noqa: PLR0913 (the options of a command)
    device: Annotated[
        str, typer.Argument(metavar="[DEVICE]", help="Name or .toml file of a device.")
    ] = "ut-austin-50nm",
    patterns: Annotated[
        str, typer.Option(help="What is shown, one bit a row: 1100,0011.")
    ] = "1100,0011",
    neurons: Annotated[
        int | None, typer.Option(help="Columns, 2 … 8; default: one a pattern.")
    ] = None,
    presentations: Annotated[
        int | None, typer.Option(min=0, help="Patterns shown to learn; default: 12 of each.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of junctions, start and switching.")] = 0,
    potentiation: Annotated[
        str, typer.Option(help='As "0.7 V, 10 ns"; default: flips half the time in 10 ns.')
    ] = "",
    depression: Annotated[str, typer.Option(help='As "0.8 V, 10 ns"; default: the same.')] = "",
    read: Annotated[str, typer.Option(help='As "0.1 V, 1 us", which is the default.')] = "",
    wire: Annotated[str, typer.Option(help='Bit line a cell, as "2.5 ohm".')] = "",
    gap: Annotated[str, typer.Option(help='Pause after a pulse in the CSV, as "1 us".')] = "",
    variation: Annotated[float, typer.Option(help="Times the usual spread; 0: none.")] = 1.0,
    start: Annotated[
        str, typer.Option(help="random, P, AP, or the bits of each column: 1010,0101.")
    ] = "random",
    change: Annotated[
        list[str] | None,
        typer.Option("-S", metavar="KEY=VALUE", help="As device.barrier=60; repeatable."),
    ] = None,
    seeds: Annotated[
        int, typer.Option(min=0, max=10_000, help="So many more seeds: how often do they learn?")
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Folder for pulses.csv, demo.json, .png and .html."),
    ] = None,
) -> None:
    """Play inference and learning on a handful of junctions, pulse by pulse."""
    from dse import demo_report
    from dse.demo_asked import Asked

    asked = Asked(
        device=device,
        patterns=patterns,
        neurons=neurons,
        presentations=presentations,
        potentiation=potentiation,
        depression=depression,
        read=read,
        wire=wire,
        gap=gap,
        spread=variation,
        start=start,
        changes=tuple(change or ()),
    )
    demo_report.show_demo(asked, seed=seed, seeds=seeds, as_json=as_json, folder=output)
