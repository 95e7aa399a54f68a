"""What a design must not do: named figures, feasible at or below 0, known before any training."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from device_models.array import row_attenuation, tile_slices
from device_models.variation import nominal_cell
from device_models.write import (
    OVERDRIVE_MAX,
    depression_write,
    potentiation_write,
    read_disturb_probability,
)
from objectives.analog import nominal_window
from objectives.design import Design
from objectives.die import column_noise_a

READ_SIGMAS = 2.0
"""Spread between columns over the rms noise of a read that a race needs; an assumption."""
DISTURB_LIMIT = 1e-9
"""Flips of a cell an inference, the rate IBM asked of a read in 2008 (IEDM 2008 abstract)."""


def constraints(design: Design, pixels: NDArray[np.uint8]) -> Mapping[str, float]:
    """Every constraint by name; pixels: (n, inputs) sample of images.

    drive_current: largest write current over what the access transistor gives, minus 1.
    overdrive: largest nominal I/I_c0 over the end of the switching table, minus 1.
    read_margin: 1 minus the contrast of a read over its noise, in units of READ_SIGMAS.
    read_disturb: decades of flips a cell and inference above DISTURB_LIMIT.

    A multilevel cell has no critical current and no switching table: of these only read_margin
    says something about it, the others are −1, always kept.
    """
    if design.synapse.kind != "mtj":
        kept = dict.fromkeys(("drive_current", "overdrive", "read_disturb"), -1.0)
        return kept | {"read_margin": 1 - read_contrast(design, pixels) / READ_SIGMAS}
    return {
        "drive_current": _drive_current_a(design) / design.array.access_max_a - 1,
        "overdrive": _overdrive(design) / OVERDRIVE_MAX - 1,
        "read_margin": 1 - read_contrast(design, pixels) / READ_SIGMAS,
        "read_disturb": float(np.log10(max(_disturb(design), 1e-300) / DISTURB_LIMIT)),
    }


def _drive_current_a(design: Design) -> float:
    """Both polarities draw most through a junction that is parallel."""
    cell, access_ohm = nominal_cell(design.device), design.array.access_ohm
    up = potentiation_write(cell, design.potentiation, access_ohm, from_ap=False)
    down = depression_write(cell, design.depression, access_ohm)
    return float(max(up.current_a, down.current_a))


def _overdrive(design: Design) -> float:
    cell, access_ohm = nominal_cell(design.device), design.array.access_ohm
    up = potentiation_write(cell, design.potentiation, access_ohm)
    down = depression_write(cell, design.depression, access_ohm)
    return float(max(up.overdrive, down.overdrive))


def read_contrast(design: Design, pixels: NDArray[np.uint8]) -> float:
    """Spread between the columns of random cells over the rms noise, for one whole presentation.

    n active rows of half-on cells spread by ΔI·√n/2 over columns; the noise of each tile and step
    adds in squares. With T steps of the same image the spread grows as T, the noise as √T.
    """
    array, inputs = design.array, pixels.shape[1]
    tiles = tile_slices(inputs, array.tile_rows)
    active, steps = _active_rows(design, pixels)
    g_p, g_ap = nominal_window(design)
    levels = row_attenuation(min(array.tile_rows, inputs), array.wire_ohm, (g_p + g_ap) / 2)
    level = round(active / inputs * (len(levels) - 1))
    kept = float(levels[level].mean())
    spread_a = array.read_v * (g_p - g_ap) * kept * np.sqrt(active) / 2
    tile_a = array.read_v * (g_p + g_ap) / 2 * kept * active / len(tiles)
    noise = column_noise_a(design.sense, array, g_p, design.device.temperature_k)
    tile_noise = np.hypot(noise, design.sense.noise_relative * tile_a)
    return float(spread_a * np.sqrt(steps) / (tile_noise * np.sqrt(len(tiles))))


def _active_rows(design: Design, pixels: NDArray[np.uint8]) -> tuple[float, int]:
    """Mean active rows a step, and the steps of a presentation."""
    encoding = design.encoding
    if encoding.kind == "one_shot":
        return float((pixels > encoding.pixel_threshold).sum(1).mean()), 1
    return float(pixels.sum(1).mean() / 255 * encoding.peak_rate), encoding.steps


def _disturb(design: Design) -> float:
    """Expected flips of a cell whose row is active in every step of an inference."""
    array = design.array
    steps = 1 if design.encoding.kind == "one_shot" else design.encoding.steps
    cell = nominal_cell(design.device)
    each = read_disturb_probability(cell, array.read_v, array.read_s, array.access_ohm)
    return float(steps * each)
