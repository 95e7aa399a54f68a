"""What the command prints: tables, progress, the closing lines."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from dse.figures import Quantity, quantities
from dse.front import front_rows
from dse.record import Trial
from dse.run import Summary, Voice
from dse.study import Study
from dse.units import scale
from dse.values import unit_of

PIPE_WIDTH = 200
MARKS = {"knee": "*", "candidate": "?"}
ROWS = 20
SHORT = {"potentiation": "pot.", "depression": "dep."}


def console(*, stderr: bool = False) -> Console:
    """Standard output or standard error; not folded when it goes into a file."""
    found = Console(stderr=stderr, highlight=False, markup=False)
    if not found.is_terminal:
        found.width = PIPE_WIDTH
    return found


def command() -> str:
    """The command as the user can type it here."""
    called = Path(sys.argv[0])
    found = shutil.which("dse")
    if found and called.exists() and Path(found).samefile(called):
        return "dse"
    return min(str(called), os.path.relpath(called), key=len)


def front_table(
    frame: pd.DataFrame, study: Study, limit: int | None = ROWS, *, parameters: bool = True
) -> Table:
    """The front, best accuracy first, knee marked, in readable units."""
    rows = front_rows(frame, study)
    table = Table(box=None, padding=(0, 1), header_style="bold", pad_edge=False)
    columns = [("trial", rows["trial"].map(str))]
    columns += [(_words(q.label), with_error(rows, q)) for q in quantities(rows, study)]
    columns += [parameter_column(name, rows[name]) for name in study.space if parameters]
    for header, _ in columns:
        table.add_column(Text(header), justify="right")  # text: [nJ] is no markup
    for place in spaced(rows, limit):
        mark = MARKS.get(rows["role"][place], "")
        cells = [texts.iloc[place] for _, texts in columns]
        table.add_row(mark + cells[0], *cells[1:], style="bold" if mark == "*" else None)
    return table


def with_error(rows: pd.DataFrame, shown: Quantity) -> "pd.Series[str]":
    """Mean ± standard error over the seeds, the error left out where there is none."""
    texts = (rows[shown.name] * shown.factor).map("{:.4g}".format)
    name = f"se.{shown.name}"
    if name in rows:
        errors = (rows[name] * shown.factor).map("{:.1g}".format)
        texts = texts.where(rows[name].isna(), texts + " ± " + errors)
    return texts


def spaced(rows: pd.DataFrame, limit: int | None) -> list[int]:
    """Rows to show: all, or `limit` evenly over the front and always the knee."""
    count = len(rows)
    if limit is None or count <= limit:
        return list(range(count))
    chosen = {round(i * (count - 1) / (limit - 1)) for i in range(limit)}
    for knee in set(rows.index[rows["role"] == "knee"]) - chosen:
        nearest = min(chosen - {0, count - 1}, key=lambda place: abs(place - knee))
        chosen = (chosen - {nearest}) | {knee}
    return sorted(chosen)


def _words(label: str) -> str:
    """A header in lines of about a dozen letters."""
    lines = [""]
    for word in label.split():
        if lines[-1] and len(lines[-1]) + len(word) > 11:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def parameter_column(name: str, values: "pd.Series[float]") -> tuple[str, "pd.Series[str]"]:
    """Header and texts of a searched parameter."""
    part, _, leaf = name.partition(".")
    unit = unit_of(name)
    words = leaf.split("_")[:-1] if unit else leaf.split("_")
    given = values.dropna()
    if not pd.api.types.is_numeric_dtype(given):
        return "\n".join([part, *words]), given.map(str).reindex(values.index, fill_value="-")
    factor, label = scale(unit, given.tolist())
    header = [SHORT.get(part, part), *words, *([f"[{label}]"] if label else [])]
    texts = (given * factor).map(lambda x: f"{x:.3g}" if abs(x) < 1000 else f"{x:.4g}")
    return "\n".join(header), texts.reindex(values.index, fill_value="-")


def print_front(out: Console, frame: pd.DataFrame, study: Study, limit: int | None = ROWS) -> None:
    """The table of a front that has members, and what is left out of it."""
    members = len(front_rows(frame, study))
    table, hint = front_table(frame, study, limit), ""
    if out.measure(table, options=out.options.update(max_width=PIPE_WIDTH)).maximum > out.width:
        table = front_table(frame, study, limit, parameters=False)
        hint = f"parameters: a window of more columns, or {command()} front {study.name} --csv"
    out.print(table)
    hidden = members - table.row_count
    more = f"; {hidden} more: {command()} front {study.name} --all" if hidden > 0 else ""
    out.print(f"* knee of the front, best trade between all objectives{more}", style="dim")
    if any(f"se.{name}" in frame for name in study.objectives):
        out.print("± standard error over the seeds of the design", style="dim")
    if study.robust:
        out.print(study.robust.text, style="dim")
    waiting = int((frame["role"] == "candidate").sum())
    if waiting:
        out.print(
            f"? {waiting} not yet trained with {study.confirm} seeds: {command()} run "
            f"{study.name} confirms them"
        )
    if hint:
        out.print(hint, style="dim")


def tightest(frame: pd.DataFrame) -> str:
    """Which constraint is broken most often."""
    named = [name for name in frame.columns if name.startswith("constraint.")]
    broken = {name: int((frame[name] > 0).sum()) for name in named}
    worst = max(broken, key=broken.__getitem__, default=None)
    if worst is None:
        return "No trial has been evaluated."
    return (
        f"Broken most often: {worst.partition('.')[2]}, in {broken[worst]} of {len(frame)} trials."
    )


def closing(out: Console, summary: Summary, hypervolume: float) -> None:
    """Counts, time, and where to look next."""
    record, name, jobs = summary.record, summary.record.study.name, summary.jobs
    feasible = sum(trial.feasible for trial in record.finished)
    stopped = sum(trial.state == "stopped" for trial in record.finished)
    early = f", {stopped} stopped early" if stopped else ""
    out.print(
        f"{feasible} of {len(record.finished)} trials feasible{early}; hypervolume "
        f"{hypervolume:.3f} of the box between the worst and the best corner"
    )
    if summary.new:
        out.print(
            f"{summary.new} trials in {summary.wall_s:.0f} s with {jobs} "
            f"worker{'s' if jobs > 1 else ''}: {100 * summary.evaluating:.0f} % of it evaluation; "
            f"search, logging and figures took {summary.parent_s:.0f} s of processor time"
        )
    for path in summary.files:
        out.print(os.path.relpath(path), style="cyan")
    out.print(f"{command()} front {name}    {command()} export {name}    {command()} ui")


@contextmanager
def voice(total: int) -> Iterator[Voice]:
    """Progress on standard error: a bar on a terminal, a line each tenth elsewhere."""
    err = console(stderr=True)
    bar = Progress(
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
        console=err,
        disable=not err.is_terminal,
    )
    finished: list[Trial] = []
    task, line = bar.add_task("", total=total), _line_teller(err, total)

    def began(done: tuple[Trial, ...]) -> None:
        finished.extend(done)
        bar.update(task, completed=len(done))

    def on_finished(trial: Trial) -> None:
        finished.append(trial)
        text = _so_far(finished)
        bar.update(task, completed=len(finished), description=text)
        line(len(finished), text)

    def step(text: str) -> None:
        bar.update(task, description=text)
        if not err.is_terminal:
            err.print(text, soft_wrap=True)

    with bar:
        yield Voice(
            began=began,
            warn=lambda text: err.print(f"warning: {text}", soft_wrap=True),
            step=step,
            finished=on_finished,
        )


def _line_teller(err: Console, total: int) -> Callable[[int, str], None]:
    """Prints a line at each tenth of the way, unless there is a bar."""
    start_s = time.monotonic()

    def tell(done: int, text: str) -> None:
        if not err.is_terminal and done % max(1, total // 10) == 0:
            err.print(f"{done}/{total} {text} ({time.monotonic() - start_s:.0f} s)")

    return tell


def _so_far(trials: list[Trial]) -> str:
    feasible = [trial for trial in trials if trial.feasible]
    best = max((t.values["accuracy"] for t in feasible), default=float("nan"))
    shown = f"best accuracy {100 * best:.2f} %, " if feasible else ""
    return f"{shown}{len(feasible)} feasible"
