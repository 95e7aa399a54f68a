"""The commands about one device; `cli` puts them into `dse`. Nothing heavy at the top."""

from pathlib import Path
from typing import Annotated

import typer


def device(  # noqa: PLR0913 (the options of a command)
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="Name or .toml file of a device.")
    ] = "",
    change: Annotated[
        list[str] | None,
        typer.Option("-S", metavar="KEY=VALUE", help="Another value of a parameter; repeatable."),
    ] = None,
    temperature: Annotated[str, typer.Option(help='As "350 K".')] = "",
    polarity: Annotated[str, typer.Option(help="AP-P or P-AP, of the operating point.")] = "AP-P",
    amplitude: Annotated[str, typer.Option(help='Of the driver, as "0.7 V".')] = "",
    duration: Annotated[str, typer.Option(help='Of the pulse, as "10 ns".')] = "",
    access: Annotated[str, typer.Option(help='Series resistance, as "3 kohm".')] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="The map P(V, t), SI units.")] = False,
    output: Annotated[
        list[Path] | None,
        typer.Option("-o", "--output", help="Curves as .png or .html; repeatable."),
    ] = None,
) -> None:
    """Show a device: switching, energy, sensitivity, endurance and retention."""
    from dse import device_report
    from dse.device_asked import Asked

    if not name:
        device_report.print_list(as_json=as_json)
        return
    asked = Asked(
        name=name,
        changes=tuple(change or ()),
        temperature=temperature,
        polarity=polarity,
        amplitude=amplitude,
        duration=duration,
        access=access,
    )
    form = "json" if as_json else "csv" if as_csv else "table"
    device_report.show_device(asked, form=form, outputs=tuple(output or ()))


def calibrate(  # noqa: PLR0913 (the options of a command)
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="CSV...", help="Switching counts, R(V), cycles to breakdown; told by header."
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Device file (.toml); its picture goes beside it."),
    ] = None,
    start: Annotated[
        str, typer.Option(help="Device that supplies all that is not fitted.")
    ] = "ut-austin-50nm",
    diameter: Annotated[str | None, typer.Option(help="Such as '40 nm'.")] = None,
    damping: Annotated[float | None, typer.Option(help="Gilbert α.")] = None,
    temperature: Annotated[str | None, typer.Option(help="Such as '300 K'.")] = None,
    series_ohm: Annotated[
        float, typer.Option(help="In series with the junction in switching and R(V) data [Ω].")
    ] = 0.0,
    trials: Annotated[
        int | None, typer.Option(min=1, help="Behind each probability without a trials column.")
    ] = None,
    title: Annotated[str, typer.Option(help="Title of the device.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Fit a device to measured curves, with 95 % intervals and what the data leave open.

    Ends with 0 if anything could be fitted, even when some parameters are not identified.
    """
    from dse.calibrate_run import Options, run

    given = {"diameter_m": diameter, "damping": damping, "temperature_k": temperature}
    options = Options(start=start, given=given, series_ohm=series_ohm, trials=trials, title=title)
    run(files, options, output, as_json=as_json)
