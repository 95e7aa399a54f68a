"""How far the states of a cell, and the sums of columns, stand above what blurs them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from device_models.array import row_attenuation, tile_slices
from objectives.analog import nominal_window
from objectives.compound import line_noise_a, nominal_lines, nominal_states_s
from objectives.design import Design
from objectives.die import amplifier_noise_a, column_noise_a, converter, nominal_conductances
from objectives.wiring import wiring

NO_NOISE = 1e3
"""Reported where nothing blurs a read: cells sensed apart are numbers."""


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One nominal synapse as a tile column reads it.

    deviation_s: SD of what it adds over its states; window_s: all depressed and all potentiated;
    line_s: mean conductance whose current is noisy, of two lines the root of both squares; cell_s:
    mean of one cell, for the wire; noise_a: absolute rms noise of a read.
    """

    deviation_s: float
    window_s: tuple[float, float]
    line_s: float
    cell_s: float
    noise_a: float


def read_contrast(design: Design, pixels: NDArray[np.uint8]) -> float:
    """Spread between the columns of random cells over the rms noise, for one whole presentation.

    n active rows of synapses in random states spread by σ·√n over columns, σ = ΔI/2 of a single
    junction; the noise of each tile and step, and the rounding of its converter, step/√12, add in
    squares. With T steps of the same image the spread grows as T, the noise as √T. The common
    current of a raw read is left out: all columns have it. 1,000 where there is no noise.
    """
    array, inputs = design.array, pixels.shape[1]
    if wiring(design).sensed_apart:
        return NO_NOISE
    signal, tiles = _signal(design), tile_slices(inputs, array.tile_rows)
    active, steps = _active_rows(design, pixels)
    levels = row_attenuation(min(array.tile_rows, inputs), array.wire_ohm, signal.cell_s)
    level = round(active / inputs * (len(levels) - 1))
    kept = float(levels[level].mean())
    spread_a = array.read_v * signal.deviation_s * kept * np.sqrt(active)
    tile_a = array.read_v * signal.line_s * kept * active / len(tiles)
    step_a, _, _ = converter(design, signal.window_s, inputs)
    tile_noise = np.hypot(signal.noise_a, design.sense.noise_relative * tile_a)
    tile_noise = np.hypot(tile_noise, step_a / np.sqrt(12))
    return float(spread_a * np.sqrt(steps) / (tile_noise * np.sqrt(len(tiles))))


def _signal(design: Design) -> Signal:
    wired = wiring(design)
    if design.synapse.kind != "mtj":
        on_s, off_s = nominal_window(design)
        noise_a = column_noise_a(design.sense, design.array, on_s, design.device.temperature_k)
        mean_s = (on_s + off_s) / 2
        return Signal(
            deviation_s=(on_s - off_s) / 2,
            window_s=(off_s, on_s),
            line_s=mean_s,
            cell_s=mean_s,
            noise_a=noise_a,
        )
    states_s, lines = nominal_states_s(design, wired), nominal_lines(design, wired)
    return Signal(
        deviation_s=float(states_s.std()),
        window_s=(float(states_s[0]), float(states_s[-1])),
        line_s=float(lines.drawn_s.mean()) / np.sqrt(wired.sides),
        cell_s=float(lines.line_s.mean()),
        noise_a=line_noise_a(design, wired),
    )


def _active_rows(design: Design, pixels: NDArray[np.uint8]) -> tuple[float, int]:
    """Mean active rows a step, and the steps of a presentation that runs to its end."""
    encoding = design.encoding
    if encoding.kind == "one_shot":
        return float((pixels > encoding.pixel_threshold).sum(1).mean()), encoding.steps
    return float(pixels.sum(1).mean() / 255 * encoding.peak_rate), encoding.steps


def cell_margin_sigma(design: Design) -> float:
    """Sense margin of one cell read alone: from either state to the reference, in its own σ.

    The reference lies halfway. σ adds in squares the spread of the state's current within a die,
    the amplifier's gain and the reference's mismatch, relative noise, and the noise of the
    amplifier in one read; the smaller of both states is given. With the transistor in series a
    junction's spread counts by its share of the resistance. IBM asked for ΔR above 15 σ of R_P
    (IEDM 2008 abstract), which this is half of. 0 for multilevel cells, whose states are many.
    """
    if design.synapse.kind != "mtj":
        return 0.0
    array, sense = design.array, design.sense
    on_a, off_a = (array.read_v * g for g in nominal_conductances(design.device, array))
    half_a, reference_a = (on_a - off_a) / 2, (on_a + off_a) / 2
    noise_a = amplifier_noise_a(sense, array)
    blur = [
        np.sqrt(
            (_spread(design, parallel) * current_a) ** 2
            + (sense.offset_relative * current_a) ** 2
            + (sense.noise_relative * current_a) ** 2
            + (sense.reference_mismatch * reference_a) ** 2
            + noise_a**2
        )
        for parallel, current_a in ((True, on_a), (False, off_a))
    ]
    return min(float(half_a / max(blur)), NO_NOISE) if max(blur) > 0 else NO_NOISE


def _spread(design: Design, parallel: bool) -> float:
    """CV of a cell's current over a die: R ∝ RA·D⁻²·(1 + TMR), small spreads."""
    varied, array = design.variation, design.array
    tmr = 0.0 if parallel else design.device.tmr
    own = varied.ra**2 + (2 * varied.diameter) ** 2 + (varied.tmr * tmr / (1 + tmr)) ** 2
    cell_s = nominal_conductances(design.device, array)[0 if parallel else 1]
    return float((1 - cell_s * array.access_ohm) * np.sqrt(own))
