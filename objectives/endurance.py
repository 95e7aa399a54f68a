"""Lifetime: images learnt until a given fraction of the cells is expected to be broken."""

from dataclasses import replace

import numpy as np

from device_models.arrays import Floats
from device_models.endurance import (
    LawSpread,
    cycles_to_63_percent,
    images_to_failing_fraction,
    law_spread,
)
from device_models.variation import nominal_cell
from device_models.write import depression_write, potentiation_write
from learner.events import Events
from objectives.design import Design

BROKEN_FRACTION = 1e-4


def damage_per_image(events: Events, design: Design) -> Floats:
    """Wear (pulses over N63) of an image on a cell of each column, (neurons,).

    A winner's column gives each of its cells one pulse, so wins count pulses; the mix of
    polarities and starting states is that of the whole array. Positive voltage writes AP→P.
    """
    cell, access_ohm = nominal_cell(design.device), design.array.access_ohm
    up, down = design.potentiation, design.depression
    ap, p = potentiation_write(cell, up, access_ohm), depression_write(cell, down, access_ohm)
    p_again = potentiation_write(cell, up, access_ohm, from_ap=False)
    ap_again = depression_write(cell, down, access_ohm, from_p=False)
    kinds = (
        (events.potentiation_attempts_ap, ap.voltage_v, up),
        (events.potentiation_attempts_p, p_again.voltage_v, up),
        (events.depression_attempts_p, -p.voltage_v, down),
        (events.depression_attempts_ap, -ap_again.voltage_v, down),
    )
    attempts = sum(count for count, _, _ in kinds)
    if not attempts:
        return np.zeros(len(events.wins))
    wear = sum(
        count / cycles_to_63_percent(volts, pulse.duration_s, design.breakdown)
        for count, volts, pulse in kinds
    )
    return events.wins / events.images * float(wear) / attempts


def lifetime_images(events: Events, design: Design) -> float:
    """Images until 100 ppm of the cells are expected to be broken, learning all the while.

    Under the law and distribution of the design. Every cell is stressed as the nominal junction:
    the spread of voltage between cells, worth a decade for 5 % at n = 50, is left out, and so are
    cells that were broken from the start.
    """
    law = design.breakdown
    area_ratio = (design.device.diameter_m / law.reference_diameter_m) ** 2
    damage = damage_per_image(events, design)
    return images_to_failing_fraction(damage, BROKEN_FRACTION, law, area_ratio)


def lifetime_spread(events: Events, design: Design) -> LawSpread:
    """`lifetime_images` under all laws and distributions, the other numbers as the design's."""
    return law_spread(
        lambda law: lifetime_images(events, replace(design, breakdown=law)), design.breakdown
    )
