"""Maximum likelihood with profile intervals, and a word on what the data leave open.

Coordinates are what a model is smooth in, mostly logarithms; the modules calibrate_*.py turn them
into device parameters. A 95 % interval holds every value at which twice the rise of −ln L, all
other coordinates fitted again, stays below χ²(1) = 3.84 (Wilks 1938,
doi 10.1214/aoms/1177732360). It keeps its coverage where the error bar of a quadratic
approximation does not, and an end that does not close says that the data cannot tell.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from scipy.optimize import brentq, minimize

from device_models.arrays import Floats

CHI2_95 = 3.841458820694124
CORRELATION_MAX = 0.995
"""Above it two coordinates are one: the data fix a combination of them only."""

STARTS = 4
GRADIENT_STEP, CURVATURE_STEP, STEP_TRIES = 1e-5, 1e-3, 6
INTERVAL_TOLERANCE = 0.01  # of the standard error


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A likelihood: names (k), box low and high (k), nodes (k) of the grid a fit starts from.

    cost: −ln L of sets of coordinates, (m, k) -> (m); threshold: rise of twice the cost that ends
    a 95 % interval.
    """

    names: tuple[str, ...]
    low: Floats
    high: Floats
    nodes: tuple[int, ...]
    cost: Callable[[Floats], Floats]
    threshold: float = CHI2_95


@dataclass(frozen=True, kw_only=True)
class Solution:
    """The fit of a problem reduced to what its data identify.

    best (k), covariance (k, k), the inverse of the observed Fisher information, and intervals
    (k, 2) belong to `problem`, whose names are the free coordinates; fixed: name -> coordinate of
    the others; held: name -> why it was not left free.
    """

    problem: Problem
    best: Floats
    cost: float
    covariance: Floats
    intervals: Floats
    fixed: Mapping[str, float]
    held: Mapping[str, str]

    @property
    def correlation(self) -> Floats:
        """Correlation (k, k) of the free coordinates."""
        error = np.sqrt(np.diag(self.covariance))
        return np.asarray(self.covariance / np.outer(error, error))

    def value(self, name: str) -> float:
        """A coordinate, fitted or held."""
        if name in self.fixed:
            return self.fixed[name]
        return float(self.best[self.problem.names.index(name)])


def identify(
    problem: Problem,
    defaults: Mapping[str, float],
    held: Mapping[str, str],
    order: Sequence[str],
) -> Solution:
    """Fit, hold the first in `order` of what the data leave open, and fit again until all closes.

    defaults: value a coordinate is held at; one without a default stays where the fit left it, so
    that its data do not bend the others. held: name -> why, known before any fit.
    """
    fixed, why = {name: defaults[name] for name in held}, dict(held)
    while True:
        free = restrict(problem, fixed)
        solution = replace(_solve(free), fixed=dict(fixed), held=dict(why))
        left_open = _left_open(solution)
        if not left_open:
            return solution
        name = min(left_open, key=order.index)
        fixed[name], why[name] = defaults.get(name, solution.value(name)), left_open[name]


def _solve(problem: Problem) -> Solution:
    best, cost = minimum(problem)
    k = len(problem.names)
    solution = Solution(
        problem=problem,
        best=best,
        cost=cost,
        covariance=_inverse(curvature(problem, best)),
        intervals=np.empty((k, 2)),
        fixed={},
        held={},
    )
    intervals = [interval(solution, weights) for weights in np.eye(k)]
    return replace(solution, intervals=np.array(intervals).reshape(k, 2))


def _left_open(solution: Solution) -> dict[str, str]:
    """Name -> reason of every coordinate that the data do not identify."""
    names = solution.problem.names
    ends = np.isfinite(solution.intervals)
    found = {
        name: f"its 95 % interval has no {' and no '.join(_missing(closed))} end in its range"
        for name, closed in zip(names, ends, strict=True)
        if not closed.all()
    }
    if found:
        return found
    for a, b in itertools.combinations(range(len(names)), 2):
        r = solution.correlation[a, b]
        if abs(r) > CORRELATION_MAX:
            found.setdefault(names[a], f"its correlation with {names[b]} is {r:.4f}")
            found.setdefault(names[b], f"its correlation with {names[a]} is {r:.4f}")
    return found


def _missing(closed: Floats) -> list[str]:
    return [end for end, there in zip(("lower", "upper"), closed, strict=True) if not there]


def restrict(problem: Problem, fixed: Mapping[str, float]) -> Problem:
    """The same likelihood with some coordinates fixed."""
    free = np.array([name not in fixed for name in problem.names], dtype=bool)
    whole = np.array([fixed.get(name, 0.0) for name in problem.names])

    def cost(x: Floats) -> Floats:
        sets = np.tile(whole, (len(x), 1))
        sets[:, free] = x
        return problem.cost(sets)

    return replace(
        problem,
        names=tuple(name for name in problem.names if name not in fixed),
        low=problem.low[free],
        high=problem.high[free],
        nodes=tuple(n for n, is_free in zip(problem.nodes, free, strict=True) if is_free),
        cost=cost,
    )


def minimum(problem: Problem) -> tuple[Floats, float]:
    """Coordinates of the largest likelihood and its cost, from the best nodes of a grid."""
    if not problem.names:
        none = np.empty(0)
        return none, float(problem.cost(none[None])[0])
    axes = [
        low + (high - low) * (np.arange(n) + 0.5) / n
        for low, high, n in zip(problem.low, problem.high, problem.nodes, strict=True)
    ]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
    cost = problem.cost(grid)
    starts = grid[np.argsort(cost)[:STARTS]]
    found = [_descend(problem, start) for start in starts]
    return min(found, key=lambda fit: fit[1])


def _descend(problem: Problem, start: Floats) -> tuple[Floats, float]:
    """Local minimum in the box: L-BFGS-B on coordinates of similar curvature."""
    k, low, high = start.size, problem.low, problem.high
    bend = np.diag(curvature(problem, start))
    unit = 1.0 / np.sqrt(np.where(bend > 1.0, bend, 1.0))

    def cost_and_slope(u: Floats) -> tuple[float, Floats]:
        x = np.clip(u * unit, low, high)
        step = GRADIENT_STEP * np.eye(k)
        up, down = np.minimum(x + step, high), np.maximum(x - step, low)
        cost = problem.cost(np.vstack([x, up, down]))
        slope = (cost[1 : k + 1] - cost[k + 1 :]) / (np.diag(up) - np.diag(down))
        return float(cost[0]), slope * unit

    found = minimize(
        cost_and_slope,
        start / unit,
        jac=True,
        method="SLSQP",
        bounds=list(zip(low / unit, high / unit, strict=True)),
        options={"ftol": 1e-9, "maxiter": 500},
    )
    return np.clip(found.x * unit, low, high), float(found.fun)


def curvature(problem: Problem, x: Floats) -> Floats:
    """Second derivatives (k, k) of the cost, by steps of a fifth of its own width.

    Central differences at x or just inside the box. The steps start at their largest and shrink
    until they fit; a coordinate without curvature keeps the largest.
    """
    hessian, steps = np.empty((0, 0)), np.full(x.size, CURVATURE_STEP)
    for _ in range(STEP_TRIES if x.size else 0):
        hessian = _second_differences(problem, x, steps)
        bend = np.maximum(np.diag(hessian), 1.0)
        narrower = np.clip(0.2 / np.sqrt(bend), 1e-6, CURVATURE_STEP)
        if np.all(narrower > 0.3 * steps):
            break
        steps = narrower
    return hessian


def _second_differences(problem: Problem, x: Floats, steps: Floats) -> Floats:
    k, centre = x.size, np.clip(x, problem.low + steps, problem.high - steps)
    signs = np.array([(1, 1), (1, -1), (-1, 1), (-1, -1)])
    one = np.diag(steps)
    pairs = [(a, b) for a in range(k) for b in range(a, k)]
    # On the diagonal the four points are x ± h and twice x.
    moves = [(s * one[a] + t * one[b]) / (2 if a == b else 1) for a, b in pairs for s, t in signs]
    cost = problem.cost(centre + np.array(moves)).reshape(len(pairs), 4)
    hessian = np.empty((k, k))
    for (a, b), value in zip(pairs, cost @ np.array([1, -1, -1, 1]), strict=True):
        scaled = value / (steps[a] * steps[b])
        hessian[a, b] = hessian[b, a] = scaled if a == b else scaled / 4
    return hessian


def _inverse(hessian: Floats) -> Floats:
    """Covariance; a direction without curvature gets a huge variance instead of a wrong sign."""
    values, vectors = np.linalg.eigh(hessian)
    return np.asarray((vectors / np.maximum(values, 1e-6)) @ vectors.T)


def combination(solution: Solution, weights: Mapping[str, float]) -> tuple[float, float, float]:
    """Value and 95 % interval of the sum weight·coordinate, at least one of them free."""
    row = np.array([weights.get(name, 0.0) for name in solution.problem.names])
    held = sum(weight * solution.fixed.get(name, 0.0) for name, weight in weights.items())
    low, high = interval(solution, row)
    return held + float(row @ solution.best), held + low, held + high


def interval(solution: Solution, weights: Floats) -> tuple[float, float]:
    """95 % profile interval of the sum weights·coordinates; infinite where it does not close."""
    ends = [_end(solution, weights, side) for side in (-1.0, 1.0)]
    return ends[0], ends[1]


def _end(solution: Solution, weights: Floats, side: float) -> float:
    problem, centre = solution.problem, float(weights @ solution.best)
    spread = solution.covariance @ weights
    variance = float(weights @ spread)
    error = float(np.sqrt(variance))
    pick = problem.high if side > 0 else problem.low
    other = problem.low if side > 0 else problem.high
    limit = float(np.where(weights > 0, weights * pick, weights * other).sum())
    profile = _profiler(problem, weights)

    @cache
    def excess(value: float) -> float:
        """Signed root of the rise over that of the threshold, less 1: nearly a straight line."""
        guess = solution.best + spread * (value - centre) / variance
        rise = 2.0 * (profile(value, guess) - solution.cost) / problem.threshold
        return float(np.sqrt(max(rise, 0.0))) - 1.0

    inside, distance = centre, error * float(np.sqrt(problem.threshold))
    while abs(limit - inside) > 1e-9:
        outside = inside + side * min(distance, abs(limit - inside))
        if excess(outside) >= 0.0:
            return float(brentq(excess, inside, outside, xtol=INTERVAL_TOLERANCE * error + 1e-12))
        inside, distance = outside, 2.0 * distance
    return side * np.inf


def _profiler(problem: Problem, weights: Floats) -> Callable[[float, Floats], float]:
    """Cost at a value of weights·coordinates, all else fitted, from a guess of all coordinates."""
    pivot = int(np.argmax(np.abs(weights)))
    rest = np.arange(weights.size) != pivot

    def profile(value: float, guess: Floats) -> float:
        def cost(x: Floats) -> Floats:
            sets = np.empty((len(x), weights.size))
            sets[:, rest] = x
            sets[:, pivot] = (value - x @ weights[rest]) / weights[pivot]
            return problem.cost(np.clip(sets, problem.low, problem.high))

        low, high = problem.low[rest], problem.high[rest]
        if not rest.any():
            return float(cost(np.empty((1, 0)))[0])
        inner = replace(problem, low=low, high=high, cost=cost)
        return _descend(inner, np.clip(guess[rest], low, high))[1]

    return profile
