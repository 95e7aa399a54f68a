"""What `dse device` prints."""

import json
import math
from pathlib import Path

from rich.table import Table

from device_models.library import DEVICES
from device_models.params import Array, Mtj
from dse import device
from dse.errors import InputError
from dse.storage import make_place
from dse.study_file import find_device
from dse.terminal import command, console
from dse.units import show
from dse.values import unit_of


def print_list() -> None:
    """The devices of the library."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("name")
    table.add_column("device")
    for name, known in DEVICES.items():
        table.add_row(name, known.title)
    out = console()
    out.print(table)
    out.print(f"{command()} device NAME shows one", style="dim")


def show_device(name: str, *, as_json: bool, output: Path | None) -> None:
    """Numbers and curves of a named device or a device file."""
    mtj, _ = find_device(name, Path.cwd())
    title = DEVICES[name].title if name in DEVICES else name
    probability = device.curves(mtj, Array())
    if output:
        if output.suffix != ".png":
            raise InputError(f"-o {output}: unknown kind of file; use a name ending in .png")
        make_place(output)
        device.write_png(title, probability, output)
    if as_json:
        print(json.dumps(_finite(device.as_json(title, mtj, probability)), ensure_ascii=False))
        return
    out = console()
    out.print(f"{name}: {title}\n", style="bold")
    out.print(_parameters(name, mtj))
    out.print("\nDriver amplitude at which one pulse switches with probability 1/2", style="bold")
    out.print(_half_table(device.half_voltages(probability)))
    if output:
        out.print(f"\n{output}", style="cyan")


def _parameters(name: str, mtj: Mtj) -> Table:
    sources = DEVICES[name].sources if name in DEVICES else {}
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in ("parameter", "value", "source"):
        table.add_column(header)
    for leaf, value in vars(mtj).items():
        table.add_row(leaf, show(value, unit_of(f"device.{leaf}")), sources.get(leaf, ""))
    for leaf, (value, unit) in device.derived(mtj).items():
        table.add_row(leaf, show(value, unit), "derived")
    return table


def _half_table(half: dict[str, list[float]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("pulse", justify="right")
    for polarity in half:
        table.add_column(polarity, justify="right")
    for place, seconds in enumerate(device.DURATIONS_S):
        volts = [row[place] for row in half.values()]
        shown = ["out of range" if math.isnan(v) else f"{v:.3f} V" for v in volts]
        table.add_row(show(seconds, "s"), *shown)
    return table


def _finite(value: object) -> object:
    """JSON knows no NaN: a voltage that is out of range becomes null."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
