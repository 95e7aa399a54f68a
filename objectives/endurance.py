"""Lifetime: images learnt until a given fraction of the cells is expected to be broken."""

from collections.abc import Sequence

import numpy as np

from device_models.arrays import Floats
from device_models.endurance import (
    LawSpread,
    cycles_to_63_percent,
    images_to_failing_fraction,
    law_spread,
)
from device_models.params import Breakdown
from learner.events import Events
from objectives.design import Design
from objectives.writes import Attempts, write_attempts

BROKEN_FRACTION = 1e-4
ROW_GROUPS = 16
"""Equal parts of the rows, by wear, that the lifetime is summed over."""


def damage_per_image(events: Events, design: Design, inputs: int) -> Floats:
    """Wear (pulses over N63) of an image on each junction, (junctions·inputs, neurons).

    A winner's synapses get one pulse a junction or, if it was spared, none, so wins count both;
    what the pulses of a row met is that of the whole row. Positive voltage writes AP→P. Rows
    differ by how often they are active and by what the write path leaves of the drive.
    """
    kinds = write_attempts(events, design, inputs)
    return np.outer(_row_wear(kinds, events, design.breakdown), events.wins / events.images)


def _row_wear(kinds: Sequence[Attempts], events: Events, law: Breakdown) -> Floats:
    """Wear of the junctions of each row at the mean win, (junctions·inputs,)."""
    wear: Floats = np.zeros((1 + max(kind.junction for kind in kinds), kinds[0].count.size))
    pulses: Floats = wear + events.spared.sum(axis=0)
    for kind in kinds:
        volts = kind.sign * kind.write.voltage_v
        cycles = cycles_to_63_percent(volts, kind.pulse.duration_s, law)
        wear[kind.junction] += kind.count / cycles
        pulses[kind.junction] += kind.count
    return np.divide(wear, pulses, out=np.zeros_like(wear), where=pulses > 0).ravel()


def lifetime_images(events: Events, design: Design, inputs: int) -> float:
    """Images until 100 ppm of the cells are expected to be broken, learning all the while.

    Under the law and distribution of the design. Every cell is stressed as the nominal junction
    in its row: the spread of voltage between cells of a row, worth a decade for 5 % at n = 50, is
    left out, and so are cells that were broken from the start.
    """
    return _lifetime(write_attempts(events, design, inputs), events, design, design.breakdown)


def lifetime_spread(
    events: Events, design: Design, inputs: int, kinds: Sequence[Attempts] | None = None
) -> LawSpread:
    """`lifetime_images` under all laws and distributions, the other numbers as the design's.

    kinds: the attempts, where they were not all made with the pulses of `design`.
    """
    made = write_attempts(events, design, inputs) if kinds is None else kinds
    return law_spread(lambda law: _lifetime(made, events, design, law), design.breakdown)


def _lifetime(kinds: Sequence[Attempts], events: Events, design: Design, law: Breakdown) -> float:
    row_wear = _row_wear(kinds, events, law)
    rows = merged(np.repeat(row_wear, ROW_GROUPS), ROW_GROUPS, law.weibull_shape)
    damage = np.outer(rows, events.wins / events.images)
    groups = merged(damage.reshape(-1), len(events.wins), law.weibull_shape)
    area_ratio = (design.device.diameter_m / law.reference_diameter_m) ** 2
    return images_to_failing_fraction(groups, BROKEN_FRACTION, law, area_ratio)


def merged(wear: Floats, parts: int, shape: float) -> Floats:
    """Cells in order of their wear, cut into `parts` equal parts: one mean wear of each.

    The power mean (⟨w^β⟩)^(1/β), β the Weibull `shape`: exact while few cells are broken under
    that distribution, whose broken fraction goes with w^β. Under the log-normal the life is high
    by 1 % for 98 rows in groups of eight and 100 columns (15 % for four columns), and by a half
    where a whole tile is one group.
    """
    sorted_wear = np.sort(wear).reshape(parts, -1)
    most = sorted_wear[:, -1:]
    relative = np.divide(sorted_wear, most, out=np.zeros_like(sorted_wear), where=most > 0)
    mean: Floats = (relative**shape).mean(axis=1) ** (1 / shape)
    return most[:, 0] * mean
