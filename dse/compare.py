"""Several studies of the same objectives beside one another: who reaches what, and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dse import front
from dse.errors import InputError, NoDesignError
from dse.front import Floats
from dse.record import Record, Trial
from dse.study import Reference, Study
from objectives.scores import METRICS

LEVELS = 5
OWN = ("name", "seed", "question", "trials")
"""What studies of one group may differ in."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One study in a comparison, under a name that no other has.

    members: its front, best in the first objective first; values: (members, objectives), SI, as
    measured. knee: between the common corners. hypervolume: share of the common box, where more
    than enough earns nothing; alone: what the front of all studies would lose without this one.
    group: studies with one number differ in their seed only.
    """

    name: str
    record: Record
    members: tuple[Trial, ...]
    values: Floats
    knee: Trial
    hypervolume: float
    alone: float
    group: int


@dataclass(frozen=True, kw_only=True)
class Level:
    """What each study reaches among members that are at least so good in the first objective.

    best: by study and other objective; NaN where a study has no such member.
    """

    least: float
    best: Floats


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Studies beside one another, in the order they were given.

    covered[a, b]: share of the front of study a that members of study b dominate.
    shared_corners: whether the corners, and how much is enough, are those that all study files
    give; else they are the worst and best of all members.
    """

    objectives: tuple[str, ...]
    corners: Mapping[str, Reference]
    shared_corners: bool
    entries: tuple[Entry, ...]
    together: float
    covered: Floats
    levels: tuple[Level, ...]


def compare(named: Mapping[str, Record]) -> Comparison:
    """InputError if the studies cannot be compared, NoDesignError if one has no front."""
    records = list(named.values())
    objectives = _objectives(records)
    fronts = [_members(record) for record in records]
    studies = [record.study for record in records]
    values = [_values(members, objectives) for members in fronts]
    shared = _shared_corners(studies)
    earned = [front.objective_values(some, studies[0]) for some in fronts] if shared else values
    corners = shared or {
        name: front.seen(column.tolist(), name)
        for name, column in zip(objectives, np.vstack(values).T, strict=True)
    }
    costs = [front.costs(some, objectives, corners) for some in earned]
    groups = _groups(records)
    together = front.hypervolume(np.vstack(costs))
    entries = []
    for place, (name, record) in enumerate(named.items()):
        rest = [cost for other, cost in enumerate(costs) if other != place]
        entries.append(
            Entry(
                name=name,
                record=record,
                members=fronts[place],
                values=values[place],
                knee=fronts[place][front.knee(costs[place])],
                hypervolume=front.hypervolume(costs[place]),
                alone=together - front.hypervolume(np.vstack(rest)),
                group=groups[place],
            )
        )
    return Comparison(
        objectives=objectives,
        corners=corners,
        shared_corners=shared is not None,
        entries=tuple(entries),
        together=together,
        covered=np.array([[coverage(a, b) for b in costs] for a in costs]),
        levels=_levels(values, objectives),
    )


def coverage(a: Floats, b: Floats) -> float:
    """Share of the rows of `a` that a row of `b` dominates; costs, smaller is better.

    Strict form of the set coverage of Zitzler and Thiele 1999, doi 10.1109/4235.797969: a row that
    is only matched is not dominated.
    """
    no_worse = np.all(b[None] <= a[:, None], axis=2)
    better = np.any(b[None] < a[:, None], axis=2)
    return float(np.mean(np.any(no_worse & better, axis=1)))


def table(entry: Entry) -> pd.DataFrame:
    """The members as rows: study, and the columns of `front.table`."""
    frame = front.front_rows(front.table(entry.record), entry.record.study)
    frame.insert(0, "study", entry.name)
    return frame


def _objectives(records: Sequence[Record]) -> tuple[str, ...]:
    first = records[0].study
    for record in records[1:]:
        study = record.study
        if set(study.objectives) != set(first.objectives):
            raise InputError(
                f"{first.name} has the objectives {', '.join(first.objectives)}, {study.name} has "
                f"{', '.join(study.objectives)}; compare studies of the same objectives"
            )
        if study.dataset != first.dataset:
            raise InputError(
                f"{first.name} learns {first.dataset}, {study.name} learns {study.dataset}; "
                "compare studies of the same dataset"
            )
    return tuple(first.objectives)


def _members(record: Record) -> tuple[Trial, ...]:
    """The front of a study; best in the first objective first."""
    rows = front.front_rows(front.table(record), record.study)
    if rows.empty:
        raise NoDesignError(
            f"study {record.study.name!r} has no feasible design, so no front to compare; "
            f"run more trials: dse run {record.study.name} -n …"
        )
    numbered = {trial.number: trial for trial in record.finished}
    return tuple(numbered[number] for number in rows["trial"])


def _values(members: Sequence[Trial], objectives: Sequence[str]) -> Floats:
    """(members, objectives) figures as measured, whether more of them is rewarded or not."""
    return np.array([[trial.values[name] for name in objectives] for trial in members])


def _shared_corners(studies: Sequence[Study]) -> dict[str, Reference] | None:
    """Those of the study files, if they are complete and the same in all."""
    objectives, given = studies[0].objectives, studies[0].reference
    if set(objectives) <= set(given) and all(study.reference == given for study in studies):
        return {name: given[name] for name in objectives}
    return None


def _groups(records: Sequence[Record]) -> list[int]:
    """A number for each study; equal for studies that differ in name and seed only."""
    seen: list[Any] = []
    for record in records:
        asked = _asked(record)
        if asked not in seen:
            seen.append(asked)
    return [seen.index(_asked(record)) for record in records]


def _asked(record: Record) -> dict[str, Any]:
    parts = dict(record.configuration)
    parts["study"] = {k: v for k, v in parts["study"].items() if k not in OWN}
    return parts


def _levels(values: Sequence[Floats], objectives: Sequence[str]) -> tuple[Level, ...]:
    """From what every member reaches to what one in ten does."""
    signs = np.array([1.0 if METRICS[n].direction == "maximize" else -1.0 for n in objectives])
    signed = [some * signs for some in values]
    lead = np.concatenate([some[:, 0] for some in signed])
    levels = []
    for least in np.quantile(lead, np.linspace(0, 0.9, LEVELS)):
        best = np.array(
            [some[some[:, 0] >= least, 1:].max(axis=0, initial=-np.inf) for some in signed]
        )
        reached = np.where(np.isinf(best), np.nan, best) * signs[1:]
        levels.append(Level(least=float(least * signs[0]), best=reached))
    return tuple(levels)
