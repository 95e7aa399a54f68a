"""Power law and Weibull shape of breakdown from cycles to breakdown, with right censoring.

N63 = (t63/t_p)^m with t63 ∝ V^−n and F = 1 − exp[−(N/N63)^β], as in device_models.endurance; m is
that of the start device. A cell that had not broken when its test was stopped counts with its
chance of surviving that long. The fit runs on ln t63 at the middle of the stress voltages, n and
ln β, which are nearly independent; t63 at the reference voltage follows, with its interval.
"""

import math
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize_scalar

from device_models.arrays import Floats
from device_models.params import Breakdown
from device_models.ranges import RangeError, ranges_of
from dse.calibrate_data import Bools, Stress
from dse.calibrate_part import Estimate, Goodness, Held, Part, exponential, judged
from dse.errors import InputError
from dse.likelihood import Problem, Solution, combination, identify

T63, EXPONENT, SHAPE = "t63", "n", "β"
FIELD = {T63: "t63_s", EXPONENT: "voltage_exponent", SHAPE: "weibull_shape"}
REMEDY = {
    T63: "stress until at least a few cells break",
    EXPONENT: "stress at two or more voltages, 10 % apart or more",
    SHAPE: "stress more cells until they break",
}
DECADES = 5.0
"""How far t63 is searched beyond the stress times of the data."""


def middle_voltage(data: Stress) -> float:
    """Geometric mean [V] of the stress voltages."""
    return float(np.exp(np.log(data.voltage_v).mean()))


def reference_voltage(params: Breakdown) -> float:
    """Voltage [V] that t63_s is for."""
    return float(vars(params).get("reference_v", 1.0))


def problem(data: Stress, pulse_exponent: float) -> Problem:
    """−ln L of ln t63 at the middle voltage, n and ln β."""
    rules, m = ranges_of(Breakdown), pulse_exponent
    log_n, broke = np.log(data.cycles), ~data.censored
    log_v = np.log(data.voltage_v / middle_voltage(data))
    stress_time = np.log(data.duration_s) + log_n / m
    margin = DECADES * math.log(10.0)
    shape, exponent = rules["weibull_shape"], rules["voltage_exponent"]

    def cost(x: Floats) -> Floats:
        log_t63, n, beta = x[:, :1], x[:, 1:2], np.exp(x[:, 2:])
        used = beta * m * (stress_time - log_t63 + n * log_v)
        failing = np.where(broke, np.log(beta) + used, 0.0)
        return np.asarray((np.exp(np.minimum(used, 700.0)) - failing).sum(axis=-1))

    return Problem(
        names=(T63, EXPONENT, SHAPE),
        low=np.array([stress_time.min() - margin, exponent.low, math.log(shape.low)]),
        high=np.array([stress_time.max() + margin, exponent.high, math.log(shape.high)]),
        nodes=(24, 10, 5),
        cost=cost,
    )


def calibrate(data: Stress, start: Breakdown) -> tuple[Breakdown, Part]:
    """The breakdown law with what the data identify, and all that is to be said about it."""
    lever = math.log(middle_voltage(data) / reference_voltage(start))
    defaults = {
        T63: math.log(start.t63_s) - start.voltage_exponent * lever,
        EXPONENT: start.voltage_exponent,
        SHAPE: math.log(start.weibull_shape),
    }
    single = np.unique(data.voltage_v).size == 1
    gaps = {EXPONENT: "all cells were stressed at one voltage"} if single else {}
    whole = problem(data, start.pulse_exponent)
    solution = identify(whole, defaults, gaps, (EXPONENT, SHAPE, T63))
    estimates = _estimates(solution, lever)
    try:
        found = replace(start, **{name: e.value for name, e in estimates.items()})
    except RangeError as error:
        raise InputError(
            f"breakdown data: {error}; check voltages and pulse lengths, or stress nearer to it"
        ) from error
    return found, Part(
        estimates=estimates,
        derived=_derived(solution, middle_voltage(data)),
        held=[
            Held(name=FIELD[name], why=why, remedy=REMEDY[name])
            for name, why in solution.held.items()
        ],
        coordinates=solution.problem.names,
        correlation=solution.correlation,
        goodness=_goodness(data, solution),
        notes=(
            f"t63_s is for {reference_voltage(start):g} V: the power law carries it there from "
            f"{middle_voltage(data):.3g} V, the middle of the stress",
        ),
    )


def _estimates(solution: Solution, lever: float) -> dict[str, Estimate]:
    """Intervals of the fields that are identified."""
    free, made = solution.problem.names, {}
    if T63 in free:
        made["t63_s"] = exponential(combination(solution, {T63: 1.0, EXPONENT: lever}), "s")
    if EXPONENT in free:
        value, low, high = combination(solution, {EXPONENT: 1.0})
        made["voltage_exponent"] = Estimate(value=value, low=low, high=high, unit="")
    if SHAPE in free:
        made["weibull_shape"] = exponential(combination(solution, {SHAPE: 1.0}), "")
    return made


def _derived(solution: Solution, middle_v: float) -> dict[str, Estimate]:
    if T63 not in solution.problem.names:
        return {}
    at = exponential(combination(solution, {T63: 1.0}), "s")
    return {f"t63 at {middle_v:.4g} V": at}


def _goodness(data: Stress, solution: Solution) -> Goodness:
    """Likelihood ratio against a life of its own at each voltage and pulse length, β in common.

    χ² with the number of stress conditions less the fitted coordinates of t63 and n: for small
    numbers of cells the p-value is a few per cent too low.
    """
    conditions = np.stack([data.voltage_v, data.duration_s], axis=1)
    groups = [(conditions == one).all(axis=1) for one in np.unique(conditions, axis=0)]
    ends = ranges_of(Breakdown)["weibull_shape"]

    def cost(log_shape: float) -> float:
        beta = math.exp(log_shape)
        return sum(_own_life(data, group, beta) for group in groups)

    best = minimize_scalar(
        cost, bounds=(math.log(ends.low), math.log(ends.high)), method="bounded"
    )
    freedom = len(groups) - sum(name in solution.problem.names for name in (T63, EXPONENT))
    return judged(
        points=data.cycles.size,
        deviance=max(0.0, 2.0 * (solution.cost - float(best.fun))),
        expected=float(freedom),
        variance=2.0 * freedom,
        patterned=True,
    )


def _own_life(data: Stress, group: Bools, beta: float) -> float:
    """−ln L of cells under one stress at the N63 that suits them best."""
    log_n, broke = np.log(data.cycles[group]), ~data.censored[group]
    failures = int(broke.sum())
    if failures == 0:
        return 0.0
    log_life = float(np.logaddexp.reduce(beta * log_n)) - math.log(failures)  # β·ln N63
    return failures * (1.0 - math.log(beta) + log_life) - beta * float(log_n[broke].sum())
