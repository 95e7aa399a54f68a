"""From a design whose synapses have several junctions to one sampled die."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from device_models.array import row_attenuation
from device_models.defects import HEALTHY, OPEN, SHORT, STUCK_AP, STUCK_P, draw_defects
from device_models.pulse_effects import Polarity, flip_probability
from device_models.transport import junction_voltage, resistance_antiparallel
from device_models.variation import Cells, draw_cells, nominal_cell
from learner.crossbar import CompoundCrossbar
from objectives.design import Design
from objectives.die import column_gain, column_noise_a, converter, reference_shift
from objectives.wiring import Wiring, pulse_of, wiring
from objectives.writes import Kind, kind_of, others_ohm, synapse_path

Floats = NDArray[np.float64]

PAIR_OFFSET = 2.0
"""Offset over the largest nominal difference of a pair: read as it where a die goes below."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Lines:
    """Lines of the synapses as read, arrays as in `CompoundCrossbar`; side: of each line."""

    line_s: Floats
    line_kind: NDArray[np.uint8]
    side: tuple[int, ...]
    drawn_s: Floats


def draw_compound_die(design: Design, inputs: int, rng: np.random.Generator) -> CompoundCrossbar:
    """Sample one die: resistances and switching probabilities of every junction.

    Draws as `die.draw_die` does: cells, gain of the sense amplifiers (each side of a pair its
    own), mismatch of the reference, defects. Junctions sensed one by one give a synapse that is on
    or off, without noise, wire drop or spread, as if every single read were right
    (`cell_margin_sigma` says whether that is so).
    """
    wired, array = wiring(design), design.array
    shape = (wired.junctions, inputs, design.neuron.count)
    cells = draw_cells(design.device, design.variation, shape, rng)
    gain = np.stack([column_gain(design, inputs, rng) for _ in range(wired.sides)])
    shift = reference_shift(design, inputs, rng)
    kinds = draw_defects(design.defects, shape, rng)
    lines, ideal = lines_of(design, wired, cells, kinds), nominal_lines(design, wired)
    line_gain = gain[list(lines.side)]
    if not wired.sensed_apart:
        lines = replace(lines, line_s=lines.line_s * line_gain[:, None])
    signs = tuple(1 - 2 * side for side in lines.side)
    states_s = nominal_states_s(design, wired)
    window_s = float(states_s[0]), float(states_s[-1])
    offset_s = PAIR_OFFSET * window_s[1] if wired.sides == 2 else 0.0
    reference_s = _reference_s(design, wired, states_s) + offset_s
    if wired.sides == 1 and not wired.sensed_apart:
        lines.line_s[0] = np.maximum(lines.line_s[0] - reference_s * shift, 0.0)
    chances, chance_kind = _chances(design, wired, cells, kinds)
    tile_rows, mean_s = min(array.tile_rows, inputs), float(ideal.line_s.mean())
    wire_ohm = 0.0 if wired.sensed_apart else array.wire_ohm
    step_a, low, high = converter(design, window_s, inputs)
    return CompoundCrossbar(
        line_s=lines.line_s.astype(np.float32),
        line_kind=lines.line_kind,
        line_signs=signs,
        offset_s=offset_s,
        drawn_s=lines.drawn_s,
        chances=chances,
        chance_kind=chance_kind,
        tile_rows=tile_rows,
        attenuation=row_attenuation(tile_rows, wire_ohm, mean_s).astype(np.float32),
        read_v=array.read_v,
        read_s=array.read_s,
        reference_s=reference_s,
        pair_s=float(ideal.drawn_s.mean()) if wired.sides == 2 else 0.0,
        noise_relative=0.0 if wired.sensed_apart else design.sense.noise_relative,
        noise_a=line_noise_a(design, wired),
        gain=None if wired.sensed_apart else line_gain.astype(np.float32),
        converter_a=0.0 if wired.sensed_apart else step_a,
        converter_low=low,
        converter_high=high,
    )


def lines_of(design: Design, wired: Wiring, cells: Cells, kinds: NDArray[np.uint8]) -> Lines:
    """Lines of synapses whose junctions are `cells` (junctions, …), broken as `kinds` says."""
    on_ohm, off_ohm = _resistances(design, wired, cells, kinds)
    access_ohm = design.array.access_ohm
    junctions, states = range(wired.junctions), range(wired.states)
    parallel = np.array([[wired.parallel(s, m) for m in junctions] for s in states])
    if wired.series:
        return _strings(wired, parallel, on_ohm, off_ohm, access_ohm)
    line_s = 1 / (np.stack([off_ohm, on_ohm], axis=1) + access_ohm)
    each_s = line_s.mean(axis=tuple(range(2, line_s.ndim)))
    drawn_s = np.array([each_s[junctions, states_of.astype(int)].sum() for states_of in parallel])
    side = tuple(wired.side(m) for m in junctions)
    if not wired.sensed_apart:
        return Lines(
            line_s=line_s, line_kind=parallel.astype(np.uint8), side=side, drawn_s=drawn_s
        )
    by_side = parallel.reshape(wired.states, wired.sides, wired.per_side).min(axis=2)
    on_s = np.zeros_like(line_s[: wired.sides])
    on_s[:, 1] = 1 / (nominal_cell(design.device).r_p_ohm + access_ohm)
    return Lines(
        line_s=on_s,
        line_kind=np.asarray(by_side, np.uint8),
        side=tuple(range(wired.sides)),
        drawn_s=drawn_s,
    )


def _strings(
    wired: Wiring, parallel: NDArray[np.bool_], on_ohm: Floats, off_ohm: Floats, access_ohm: float
) -> Lines:
    """A line a side; its kinds are the states of its string, a bit a junction that is parallel."""
    k, kinds = wired.per_side, range(2**wired.per_side)
    line_s = np.empty((wired.sides, len(kinds), *on_ohm.shape[1:]))
    for side in range(wired.sides):
        for kind in kinds:
            members = range(side * k, side * k + k)
            string = [on_ohm[m] if kind >> j & 1 else off_ohm[m] for j, m in enumerate(members)]
            line_s[side, kind] = 1 / (access_ohm + sum(string))
    place = parallel.reshape(wired.states, wired.sides, k) @ (1 << np.arange(k))
    each_s = line_s.mean(axis=tuple(range(2, line_s.ndim)))
    return Lines(
        line_s=line_s,
        line_kind=place.astype(np.uint8),
        side=tuple(range(wired.sides)),
        drawn_s=each_s[range(wired.sides), place].sum(axis=1),
    )


def _resistances(
    design: Design, wired: Wiring, cells: Cells, kinds: NDArray[np.uint8]
) -> tuple[Floats, Floats]:
    """Resistance [Ω] of every junction, parallel and antiparallel, at read bias.

    The bias is the nominal junction's share beside its transistor and, in a string, beside others
    as antiparallel as itself: at 0.1 V the TMR of any other mix is within 1 % of that.
    """
    cell, array = nominal_cell(design.device), design.array
    k = wired.per_side if wired.series else 1
    string = k * cell.r_p_ohm, cell.tmr, k * cell.tmr_half_v
    share_v = junction_voltage(array.read_v, *string, array.access_ohm) / k
    on_ohm = np.array(cells.r_p_ohm)
    off_ohm = resistance_antiparallel(cells.r_p_ohm, cells.tmr, share_v, cells.tmr_half_v)
    stuck_ohm = (
        (STUCK_P, on_ohm, on_ohm),
        (STUCK_AP, off_ohm, off_ohm),
        (OPEN, np.inf, np.inf),
        (SHORT, design.defects.short_ohm, design.defects.short_ohm),
    )
    on, off = on_ohm.copy(), np.array(off_ohm)
    for kind, as_on, as_off in stuck_ohm:
        np.copyto(on, as_on, where=kinds == kind)
        np.copyto(off, as_off, where=kinds == kind)
    return on, off


def nominal_lines(design: Design, wired: Wiring) -> Lines:
    """Lines of one synapse of nominal junctions; arrays end in (1, 1)."""
    cell = nominal_cell(design.device)
    shape = (wired.junctions, 1, 1)
    same = _each(cell, lambda value: np.full(shape, value))
    return lines_of(design, wired, same, np.full(shape, HEALTHY, np.uint8))


def _each(cells: Cells, change: Callable[[Floats], Floats]) -> Cells:
    """The cells with every array changed."""
    return replace(
        cells,
        r_p_ohm=change(cells.r_p_ohm),
        tmr=change(cells.tmr),
        barrier=change(cells.barrier),
        critical_a=change(cells.critical_a),
    )


def nominal_states_s(design: Design, wired: Wiring) -> Floats:
    """What the nominal synapse adds to its neuron in each of its states, (states,) [S]."""
    lines = nominal_lines(design, wired)
    by_line = lines.line_s[range(len(lines.side)), lines.line_kind][..., 0, 0]
    return np.asarray(by_line @ (1.0 - 2.0 * np.array(lines.side)), float)


def _reference_s(design: Design, wired: Wiring, states_s: Floats) -> float:
    """Mean over all states, the (G_P + G_AP)/2 of one junction; a pair needs none."""
    if wired.sides == 2 or (design.array.read_scheme == "raw" and not wired.sensed_apart):
        return 0.0
    return float(states_s.mean())


def line_noise_a(design: Design, wired: Wiring) -> float:
    """Rms noise [A] of one tile and neuron.

    A string is taken as one junction: its shot noise is overstated.
    """
    if wired.sensed_apart:
        return 0.0
    cell_s = float(nominal_lines(design, wired).line_s.max())
    return column_noise_a(
        design.sense, design.array, cell_s, design.device.temperature_k, wired.cells, wired.sides
    )


def _chances(
    design: Design, wired: Wiring, cells: Cells, kinds: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Chance of every kind of flip (kinds, inputs, neurons), and which is whose."""
    chances: list[NDArray[np.float32]] = []
    number: dict[tuple[int, Kind], int] = {}
    chance_kind = np.zeros((wired.states, wired.junctions), np.uint8)
    for state in range(wired.states):
        for junction in range(wired.junctions):
            key = junction, kind_of(wired, state, junction)
            if key not in number:
                number[key] = len(chances)
                chance = _flips(design, wired, key, cells)
                chances.append(np.where(kinds[junction] == HEALTHY, chance, 0).astype(np.float32))
            chance_kind[state, junction] = number[key]
    return np.stack(chances), chance_kind


def _flips(design: Design, wired: Wiring, key: tuple[int, Kind], cells: Cells) -> Floats:
    """Chance that a pulse on `junction` flips it, (inputs, neurons)."""
    junction, kind = key
    polarity: Polarity = "depression" if kind[0] else "potentiation"
    pulse = pulse_of(design, wired, polarity, junction)
    own = _each(cells, lambda values: values[junction])
    path = synapse_path(design, wired, pulse, own.r_p_ohm.shape[0])
    series_ohm = path.wire_ohm + design.array.access_ohm
    series_ohm = series_ohm + others_ohm(design.device, wired, kind, pulse, path, series_ohm)
    return flip_probability(
        design.device, own, pulse, series_ohm[:, None], polarity, design.environment,
        path.open_share[:, None],
    )  # fmt: skip
