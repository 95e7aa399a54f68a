"""A spec as pulse sequences for an instrument, to see whether a junction switches as it should."""

import csv
import io

from scipy.optimize import brentq

from device_models.params import Pulse
from device_models.ranges import RangeError
from dse.device import POLARITIES, end_v, pulse_numbers
from objectives.design import Design, operating, phase_designs

REPEATS = 1000
"""A chance of one half is then known to 1.6 %."""
SURE = 0.9999
LONGER = 10
LONGEST_S = 1e-6
"""End of the range of a pulse."""
COLUMNS = (
    "phase",
    "step",
    "pulse",
    "polarity",
    "amplitude_v",
    "duration_s",
    "repeats",
    "expected_probability",
)


def to_pulses(design: Design) -> str:
    """CSV; for each phase of the training and each polarity: set, read, pulse, read, repeated.

    set: the opposite pulse, LONGER times as long as the longest one and just strong enough to
    switch for SURE, so that the state is known and the barrier is not worn out; amplitudes of the
    driver, across access transistor and junction. Only for junctions: of a multilevel cell no
    pulse is known.
    """
    if design.synapse.kind != "mtj":
        raise RangeError(f"synapse.kind = {design.synapse.kind} has no pulses of a junction")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    mtj = operating(design).device
    longest_s = max(design.potentiation.duration_s, design.depression.duration_s)
    long_s = min(LONGER * longest_s, LONGEST_S)
    sure_v = {polarity: _sure_v(design, polarity, long_s) for polarity in POLARITIES}
    read = ("read", "P→AP", design.array.read_v, design.array.read_s)
    for phase, part in enumerate(phase_designs(design), 1):
        for polarity, pulse in zip(POLARITIES, (part.potentiation, part.depression), strict=True):
            found = pulse_numbers(mtj, design.array, pulse, polarity, design.environment)
            back = POLARITIES[1 - POLARITIES.index(polarity)]
            steps = [
                ("set", back, sure_v[back], long_s),
                read,
                ("write", polarity, pulse.amplitude_v, pulse.duration_s),
                read,
            ]
            for step, (kind, way, volts, seconds) in enumerate(steps, 1):
                chance = f"{found['probability'][0]:.6g}" if kind == "write" else ""
                row = (phase, step, kind, way, f"{volts:.6g}", f"{seconds:.6g}", REPEATS, chance)
                writer.writerow(row)
    return text.getvalue()


def _sure_v(design: Design, polarity: str, duration_s: float) -> float:
    """Least amplitude [V] that switches for SURE; that of the end of the table if none does."""
    mtj = operating(design).device

    def missing(volts: float) -> float:
        pulse = Pulse(amplitude_v=volts, duration_s=duration_s)
        found = pulse_numbers(mtj, design.array, pulse, polarity, design.environment)
        return SURE - found["probability"][0]

    end = end_v(mtj, design.array)
    return float(brentq(missing, 0.05, end, xtol=1e-3)) if missing(end) < 0 else end
