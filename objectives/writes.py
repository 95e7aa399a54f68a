"""Every kind of write attempt on an array of junctions: how often by row, and what it does."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from device_models.arrays import Floats
from device_models.params import Mtj, Pulse
from device_models.pulse_effects import Polarity
from device_models.transport import junction_voltage, resistance_antiparallel
from device_models.variation import nominal_cell
from device_models.write import Write, depression_write, potentiation_write
from device_models.write_path import WritePath, drive_shares, layer_write_path
from learner.events import Events
from objectives.design import Design
from objectives.wiring import Wiring, pulse_of, wiring

HALF_V_MOST = 2.0
"""End of the range of `Mtj.tmr_half_v`, which a long string of junctions would leave."""


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """How often one kind of pulse met one state of one junction of the synapses.

    count: (inputs,) synapses; write: of the nominal junction, (inputs,); junction: its number in
    the synapse; share: part of `write.energy_j` that is this junction's, of a string its 1/k.
    """

    count: NDArray[np.int64]
    write: Write
    pulse: Pulse
    polarity: Polarity
    junction: int
    share: float

    @property
    def sign(self) -> int:
        """Of the voltage as the breakdown laws count it, positive AP→P."""
        return 1 if self.polarity == "potentiation" else -1


def write_attempts(events: Events, design: Design, inputs: int) -> tuple[Attempts, ...]:
    """Both drives on every state of every junction, as counted.

    Every junction of the winner's synapses gets its pulse: those that are where it drives them
    already are driven, heated and worn as the others, and stay what they are.
    """
    wired = wiring(design)
    paths: dict[Pulse, WritePath] = {}
    found = []
    for drive in (0, 1):
        for junction in range(wired.junctions):
            polarity = wired.polarity(drive, junction)
            pulse = pulse_of(design, wired, polarity, junction)
            if pulse not in paths:
                paths[pulse] = synapse_path(design, wired, pulse, inputs)
            for kind, states in _kinds(wired, junction):
                found.append(
                    Attempts(
                        count=events.pulses[drive, states].sum(axis=0),
                        write=nominal_write(design, wired, kind, polarity, pulse, paths[pulse]),
                        pulse=pulse,
                        polarity=polarity,
                        junction=junction,
                        share=1 / wired.per_side if wired.series else 1.0,
                    )
                )
    return tuple(found)


Kind = tuple[bool, int]
"""Whether a junction is parallel, and how many others of its string are not."""


def _kinds(wired: Wiring, junction: int) -> Iterator[tuple[Kind, list[int]]]:
    """The kinds a junction's pulse can meet, each with the states of the synapse it is in."""
    kinds: dict[Kind, list[int]] = {}
    for state in range(wired.states):
        kinds.setdefault(kind_of(wired, state, junction), []).append(state)
    yield from kinds.items()


def kind_of(wired: Wiring, state: int, junction: int) -> Kind:
    """What the pulse of `junction` meets in `state`."""
    others = wired.others_antiparallel(state, junction) if wired.series else 0
    return wired.parallel(state, junction), others


def nominal_write(
    design: Design, wired: Wiring, kind: Kind, polarity: Polarity, pulse: Pulse, path: WritePath
) -> Write:
    """A pulse on the nominal junction in each row, (inputs,)."""
    parallel, _ = kind
    cell = nominal_cell(design.device)
    series_ohm = path.wire_ohm + design.array.access_ohm
    series_ohm = series_ohm + others_ohm(design.device, wired, kind, pulse, path, series_ohm)
    if polarity == "potentiation":
        return potentiation_write(
            cell, pulse, series_ohm, from_ap=not parallel, share=path.open_share
        )
    return depression_write(cell, pulse, series_ohm, from_p=parallel, share=path.open_share)


def others_ohm(
    mtj: Mtj, wired: Wiring, kind: Kind, pulse: Pulse, path: WritePath, series_ohm: Floats
) -> Floats:
    """Resistance [Ω] of the other junctions of a string, at the bias each of them has, (inputs,).

    n antiparallel junctions of one string share their voltage: they are one of n·R_P whose TMR
    halves at n·V_h. Nominal junctions; what each differs by is left out, its own is not.
    """
    if not wired.series:
        return np.zeros_like(series_ohm)
    parallel, others = kind
    cell = nominal_cell(mtj)
    antiparallel = others + (not parallel)
    flat_ohm = (wired.per_side - antiparallel) * cell.r_p_ohm
    if antiparallel == 0:
        return np.full_like(series_ohm, flat_ohm - cell.r_p_ohm)
    drive_v = pulse.amplitude_v * path.open_share
    half_v = antiparallel * cell.tmr_half_v
    volts = junction_voltage(
        drive_v, antiparallel * cell.r_p_ohm, cell.tmr, half_v, series_ohm + flat_ohm
    )
    high_ohm = resistance_antiparallel(
        cell.r_p_ohm, cell.tmr, volts / antiparallel, cell.tmr_half_v
    )
    own_ohm = cell.r_p_ohm if parallel else high_ohm
    return np.asarray(flat_ohm + antiparallel * high_ohm - own_ohm, float)


def string_of(mtj: Mtj, wired: Wiring) -> Mtj:
    """What stands for the string of one cell: k junctions as one of k·R_P, or the one there is."""
    if not wired.series:
        return mtj
    half_v = min(wired.per_side * mtj.tmr_half_v, HALF_V_MOST)
    return replace(mtj, ra_ohm_m2=wired.per_side * mtj.ra_ohm_m2, tmr_half_v=half_v)


def synapse_path(design: Design, wired: Wiring, pulse: Pulse, inputs: int) -> WritePath:
    """Write path of every row; each cell of a synapse has its own bit line and driver."""
    return layer_write_path(string_of(design.device, wired), design.array, pulse, inputs)


def write_share_min(design: Design, inputs: int) -> float:
    """Lowest part of the drive that the nominal cell of any row sees, over both polarities.

    1 for multilevel cells, whose presets state the pulse at the cell.
    """
    if design.synapse.kind != "mtj":
        return 1.0
    return min(
        _lowest(design, design.potentiation, "potentiation", inputs),
        _lowest(design, design.depression, "depression", inputs),
    )


def _lowest(design: Design, pulse: Pulse, polarity: Polarity, inputs: int) -> float:
    wired, array = wiring(design), design.array
    path = synapse_path(design, wired, pulse, inputs)
    mtj = string_of(design.device, wired)
    return float(drive_shares(path, mtj, array.access_ohm, pulse, polarity).min())
