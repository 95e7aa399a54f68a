"""Which design of a study to recommend: hard limits first, then a rule between fixed corners.

A rule sees one design at a time, between the corners of the study file, so a design that is added
changes no order among the others (no rank reversal).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dse import front
from dse.errors import InputError, NoDesignError
from dse.front import Floats, balanced, corners, costs, knee, nondominated, objective_values
from dse.pick import BEST, Limit, Pick, parse, shown
from dse.record import Record, Trial
from dse.study import Study

RULES = {"knee": knee, "balanced": balanced}


@dataclass(frozen=True, kw_only=True)
class Field:
    """Designs to choose among, and their costs: 0 at the best corner, 1 at the worst.

    cost: (trials, objectives); weights: (objectives,).
    """

    objectives: tuple[str, ...]
    trials: tuple[Trial, ...]
    cost: Floats
    weights: Floats


def choose(record: Record, pick: Pick) -> Trial:
    """The recommended trial; NoDesignError if no feasible one keeps the limits."""
    if pick.trial is not None:
        return front.pick(record, str(pick.trial))
    among = candidates(record, pick)
    return among.trials[apply(pick.rule, among)]


def candidates(record: Record, pick: Pick) -> Field:
    """The front of the feasible designs that keep all limits.

    As long as one of them was trained with all seeds of a confirmation, no other is looked at.
    """
    study = record.study
    for name in pick.weights:
        check_objective(f"--weight {name}", name, study)
    if pick.rule.startswith(BEST):
        check_objective(f"--pick {pick.rule}", pick.rule.removeprefix(BEST), study)
    kept = within(record, pick.limits)
    if not kept:
        feasible = [trial for trial in record.complete if trial.feasible]
        raise NoDesignError(_why(record, feasible, pick.limits))
    kept = [t for t in kept if len(t.seeds) >= study.confirm] or kept
    best, values = _front(kept, study)
    return Field(
        objectives=study.objectives,
        trials=tuple(best),
        cost=costs(values, study.objectives, corners(record)),
        weights=np.array([pick.weights.get(name, 1.0) for name in study.objectives]),
    )


def within(record: Record, limits: Sequence[Limit]) -> list[Trial]:
    """The feasible designs that keep all limits."""
    feasible = [trial for trial in record.complete if trial.feasible]
    return [t for t in feasible if all(limit.met(t.values[limit.name]) for limit in limits)]


def unconfirmed(record: Record) -> list[Trial]:
    """What the study's own pick would look at, trained with fewer seeds than the study asks for.

    Limits on what is no objective may leave none of the study's front.
    """
    study = record.study
    best, _ = _front(within(record, parse(study.pick).limits), study)
    return [trial for trial in best if len(trial.seeds) < study.confirm]


def _front(trials: Sequence[Trial], study: Study) -> tuple[list[Trial], Floats]:
    """Those that none of them beats, and their objectives."""
    values = objective_values(trials, study)
    best = nondominated(values, study.objectives)
    return [trial for trial, it_is in zip(trials, best, strict=True) if it_is], values[best]


def check_objective(key: str, name: str, study: Study) -> None:
    """InputError unless the study has the objective."""
    if name not in study.objectives:
        raise InputError(
            f"{key}: not an objective of study {study.name!r}, which has "
            f"{', '.join(study.objectives)}"
        )


def apply(rule: str, among: Field) -> int:
    """Place of the design a rule takes."""
    if rule.startswith(BEST):
        return extremes(among)[rule.removeprefix(BEST)]
    return RULES[rule](among.cost, among.weights)


def extremes(among: Field) -> dict[str, int]:
    """Objective -> place of the design that is best in it; of equal ones the best in all."""
    cost = np.nan_to_num(among.cost, nan=np.inf, posinf=np.inf)
    total = cost.sum(axis=1)
    return {
        name: int(np.lexsort((total, cost[:, place]))[0])
        for place, name in enumerate(among.objectives)
    }


def _why(record: Record, feasible: Sequence[Trial], limits: Sequence[Limit]) -> str:
    name = record.study.name
    if not feasible:
        return f"study {name!r} has no feasible trial; run more trials, or pick one by its number"
    alone = [
        limit for limit in limits if not any(limit.met(t.values[limit.name]) for t in feasible)
    ]
    if not alone:
        texts = " and ".join(map(str, limits))
        return f"no feasible trial of {name!r} has {texts} at once; loosen one, or run more trials"
    first = alone[0]
    seen = [trial.values[first.name] for trial in feasible]
    best = shown(first.name, max(seen) if first.at_least else min(seen))
    found = f"no feasible trial of {name!r} has {first}: the best is {best}"
    return f"{found}; loosen it, or run more trials"
