"""Derived numbers of one device and its pulses: what `dse device` shows and a spec repeats."""

from dataclasses import replace

import numpy as np

from device_models.arrays import Floats
from device_models.params import Array, Environment, Mtj, Pulse
from device_models.pulse_effects import Polarity, flip_probability, pulse_rise_k
from device_models.ranges import ranges_of
from device_models.retention import dwell_time_s
from device_models.transport import resistance_antiparallel
from device_models.variation import nominal_cell
from device_models.write import (
    OVERDRIVE_MAX,
    depression_write,
    potentiation_write,
)

POLARITIES = ("AP→P", "P→AP")
ROOM = Environment()

Number = tuple[float, str]
"""A value and its unit."""
STEP = 1e-3
"""Relative step of the amplitude for the slope of a probability."""


def derived(mtj: Mtj) -> dict[str, Number]:
    """Numbers that follow from a junction's parameters."""
    cell = nominal_cell(mtj)
    r_p, i_c0 = float(cell.r_p_ohm), float(cell.critical_a)
    r_ap = float(resistance_antiparallel(r_p, mtj.tmr, 0.0, mtj.tmr_half_v))
    return {
        "r_p_ohm": (r_p, "ohm"),
        "r_ap_ohm": (r_ap, "ohm"),
        "ic0_ap_to_p_a": (i_c0, "A"),
        "ic0_p_to_ap_a": (i_c0 * mtj.p_to_ap_ratio, "A"),
        "vc0_ap_to_p_v": (_critical_v(mtj, r_p, i_c0), "V"),
        "vc0_p_to_ap_v": (i_c0 * mtj.p_to_ap_ratio * r_p, "V"),
        "relaxation_time_s": (cell.tau_d_s, "s"),
        "dwell_time_s": (float(dwell_time_s(mtj.barrier, cell.tau_d_s)), "s"),
    }


def _critical_v(mtj: Mtj, r_p_ohm: float, critical_a: float) -> float:
    """Voltage [V] at which an antiparallel junction carries its critical current.

    Its resistance falls with the voltage, so the current grows all the way: one solution.
    """
    from scipy.optimize import brentq

    def beyond(volts: float) -> float:
        ohm = resistance_antiparallel(r_p_ohm, mtj.tmr, volts, mtj.tmr_half_v)
        return volts / float(ohm) - critical_a

    return float(brentq(beyond, 0.0, critical_a * r_p_ohm * (1 + mtj.tmr)))


def pulse_numbers(
    mtj: Mtj, array: Array, pulse: Pulse, polarity: str, env: Environment = ROOM
) -> dict[str, Number]:
    """What one pulse does to the nominal cell behind its access transistor.

    slope: dP/dlnV, by how much the probability grows when the amplitude does.
    """
    cell, up = nominal_cell(mtj), polarity == POLARITIES[0]
    write = (potentiation_write if up else depression_write)(cell, pulse, array.access_ohm)
    which: Polarity = "potentiation" if up else "depression"

    def probability(factor: float) -> float:
        moved = replace(pulse, amplitude_v=pulse.amplitude_v * factor)
        return float(flip_probability(mtj, cell, moved, array.access_ohm, which, env))

    rule = ranges_of(Pulse)["amplitude_v"]
    low = max(1 - STEP, rule.low / pulse.amplitude_v)
    high = min(1 + STEP, rule.high / pulse.amplitude_v)
    rise_k = pulse_rise_k(mtj, pulse, array.access_ohm, which, env)
    return {
        "probability": (probability(1.0), ""),
        "slope": ((probability(high) - probability(low)) / (high - low), ""),
        "temperature_rise_k": (rise_k, "K"),
        "overdrive": (float(write.overdrive), ""),
        "junction_v": (float(write.voltage_v), "V"),
        "current_a": (float(write.current_a), "A"),
        "energy_per_attempt_j": (float(write.energy_j), "J"),
    }


def overdrives(mtj: Mtj, array: Array, volts: Floats, polarity: str) -> tuple[Floats, Floats]:
    """I/I_c0 and current [A] of pulses of these driver amplitudes [V] on the nominal cell."""
    cell = nominal_cell(mtj)
    write = potentiation_write if polarity == POLARITIES[0] else depression_write
    found = [
        write(cell, Pulse(amplitude_v=float(v), duration_s=1e-9), array.access_ohm) for v in volts
    ]
    return (
        np.array([float(w.overdrive) for w in found]),
        np.array([float(w.current_a) for w in found]),
    )


def end_v(mtj: Mtj, array: Array) -> float:
    """Driver voltage of P→AP at the end of the switching table, at most what a Pulse allows."""
    cell = nominal_cell(mtj)
    current = OVERDRIVE_MAX * float(cell.critical_a) * mtj.p_to_ap_ratio
    return min(2.5, current * (float(cell.r_p_ohm) + array.access_ohm))
