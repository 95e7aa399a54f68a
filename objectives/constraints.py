"""What a design must not do: named figures, feasible at or below 0, known before any training."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from device_models.pulse_effects import pulse_rise_k, warmed
from device_models.switching import REDUCED_TIME
from device_models.temperature import TEMPERATURE
from device_models.variation import nominal_cell
from device_models.write import (
    OVERDRIVE_MAX,
    depression_write,
    potentiation_write,
    read_disturb_probability,
)
from device_models.write_path import line_current_a
from objectives.design import Design
from objectives.margins import read_contrast
from objectives.wiring import wiring
from objectives.writes import string_of

READ_SIGMAS = 2.0
"""Spread between columns over the rms noise of a read that a race needs; an assumption."""
OF_JUNCTIONS = (
    "drive_current",
    "write_current",
    "overdrive",
    "pulse_length",
    "read_disturb",
    "pulse_heating",
)
DISTURB_LIMIT = 1e-9
"""Flips of a cell an inference, the rate IBM asked of a read in 2008 (IEDM 2008 abstract)."""


def constraints(design: Design, pixels: NDArray[np.uint8]) -> Mapping[str, float]:
    """Every constraint by name; pixels: (n, inputs) sample of images.

    drive_current: largest write current over what the access transistor gives, minus 1.
    write_current: largest current on one bit line while a group is written, over `line_max_a`,
    minus 1.
    overdrive: largest nominal I/I_c0 over the end of the switching table, minus 1.
    pulse_length: longest pulse over the end of the switching table, minus 1.
    read_margin: 1 minus the contrast of a read over its noise, in units of READ_SIGMAS.
    read_disturb: decades of flips a cell and inference above DISTURB_LIMIT.
    pulse_heating: mean temperature of the hotter pulse over the end of the temperature laws, in
    terms of the rise they leave room for, minus 1; −1 while self-heating is off.

    All limits of a single cell are those of one next to ideal lines, the worst that can happen.
    A multilevel cell has no critical current and no switching table: of these only read_margin
    says something about it, the others are −1, always kept.
    """
    if design.synapse.kind != "mtj":
        return dict.fromkeys(OF_JUNCTIONS, -1.0) | {
            "read_margin": 1 - read_contrast(design, pixels) / READ_SIGMAS
        }
    return {
        "drive_current": _drive_current_a(design) / design.array.access_max_a - 1,
        "write_current": _line_current_a(design, pixels.shape[1]) / design.array.line_max_a - 1,
        "overdrive": _overdrive(design) / OVERDRIVE_MAX - 1,
        "pulse_length": _longest_time(design) / REDUCED_TIME.high - 1,
        "read_margin": 1 - read_contrast(design, pixels) / READ_SIGMAS,
        "read_disturb": float(np.log10(max(_disturb(design), 1e-300) / DISTURB_LIMIT)),
        "pulse_heating": max(_rises_k(design)) / _room_k(design) - 1,
    }


def _drive_current_a(design: Design) -> float:
    """Both polarities draw most through a junction that is parallel."""
    cell, access_ohm = nominal_cell(design.device), _series_ohm(design)
    up = potentiation_write(cell, design.potentiation, access_ohm, from_ap=False)
    down = depression_write(cell, design.depression, access_ohm)
    return float(max(up.current_a, down.current_a))


def _line_current_a(design: Design, inputs: int) -> float:
    """Of a full group of the tallest tile, all of it parallel."""
    rows = min(design.array.tile_rows, inputs)
    pulses = design.potentiation, design.depression
    mtj = string_of(design.device, wiring(design))
    return max(line_current_a(mtj, design.array, pulse, rows) for pulse in pulses)


def _overdrive(design: Design) -> float:
    mtj, access_ohm = design.device, _series_ohm(design)
    for_up, for_down = (warmed(nominal_cell(mtj), mtj, rise_k) for rise_k in _rises_k(design))
    up = potentiation_write(for_up, design.potentiation, access_ohm)
    down = depression_write(for_down, design.depression, access_ohm)
    return float(max(up.overdrive, down.overdrive))


def _longest_time(design: Design) -> float:
    """Longest pulse in units of the junction's relaxation time."""
    longest_s = max(design.potentiation.duration_s, design.depression.duration_s)
    return float(longest_s / nominal_cell(design.device).tau_d_s)


def _rises_k(design: Design) -> tuple[float, float]:
    """Mean temperature rise in a potentiation and in a depression pulse [K]."""
    mtj, access_ohm, env = design.device, _series_ohm(design), design.environment
    return (
        pulse_rise_k(mtj, design.potentiation, access_ohm, "potentiation", env),
        pulse_rise_k(mtj, design.depression, access_ohm, "depression", env),
    )


def _room_k(design: Design) -> float:
    """Rise the temperature laws leave room for [K], at least 1: the constraint stays finite."""
    return max(TEMPERATURE.high - design.device.temperature_k, 1.0)


def _disturb(design: Design) -> float:
    """Chance that an inference flips a cell whose row is active in every step.

    The steps follow each other without a pause: one long read.
    """
    array = design.array
    read_s = design.encoding.steps * array.read_s
    cell = nominal_cell(design.device)
    return float(read_disturb_probability(cell, array.read_v, read_s, _series_ohm(design)))


def _series_ohm(design: Design) -> float:
    """In series with a junction at worst [Ω]: its transistor, and a string all parallel."""
    wired = wiring(design)
    others = wired.per_side - 1 if wired.series else 0
    return design.array.access_ohm + others * float(nominal_cell(design.device).r_p_ohm)
