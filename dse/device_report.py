"""What `dse device` prints and writes."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from device_models.library import DEVICES, Device
from device_models.params import Array, Mtj
from dse import device, device_figures, device_page, json_page
from dse.device_asked import Asked, device_of, make_curves, number
from dse.device_curves import TARGETS, OperatingPoint
from dse.device_figures import Curves
from dse.errors import InputError
from dse.storage import make_place
from dse.terminal import command, console
from dse.units import show
from dse.values import unit_of

WRITERS = {".png": device_figures.write_png, ".html": device_page.write_html}
SHOWN_S = (1e-9, 2e-9, 5e-9, 10e-9, 20e-9, 50e-9)


def print_list(*, as_json: bool = False) -> None:
    """The devices of the library."""
    if as_json:
        listed = [{"name": name, "title": known.title} for name, known in DEVICES.items()]
        print(json_page.to_text("device", {"devices": listed}))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("name")
    table.add_column("device")
    for name, known in DEVICES.items():
        table.add_row(name, known.title)
    out = console()
    out.print(table)
    out.print(f"{command()} device NAME shows one", style="dim")


def show_device(asked: Asked, *, form: str, outputs: tuple[Path, ...]) -> None:
    """Numbers and curves of a device; form: "table", "json" or "csv"."""
    for path in outputs:
        if path.suffix not in WRITERS:
            kinds = " or ".join(WRITERS)
            raise InputError(f"-o {path}: unknown kind of file; use a name ending in {kinds}")
    found = device_of(asked)
    array = Array() if not asked.access else Array(access_ohm=number("array.access_ohm", asked))
    curves = make_curves(asked, found, array)
    for path in outputs:
        make_place(path)
        WRITERS[path.suffix](curves, path)
    if form == "json":
        print(json_page.to_text("device", as_json(curves, found.mtj)))
    elif form == "csv":
        print(curves.map.to_dataframe().reset_index().to_csv(index=False), end="")
    else:
        _print(found, asked, curves, outputs)


def half_voltages(curves: Curves) -> dict[str, list[float]]:
    """Driver voltage [V] of P = ½ by polarity at SHOWN_S; NaN where it is not reached."""
    at_half = curves.constant["amplitude_v"].sel(target=0.5)
    log_s = np.log(at_half["duration_s"].values)
    return {
        polarity: [
            float(
                np.interp(
                    math.log(s),
                    log_s,
                    at_half.sel(polarity=polarity).values,
                    left=np.nan,
                    right=np.nan,
                )
            )
            for s in SHOWN_S
        ]
        for polarity in device.POLARITIES
    }


def as_json(curves: Curves, mtj: Mtj) -> dict[str, Any]:
    """Everything `dse device` shows, for scripts; SI units."""
    numbers: Mapping[str, device.Number] = device.derived(mtj)
    grid = curves.map
    return {
        "title": curves.title,
        "parameters": dict(vars(mtj)),
        "derived": {name: {"value": v, "unit": u} for name, (v, u) in numbers.items()},
        "operating_point": asdict(curves.point),
        "half_voltage_v": {"duration_s": list(SHOWN_S), **half_voltages(curves)},
        "duration_s": grid["duration_s"].values.tolist(),
        "amplitude_v": grid["amplitude_v"].values.tolist(),
        "switching_probability": _by_polarity(grid["probability"]),
        "constant_probability": {
            "target": list(TARGETS),
            **{name: _by_polarity(curves.constant[name]) for name in curves.constant.data_vars},
        },
        "endurance": curves.endurance.to_dict()["attrs"] | _columns(curves.endurance),
        "retention": curves.retention.to_dict()["attrs"] | _columns(curves.retention),
    }


def _by_polarity(values: Any) -> dict[str, Any]:
    return {
        polarity: values.sel(polarity=polarity).values.tolist() for polarity in device.POLARITIES
    }


def _columns(data: Any) -> dict[str, Any]:
    return {str(name): data[name].values.tolist() for name in (*data.coords, *data.data_vars)}


def _print(found: Device, asked: Asked, curves: Curves, outputs: tuple[Path, ...]) -> None:
    out = console()
    out.print(f"{asked.name}: {curves.title}\n", style="bold")
    out.print(_parameters(found))
    out.print("\nDriver amplitude at which one pulse switches with probability 1/2", style="bold")
    out.print(_half_table(half_voltages(curves)))
    out.print("\nOperating point", style="bold")
    out.print(_point_table(curves.point))
    out.print("\n" + _endurance_text(curves))
    for path in outputs:
        out.print(f"{path}", style="cyan")
    if not outputs:
        out.print(f"{command()} device {asked.name} -o curves.png -o curves.html", style="dim")


def _plain(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in headers:
        table.add_column(header)
    return table


def _parameters(found: Device) -> Table:
    table = _plain("parameter", "value", "source")
    for leaf, value in vars(found.mtj).items():
        table.add_row(leaf, show(value, unit_of(f"device.{leaf}")), found.sources.get(leaf, ""))
    for leaf, (value, unit) in device.derived(found.mtj).items():
        table.add_row(leaf, show(value, unit), "derived")
    return table


def _half_table(half: dict[str, list[float]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("pulse", justify="right")
    for polarity in half:
        table.add_column(polarity, justify="right")
    for place, seconds in enumerate(SHOWN_S):
        volts = [row[place] for row in half.values()]
        shown = ["out of range" if math.isnan(v) else f"{v:.3f} V" for v in volts]
        table.add_row(show(seconds, "s"), *shown)
    return table


def _point_table(point: OperatingPoint) -> Table:
    table = _plain("quantity", "value")
    rows = {
        "pulse": f"{point.polarity}, {show(point.pulse.amplitude_v, 'V')}, "
        f"{show(point.pulse.duration_s, 's')}",
        "regime": f"{point.regime}, i = {point.overdrive:.2f}",
        "probability": f"{point.probability:.4f}",
        "dP/dV": f"{point.dp_dv:.3g} /V ({point.dp_dlnv:.3g} per relative change of amplitude)",
        "dP/dlnt": f"{point.dp_dlnt:.3g} per relative change of duration",
        "dP/dT": f"{point.dp_dtemperature:.3g} /K at the same pulse",
        "junction": show(point.junction_v, "V"),
        "energy of an attempt": show(point.energy_j, "J"),
    }
    for name, text in rows.items():
        table.add_row(name, text)
    return table


def _endurance_text(curves: Curves) -> str:
    data = curves.endurance.interp(junction_v=curves.point.junction_v)
    low, own, high = (float(data[name]) for name in ("lowest", "cycles", "highest"))
    if math.isnan(own):
        return "Endurance: the junction's voltage is outside the drawn range."
    return (
        f"Endurance there, pulses until 100 ppm of cells break: {own:.1g} by the device's own "
        f"law; the laws span {low:.1g} … {high:.1g}."
    )
