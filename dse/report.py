"""What a report says of a study, section by section: from its record alone, nothing evaluated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from dse import report_figures, report_parts
from dse.figures import LOOKS, Quantity, quantities
from dse.front import ON_FRONT, SHOWN, front_rows, hypervolume_curve, pick, role_of, table
from dse.page import Figure, Section, Table, Text, unbroken
from dse.record import Record, Trial
from dse.sensitivity import Sensitivity
from dse.status import COUNTED, counts
from dse.terminal import ROWS, parameter_column, spaced
from dse.units import measured, metric_scale, show
from dse.values import unit_of
from objectives.breakdown import PARTS
from objectives.scores import METRICS

COLUMNS = 9
"""Columns of a table that fit on A4; parameters beyond go into tables below."""
OTHER = {"knee": "balanced"}
"""What stands beside a recommended design; beside all others the knee."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a report is about beside its record.

    pick: recommended design. again: command that goes on with the study. sources: of the numbers
    of a device file. sensitivity: of the recommended design, None if it was not asked for.
    """

    pick: str = "knee"
    again: str
    sources: Mapping[str, str] = field(default_factory=dict)
    sensitivity: Sensitivity | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """The contents of a page in order."""

    title: str
    question: str
    summary: str
    sections: tuple[Section, ...]


def make_report(record: Record, asked: Asked) -> Report:
    """The report of a study; NoDesignError if no design is feasible."""
    study, frame = record.study, table(record)
    chosen = designs(record, asked.pick)
    recommended = chosen[0][1]
    curve = hypervolume_curve(record)
    return Report(
        title=study.name,
        question=study.question,
        summary=_summary(record, frame, curve[-1][1]),
        sections=(
            Section(title="Pareto front", parts=_front(record, frame, chosen)),
            Section(title="Recommended design", parts=_recommended(record, chosen)),
            Section(title="Where the energy goes", parts=report_parts.energy(chosen[0])),
            Section(title="Convergence", parts=report_parts.convergence(curve)),
            Section(title="What decides", parts=report_parts.importance_of(record)),
            Section(
                title="Sensitivity",
                parts=report_parts.sensitivity_of(study, recommended, asked.sensitivity),
            ),
            Section(title="What is fixed", parts=report_parts.fixed(study, recommended)),
            Section(
                title="Sources and assumptions",
                parts=report_parts.sources(study, recommended, asked.sources),
            ),
            Section(title="Provenance", parts=report_parts.provenance(record, asked.again)),
        ),
    )


def designs(record: Record, choice: str) -> list[tuple[str, Trial]]:
    """(name, trial) of the recommended design and the one beside it, once if they are one."""
    other = OTHER.get(choice, "knee")
    first, second = pick(record, choice), pick(record, other)
    name = choice if choice in ("knee", "balanced") else LOOKS[role_of(record, first)].title
    if first.number == second.number:
        both = f"{name} and {other}" if name != other else name
        return [(f"{both}, trial {first.number}", first)]
    return [(f"{name}, trial {first.number}", first), (f"{other}, trial {second.number}", second)]


def figure_text(trial: Trial, name: str) -> str:
    """A figure with its unit, and ± standard error where it is known: "91.2 ± 0.1 %"."""
    value, error = trial.values[name], standard_error(trial, name)
    factor, unit = metric_scale(METRICS[name], [value])
    unit = "" if unit in METRICS[name].title.split() else unit
    text = measured(value * factor, None if error is None else error * factor)
    return unbroken(f"{text} {unit}".rstrip())


def standard_error(trial: Trial, name: str) -> float | None:
    """Standard error of a mean over the seeds; None with one seed or without a spread."""
    spread, seeds = trial.spread.get(name, 0.0), len(trial.seeds)
    return spread / seeds**0.5 if spread > 0 and seeds > 1 else None


def _summary(record: Record, frame: pd.DataFrame, hypervolume: float) -> str:
    study, found, knee = record.study, counts(record), pick(record, "knee")
    outcomes = ", ".join(f"{found[name]} {name}" for name in COUNTED if found[name])
    front = frame["role"].isin(ON_FRONT).sum()
    waiting = (frame["role"] == "candidate").sum()
    scores = "; ".join(f"{METRICS[n].title} {figure_text(knee, n)}" for n in study.objectives)
    members = "1 design is" if front == 1 else f"{front} designs are"
    more = f", {waiting} more wait to be trained with {study.confirm} seeds" if waiting else ""
    seeds = f" (± standard error over {len(knee.seeds)} seeds)" if len(knee.seeds) > 1 else ""
    figures = f" In this study {study.robust.text}." if study.robust else ""
    return (
        f"Trials: {outcomes}. {members} on the Pareto front{more}: no other trial beats them in "
        f"every objective. Its knee, the best trade between all objectives, is trial "
        f"{knee.number}: {scores}{seeds}. The front dominates {hypervolume:.3f} of the box "
        f"between the worst and the best corner (hypervolume).{figures}"
    )


def _front(
    record: Record, frame: pd.DataFrame, chosen: Sequence[tuple[str, Trial]]
) -> list[Figure | Table | Text]:
    study, members = record.study, front_rows(frame, record.study)
    picture = Figure(
        svg=report_figures.front_svg(frame, study, chosen),
        alt="every pair of objectives, a point a trial",
        caption="Every pair of objectives, a point a trial with scores; number of trials in "
        "brackets.",
    )
    own = members.index[members["trial"].isin([trial.number for _, trial in chosen])]
    shown = sorted({*spaced(members, ROWS), *own})
    columns = [
        ("trial", members["trial"].map(str)),
        ("role", _roles(members, chosen)),
        *((q.label, _measured(members, q)) for q in quantities(members, study)),
    ]
    columns += [parameter_column(name, members[name]) for name in study.space]
    strong = frozenset(i for i, at in enumerate(shown) if members["role"][at] == "knee")
    tables = []
    while columns:
        now, columns = columns[:COLUMNS], columns[COLUMNS:]
        columns = [now[0], *columns] if columns else []
        rows = [[texts.iloc[at] for _, texts in now] for at in shown]
        tables.append(Table(headers=[head for head, _ in now], rows=rows, strong=strong))
    note = "Best accuracy first, the knee in bold. ± standard error over the seeds of the design."
    if hidden := len(members) - len(shown):
        note += f" {len(shown)} evenly over the front, {hidden} more are not shown."
    return [picture, Text(text=note), *tables]


def _roles(members: pd.DataFrame, chosen: Sequence[tuple[str, Trial]]) -> "pd.Series[str]":
    """knee, candidate, and what the designs of the report are called."""
    called = {trial.number: name.partition(",")[0] for name, trial in chosen}
    plain = {"knee": "knee", "pareto": "", "candidate": LOOKS["candidate"].title}
    pairs = zip(members["trial"], members["role"], strict=True)
    return pd.Series([called.get(number) or plain[role] for number, role in pairs])


def _measured(members: pd.DataFrame, shown: Quantity) -> "pd.Series[str]":
    """Mean ± standard error of an objective, in the unit of its column."""
    values = members[shown.name] * shown.factor
    errors = members.get(f"se.{shown.name}", values * float("nan")) * shown.factor
    return pd.Series([unbroken(measured(v, e)) for v, e in zip(values, errors, strict=True)])


def _recommended(record: Record, chosen: Sequence[tuple[str, Trial]]) -> list[Table | Text]:
    study, names = record.study, [name for name, _ in chosen]
    trials = [trial for _, trial in chosen]
    parts = {part for group in PARTS.values() for part in group}
    figures = [n for n in METRICS if n not in (*study.objectives, *parts)]
    figures = [*study.objectives, *(n for n in figures if all(n in t.values for t in trials))]
    limits = list(dict.fromkeys(name for trial in trials for name in trial.constraints))
    seeds = ", ".join(f"trial {t.number}: {len(t.seeds)}" for t in trials)
    return [
        Text(
            text="The knee has the smallest sum of costs, the balanced design the smallest worst "
            "cost; a cost is 0 at the best and 1 at the worst corner of an objective. Seeds "
            f"behind the figures: {seeds}."
        ),
        Table(
            caption="Parameters that were searched",
            headers=["parameter", *names],
            rows=[
                [
                    name,
                    *(
                        show(t.params[name], unit_of(name)) if name in t.params else "-"
                        for t in trials
                    ),
                ]
                for name in study.space
            ],
        ),
        Table(
            caption="Scores, the objectives of the study in bold",
            headers=["figure", *names],
            rows=[[METRICS[n].title, *(figure_text(t, n) for t in trials)] for n in figures],
            strong=frozenset(range(len(study.objectives))),
        ),
        Table(
            caption="Margin of each constraint: 0.1 is 10 % to spare, below 0 it is broken",
            headers=["constraint", *names],
            rows=[[n, *(_margin(t, n) for t in trials)] for n in limits],
        ),
    ]


def _margin(trial: Trial, name: str) -> str:
    return f"{-trial.constraints[name]:.3g}" if name in trial.constraints else "-"


def as_json(record: Record, report: Report, asked: Asked) -> dict[str, Any]:
    """The main numbers, for scripts."""
    study, curve = record.study, hypervolume_curve(record)
    members = table(record)["role"].isin(SHOWN)
    return {
        "study": report.title,
        "configuration_sha256": record.hash,
        "trials": counts(record),
        "front": int(members.sum()),
        "hypervolume": curve[-1][1],
        "designs": [
            {
                "name": name,
                "trial": trial.number,
                "params": dict(trial.params),
                "values": {n: trial.values[n] for n in study.objectives},
                "standard_errors": {n: standard_error(trial, n) for n in study.objectives},
            }
            for name, trial in designs(record, asked.pick)
        ],
    }
