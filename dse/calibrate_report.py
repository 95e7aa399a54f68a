"""What `dse calibrate` says and writes: tables on the terminal, JSON, the device file."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from dse import json_page, toml_text
from dse.calibrate import Calibration, interval_text
from dse.calibrate_part import Estimate, Goodness, Part
from dse.units import show


def print_report(out: Console, calibration: Calibration) -> None:
    """Numbers, goodness of fit, correlation, and what the data leave open."""
    out.print("Fitted", style="bold")
    out.print(_estimates(calibration))
    out.print("\nGoodness of fit", style="bold")
    out.print(_goodness(calibration))
    for kind, part in calibration.parts.items():
        if len(part.coordinates) > 1:
            out.print(f"\nCorrelation, {kind}", style="bold")
            out.print(_correlation(part))
    if calibration.held:
        out.print("\nNot identified by the data", style="bold red")
        for held in calibration.held:
            value = _value(calibration, held.name)
            out.print(f"  {held.name} stays {value}, the default: {held.why}; {held.remedy}")
        out.print("  The intervals above hold only if these defaults are right.")
    out.print("\nThe numbers rest on", style="bold")
    for note in calibration.notes:
        out.print(f"  {note}")


def _value(calibration: Calibration, name: str) -> str:
    """A field of the device as a person writes it."""
    both = {**vars(calibration.mtj), **vars(calibration.breakdown)}
    return show(both[name], _unit(calibration, name))


def _unit(calibration: Calibration, name: str) -> str:
    from dse.values import unit_of

    return unit_of(f"{'device' if name in vars(calibration.mtj) else 'breakdown'}.{name}")


def _grid(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, header in enumerate(headers):
        table.add_column(header, justify="left" if place == 0 else "right")
    return table


def _estimates(calibration: Calibration) -> Table:
    table = _grid("parameter", "value", "95 % interval", "data")
    for role in ("estimates", "derived"):
        for kind, part in calibration.parts.items():
            for name, estimate in getattr(part, role).items():
                value = show(estimate.value, estimate.unit)
                data = kind if role == "estimates" else f"{kind}, derived"
                table.add_row(name, value, interval_text(estimate), data)
    return table


def _goodness(calibration: Calibration) -> Table:
    table = _grid("data", "points", "deviance", "expected", "ratio", "p", "")
    for kind, part in calibration.parts.items():
        found = part.goodness
        numbers = (found.deviance, found.expected, found.overdispersion, found.p_value)
        shown = ["–" if math.isnan(number) else f"{number:.3g}" for number in numbers]
        table.add_row(kind, str(found.points), *shown, found.verdict)
    table.columns[-1].justify = "left"
    return table


def _correlation(part: Part) -> Table:
    table = _grid("", *part.coordinates)
    for name, row in zip(part.coordinates, part.correlation, strict=True):
        table.add_row(name, *(f"{r:+.2f}" for r in row))
    return table


def as_json(calibration: Calibration) -> str:
    """Everything, for scripts."""
    return json_page.to_text(
        "calibrate",
        {
            "mtj": dict(vars(calibration.mtj)),
            "breakdown": dict(vars(calibration.breakdown)),
            "sources": dict(calibration.sources),
            "calibration": _record(calibration),
        },
    )


def to_toml(calibration: Calibration, title: str) -> str:
    """The device file; every number that was fitted with its interval beside it."""
    fitted = {name for part in calibration.parts.values() for name in part.estimates}
    tables: dict[str, Mapping[str, Any]] = {
        part: {k: _short(v) if k in fitted else v for k, v in vars(values).items()}
        for part, values in (("mtj", calibration.mtj), ("breakdown", calibration.breakdown))
    }
    tables |= {
        "sources": calibration.sources,
    }
    record = _record(calibration)
    plain = {name: value for name, value in record.items() if not isinstance(value, dict)}
    tables["calibration"] = plain
    tables |= {f"calibration.{k}": v for k, v in record.items() if isinstance(v, dict) and v}
    lines = [
        "# Written by dse calibrate; intervals are 95 % profile likelihood, all in SI.",
        f"title = {toml_text.value(title)}",
    ]
    for name, table in tables.items():
        lines += toml_text.table(name, table)
    return "\n".join(lines) + "\n"


def _record(calibration: Calibration) -> dict[str, Any]:
    """The table [calibration]."""
    parts = calibration.parts
    return {
        "start": calibration.start.device,
        "series_ohm": calibration.start.series_ohm,
        "files": [name for names in calibration.measured.files.values() for name in names],
        "notes": list(calibration.notes),
        "not_identified": {held.name: f"{held.why}; {held.remedy}" for held in calibration.held},
        "interval_95": _numbers(part.estimates for part in parts.values()),
        "derived": _numbers(part.derived for part in parts.values()),
        **{kind: _fit(part) for kind, part in parts.items()},
    }


def _numbers(groups: Iterable[Mapping[str, Estimate]]) -> dict[str, list[float]]:
    """Name -> value, low end, high end."""
    return {
        name: [_short(x) for x in (estimate.value, estimate.low, estimate.high)]
        for group in groups
        for name, estimate in group.items()
    }


def _fit(part: Part) -> dict[str, Any]:
    found: Goodness = part.goodness
    numbers = {
        "deviance": found.deviance,
        "expected_deviance": found.expected,
        "overdispersion": found.overdispersion,
        "p_value": found.p_value,
    }
    return {
        "points": found.points,
        **{name: _short(x) for name, x in numbers.items() if not math.isnan(x)},
        "verdict": found.verdict,
        "coordinates": list(part.coordinates),
        "correlation": [[round(float(r), 4) for r in row] for row in part.correlation],
    }


def _short(value: float) -> float:
    return float(f"{value:.6g}")
