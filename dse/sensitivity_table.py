"""The table of `dse sensitivity`, and its run in worker processes."""

import math
from collections.abc import Callable
from dataclasses import replace

from rich.table import Table
from rich.text import Text

from dse import workers
from dse.record import Record, Trial
from dse.sensitivity import Change, Move, Sensitivity, measure
from dse.study import evaluation_seeds
from dse.terminal import console
from dse.units import metric_scale, show
from dse.values import unit_of
from objectives.scores import METRICS

CLEAR = 2.0
"""Standard errors beyond which a change is printed bold."""


def run(record: Record, trial: Trial, jobs: int, repeats: int | None) -> Sensitivity:
    """Measure in `jobs` workers with the study's seeds, or with the first `repeats` of them."""
    study = record.study
    seeds = evaluation_seeds(replace(study, repeats=repeats or study.repeats))
    with workers.pool(jobs) as executor:
        return measure(
            study,
            (trial.number, trial.params),
            seeds,
            lambda flat, seed: executor.submit(workers.with_seeds(study, (seed,)), flat),
            _progress(),
        )


def _progress() -> Callable[[int, int], None]:
    """Lines on standard error, one each tenth."""
    err, told = console(stderr=True), [0]

    def tell(done: int, total: int) -> None:
        if done * 10 // total > told[0]:
            told[0] = done * 10 // total
            err.print(f"{done}/{total} evaluations")

    return tell


def as_table(found: Sensitivity) -> Table:
    """A row a move, a column an objective: change ± standard error, bold where it is clear."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    names, lines = rows(found)
    for place, header in enumerate(names):
        right = 0 < place < len(names) - 1
        table.add_column(Text(header), justify="right" if right else "left")
    for line in lines:
        table.add_row(*(Text(text, style="bold" if clear else "") for text, clear in line))
    return table


Cell = tuple[str, bool]
"""Text, and whether it is a change beyond CLEAR standard errors."""


def rows(found: Sensitivity) -> tuple[list[str], list[list[Cell]]]:
    """Headers and cells of the table."""
    scales = {name: _scale(found, name) for name in found.study.objectives}
    goals = [f"{METRICS[name].title} [{unit}]" for name, (_, unit) in scales.items()]
    return ["parameter", "from", "to", *goals, "breaks"], [
        [
            (answer.move.name, False),
            (_value(answer.move, answer.move.before), False),
            (_to(answer.move), False),
            *(
                _cell(answer.changes[name], factor)
                if name in answer.changes
                else ("not possible", False)
                for name, (factor, _) in scales.items()
            ),
            (answer.error or ", ".join(answer.broken), False),
        ]
        for answer in found.answers
    ]


def _scale(found: Sensitivity, name: str) -> tuple[float, str]:
    """Points of a share, else percent of the design's own figure where that is possible."""
    base, metric = found.base[name], METRICS[name]
    factor, unit = metric_scale(metric, [base])
    if unit == "%":
        return factor, "points"
    if metric.decades and base > 0 and math.isfinite(base):
        return 100 / base, f"% of {base * factor:.3g} {unit}".rstrip()
    return factor, unit


def _cell(change: Change, factor: float) -> Cell:
    if not math.isfinite(change.mean):
        return "unknown", False
    error = "" if change.se is None else f" ± {change.se * factor:.1g}"
    clear = change.se is not None and abs(change.mean) > CLEAR * change.se
    return f"{change.mean * factor:+.2g}{error}", clear


def _value(move: Move, value: object) -> str:
    return show(value, unit_of(move.name))


def _to(move: Move) -> str:
    by = "" if move.relative is None else f" ({100 * move.relative:+.0f} %)"
    return f"{_value(move, move.after)}{by}"
