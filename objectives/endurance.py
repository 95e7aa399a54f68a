"""Lifetime: images learnt until a given fraction of the cells is expected to be broken."""

import numpy as np

from device_models.arrays import Floats
from device_models.endurance import cycles_to_63_percent, images_to_failing_fraction
from device_models.variation import nominal_cell
from device_models.write import depression_write, potentiation_write
from learner.events import Events
from objectives.design import Design

BROKEN_FRACTION = 1e-4


def damage_per_image(events: Events, design: Design) -> Floats:
    """Wear (pulses over N63) of an image on a cell of each column, (neurons,).

    A winner's column gives each of its cells one pulse, so wins count pulses; the mix of
    polarities and starting states is that of the whole array.
    """
    cell, access_ohm = nominal_cell(design.device), design.array.access_ohm
    up, down = design.potentiation, design.depression
    kinds = (
        (events.potentiation_attempts_ap, potentiation_write(cell, up, access_ohm), up),
        (
            events.potentiation_attempts_p,
            potentiation_write(cell, up, access_ohm, from_ap=False),
            up,
        ),
        (events.depression_attempts_p, depression_write(cell, down, access_ohm), down),
        (
            events.depression_attempts_ap,
            depression_write(cell, down, access_ohm, from_p=False),
            down,
        ),
    )
    attempts = sum(count for count, _, _ in kinds)
    if not attempts:
        return np.zeros(len(events.wins))
    wear = sum(
        count / cycles_to_63_percent(write.voltage_v, pulse.duration_s, design.breakdown)
        for count, write, pulse in kinds
    )
    return events.wins / events.images * float(wear) / attempts


def lifetime_images(events: Events, design: Design) -> float:
    """Images until 100 ppm of the cells are expected to be broken, learning all the while."""
    return images_to_failing_fraction(
        damage_per_image(events, design), BROKEN_FRACTION, design.breakdown
    )
