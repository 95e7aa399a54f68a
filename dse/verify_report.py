"""What a verification found: a table, JSON and Markdown."""

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from dse import json_page
from dse.terminal import console
from dse.units import metric_scale
from dse.verdict import RULES, Row, all_hold
from dse.verify import Figures, Plan, Run
from objectives.scores import METRICS

HEADERS = ("figure", "promise", "measured", "SD", "dies", "verdict")
SMOKE = "Smoke check on one die and few images: this is not a verification, nothing is judged."


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A finished verification; wall_s: time of this process, without dies measured before."""

    plan: Plan
    results: Mapping[Run, Figures]
    rows: tuple[Row, ...]
    wall_s: float

    @property
    def holds(self) -> bool:
        """Every promise holds; false for a smoke check."""
        return all_hold(self.rows)


def cells(row: Row) -> list[str]:
    """Promise, mean and SD in one unit, as text."""
    note = f" ({row.note})" if row.note else ""
    if not row.metric:
        promise = "" if row.promise is None else f"<= {row.promise:g}"
        return [row.title, promise, f"{row.mean:.3g}", "", "", f"{row.verdict}{note}"]
    known = [row.mean] if row.promise is None else [row.promise]
    factor, unit = metric_scale(METRICS[row.metric], known)
    unit = f" {unit}" if unit and unit not in METRICS[row.metric].title.split() else ""
    shown = ["" if v is None else f"{v * factor:.4g}{unit}" for v in (row.promise, row.mean)]
    sd = f"{row.sd * factor:.2g}{unit}" if math.isfinite(row.sd) else "unknown"
    return [row.title, *shown, sd, str(row.dies), f"{row.verdict}{note}"]


def head(outcome: Outcome) -> str:
    """What was verified, and on what."""
    plan, origin = outcome.plan, outcome.plan.spec.origin
    own_k = plan.design.environment.temperature_k
    exact = sum(run.exact for run in outcome.results)
    return (
        f"{origin.study}, trial {origin.trial}: {plan.seeds} seeds x {plan.dies} dies a "
        f"temperature, {plan.design.training.images} presentations of all training images of "
        f"{plan.data['dataset']}; {exact} dies at {own_k:g} K also read with exact column "
        "currents on the whole test set."
    )


def closing(outcome: Outcome) -> str:
    """The verdict in one line."""
    if outcome.plan.quick:
        return SMOKE
    failed = [row.title for row in outcome.rows if row.verdict == "fails"]
    if failed:
        verb = "promise fails" if len(failed) == 1 else "promises fail"
        return f"{len(failed)} {verb}: {'; '.join(failed)}."
    return "Every promise holds."


def same_answers(outcome: Outcome) -> str:
    """How far the fast and the exact read are apart."""
    exact = [f for run, f in outcome.results.items() if run.exact]
    same = sum(f["exact_same_answers"] for f in exact) / len(exact)
    shift = sum(f["exact_accuracy"] - f["accuracy"] for f in exact) / len(exact)
    return (
        f"Fast and exact IR drop answer {100 * same:.2f} % of the test images alike; the exact "
        f"one scores {100 * shift:+.2f} points. Training reads with the fast one."
    )


def show(outcome: Outcome, files: tuple[Path, ...]) -> None:
    """The table for people."""
    out = console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in HEADERS:
        table.add_column(header, justify="left" if header in ("figure", "verdict") else "right")
    colors = {"holds": "green", "fails": "bold red"}
    for row in outcome.rows:
        table.add_row(*cells(row), style=colors.get(row.verdict, "dim"))
    out.print(head(outcome))
    out.print(table)
    out.print(same_answers(outcome))
    for rule in RULES:
        out.print(f"rule: {rule}", style="dim")
    out.print(f"{closing(outcome)} ({outcome.wall_s:.0f} s)", style="bold")
    for path in files:
        out.print(os.path.relpath(path), style="cyan")


def to_markdown(outcome: Outcome) -> str:
    """The same as a page."""
    origin = outcome.plan.spec.origin
    lines = [f"# Verification of {origin.study}, trial {origin.trial}", "", head(outcome), ""]
    lines += [f"| {' | '.join(HEADERS)} |", f"|{' --- |' * len(HEADERS)}"]
    lines += [f"| {' | '.join(cells(row))} |" for row in outcome.rows]
    lines += ["", same_answers(outcome), "", *(f"* {rule}" for rule in RULES)]
    return "\n".join([*lines, "", f"**{closing(outcome)}**"]) + "\n"


def to_json(outcome: Outcome) -> str:
    """The same for scripts, every die by itself; a figure that is not finite is null."""
    plan = outcome.plan
    page = {
        "verification": not plan.quick,
        "holds": None if plan.quick else outcome.holds,
        "origin": plan.spec.origin.model_dump(),
        "rules": list(RULES),
        "rows": [asdict(row) | {"unit": _unit(row)} for row in outcome.rows],
        "constraints": {f"{k:g} K": dict(v) for k, v in plan.constraints.items()},
        "data": dict(plan.data),
        "presentations": plan.design.training.images,
        "seed": plan.seed,
        "runs": [asdict(run) | {"figures": f} for run, f in outcome.results.items()],
    }
    return json_page.to_text("verify", page, indent=2) + "\n"


def _unit(row: Row) -> str:
    return METRICS[row.metric].unit if row.metric else ""


def metrics(outcome: Outcome) -> dict[str, float]:
    """Means and standard deviations of every row, by a name MLflow takes."""
    found = {}
    for row in outcome.rows:
        name = "".join(c if c.isalnum() else "_" for c in row.title)
        found[f"verified.{name}"] = row.mean
        found[f"sd.{name}"] = row.sd
    return found


WRITERS: Mapping[str, Callable[[Outcome], str]] = {".json": to_json, ".md": to_markdown}
