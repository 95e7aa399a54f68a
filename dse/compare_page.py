"""A comparison as one HTML file that loads nothing, and as a body for scripts."""

import math
from collections.abc import Sequence
from html import escape
from typing import Any

from dse import compare_plotly
from dse.compare import Comparison, Entry
from dse.figures import show_metric
from dse.page import Cell, Section, Table, Text, document, section
from dse.report_page import STYLE
from dse.units import show
from dse.values import unit_of
from objectives.design import Value
from objectives.scores import METRICS

WIDE = "body { max-width: 1200px } .plotly-graph-div { margin: auto }"


def to_html(found: Comparison) -> str:
    """The whole page; plotly.js is in it once."""
    title = "Comparison of " + ", ".join(entry.name for entry in found.entries)
    drawn = compare_plotly.figures(found)
    plots = [
        figure.to_html(full_html=False, include_plotlyjs=place == 0)
        for place, figure in enumerate(drawn)
    ]
    headings = ["Pairs of objectives", "What is reached, and over seeds"]
    if len(drawn) > len(headings):
        headings.insert(1, "Three objectives at once")
    parts = [section(_summary(found))]
    for heading, plot in zip(headings, plots, strict=True):
        parts.append(f"<section><h2>{escape(heading)}</h2>{plot}</section>")
    parts += [section(part) for part in (_coverage(found), _levels(found), _knees(found))]
    return document(title, STYLE + WIDE, f"<h1>{escape(title)}</h1>" + "\n".join(parts))


def as_json(found: Comparison) -> dict[str, Any]:
    """Everything but the pictures, in SI."""
    return {
        "objectives": list(found.objectives),
        "corners": {n: [c.worst, c.best] for n, c in found.corners.items()},
        "corners_of_the_studies": found.shared_corners,
        "hypervolume_together": found.together,
        "studies": [_entry_json(entry, found) for entry in found.entries],
        "levels": [
            {"least": level.least, "best": [list(map(float, row)) for row in level.best]}
            for level in found.levels
        ],
    }


def _entry_json(entry: Entry, found: Comparison) -> dict[str, Any]:
    place = found.entries.index(entry)
    return {
        "study": entry.name,
        "seed": entry.record.study.seed,
        "group": entry.group,
        "trials": len(entry.record.finished),
        "hypervolume": entry.hypervolume,
        "hypervolume_alone": entry.alone,
        "dominated_by": {
            other.name: float(found.covered[place, there])
            for there, other in enumerate(found.entries)
            if there != place
        },
        "members": [
            {
                "trial": t.number,
                **{n: t.values[n] for n in found.objectives},
                "params": {**t.params},
            }
            for t in entry.members
        ],
        "knee": entry.knee.number,
    }


def _summary(found: Comparison) -> Section:
    rows = [
        [
            entry.name,
            str(len(entry.record.finished)),
            str(len(entry.members)),
            f"{entry.hypervolume:.3f}",
            f"{entry.alone:.3f}",
            *(show_metric(name, entry.knee.values[name]) for name in found.objectives),
        ]
        for entry in found.entries
    ]
    headers = ["study", "trials", "front", "hypervolume", "alone"]
    headers += [f"knee: {METRICS[name].title}" for name in found.objectives]
    return Section(
        title="Studies", parts=[Table(headers=headers, rows=rows), Text(text=about(found))]
    )


def about(found: Comparison) -> str:
    """What the hypervolumes are measured between, and what all studies reach together."""
    corners = "; ".join(
        f"{METRICS[name].title} {show_metric(name, corner.worst)} "
        f"… {show_metric(name, corner.best)}"
        for name, corner in found.corners.items()
    )
    given = "those of the study files" if found.shared_corners else "worst and best of all fronts"
    return (
        f"Hypervolume: share of the box between the corners ({given}: {corners}). All studies "
        f"together reach {found.together:.3f}; alone: what would be lost without the study."
        f"{_unlike(found)}"
    )


def _unlike(found: Comparison) -> str:
    """A warning where some studies score bad corners and others the nominal design."""
    robust = [entry.name for entry in found.entries if entry.record.study.robust]
    if len(robust) in (0, len(found.entries)):
        return ""
    return f" Not like for like: {', '.join(robust)} has figures of bad corners, others nominal."


def _coverage(found: Comparison) -> Section:
    names = [entry.name for entry in found.entries]
    rows = [
        [a, *("" if a == b else f"{100 * found.covered[i, j]:.0f} %" for j, b in enumerate(names))]
        for i, a in enumerate(names)
    ]
    caption = "Members of the front of the study on the left that a member of the one above beats"
    table = Table(headers=["", *names], rows=rows, caption=caption)
    source = "Set coverage in its strict form (Zitzler and Thiele 1999, doi 10.1109/4235.797969)."
    return Section(title="Who dominates whom", parts=[table, Text(text=source)])


def _levels(found: Comparison) -> Section:
    first, *others = found.objectives
    bound = "at least" if METRICS[first].direction == "maximize" else "at most"
    headers = [f"{METRICS[first].title} {bound}"]
    headers += [f"{METRICS[n].title}, {e.name}" for n in others for e in found.entries]
    rows: list[list[str | Cell]] = []
    for level in found.levels:
        row: list[str | Cell] = [show_metric(first, level.least)]
        for column, name in enumerate(others):
            row += _best_of(name, [float(best[column]) for best in level.best])
        rows.append(row)
    text = (
        f"Best figure of members of each front that reach so much of the first objective, "
        f"{METRICS[first].title}; the best of all studies is strong, a dash is not reached at all."
    )
    return Section(title="Where", parts=[Text(text=text), Table(headers=headers, rows=rows)])


def _best_of(name: str, values: Sequence[float]) -> list[str | Cell]:
    reached = [v for v in values if not math.isnan(v)]
    choose = max if METRICS[name].direction == "maximize" else min
    best = choose(reached, default=math.nan)
    return [
        "–" if math.isnan(v) else Cell(text=show_metric(name, v), strong=v == best) for v in values
    ]


def _knees(found: Comparison) -> Section:
    """One row a parameter; those in which the knees differ are strong."""
    headers = ["", *(f"{entry.name}, trial {entry.knee.number}" for entry in found.entries)]
    figures = [
        [METRICS[n].title, *(show_metric(n, e.knee.values[n]) for e in found.entries)]
        for n in found.objectives
    ]
    designs = [{**e.record.study.fixed, **e.knee.params} for e in found.entries]
    searched = dict.fromkeys(n for e in found.entries for n in e.record.study.space)
    names = {n: None for design in designs for n in design if _differ(designs, n)} | searched
    rows = [[name, *(_shown(design, name) for design in designs)] for name in names]
    strong = frozenset(place for place, name in enumerate(names) if _differ(designs, name))
    return Section(
        title="Knee designs side by side",
        parts=[
            Table(headers=headers, rows=figures),
            Table(headers=headers, rows=rows, strong=strong, caption="Searched or different"),
        ],
    )


def _differ(designs: Sequence[dict[str, Value]], name: str) -> bool:
    return len({design.get(name) for design in designs}) > 1


def _shown(design: dict[str, Value], name: str) -> str:
    return show(design[name], unit_of(name)) if name in design else "–"
