"""The command `dse calibrate`: options to SI, fit, report, files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dse import calibrate_report as report
from dse.calibrate import Start, calibrate
from dse.calibrate_figure import write_png
from dse.calibrate_files import read
from dse.errors import InputError
from dse.terminal import command, console
from dse.values import design_value


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command was told; given: field of the junction -> text, number or None."""

    start: str
    given: Mapping[str, str | float | None]
    series_ohm: float
    trials: int | None
    title: str


FLAGS = {"diameter_m": "--diameter", "damping": "--damping", "temperature_k": "--temperature"}


def run(files: Sequence[Path], options: Options, output: Path | None, *, as_json: bool) -> None:
    """Calibrate, tell, and write; nothing is written unless all went well."""
    if output and output.suffix != ".toml":
        raise InputError(f"-o {output}: a device file ends in .toml; use {output.stem}.toml")
    calibration = calibrate(read(files, options.trials), _start(options))
    title = options.title or f"Calibrated from {', '.join(path.name for path in files)}"
    text = report.to_toml(calibration, title)
    if as_json:
        print(report.as_json(calibration))
    else:
        report.print_report(console(), calibration)
    if output:
        write_png(calibration, title, output.with_suffix(".png"))
        output.write_text(text, encoding="utf-8")
        if not as_json:
            console().print(f"\n{output}  {output.with_suffix('.png')}", style="cyan")
            console().print(f"{command()} device {output}", style="dim")


def _start(options: Options) -> Start:
    """The options in SI, each within its range."""
    given = {
        name: float(design_value(FLAGS[name], f"device.{name}", raw))
        for name, raw in options.given.items()
        if raw is not None
    }
    series = float(design_value("--series-ohm", "array.access_ohm", options.series_ohm))
    return Start(device=options.start, given=given, series_ohm=series)
