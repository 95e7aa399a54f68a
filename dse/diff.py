"""Two specs beside one another: what is built otherwise, and what that costs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from dse.figures import show_metric
from dse.spec import Quantity, Spec
from dse.units import show as show_value
from objectives.breakdown import PARTS
from objectives.scores import METRICS


@dataclass(frozen=True, kw_only=True)
class Change:
    """One name with two values; None where a spec does not have it.

    better: whether the second value is the better one; None if there is no better or worse.
    """

    name: str
    unit: str
    before: float | str | None
    after: float | str | None
    better: bool | None = None

    @property
    def relative(self) -> float | None:
        """Change relative to the first value, if both are numbers."""
        if isinstance(self.before, str | None) or isinstance(self.after, str | None):
            return None
        return (self.after - self.before) / abs(self.before) if self.before else None


@dataclass(frozen=True, kw_only=True)
class Diff:
    """Changes from one spec to another; costs: figures, without parts of others."""

    first: str
    second: str
    design: tuple[Change, ...]
    costs: tuple[Change, ...]
    margins: tuple[Change, ...]


def diff(first: Spec, second: Spec) -> Diff:
    """Everything of the design, the figures and the constraints that differs."""
    parts = {part for group in PARTS.values() for part in group}
    before, after = ({n: e.value for n, e in s.expected.items()} for s in (first, second))
    costs = [
        Change(
            name=name,
            unit=METRICS[name].unit,
            before=before.get(name),
            after=after.get(name),
            better=_better(name, before.get(name), after.get(name)),
        )
        for name in METRICS
        if name not in parts and before.get(name) != after.get(name)
    ]
    return Diff(
        first=_name(first),
        second=_name(second),
        design=_design(first.design, second.design),
        costs=tuple(costs),
        margins=_margins(first, second),
    )


def _name(spec: Spec) -> str:
    return f"{spec.origin.study}, trial {spec.origin.trial} ({spec.origin.pick})"


def _better(name: str, before: float | None, after: float | None) -> bool | None:
    if before is None or after is None:
        return None
    return (after > before) == (METRICS[name].direction == "maximize")


def _design(first: Mapping[str, Quantity], second: Mapping[str, Quantity]) -> tuple[Change, ...]:
    return tuple(
        Change(name=name, unit=quantity.unit, before=first[name].value, after=quantity.value)
        for name, quantity in second.items()
        if first[name].value != quantity.value
    )


def _margins(first: Spec, second: Spec) -> tuple[Change, ...]:
    before, after = ({n: c.margin for n, c in s.constraints.items()} for s in (first, second))
    return tuple(
        Change(
            name=name,
            unit="",
            before=before.get(name),
            after=after.get(name),
            better=None
            if before.get(name) is None or after.get(name) is None
            else after[name] > before[name],
        )
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    )


def as_json(found: Diff) -> dict[str, Any]:
    """Everything, for scripts."""
    groups = {"design": found.design, "costs": found.costs, "margins": found.margins}
    return {"first": found.first, "second": found.second} | {
        title: [asdict(change) | {"relative": change.relative} for change in changes]
        for title, changes in groups.items()
    }


def show(out: Console, found: Diff) -> None:
    """The tables for people."""
    out.print(f"{found.first} -> {found.second}", style="bold")
    if not (found.design or found.costs or found.margins):
        out.print("no difference")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("what", "before", "after", "change"):
        table.add_column(head, justify="left" if head == "what" else "right")
    colors = {True: "green", False: "red", None: ""}
    groups = (("design", found.design), ("expected", found.costs), ("margin", found.margins))
    for title, changes in groups:
        for change in changes:
            by = "" if change.relative is None else f"{100 * change.relative:+.3g} %"
            texts = (_text(title, change, value) for value in (change.before, change.after))
            name = METRICS[change.name].title if title == "expected" else change.name
            table.add_row(f"{title}: {name}", *texts, by, style=colors[change.better])
    out.print(table)


def _text(group: str, change: Change, value: float | str | None) -> str:
    if value is None:
        return "-"
    if group == "expected" and not isinstance(value, str):
        return show_metric(change.name, value)
    return f"{value:.3g}" if group == "margin" else show_value(value, change.unit)
