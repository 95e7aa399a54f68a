"""What `dse device` prints and writes."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from device_models.library import DEVICES
from device_models.params import Array, Breakdown, Mtj, Pulse, Variation
from device_models.ranges import RangeError, nearest
from device_models.temperature import at_temperature
from dse import device, device_curves, device_figures, device_page
from dse.device_curves import TARGETS, OperatingPoint
from dse.device_figures import Curves
from dse.errors import InputError
from dse.storage import make_place
from dse.study_file import find_device
from dse.terminal import command, console
from dse.units import show
from dse.values import design_value, unit_of

WRITERS = {".png": device_figures.write_png, ".html": device_page.write_html}
SHOWN_S = (1e-9, 2e-9, 5e-9, 10e-9, 20e-9, 50e-9)
POLARITY_NAMES = {"AP-P": device.POLARITIES[0], "P-AP": device.POLARITIES[1]}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which device and which pulse the user wants to see; texts as typed.

    changes: "barrier=60"; temperature, amplitude, duration: with unit, "" for the default;
    polarity: AP-P or P-AP.
    """

    name: str
    changes: tuple[str, ...] = ()
    temperature: str = ""
    polarity: str = "AP-P"
    amplitude: str = ""
    duration: str = ""
    access: str = ""


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


def show_device(asked: Asked, *, form: str, outputs: tuple[Path, ...]) -> None:
    """Numbers and curves of a device; form: "table", "json" or "csv"."""
    for path in outputs:
        if path.suffix not in WRITERS:
            kinds = " or ".join(WRITERS)
            raise InputError(f"-o {path}: unknown kind of file; use a name ending in {kinds}")
    mtj, breakdown = _device(asked)
    array = Array() if not asked.access else Array(access_ohm=_number("array.access_ohm", asked))
    curves = make_curves(asked, mtj, breakdown, array)
    for path in outputs:
        make_place(path)
        WRITERS[path.suffix](curves, path)
    if form == "json":
        print(json.dumps(_finite(as_json(curves, mtj)), ensure_ascii=False))
    elif form == "csv":
        print(curves.map.to_dataframe().reset_index().to_csv(index=False), end="")
    else:
        _print(asked, mtj, curves, outputs)


def _number(name: str, asked: Asked) -> float:
    texts = {
        "array.access_ohm": ("--access", asked.access),
        "potentiation.amplitude_v": ("--amplitude", asked.amplitude),
        "potentiation.duration_s": ("--duration", asked.duration),
        "environment.temperature_k": ("--temperature", asked.temperature),
    }
    option, text = texts[name]
    return float(design_value(option, name, _raw(text)))


def _raw(text: str) -> Any:
    """A plain number as a number, anything else as text with a unit."""
    try:
        return float(text)
    except ValueError:
        return text


def _device(asked: Asked) -> tuple[Mtj, Breakdown]:
    mtj, breakdown = find_device(asked.name, Path.cwd())
    for change in asked.changes:
        key, mark, text = change.partition("=")
        part, known = next(
            ((p, s) for p, s in (("device", mtj), ("breakdown", breakdown)) if hasattr(s, key)),
            ("", None),
        )
        if not mark or known is None:
            names = [*vars(mtj), *vars(breakdown)]
            raise InputError(
                f"-S {change}: not KEY=VALUE of a device{nearest(key, names)}; "
                f"allowed are {', '.join(names)}"
            )
        value = design_value(f"-S {key}", f"{part}.{key}", _raw(text))
        if part == "device":
            mtj = replace(mtj, **{key: value})  # type: ignore[arg-type]
        else:
            breakdown = replace(breakdown, **{key: value})  # type: ignore[arg-type]
    if asked.temperature:
        try:
            mtj = at_temperature(mtj, _number("environment.temperature_k", asked))
        except RangeError as error:
            raise InputError(f"--temperature {asked.temperature}: {error}") from error
    return mtj, breakdown


def make_curves(asked: Asked, mtj: Mtj, breakdown: Breakdown, array: Array) -> Curves:
    """Everything to draw."""
    if asked.polarity not in POLARITY_NAMES:
        raise InputError(f"--polarity {asked.polarity}: use AP-P or P-AP")
    polarity = POLARITY_NAMES[asked.polarity]
    grid = device_curves.probability_map(mtj, array)
    constant = device_curves.constant_probability(grid)
    pulse = _pulse(asked, constant, polarity)
    try:
        point = device_curves.operating_point(mtj, array, pulse, polarity)
    except RangeError as error:
        raise InputError(f"operating point: {error}; give --amplitude and --duration") from error
    sign = 1 if polarity == device.POLARITIES[0] else -1
    title = DEVICES[asked.name].title if asked.name in DEVICES else asked.name
    return Curves(
        title=", ".join(
            [title, *asked.changes, f"{mtj.temperature_k:g} K, behind {array.access_ohm:g} Ω"]
        ),
        map=grid,
        constant=constant,
        point=point,
        endurance=device_curves.endurance_curves(breakdown, pulse.duration_s, sign),
        retention=device_curves.retention_curves(mtj, Variation()),
    )


def _pulse(asked: Asked, constant: Any, polarity: str) -> Pulse:
    """The pulse asked for; by default the one of least energy at P = ½."""
    if bool(asked.amplitude) != bool(asked.duration):
        raise InputError("--amplitude and --duration belong together; give both or neither")
    if not asked.amplitude:
        try:
            return device_curves.cheapest(constant, polarity, 0.5)
        except RangeError as error:
            raise InputError(str(error)) from error
    return Pulse(
        amplitude_v=_number("potentiation.amplitude_v", asked),
        duration_s=_number("potentiation.duration_s", asked),
    )


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
        "schema_version": 2,
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


def _print(asked: Asked, mtj: Mtj, curves: Curves, outputs: tuple[Path, ...]) -> None:
    out = console()
    out.print(f"{asked.name}: {curves.title}\n", style="bold")
    out.print(_parameters(asked, mtj))
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


def _parameters(asked: Asked, mtj: Mtj) -> Table:
    sources = DEVICES[asked.name].sources if asked.name in DEVICES else {}
    changed = {change.partition("=")[0] for change in asked.changes}
    table = _plain("parameter", "value", "source")
    for leaf, value in vars(mtj).items():
        source = "given with -S" if leaf in changed else sources.get(leaf, "")
        table.add_row(leaf, show(value, unit_of(f"device.{leaf}")), source)
    for leaf, (value, unit) in device.derived(mtj).items():
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


def _finite(value: object) -> object:
    """JSON knows neither NaN nor infinity: what is out of range becomes null."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
