"""Tables of trials, the Pareto front among them, its hypervolume and its knee."""

from collections.abc import Iterable, Mapping, Sequence

import moocore
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from device_models.ranges import nearest
from dse.errors import InputError, NoDesignError
from dse.record import Record, Trial
from dse.study import Reference, Study, rewarded
from objectives.scores import METRICS

Floats = NDArray[np.float64]
ON_FRONT = ("pareto", "knee")
SHOWN = (*ON_FRONT, "candidate")
BEYOND = 1e3
"""Cost above any that counts."""


def table(record: Record) -> pd.DataFrame:
    """One row a finished trial, in order: trial, role, parameters, figures, constraints, time.

    role: pareto, knee, candidate (on the front by fewer seeds than the study asks for), dominated,
    infeasible, stopped or failed. A parameter that a design does not have, as its condition fails,
    is None, NaN among numbers.
    """
    space = record.study.space
    rows = [_row(trial, space) for trial in record.finished]
    frame = pd.DataFrame(rows, columns=None if rows else ["trial", *record.study.objectives])
    frame.insert(1, "role", roles(record))
    return frame


def _row(trial: Trial, space: Iterable[str]) -> dict[str, object]:
    return {
        "trial": trial.number,
        "feasible": trial.feasible,
        **{name: trial.params.get(name) for name in space},
        **trial.values,
        "seeds": len(trial.seeds),
        **{f"sd.{name}": value for name, value in trial.spread.items() if value > 0},
        **{
            f"se.{name}": value / len(trial.seeds) ** 0.5
            for name, value in trial.spread.items()
            if value > 0 and len(trial.seeds) > 1
        },
        **{f"constraint.{name}": value for name, value in trial.constraints.items()},
        "duration_s": trial.duration_s,
        "error": trial.error.partition("\n")[0],
    }


def roles(record: Record) -> list[str]:
    """Role of each finished trial, in order."""
    trials, study = record.finished, record.study
    feasible = [i for i, trial in enumerate(trials) if trial.feasible]
    found: list[str] = [
        trial.state if trial.state != "complete" else "infeasible" for trial in trials
    ]
    values = objective_values([trials[i] for i in feasible], study)
    for i, best in zip(feasible, nondominated(values, study.objectives), strict=True):
        member = "pareto" if len(trials[i].seeds) >= study.confirm else "candidate"
        found[i] = member if best else "dominated"
    front = [i for i in feasible if found[i] == "pareto"]
    if front:
        chosen = values[[feasible.index(i) for i in front]]
        found[front[knee(costs(chosen, study.objectives, corners(record)))]] = "knee"
    return found


def unconfirmed(record: Record) -> list[Trial]:
    """Trials on the front that were trained with fewer seeds than the study asks for."""
    pairs = zip(record.finished, roles(record), strict=True)
    return [trial for trial, role in pairs if role == "candidate"]


def objective_values(trials: Sequence[Trial], study: Study) -> Floats:
    """(trials, objectives) values in SI, as far as they are rewarded."""
    values = [list(rewarded(study, trial.values).values()) for trial in trials]
    return np.array(values, float).reshape(len(trials), len(study.objectives))


def nondominated(values: Floats, objectives: Sequence[str]) -> NDArray[np.bool_]:
    """Which rows no other row beats; of equal rows the first."""
    if not len(values):
        return np.zeros(0, bool)
    maximise = [METRICS[name].direction == "maximize" for name in objectives]
    return np.asarray(moocore.is_nondominated(values, maximise=maximise, keep_weakly=False))


def corners(record: Record) -> dict[str, Reference]:
    """Worst and best of each objective: those of the study file, or else of its own trials.

    Own trials: the feasible ones; all complete ones if none is feasible.
    """
    study = record.study
    trials = [t for t in record.complete if t.feasible] or record.complete
    return {
        name: study.reference.get(name) or seen([t.values[name] for t in trials], name)
        for name in study.objectives
    }


def seen(values: Sequence[float], name: str) -> Reference:
    """Worst and best of the values of an objective, as far as its scale can show them."""
    finite = [v for v in values if np.isfinite(v) and (v > 0 or not METRICS[name].decades)] or [
        1.0
    ]
    low, high = min(finite), max(finite)
    if METRICS[name].direction == "maximize":
        return Reference(worst=low, best=high)
    return Reference(worst=high, best=low)


def costs(values: Floats, objectives: Sequence[str], between: Mapping[str, Reference]) -> Floats:
    """(trials, objectives): 0 at the best corner, 1 at the worst, log10 where decades count."""
    columns = []
    for name, column in zip(objectives, values.T, strict=True):
        worst, best = between[name].worst, between[name].best
        with np.errstate(divide="ignore"):
            scale = np.log10 if METRICS[name].decades else np.asarray
            top, bottom, x = scale(best), scale(worst), scale(column)
        columns.append((x - top) / (bottom - top) if bottom != top else np.zeros_like(x))
    return np.array(columns).T


def hypervolume(cost: Floats) -> float:
    """Share of the box between the corners that the rows dominate, 0 … 1."""
    inside = np.maximum(cost[np.all(cost < 1, axis=1)], 0.0)
    return float(moocore.hypervolume(inside, ref=np.ones(cost.shape[1]))) if len(inside) else 0.0


def hypervolume_curve(record: Record) -> list[tuple[int, float]]:
    """(trial, hypervolume of all feasible trials so far), one point a finished trial."""
    study, between = record.study, corners(record)
    front, value, curve = np.zeros((0, len(study.objectives))), 0.0, []
    for trial in record.finished:
        if trial.feasible:
            cost = costs(objective_values([trial], study), study.objectives, between)
            if not np.any(np.all(front <= cost, axis=1)):
                front = np.vstack([front, cost])
                front = front[np.asarray(moocore.is_nondominated(front))]
                value = hypervolume(front)
        curve.append((trial.number, value))
    return curve


def knee(cost: Floats, weights: Floats | float = 1.0) -> int:
    """Row with the smallest sum of costs: the bulge of the front.

    It is the point farthest from the plane through the worst corners of each axis (Das 1999,
    doi 10.1007/s001580050111). Better than the best corner earns nothing; rows beyond a worst
    corner are taken only if all are. weights: factor on the cost of each objective.
    """
    return int(np.argmin((_bounded(cost) * weights).sum(axis=1)))


def balanced(cost: Floats, weights: Floats | float = 1.0) -> int:
    """Row whose worst cost is smallest (Chebyshev achievement, Wierzbicki 1980)."""
    bounded = _bounded(cost) * weights
    return int(np.lexsort((bounded.sum(axis=1), bounded.max(axis=1)))[0])


def _bounded(cost: Floats) -> Floats:
    bounded = np.clip(np.nan_to_num(cost, nan=BEYOND), 0.0, BEYOND)
    return np.where(bounded > 1, bounded + BEYOND, bounded)


def front_rows(frame: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Members of the front, best accuracy (or first objective) first."""
    key = "accuracy" if "accuracy" in study.objectives else study.objectives[0]
    members = frame[frame["role"].isin(SHOWN)]
    if members.empty:  # without a trial that has scores there is no such column
        return members
    return members.sort_values(
        [key, "trial"], ascending=[METRICS[key].direction == "minimize", True]
    ).reset_index(drop=True)


def pick(record: Record, choice: str) -> Trial:
    """The trial that "knee", "balanced" or a number names."""
    rules = {"knee": knee, "balanced": balanced}
    numbered = {str(trial.number): trial for trial in record.complete}
    if choice in numbered:
        return numbered[choice]
    if choice not in rules:
        known = f"0 … {len(record.trials) - 1}" if record.trials else "there are none"
        raise InputError(
            f"--pick {choice}: not knee, balanced or the number of a trial with scores ({known})"
            f"{nearest(choice, rules)}"
        )
    pairs = zip(record.finished, roles(record), strict=True)
    front = [trial for trial, role in pairs if role in SHOWN]
    if not front:
        raise NoDesignError(
            f"--pick {choice}: study {record.study.name!r} has no feasible trial, so no front; "
            "run more trials, or pick a trial by its number"
        )
    values = objective_values(front, record.study)
    return front[rules[choice](costs(values, record.study.objectives, corners(record)))]


def role_of(record: Record, trial: Trial) -> str:
    """Role of one finished trial."""
    return dict(zip((t.number for t in record.finished), roles(record), strict=True))[trial.number]
