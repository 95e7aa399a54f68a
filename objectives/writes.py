"""The four kinds of write attempt of an array of junctions, row by row."""

from dataclasses import dataclass

from device_models.params import Pulse
from device_models.pulse_effects import Polarity
from device_models.variation import nominal_cell
from device_models.write import Write, depression_write, potentiation_write
from device_models.write_path import drive_shares, layer_write_path
from learner.events import Events
from objectives.design import Design


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """How often one kind of pulse met one state, and what it does to the nominal cell, (inputs,).

    polarity_sign: of the voltage as the breakdown laws count it, positive AP→P.
    """

    count: int
    write: Write
    pulse: Pulse
    polarity_sign: int


def write_attempts(events: Events, design: Design, inputs: int) -> tuple[Attempts, ...]:
    """Both polarities on both states; a kind is taken to meet all rows alike.

    Every cell of the winner's column gets its pulse: those that hold the target state already are
    driven, heated and worn as the others, and stay what they are.
    """
    cell, array = nominal_cell(design.device), design.array
    up, down = design.potentiation, design.depression
    ups, downs = (layer_write_path(design.device, array, pulse, inputs) for pulse in (up, down))
    up_ohm, down_ohm = array.access_ohm + ups.wire_ohm, array.access_ohm + downs.wire_ohm

    def potentiations(count: int, from_ap: bool) -> Attempts:
        write = potentiation_write(cell, up, up_ohm, from_ap=from_ap, share=ups.open_share)
        return Attempts(count=count, write=write, pulse=up, polarity_sign=1)

    def depressions(count: int, from_p: bool) -> Attempts:
        write = depression_write(cell, down, down_ohm, from_p=from_p, share=downs.open_share)
        return Attempts(count=count, write=write, pulse=down, polarity_sign=-1)

    return (
        potentiations(events.potentiation_attempts_ap, True),
        potentiations(events.potentiation_attempts_p, False),
        depressions(events.depression_attempts_p, True),
        depressions(events.depression_attempts_ap, False),
    )


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
    mtj, array = design.device, design.array
    path = layer_write_path(mtj, array, pulse, inputs)
    return float(drive_shares(path, mtj, array.access_ohm, pulse, polarity).min())
