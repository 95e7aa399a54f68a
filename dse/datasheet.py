"""A spec as a page for people, in sections: Markdown, and HTML with pictures."""

from collections.abc import Mapping, Sequence
from html import escape

from dse import page, report_page
from dse.datasheet_figures import pulses_svg, windows_svg
from dse.figures import show_metric
from dse.page import Cell, Figure, Section, Table, Text
from dse.report_figures import energies, energy_svg
from dse.spec import Edge, Expected, Spec, Tolerance
from dse.tolerance import ACCURACY, NONE, RANGE
from dse.units import show
from objectives.breakdown import PARTS
from objectives.design import Design
from objectives.rules import Robust

Parts = list[Text | Table | Figure]
COMPONENTS = {
    "learning_energy_j": "Energy of an image, by component",
    "learning_latency_s": "Time to learn an image, by component",
    "area_m2": "Area, by component",
}
ENDLESS = 3e17
"""Images in ten years at 1e9 a second."""
ROLES = {"dominated": "not on the front of the study, which knows no limits"}
ENDS = {ACCURACY: "accuracy", NONE: "open", RANGE: "range of the models"}


def sections(spec: Spec) -> list[Section]:
    """Everything a spec says, without pictures."""
    return [
        Section(title="Expected", parts=[Text(text=_scored(spec)), _expected(spec), *_wear(spec)]),
        *_components(spec),
        Section(title="Constraints", parts=[Text(text=_where(spec)), _constraints(spec)]),
        *(
            [Section(title="Tolerances", parts=_tolerance(spec.tolerance))]
            if spec.tolerance
            else []
        ),
        *_choice(spec),
        *(
            Section(
                title=title,
                parts=[
                    Table(
                        headers=["name", "value"],
                        rows=[[n, show(q.value, q.unit)] for n, q in group.items()],
                    )
                ],
            )
            for title, group in (("Design", spec.design), ("Derived numbers", spec.derived))
        ),
        Section(
            title="Sources",
            parts=[Table(headers=["model or number", "source"], rows=list(spec.sources.items()))],
        ),
        Section(title="Assumptions without a public source", parts=_bullets(spec.assumptions)),
        Section(
            title="Made with",
            parts=_bullets(_about(spec.versions) + _about(spec.data) or ["not recorded"]),
        ),
    ]


def _bullets(texts: Sequence[str]) -> Parts:
    return [Text(text=text) for text in texts]


def _about(group: Mapping[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in group.items()]


def _scored(spec: Spec) -> str:
    """Of which dies and corners the expected figures are."""
    count = len(spec.origin.seeds)
    dies = "one die" if count == 1 else f"the mean of {count} dies and seeds"
    rule = spec.origin.robust
    if rule is None:
        return f"Of the design at {_own_k(spec):g} K, {dies}, on validation images."
    text = Robust(**rule.model_dump()).text
    return f"Not of the nominal design: {text}. {dies.capitalize()}, on validation images."


def _wear(spec: Spec) -> list[Text]:
    """What to make of a lifetime that nobody will see the end of."""
    lifetime = spec.expected.get("lifetime_images")
    if lifetime is None or lifetime.value < ENDLESS:
        return []
    text = (
        f"Lifetimes beyond {ENDLESS:.0e} images, ten years of 1e9 a second, come from laws of "
        "breakdown far below voltages they were measured at: they agree only that it is no limit."
    )
    return [Text(text=text)]


def _where(spec: Spec) -> str:
    if spec.origin.robust is None:
        return f"At {_own_k(spec):g} K; `dse verify` looks at 273, 300 and 358 K."
    return "Each at the corner where it is worst."


def _own_k(spec: Spec) -> float:
    return float(spec.design["environment.temperature_k"].value)


def _expected(spec: Spec) -> Table:
    parts = {part for parts in PARTS.values() for part in parts}
    totals = [(name, figure) for name, figure in spec.expected.items() if name not in parts]
    return Table(
        headers=["figure", "value", "SD over seeds"],
        rows=[*(_expected_row(*item) for item in totals), *_exact(spec)],
    )


def _expected_row(name: str, expected: Expected) -> list[str]:
    value, spread = expected.value, expected.spread
    shown = "one seed" if spread is None else show_metric(name, spread, like=value)
    return [expected.title, show_metric(name, value), shown]


def _exact(spec: Spec) -> list[list[str]]:
    found = spec.exact_read
    if found is None:
        return []
    shift = f"{100 * found.shift:+.2f} ± {100 * found.spread:.2f} points, {len(found.seeds)} dies"
    title = f"validation accuracy, exact IR drop (nominal design {shift})"
    return [[title, show_metric("accuracy", found.accuracy), "as the shift"]]


def _components(spec: Spec) -> list[Section]:
    """A table for each total whose parts are known, largest part first."""
    found = []
    for total, title in COMPONENTS.items():
        known = [(n, spec.expected[n]) for n in PARTS[total] if n in spec.expected]
        everything = sum(figure.value for _, figure in known)
        if not everything:
            continue
        rows = [
            [
                figure.title.partition(", ")[2] or figure.title,
                show_metric(name, figure.value),
                f"{100 * figure.value / everything:.3g} %",
            ]
            for name, figure in sorted(known, key=lambda item: -item[1].value)
        ]
        table = Table(headers=["component", "value", "share"], rows=rows)
        found.append(Section(title=title, parts=[table]))
    return found


def _constraints(spec: Spec) -> Table:
    return Table(
        headers=["constraint", "value (feasible at or below 0)", "margin"],
        rows=[[n, f"{c.value:.3g}", f"{c.margin:.3g}"] for n, c in spec.constraints.items()],
    )


def _tolerance(found: Tolerance) -> Parts:
    head = (
        f"How far the mean of each quantity may move alone before the accuracy on validation "
        f"images, {100 * found.accuracy:.2f} % of the nominal design as the mean of "
        f"{len(found.seeds)} seeds, drops by "
        f"{100 * found.drop:g} point or a constraint is broken; found by re-evaluation, the "
        "narrowest first: its tolerance costs most. The spread of cells and dies around the mean "
        "is in every evaluation."
    )
    rows = [
        [name, page.unbroken(show(w.nominal, w.unit)), *_end(w.low, w.unit), *_end(w.high, w.unit)]
        for name, w in found.windows.items()
    ]
    headers = ["quantity", "nominal", "lowest", "ends by", "highest", "ends by"]
    return [Text(text=head), Table(headers=headers, rows=rows), *_box(found)]


def _end(edge: Edge, unit: str) -> list[str]:
    move = f"({100 * edge.relative:+.2g} %)"
    shown = f"{page.unbroken(show(edge.value, unit))} {page.unbroken(move)}"
    return [shown, ENDS.get(edge.limit, edge.limit)]


def _box(found: Tolerance) -> Parts:
    box = found.box
    if box is None:
        return [Text(text="Moved together, not even three hundredths of the windows hold.")]
    beyond = f" The next larger box fails by {box.limit}." if box.limit != NONE else ""
    text = (
        f"Together all may move within {100 * box.share:g} % of their windows: the design held at "
        f"{box.trained_corners} corners of that box that were trained (largest loss "
        f"{100 * box.worst_drop:.2f} points) and broke no constraint at {box.checked_corners} "
        f"random ones.{beyond}"
    )
    rows = [
        [n, *(show(v, found.windows[n].unit) for v in sides)] for n, sides in box.sides.items()
    ]
    return [Text(text=text), Table(headers=["quantity", "lowest", "highest"], rows=rows)]


def _choice(spec: Spec) -> list[Section]:
    chosen = spec.choice
    if chosen is None:
        return []
    limits = f" that keep {', '.join(chosen.limits)}" if chosen.limits else ""
    weights = ", ".join(f"{n} {w:g}" for n, w in chosen.weights.items() if w != 1)
    fixed = (
        "the corners of the study file, so more trials change no order"
        if chosen.corners_from == "study file"
        else "the worst and best of the study's trials, so more trials may change the order"
    )
    text = (
        f"{chosen.designs} designs of the front{limits}; costs run between {fixed}."
        + (f" Weights: {weights}." if weights else "")
        + " Other rules would have taken:"
    )
    rows = [
        [a.rule, str(a.trial), *(show_metric(n, v) for n, v in a.values.items())]
        for a in chosen.alternatives
    ]
    own = [i for i, a in enumerate(chosen.alternatives) if a.trial == spec.origin.trial]
    names = list(chosen.corners)
    table = Table(headers=["rule", "trial", *names], rows=rows, strong=frozenset(own))
    return [Section(title="Choice", parts=[Text(text=text), table])]


def _summary(spec: Spec) -> str:
    origin = spec.origin
    role = ROLES.get(origin.role, origin.role)
    return (
        f"Chosen as: {origin.pick} ({role}). Seeds: {', '.join(map(str, origin.seeds))}. "
        f"Study configuration: {origin.configuration_sha256[:12]}."
    )


def to_markdown(spec: Spec) -> str:
    """The spec as Markdown."""
    origin = spec.origin
    lines = [f"# Recommended design: {origin.study}, trial {origin.trial}", "", origin.question]
    lines += ["", _summary(spec)]
    for each in sections(spec):
        lines += ["", f"## {each.title}", ""]
        only_text = all(isinstance(part, Text) for part in each.parts)
        for place, part in enumerate(each.parts):
            lines += [""] if place and not only_text else []
            if isinstance(part, Text):
                lines.append(f"* {part.text}" if only_text else part.text)
            elif isinstance(part, Table):
                lines += _markdown_table(part)
    return "\n".join(lines) + "\n"


def _markdown_table(table: Table) -> list[str]:
    body = [f"| {' | '.join(map(_markdown_cell, row))} |" for row in table.rows]
    return [f"| {' | '.join(table.headers)} |", f"|{' --- |' * len(table.headers)}", *body]


def _markdown_cell(cell: str | Cell) -> str:
    text = cell if isinstance(cell, str) else cell.text
    return f"`{text}`" if page.NAME.fullmatch(text) else text


def to_html(spec: Spec, design: Design) -> str:
    """The spec as one page that loads nothing, with pictures of energy, pulses and windows."""
    origin = spec.origin
    pictures = {
        COMPONENTS["learning_energy_j"]: _energy_figure(spec),
        "Tolerances": _window_figure(spec),
        "Derived numbers": _pulse_figure(design),
    }
    shown = [
        Section(title=each.title, parts=[*pictures.get(each.title, []), *each.parts])
        for each in sections(spec)
    ]
    title = f"{origin.study}, trial {origin.trial}"
    head = (
        f'<h1>Recommended design: {escape(title)}</h1><p class="question">'
        f"{escape(origin.question)}</p><p>{escape(_summary(spec))}</p>"
    )
    body = "\n".join(map(page.section, shown))
    return page.document(f"Recommended design: {title}", report_page.STYLE, f"{head}\n{body}")


def _energy_figure(spec: Spec) -> list[Figure]:
    parts = energies({name: figure.value for name, figure in spec.expected.items()})
    if not parts:
        return []
    return [Figure(svg=energy_svg(parts), alt="energy by component", caption="Learning an image.")]


def _window_figure(spec: Spec) -> list[Figure]:
    if spec.tolerance is None:
        return []
    caption = "Windows alone (light) and together (dark), relative to the nominal value."
    return [Figure(svg=windows_svg(spec.tolerance), alt="tolerance windows", caption=caption)]


def _pulse_figure(design: Design) -> list[Figure]:
    if design.synapse.kind != "mtj":
        return []
    caption = "Chance of one pulse to switch the nominal cell; the design's own pulses are marked."
    return [Figure(svg=pulses_svg(design), alt="switching probability", caption=caption)]
