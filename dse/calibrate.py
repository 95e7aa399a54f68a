"""From measured curves to a device: each kind of data fits its part, the start device the rest.

Resistance first, since the current of a switching pulse follows from it. A parameter that the data
do not identify keeps the value of the start device, and the others are fitted given that value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from device_models.library import ASSUMPTION, Device
from device_models.params import Breakdown, Mtj
from device_models.ranges import RangeError
from dse import calibrate_breakdown, calibrate_resistance, calibrate_switching
from dse.calibrate_data import Measured
from dse.calibrate_part import Estimate, Held, Part
from dse.errors import InputError, RunError
from dse.study_file import find_device
from dse.units import show


@dataclass(frozen=True, kw_only=True)
class Start:
    """What is known without the data.

    device: library name or file that supplies all that is not fitted; given: fields of the
    junction set by options; series_ohm: resistance in series with the junction [Ω].
    """

    device: str
    given: Mapping[str, float]
    series_ohm: float


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """A device and how the data led to it; parts: kind of data -> its fit."""

    mtj: Mtj
    breakdown: Breakdown
    sources: Mapping[str, str]
    parts: Mapping[str, Part]
    start: Start
    measured: Measured
    notes: Sequence[str]

    @property
    def held(self) -> list[Held]:
        """Everything the data leave open."""
        return [held for part in self.parts.values() for held in part.held]


def calibrate(measured: Measured, start: Start) -> Calibration:
    """Fit all data; InputError or RunError in one line if no device comes out."""
    device = find_device(start.device, Path.cwd())
    given: dict[str, Any] = dict(start.given)
    base = replace(device.mtj, **given)
    try:
        found, law, parts = _fit(measured, base, device.breakdown, start.series_ohm)
    except RangeError as error:
        raise InputError(f"the data do not fit the models: {error}") from error
    if not any(part.estimates for part in parts.values()):
        first = next(held for part in parts.values() for held in part.held)
        raise RunError(
            f"the data identify no parameter; {first.name}: {first.why}; {first.remedy}"
        )
    return Calibration(
        mtj=found,
        breakdown=law,
        sources=_fitted(_started(device, start), parts, measured.files),
        parts=parts,
        start=start,
        measured=measured,
        notes=[
            *_notes(measured, start),
            *(note for part in parts.values() for note in part.notes),
        ],
    )


def _fit(
    measured: Measured, mtj: Mtj, law: Breakdown, series_ohm: float
) -> tuple[Mtj, Breakdown, dict[str, Part]]:
    parts = {}
    if measured.resistance:
        mtj, part = calibrate_resistance.calibrate(measured.resistance, mtj, series_ohm)
        parts["resistance"] = part
    if measured.switching:
        mtj, part = calibrate_switching.calibrate(measured.switching, mtj, series_ohm)
        parts["switching"] = part
    if measured.stress:
        law = _for_this_area(law, mtj)
        law, part = calibrate_breakdown.calibrate(measured.stress, law)
        parts["breakdown"] = part
    return mtj, law, parts


def _for_this_area(law: Breakdown, mtj: Mtj) -> Breakdown:
    """The start's law as the one that is fitted: power, Weibull, for junctions of this size."""
    fitted: dict[str, Any] = {
        "law": "power",
        "distribution": "weibull",
        "reference_diameter_m": mtj.diameter_m,
    }
    return replace(law, **{name: value for name, value in fitted.items() if name in vars(law)})


def _notes(measured: Measured, start: Start) -> list[str]:
    """What the numbers rest on besides the data."""
    notes = [f"all that is not fitted or given comes from {start.device}"]
    if measured.switching and not measured.resistance:
        notes.append(
            "without R(V) data currents rest on RA, TMR and V_h of the start device: critical "
            "voltages are measured, critical currents and torque_efficiency scale with R_P"
        )
    if measured.assumed_trials:
        notes.append(
            f"{measured.assumed_trials} trials behind each probability are assumed: widths of "
            "intervals and goodness of fit rest on that number"
        )
    return notes


def _started(device: Device, start: Start) -> dict[str, str]:
    """Where the numbers of the start device are from."""
    theirs, name = device.sources, start.device
    found = {leaf: f"{name}: {theirs.get(leaf, 'library default')}" for leaf in vars(device.mtj)}
    law = {leaf: f"{name}: {theirs.get(leaf, ASSUMPTION)}" for leaf in vars(device.breakdown)}
    return found | law | dict.fromkeys(start.given, "given")


def _fitted(
    sources: Mapping[str, str], parts: Mapping[str, Part], files: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """`sources` with those of what was fitted, and a word on what could not be."""
    found = dict(sources)
    for kind, part in parts.items():
        source, held = ", ".join(files[kind]), ", ".join(held.name for held in part.held)
        given = f", given the default of {held}" if held else ""
        for name, estimate in part.estimates.items():
            interval = f"95 % interval {interval_text(estimate)}"
            found[name] = f"calibrated from {source}, {interval}{given}"
        for gap in part.held:
            found[gap.name] = f"not identified by the data; default: {found[gap.name]}"
    return found


def interval_text(estimate: Estimate) -> str:
    """An interval as a person writes it."""
    return f"{show(estimate.low, estimate.unit)} … {show(estimate.high, estimate.unit)}"
