"""Measured curves from CSV files: kind told by the header, every cell checked.

switching   amplitude, duration, polarity, trials, switched; or probability for switched
resistance  voltage, resistance, state
breakdown   voltage, duration, cycles, censored (yes or no; without the column all broke)

A column is named in SI, `amplitude_v`, or with its unit, `amplitude [mV]`. Lines that start with #
are notes. Amplitude and voltage of the first two kinds lie across junction and series resistance,
those of the third across the junction.
"""

import csv
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from device_models.params import Pulse
from device_models.ranges import Range, nearest, ranges_of
from dse.calibrate_data import Measured, Resistance, Stress, Switching
from dse.errors import InputError
from dse.units import to_si

AMPLITUDE, DURATION = ranges_of(Pulse)["amplitude_v"], ranges_of(Pulse)["duration_s"]
COUNT = Range(1.0, 1e9, "", "whole number of pulses")
PROBABILITY = Range(0.0, 1.0, "", "a share of the trials")
VOLTAGE = Range(-2.5, 2.5, "V", "junctions that are not broken by it")
RESISTANCE = Range(1.0, 1e8, "ohm", "tunnel junctions")
STRESS = Range(0.05, 3.0, "V", "magnitude across the junction")
STRESS_TIME = Range(1e-10, 1e6, "s", "one stress pulse")
CYCLES = Range(1.0, 1e18, "", "pulses until breakdown or until the test was stopped")

COLUMNS = {
    "amplitude": "V",
    "duration": "s",
    "voltage": "V",
    "resistance": "ohm",
    "trials": "",
    "switched": "",
    "probability": "",
    "cycles": "",
    "polarity": None,
    "state": None,
    "censored": None,
}
"""Column -> SI unit; None holds words."""
SUFFIX = {"V": "_v", "s": "_s", "ohm": "_ohm"}
ALIASES = {"pulse": "duration", "pulse_duration": "duration", "pulse_width": "duration"}

POLARITY = {
    **dict.fromkeys(("APP", "APTOP", "AP2P", "ANTIPARALLELTOPARALLEL"), True),
    **dict.fromkeys(("PAP", "PTOAP", "P2AP", "PARALLELTOANTIPARALLEL"), False),
}
"""By the letters and digits of the word: "AP-P", "AP→P" and "AP to P" are one."""
STATE = {"P": False, "PARALLEL": False, "AP": True, "ANTIPARALLEL": True}
TRUTH = {"YES": True, "TRUE": True, "1": True, "NO": False, "FALSE": False, "0": False}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line: where it stands, column -> text, and column -> factor of its unit to SI."""

    where: str
    texts: Mapping[str, str]
    factors: Mapping[str, float]

    def number(self, name: str, rule: Range) -> float:
        """The number of a column in SI."""
        text = self.texts[name]
        try:
            value = float(f"{float(text) * self.factors[name]:.15g}")
        except ValueError:
            raise InputError(f"{self.where}: {name} = {text!r} is not a number") from None
        if not math.isfinite(value) or value not in rule:
            shown = f"{name} = {value:g} {rule.unit}".rstrip()
            raise InputError(
                f"{self.where}: {shown} is outside {rule} ({rule.source}); correct the line or "
                "leave it out"
            )
        return value

    def whole(self, name: str, rule: Range) -> float:
        """A whole number."""
        value = self.number(name, rule)
        if not value.is_integer():
            raise InputError(f"{self.where}: {name} = {value:g} is not a whole number")
        return value

    def word(self, name: str, known: Mapping[str, bool], example: str) -> bool:
        """The meaning of a word, whatever its case and punctuation."""
        text = self.texts[name]
        bare = re.sub(r"[^A-Z0-9]", "", text.upper())
        if bare not in known:
            raise InputError(f"{self.where}: {name} = {text!r} is unknown; write {example}")
        return known[bare]


def read(paths: Sequence[Path], assumed_trials: int | None) -> Measured:
    """The data of all files; InputError names file and line of what is wrong.

    assumed_trials: behind each probability of a file without a column of trials.
    """
    tables: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    files: dict[str, list[str]] = {kind: [] for kind in KINDS}
    assumed = False
    for path in paths:
        kind, rows = _read_one(path)
        convert = KINDS[kind]
        tables[kind] += [convert(row, assumed_trials) for row in rows]
        files[kind].append(path.name)
        assumed |= kind == "switching" and "trials" not in rows[0].texts
    counts, readings, stress = (_columns(tables[kind]) for kind in KINDS)
    return Measured(
        switching=Switching(**counts) if counts else None,
        resistance=Resistance(**readings) if readings else None,
        stress=Stress(**stress) if stress else None,
        files={kind: names for kind, names in files.items() if names},
        assumed_trials=assumed_trials if assumed else None,
    )


def _columns(rows: list[dict[str, float]]) -> dict[str, Any]:
    return {name: np.array([row[name] for row in rows]) for name in (rows[0] if rows else ())}


def _switching(row: Row, assumed_trials: int | None) -> dict[str, float]:
    if "trials" not in row.texts and assumed_trials is None:
        raise InputError(f"{row.where}: no column of trials; add it, or give --trials N")
    trials = row.whole("trials", COUNT) if "trials" in row.texts else float(assumed_trials or 0)
    if "switched" in row.texts:
        some = Range(0.0, trials, "", "no more than the trials of the line")
        switched = row.whole("switched", some)
    else:
        switched = trials * row.number("probability", PROBABILITY)
    return {
        "amplitude_v": row.number("amplitude", AMPLITUDE),
        "duration_s": row.number("duration", DURATION),
        "from_ap": row.word("polarity", POLARITY, "AP-P or P-AP"),
        "trials": trials,
        "switched": switched,
    }


def _resistance(row: Row, _: int | None) -> dict[str, float]:
    return {
        "voltage_v": row.number("voltage", VOLTAGE),
        "resistance_ohm": row.number("resistance", RESISTANCE),
        "antiparallel": row.word("state", STATE, "P or AP"),
    }


def _stress(row: Row, _: int | None) -> dict[str, float]:
    return {
        "voltage_v": row.number("voltage", STRESS),
        "duration_s": row.number("duration", STRESS_TIME),
        "cycles": row.number("cycles", CYCLES),
        "censored": "censored" in row.texts and row.word("censored", TRUTH, "yes or no"),
    }


KINDS = {"switching": _switching, "resistance": _resistance, "breakdown": _stress}
NEEDED = {
    "switching": ("amplitude", "duration", "polarity"),
    "resistance": ("voltage", "resistance", "state"),
    "breakdown": ("voltage", "duration", "cycles"),
}
OPTIONAL = {
    "switching": ("trials", "switched", "probability"),
    "resistance": (),
    "breakdown": ("censored",),
}
MARKS = {
    "switched": "switching",
    "probability": "switching",
    "resistance": "resistance",
    "cycles": "breakdown",
}
"""The column that tells the kind."""


def _read_one(path: Path) -> tuple[str, list[Row]]:
    """Kind and lines of one file."""
    lines = _lines(path)
    where, header = next(lines, (str(path), []))
    factors = dict(_column(where, text) for text in header)
    if len(factors) < len(header):
        raise InputError(f"{where}: a column is given twice; remove one")
    kind = _kind(where, factors)
    rows = []
    for place, texts in lines:
        if len(texts) != len(header):
            raise InputError(f"{place}: {len(texts)} values under {len(header)} columns")
        rows.append(
            Row(where=place, texts=dict(zip(factors, texts, strict=True)), factors=factors)
        )
    if not rows:
        raise InputError(f"{path}: no line of data below the header")
    return kind, rows


def _lines(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Where and cells of every line that is neither empty nor a note."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as text ({error})") from error
    kept = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip(" ,;\t")]
    kept = [(n, line) for n, line in kept if not line.lstrip().startswith("#")]
    head = kept[0][1] if kept else ""
    delimiter = next((mark for mark in ",;\t" if mark in head), ",")
    for number, line in kept:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
        yield f"{path}, line {number}", [cell.strip() for cell in cells]


def _column(where: str, text: str) -> tuple[str, float]:
    """Name of a column and the factor of its unit: "duration [ns]" -> ("duration", 1e-9)."""
    found = re.fullmatch(r"(.*?)\s*[\[(](.*)[\])]", text)
    bare, unit = found.groups() if found else (text, None)
    name = re.sub(r"[\s-]+", "_", bare.strip().lower())
    si = {column + SUFFIX.get(u or "", ""): column for column, u in COLUMNS.items()}
    si |= {f"{alias}_s": column for alias, column in ALIASES.items()}
    with_unit = unit is not None or name in si
    name = si.get(name, name) if unit is None else name
    name = ALIASES.get(name, name)
    if name not in COLUMNS:
        valid = [*si, *COLUMNS]
        hint = nearest(name, valid) or f"; known are {', '.join(COLUMNS)}"
        raise InputError(f"{where}: unknown column {text!r}{hint}")
    needed = COLUMNS[name]
    if needed and not with_unit:
        raise InputError(
            f"{where}: column {text!r} has no unit; write {name}{SUFFIX[needed]} or "
            f"{name} [{needed}]"
        )
    if unit is None or needed is None:
        return name, 1.0
    try:
        return name, to_si(f"1 {unit}", needed)
    except InputError as error:
        raise InputError(f"{where}: column {text!r}: {error}") from error


def _kind(where: str, columns: Collection[str]) -> str:
    """The kind of data a header announces, with every column it needs."""
    kinds = {MARKS[name] for name in columns if name in MARKS}
    if len(kinds) != 1:
        raise InputError(
            f"{where}: these columns are no kind of data; switched or probability, resistance, or "
            "cycles must be one of them"
        )
    kind = kinds.pop()
    for name in NEEDED[kind]:
        if name not in columns:
            raise InputError(f"{where}: {kind} data need a column {name}; add it")
    for name in columns:
        if name not in NEEDED[kind] + OPTIONAL[kind]:
            raise InputError(f"{where}: column {name} does not belong to {kind} data; remove it")
    if {"switched", "probability"} <= set(columns):
        raise InputError(f"{where}: switched and probability are given; remove one")
    return kind
