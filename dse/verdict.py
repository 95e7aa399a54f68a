"""Which promises of a spec hold, by rules that are printed with the verdicts."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev
from typing import Literal

from dse.spec import lost_in_ten_years
from dse.verify import Figures, Plan, Run, at
from objectives.scores import METRICS

POINT = 0.01
"""A validation score is the best of many trials, and ten thousand images have an error."""
MARGIN = 0.05
ERRORS = 2.0
PROMISED = (
    "learning_energy_j",
    "inference_energy_j",
    "lifetime_images",
    "learning_latency_s",
    "inference_latency_s",
    "area_m2",
)
RULES = (
    "accuracy holds if mean >= promise - (1 point + 2 standard errors), on test images, with the "
    "fast and with the exact IR drop, each against its own if the spec tells them apart",
    "the accuracy at other temperatures is judged likewise if the spec was scored over corners "
    "that reach so far",
    "energy, latency and area hold if mean <= promise + 5 % + 2 standard errors, lifetime if mean "
    ">= promise - 5 % - 2 standard errors",
    "constraints hold if all are <= 0 at that temperature",
    "a standard error is that of the mean over seeds, each seed the mean of its dies",
)

Verdict = Literal["holds", "fails", "not promised", "not judged"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the verdict. metric: name in METRICS, "" for a constraint value."""

    title: str
    metric: str
    promise: float | None
    mean: float
    sd: float
    error: float
    dies: int
    verdict: Verdict
    note: str = ""


def judge(plan: Plan, results: Mapping[Run, Figures]) -> tuple[Row, ...]:
    """Every promise of the spec, then what it does not promise."""
    own_k = plan.design.environment.temperature_k
    own = {run: figures for run, figures in results.items() if run.temperature_k == own_k}
    promised = {name: expected.value for name, expected in plan.spec.expected.items()}
    read = plan.spec.exact_read
    exact = promised if read is None else {"accuracy": read.accuracy}
    rows = [
        _row("test accuracy, fast IR drop", "accuracy", own, promised, "accuracy"),
        _row("test accuracy, exact IR drop", "accuracy", own, exact, "exact_accuracy"),
    ]
    rows += [_row(METRICS[n].title, n, own, promised, n) for n in PROMISED if n in promised]
    rows += [_constraint_row(kelvin, found) for kelvin, found in plan.constraints.items()]
    if plan.design.synapse.kind == "mtj":
        rows += [_retention_row(plan, kelvin) for kelvin in plan.temperatures_k]
    for name, title in (("energy_j", "energy"), ("latency_s", "time")):
        row = f"inference {title}, exact IR drop, thresholds learnt under the fast one"
        rows.append(_row(row, f"inference_{name}", own, {}, f"exact_inference_{name}"))
    for kelvin in plan.temperatures_k[1:]:
        there = {run: f for run, f in results.items() if run.temperature_k == kelvin}
        wanted = promised if _scored_at(plan, kelvin) else {}
        rows.append(_row(f"test accuracy at {kelvin:g} K", "accuracy", there, wanted, "accuracy"))
    return tuple(_unjudged(row) if plan.quick else row for row in rows)


def _scored_at(plan: Plan, kelvin: float) -> bool:
    """Whether the promise is of corners that reach to this temperature."""
    rule = plan.spec.origin.robust
    return rule is not None and rule.cold_k <= kelvin <= rule.hot_k


def all_hold(rows: Sequence[Row]) -> bool:
    """Whether no promise fails."""
    return all(row.verdict in ("holds", "not promised") for row in rows)


def _row(
    title: str,
    metric: str,
    runs: Mapping[Run, Figures],
    promised: Mapping[str, float],
    figure: str,
) -> Row:
    runs = {run: figures for run, figures in runs.items() if figure in figures}
    values = [figures[figure] for figures in runs.values()]
    mean, sd = fmean(values), _sd(values)
    error, promise = standard_error(runs, figure), promised.get(metric)
    verdict: Verdict = "not promised"
    if promise is not None:
        verdict = "holds" if holds(metric, promise, mean, error) else "fails"
    return Row(
        title=title,
        metric=metric,
        promise=promise,
        mean=mean,
        sd=sd,
        error=error,
        dies=len(values),
        verdict=verdict,
    )


def holds(metric: str, promise: float, mean: float, error: float) -> bool:
    """The rules of RULES; an unknown error (NaN) counts as none."""
    slack = POINT if metric == "accuracy" else MARGIN * abs(promise)
    slack += ERRORS * (error if math.isfinite(error) else 0.0)
    if METRICS[metric].direction == "maximize":
        return mean >= (promise if math.isinf(promise) else promise - slack)
    return mean <= (promise if math.isinf(promise) else promise + slack)


def standard_error(runs: Mapping[Run, Figures], figure: str) -> float:
    """Of the mean: over seeds, whose dies share random numbers, or over the dies of one seed."""
    by_seed: dict[int, list[float]] = {}
    for run, figures in runs.items():
        by_seed.setdefault(run.seed, []).append(figures[figure])
    groups = [fmean(values) for values in by_seed.values()]
    if len(groups) == 1:
        groups = next(iter(by_seed.values()))
    return _sd(groups) / math.sqrt(len(groups))


def _sd(values: Sequence[float]) -> float:
    """Standard deviation, NaN for one value or where one is infinite."""
    finite = all(math.isfinite(value) for value in values)
    return stdev(values) if len(values) > 1 and finite else math.nan


def _constraint_row(kelvin: float, found: Mapping[str, float]) -> Row:
    worst = max(found, key=found.__getitem__)
    broken = [name for name, value in found.items() if value > 0]
    return Row(
        title=f"constraints at {kelvin:g} K",
        metric="",
        promise=0.0,
        mean=found[worst],
        sd=math.nan,
        error=math.nan,
        dies=0,
        verdict="fails" if broken else "holds",
        note=f"broken: {', '.join(broken)}" if broken else f"closest: {worst}",
    )


def _retention_row(plan: Plan, kelvin: float) -> Row:
    """Not promised: a design that goes on learning need not keep its cells for ten years."""
    return Row(
        title=f"cells lost in ten years at {kelvin:g} K",
        metric="",
        promise=None,
        mean=lost_in_ten_years(at(plan.design, kelvin)),
        sd=math.nan,
        error=math.nan,
        dies=0,
        verdict="not promised",
    )


def _unjudged(row: Row) -> Row:
    return replace(row, verdict="not judged")
