"""Which parameters decide: PED-ANOVA over the trials of a study, for each goal.

Watanabe, Bansal and Hutter, "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in
Arbitrary Subspaces", IJCAI 2023, arXiv 2304.10255, as in optuna: how differently a parameter is
distributed among the best tenth of the trials and among all of them. It sees one parameter at a
time, and what the search visited: a share is no effect size.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import moocore
import numpy as np
import optuna
from optuna.importance import PedAnovaImportanceEvaluator
from rich.table import Table
from rich.text import Text

from dse.errors import InputError
from dse.front import Floats, objective_values
from dse.record import Record, Trial
from dse.space import distributions, flat_name, stored_names
from dse.study import Study
from objectives.scores import METRICS

METHOD = "PED-ANOVA, best tenth of the trials against all"
FRONT = "front"
LEAST = 20
"""Trials with scores: the best tenth of fewer is no distribution."""

SHUFFLES = 19
"""The largest of 19 shuffled importances is passed by chance once in twenty."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """Share of the importance, 0 … 1, of all parameters together 1.

    above_chance: more than the same parameter got in any of SHUFFLES trials dealt out anew.
    """

    share: float
    above_chance: bool


Shares = Mapping[str, Mapping[str, Share]]
"""Goal -> parameter -> share."""


def importance(record: Record) -> Shares:
    """Importance of each searched parameter for each objective, and for reaching the front.

    All trials with scores count, feasible or not, for an objective; for the front those that
    break a constraint rank behind all that break none.
    """
    study, trials = record.study, record.complete
    if len(trials) < LEAST:
        raise InputError(
            f"study {study.name!r} has {len(trials)} trials with scores, but importance needs "
            f"{LEAST}; run more: dse run {study.name} -n …"
        )
    values = objective_values(trials, study)
    goals = {
        name: _cost(values[:, place], METRICS[name].direction == "maximize")
        for place, name in enumerate(study.objectives)
    }
    goals[FRONT] = front_cost(trials, study)
    return {goal: _shares(study, trials, cost) for goal, cost in goals.items()}


def _cost(column: Floats, maximise: bool) -> Floats:
    return -column if maximise else column


def front_cost(trials: Sequence[Trial], study: Study) -> Floats:
    """(trials,) 0 on the front, 1 for what only it dominates, and so on; infeasible ones last."""
    feasible = np.array([trial.feasible for trial in trials], bool)
    rank = np.full(len(trials), np.inf)
    maximise = [METRICS[name].direction == "maximize" for name in study.objectives]
    values = objective_values([t for t in trials if t.feasible], study)
    if len(values):
        rank[feasible] = moocore.pareto_rank(values, maximise=maximise)
    worst = rank[feasible].max() + 1 if len(values) else 1.0
    return np.where(feasible, rank, worst)


def _shares(study: Study, trials: Sequence[Trial], cost: Floats) -> dict[str, Share]:
    """Importance of each axis for a low cost; every share 0 if the cost says nothing."""
    finite = np.isfinite(cost)
    kept, known = [t for t, good in zip(trials, finite, strict=True) if good], cost[finite]
    if not len(known) or np.ptp(known) == 0:
        return dict.fromkeys(study.space, Share(share=0.0, above_chance=False))
    found, rng = _divergences(study, kept, known), np.random.default_rng(0)
    chance = [_divergences(study, kept, rng.permutation(known)) for _ in range(SHUFFLES)]
    total = sum(found.values()) or 1.0
    return {
        name: Share(share=one / total, above_chance=one > max(other[name] for other in chance))
        for name, one in found.items()
    }


def _divergences(study: Study, trials: Sequence[Trial], cost: Floats) -> dict[str, float]:
    """Importance of each axis for a low cost, not yet a share.

    An axis with cases has one name a case in optuna; conditional PED-ANOVA (arXiv 2601.20800,
    algorithm 1) weights each by how often the best and all trials are in it, and adds them up.
    """
    space, shares = study.space, dict.fromkeys(study.space, 0.0)
    held = optuna.create_study(direction="minimize")
    held.add_trials(
        [
            optuna.create_trial(
                params=stored_names(space, t.params),
                distributions=distributions(space, t.params),
                value=float(c),
            )
            for t, c in zip(trials, cost, strict=True)
        ]
    )
    with warnings.catch_warnings():  # of one trial or of ties: every share is 0 then
        warnings.simplefilter("ignore")
        found = PedAnovaImportanceEvaluator().evaluate(held)
    for name, one in found.items():
        shares[flat_name(name)] += float(one)
    return shares


def as_json(record: Record, shares: Shares) -> dict[str, Any]:
    """Everything, for scripts."""
    return {
        "study": record.study.name,
        "trials": len(record.complete),
        "method": METHOD,
        "importance": {
            goal: {name: asdict(one) for name, one in found.items()}
            for goal, found in shares.items()
        },
    }


def as_table(record: Record, shares: Shares) -> Table:
    """A row a parameter, a column a goal, in percent; what chance would give in brackets."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("parameter")
    for goal in shares:
        title = "reaching the front" if goal == FRONT else METRICS[goal].title
        table.add_column(Text(f"{title} [%]"), justify="right")
    order = sorted(record.study.space, key=lambda name: -shares[FRONT][name].share)
    for name in order:
        cells = [(100 * found[name].share, found[name].above_chance) for found in shares.values()]
        table.add_row(name, *(f"{x:.0f}" if above else f"({x:.0f})" for x, above in cells))
    return table
