"""RA, TMR and its bias V_h from readings of resistance against bias, by least squares.

The errors of readings are taken as normal and of one relative size, which is estimated from the
scatter; the intervals then follow from the F distribution, exact for a model linear in its
coordinates, ln RA, ln TMR and ln V_h. With a series resistance voltage and resistance are those of
junction and series resistance together.
"""

import math
from dataclasses import replace

import numpy as np
from scipy.stats import f as fisher

from device_models.arrays import Floats
from device_models.params import Mtj
from device_models.ranges import ranges_of
from device_models.transport import area, junction_voltage, resistance_antiparallel
from dse.calibrate_data import Bools, Resistance
from dse.calibrate_part import REJECTED, Goodness, Held, Part, exponential, pattern
from dse.errors import InputError
from dse.likelihood import Problem, combination, identify

FIELDS = ("ra_ohm_m2", "tmr", "tmr_half_v")
ROUNDING = 1e-5
"""Relative error that no reading is better than; keeps the likelihood of exact data finite."""

REPEATS = 3
"""Readings beyond the first of a state and |V| that make a test of the model."""

REMEDY = {
    "ra_ohm_m2": "add readings of the P state",
    "tmr": "add readings of the AP state near zero bias",
    "tmr_half_v": "add readings of the AP state at larger bias",
}


def resistance(
    voltage_v: Floats, antiparallel: Bools, junction: tuple[Floats, Floats, Floats], series: float
) -> Floats:
    """Resistance [Ω] of readings; junction: R_P [Ω], zero-bias TMR, V_h [V]; broadcasts."""
    r_p, tmr, half_v = junction
    tmr = np.where(antiparallel, tmr, 0.0)
    volts = junction_voltage(np.abs(voltage_v), r_p, tmr, half_v, series)
    return series + resistance_antiparallel(r_p, tmr, volts, half_v)


def problem(data: Resistance, mtj: Mtj, series_ohm: float, fitted: int) -> Problem:
    """−ln L of ln RA, ln TMR, ln V_h with the size of the errors at its best."""
    size, rules = data.voltage_v.size, ranges_of(Mtj)
    cross_section = float(area(mtj.diameter_m))
    log_r = np.log(data.resistance_ohm)

    def cost(x: Floats) -> Floats:
        ra, tmr, half_v = np.moveaxis(np.exp(x)[:, :, None], 1, 0)
        junction = ra / cross_section, tmr, half_v
        seen = resistance(data.voltage_v, data.antiparallel, junction, series_ohm)
        square = np.mean((np.log(seen) - log_r) ** 2, axis=-1)
        return np.asarray(0.5 * size * np.log(square + ROUNDING**2))

    ratio = float(fisher.isf(0.05, 1, size - fitted)) / (size - fitted)
    return Problem(
        names=FIELDS,
        low=np.log([rules[name].low for name in FIELDS]),
        high=np.log([rules[name].high for name in FIELDS]),
        nodes=(12, 8, 6),
        cost=cost,
        threshold=size * math.log1p(ratio),
    )


def calibrate(data: Resistance, mtj: Mtj, series_ohm: float) -> tuple[Mtj, Part]:
    """The junction with what the readings identify, and all that is to be said about it."""
    gaps = _known_gaps(data)
    fitted, size = len(FIELDS) - len(gaps), data.voltage_v.size
    if size <= fitted:
        raise InputError(
            f"resistance data: {size} readings for {fitted} parameters and the size of the error; "
            "add readings"
        )
    defaults = {name: math.log(getattr(mtj, name)) for name in FIELDS}
    whole = problem(data, mtj, series_ohm, fitted)
    solution = identify(whole, defaults, gaps, FIELDS[::-1])
    free, units = solution.problem.names, {k: rule.unit for k, rule in ranges_of(Mtj).items()}
    logs = {name: combination(solution, {name: 1.0}) for name in free}
    estimates = {name: exponential(logs[name], units[name]) for name in free}
    found = replace(mtj, **{name: estimate.value for name, estimate in estimates.items()})
    derived, per_area = {}, 1.0 / float(area(mtj.diameter_m))
    if FIELDS[0] in free:
        derived["r_p_ohm"] = exponential(logs[FIELDS[0]], "ohm", per_area)
    return found, Part(
        estimates=estimates,
        derived=derived,
        held=[
            Held(name=name, why=why, remedy=REMEDY[name]) for name, why in solution.held.items()
        ],
        coordinates=free,
        correlation=solution.correlation,
        goodness=_goodness(data, found, series_ohm, len(estimates)),
        notes=(f"RA = R_P·πD²/4 holds at the diameter {1e9 * mtj.diameter_m:g} nm",),
    )


def of_device(data: Resistance, mtj: Mtj, series_ohm: float) -> Floats:
    """Resistance [Ω] of each reading for a device."""
    r_p = np.asarray(mtj.ra_ohm_m2 / area(mtj.diameter_m))
    junction = r_p, np.asarray(mtj.tmr), np.asarray(mtj.tmr_half_v)
    return resistance(data.voltage_v, data.antiparallel, junction, series_ohm)


def _known_gaps(data: Resistance) -> dict[str, str]:
    high = np.unique(np.abs(data.voltage_v[data.antiparallel]))
    gaps = {} if (~data.antiparallel).any() else {"ra_ohm_m2": "there are no readings of P"}
    if high.size == 0:
        gaps["tmr"] = "there are no readings of AP"
    if high.size < 2:
        gaps["tmr_half_v"] = "there are no readings of AP at two magnitudes of bias"
    return gaps


def _goodness(data: Resistance, mtj: Mtj, series_ohm: float, fitted: int) -> Goodness:
    """Misses of the model against the scatter of readings it cannot tell apart.

    Readings of one state at one |V| are such repeats; misses of their means over misses within
    them follow the F distribution if the model is right. Without three repeats the signs of
    neighbouring misses are tested instead.
    """
    residual = np.log(data.resistance_ohm / of_device(data, mtj, series_ohm))
    scatter = math.sqrt(float(residual @ residual) / max(1, residual.size - fitted))
    keys = np.stack([data.antiparallel, np.round(np.abs(data.voltage_v), 6)], axis=1)
    _, group, size = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    mean = np.bincount(group.ravel(), residual) / size
    within, repeats = residual - mean[group.ravel()], residual.size - size.size
    deviance = expected = math.nan
    if repeats >= REPEATS and size.size > fitted:
        expected = float(size.size - fitted)
        error = float(within @ within) / repeats + ROUNDING**2
        deviance = float(size @ mean**2) / error
        p = float(fisher.sf(deviance / expected, expected, repeats))
    else:
        rows = [np.flatnonzero(data.antiparallel == state) for state in (False, True)]
        p = pattern([residual[row[np.argsort(data.voltage_v[row])]] for row in rows])
    word = "good" if p >= REJECTED else "poor: the model lacks something"
    return Goodness(
        points=residual.size,
        deviance=deviance,
        expected=expected,
        p_value=p,
        verdict=f"{word}; readings scatter by {100 * scatter:.2g} %",
    )
