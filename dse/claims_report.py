"""What the command prints about a claim, and the files it leaves."""

from dataclasses import asdict
from itertools import cycle
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.table import Table
from rich.text import Text

from dse import json_page
from dse.claims import Claim, Judged, load, shipped, titled, to_csv
from dse.terminal import console
from dse.units import scale
from objectives.claims.curve import Curve, Line

MANY_DECADES = 20.0
WIDEST, GAP = 110, 4
"""Characters of a table, and between two columns."""


def print_list(*, as_json: bool = False) -> None:
    """Every claim that ships, with its words."""
    if as_json:
        listed = [{"name": name, **_head(load(name))} for name in shipped()]
        print(json_page.to_text("claim", {"claims": listed}))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in ("name", "claim", "source"):
        table.add_column(header)
    for name in shipped():
        head = load(name).head
        table.add_row(name, head.words, head.source)
    console().print(table)


def _head(claim: Claim) -> dict[str, str]:
    return {"words": claim.head.words, "source": claim.head.source}


def to_json(judged: Judged, paths: list[Path]) -> str:
    """Curve, rules and verdict for scripts."""
    curve = judged.curve
    body = {
        "name": judged.claim.name,
        **_head(judged.claim),
        "verdict": judged.outcome,
        "checks": [asdict(check) for check in judged.checks],
        "x": {"name": curve.x_name, "unit": curve.x_unit, "values": curve.x.tolist()},
        "y": {"name": curve.y_name, "unit": curve.y_unit},
        "lines": [{"name": line.name, "values": line.values.tolist()} for line in curve.lines],
        "files": [str(path) for path in paths],
    }
    return json_page.to_text("claim", body)


def show(judged: Judged, folder: Path, *, as_json: bool = False) -> None:
    """Table, verdict, and the two files."""
    if as_json:
        print(to_json(judged, write(judged, folder)))
        return
    out, head = console(), judged.claim.head
    out.print(f"{judged.claim.name}: {head.words}")
    out.print(f"source: {head.source}")
    out.print("seen: training and validation images only; no test image is opened")
    for table in tables_of(judged.curve):
        out.print(table)
    for line in verdict_lines(judged):
        out.print(line)
    for path in write(judged, folder):
        out.print(str(path))


def tables_of(curve: Curve) -> list[Table]:
    """A row a point, a column a line, over as many tables as keep each within `WIDEST`."""
    first = curve.x_name if curve.x_unit == "s" else titled(curve.x_name, curve.x_unit)
    points = [_point(float(x), curve.x_unit) for x in curve.x]
    panels = [line.panel for line in curve.lines]
    start = max(map(len, (first, *points)))
    groups: list[list[Line]] = [[]]
    width = start
    for line in sorted(curve.lines, key=lambda line: panels.index(line.panel)):
        wide = GAP + _width(line)
        if groups[-1] and (width + wide > WIDEST or line.panel != groups[-1][-1].panel):
            groups.append([])
            width = start
        groups[-1].append(line)
        width += wide
    return [_table(curve, first, points, group) for group in groups]


def _table(curve: Curve, first: str, points: list[str], lines: list[Line]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2), header_style="bold")
    table.add_column(Text(first), justify="right", no_wrap=True)
    for line in lines:
        table.add_column(Text(line.name), justify="right", no_wrap=True)
    for place, point in enumerate(points):
        table.add_row(point, *(_cell(line, place) for line in lines))
    repeated = any(line.values.shape[1] > 1 for line in lines)
    table.title = Text(
        (lines[0].panel if curve.log_y and lines[0].panel else titled(curve.y_name, curve.y_unit))
        + (", mean ± SD over repeats" if repeated else "")
    )
    return table


def _point(x: float, unit: str) -> str:
    """A duration with a prefix, any other number as it is."""
    if unit != "s":
        return f"{x:g}"
    factor, label = scale(unit, [x])
    return f"{x * factor:.3g} {label}"


def _width(line: Line) -> int:
    return max(len(line.name), *(len(_cell(line, n)) for n in range(len(line.values))))


def _cell(line: Line, place: int) -> str:
    mean, sd = line.mean[place], line.sd[place]
    return f"{mean:.4g} ± {sd:.2g}" if line.values.shape[1] > 1 else f"{mean:.4g}"


def verdict_lines(judged: Judged) -> list[str]:
    """Every rule with what was found, and the verdict."""
    lines = []
    for check in judged.checks:
        part = "rule" if check.essential else "condition"
        lines.append(f"{part}: {check.rule}")
        lines.append(f"  {'holds' if check.holds else 'fails'}: {check.found}")
    return [*lines, f"verdict: {judged.outcome}"]


def write(judged: Judged, folder: Path) -> list[Path]:
    """NAME.csv and NAME.png in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    table, picture = (folder / f"{judged.claim.name}.{kind}" for kind in ("csv", "png"))
    table.write_text(to_csv(judged.curve), encoding="utf-8")
    draw(judged).savefig(picture, dpi=110)
    return [table, picture]


def draw(judged: Judged) -> Figure:
    """Mean of every line with its SD, a panel for each kind of line."""
    curve = judged.curve
    panels = list(dict.fromkeys(line.panel for line in curve.lines))
    figure = Figure(figsize=(1.0 + 6.2 * len(panels), 4.4), layout="constrained")
    each = figure.subplots(1, len(panels), squeeze=False)[0]
    for axes, panel in zip(each, panels, strict=True):
        _draw_panel(axes, curve, panel)
    figure.suptitle(f"{judged.claim.name}: {judged.outcome}", fontsize=11)
    return figure


def _draw_panel(axes: Axes, curve: Curve, panel: str) -> None:
    lines = [line for line in curve.lines if line.panel == panel]
    for mark, line in zip(cycle("osD^v"), lines, strict=False):
        label = line.name.removesuffix(f", {panel}")
        axes.errorbar(
            curve.x, line.mean, line.sd, label=label, marker=mark, markersize=4, capsize=2
        )
    _scale(axes, curve)
    axes.set(xlabel=titled(curve.x_name, curve.x_unit), ylabel=_y_label(curve, panel))
    axes.set_title(panel, fontsize=10)
    axes.grid(color="#e7e9ec")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)


def _y_label(curve: Curve, panel: str) -> str:
    """Panels of a logarithmic picture are different quantities, each named by its panel."""
    return panel if curve.log_y and panel else titled(curve.y_name, curve.y_unit)


def _scale(axes: Axes, curve: Curve) -> None:
    """Logarithmic where points span decades, linear below the smallest if zero is one of them."""
    positive = curve.x[curve.x > 0]
    if positive[-1] / positive[0] >= MANY_DECADES:
        if curve.x[0] > 0:
            axes.set_xscale("log")
        else:
            axes.set_xscale("symlog", linthresh=float(positive[0]))
    if curve.log_y:
        axes.set_yscale("log")
