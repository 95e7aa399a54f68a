"""Barrier, critical currents and relaxation time of a junction from counts of switching pulses.

Switching data see damping and anisotropy field only in τ_D = (1+α²)/(αγμ0H_k), so the field holds
at the damping it was fitted with. In the same way torque_efficiency holds at this damping and
polarisation: the data fix I_c0.
"""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.optimize import brentq

from device_models.params import Mtj
from device_models.ranges import RangeError, ranges_of
from device_models.switching import BARRIER, REDUCED_TIME
from device_models.transport import resistance_antiparallel
from device_models.variation import nominal_cell
from dse.calibrate_counts import CURRENT, DELTA, TIME, critical, goodness, model, problem
from dse.calibrate_data import Switching
from dse.calibrate_part import Estimate, Held, Part, exponential
from dse.errors import InputError
from dse.likelihood import Solution, combination, identify
from dse.units import show

REMEDY = {
    TIME: "add pulses of other lengths, from about τ_D to twenty times τ_D (1 to 20 ns)",
    DELTA: "add amplitudes between 10 and 90 % at long pulses, where the barrier sets the slope",
    CURRENT[True]: "add AP→P amplitudes at which 10 to 90 % of the pulses switch",
    CURRENT[False]: "add P→AP amplitudes at which 10 to 90 % of the pulses switch",
}


def calibrate(data: Switching, mtj: Mtj, series_ohm: float) -> tuple[Mtj, Part]:
    """The junction with what the counts identify, and all that is to be said about it."""
    tau_d_s = nominal_cell(mtj).tau_d_s
    gaps = _known_gaps(data)
    if TIME in gaps:
        _check_lengths(data, tau_d_s)
    solution = identify(
        problem(data, mtj, series_ohm),
        {DELTA: math.log(mtj.barrier), TIME: math.log(tau_d_s)},
        gaps,
        (TIME, DELTA, *CURRENT.values()),
    )
    if TIME in solution.held:
        _check_lengths(data, tau_d_s)
    found = _device(solution, mtj)
    p, q = model(found, data, series_ohm)
    return found, Part(
        estimates=_estimates(solution, found),
        derived=_derived(solution, found),
        held=_held(solution),
        coordinates=solution.problem.names,
        correlation=solution.correlation,
        goodness=goodness(data, p, q, len(solution.problem.names)),
        notes=(
            f"only the product α·H_k is identified: anisotropy_t holds at α = {mtj.damping:g}",
            f"torque_efficiency holds at α = {mtj.damping:g} and P = {mtj.polarisation:.3g}",
        ),
    )


def _check_lengths(data: Switching, tau_d_s: float) -> None:
    longest, limit = float(data.duration_s.max()), REDUCED_TIME.high * tau_d_s
    if longest > limit:
        raise InputError(
            f"pulses of {show(longest, 's')} are beyond the {show(limit, 's')} that the switching "
            f"model covers at the τ_D = {show(tau_d_s, 's')} of the start device, which the data "
            "leave open; leave them out, or give another --start or --damping"
        )


def _known_gaps(data: Switching) -> dict[str, str]:
    """What no fit is needed to see."""
    gaps, lengths = {}, np.unique(data.duration_s)
    if lengths.size == 1:
        gaps[TIME] = f"all pulses last {show(float(lengths[0]), 's')}"
    if all(np.unique(data.amplitude_v[data.from_ap == way]).size < 2 for way in (True, False)):
        gaps[DELTA] = "there is only one amplitude"
    return gaps


def _device(solution: Solution, mtj: Mtj) -> Mtj:
    """The start device with what was fitted in place of its own."""
    free, made = set(solution.problem.names), dict[str, float]()
    if DELTA in free:  # exp(ln 120) is not 120
        made["barrier"] = min(max(math.exp(solution.value(DELTA)), BARRIER.low), BARRIER.high)
    if TIME in free:
        tau_d_s = math.exp(solution.value(TIME))
        made["anisotropy_t"] = mtj.anisotropy_t * nominal_cell(mtj).tau_d_s / tau_d_s
    current = {
        way: math.exp(solution.value(name)) for way, name in CURRENT.items() if name in free
    }
    if len(current) == 2:
        made["p_to_ap_ratio"] = current[False] / current[True]
    try:
        found = replace(mtj, **made)
        if not current:
            return found
        needed = current.get(True, current.get(False, math.nan) / found.p_to_ap_ratio)
        over = critical(found)[True] / needed
        return replace(found, torque_efficiency=mtj.torque_efficiency * over)
    except RangeError as error:
        raise InputError(f"switching data: {error}; {_advice(str(error))}") from error


def _advice(error: str) -> str:
    if error.startswith("p_to_ap_ratio"):
        return "check the polarities, the series resistance and R(V)"
    return "α and P of the start device set its scale: give --damping or another --start"


def _estimates(solution: Solution, found: Mtj) -> dict[str, Estimate]:
    """Intervals of the device fields; each is a product of powers of exp(coordinates)."""
    free = set(solution.problem.names)
    first, second = CURRENT[True], CURRENT[False]
    current = first if first in free else second
    weights = {
        "barrier": {DELTA: 1.0},
        "torque_efficiency": {DELTA: 1.0, current: -1.0},
        "p_to_ap_ratio": {second: 1.0, first: -1.0},
        "anisotropy_t": {TIME: -1.0},
    }
    needed = {
        "barrier": {DELTA},
        "torque_efficiency": {current},
        "p_to_ap_ratio": {first, second},
        "anisotropy_t": {TIME},
    }
    units = {name: rule.unit for name, rule in ranges_of(Mtj).items()}
    return {
        name: _scaled(solution, weights[name], getattr(found, name), units[name])
        for name in weights
        if needed[name] <= free
    }


def _scaled(solution: Solution, weights: Mapping[str, float], value: float, unit: str) -> Estimate:
    """A number proportional to exp(weighted sum of coordinates)."""
    centre, low, high = combination(solution, weights)
    return exponential((0.0, low - centre, high - centre), unit, value)


def _derived(solution: Solution, found: Mtj) -> dict[str, Estimate]:
    """Critical currents and voltages, relaxation time."""
    needed, cell, made = critical(found), nominal_cell(found), {}
    free = solution.problem.names
    if TIME in free:
        made["relaxation_time_s"] = _scaled(solution, {TIME: 1.0}, cell.tau_d_s, "s")
    for way, name in CURRENT.items():
        if name not in free:
            continue
        label = "ap_to_p" if way else "p_to_ap"
        current = _scaled(solution, {name: 1.0}, needed[way], "A")
        made[f"ic0_{label}_a"] = current
        ends = (current.value, current.low, current.high)
        v, low, high = (_voltage(amps, way, float(cell.r_p_ohm), found) for amps in ends)
        made[f"vc0_{label}_v"] = Estimate(value=v, low=low, high=high, unit="V")
    return made


def _voltage(current_a: float, from_ap: bool, r_p_ohm: float, mtj: Mtj) -> float:
    """Junction voltage [V] of a current."""
    if not from_ap:
        return current_a * r_p_ohm

    def missing(volts: float) -> float:
        r_ap = resistance_antiparallel(r_p_ohm, mtj.tmr, volts, mtj.tmr_half_v)
        return volts - current_a * float(r_ap)

    return float(brentq(missing, 0.0, current_a * r_p_ohm * (1 + mtj.tmr)))


def _held(solution: Solution) -> list[Held]:
    """What is not identified, under the names of the device file."""
    held = solution.held
    fields = {TIME: "anisotropy_t", DELTA: "barrier"}
    gaps = [
        Held(name=field, why=held[name], remedy=REMEDY[name])
        for name, field in fields.items()
        if name in held
    ]
    lost = [name for name in CURRENT.values() if name not in solution.problem.names]
    # One critical current gives the efficiency; it takes both for the ratio.
    targets = ["torque_efficiency", "p_to_ap_ratio"] if len(lost) == 2 else ["p_to_ap_ratio"]
    for name, field in zip(lost, targets, strict=False):
        why = held.get(name, f"there are no {name.split()[1]} pulses")
        gaps.append(Held(name=field, why=why, remedy=REMEDY[name]))
    return gaps
