"""The recommended design as a document: JSON that reads back exactly, and Markdown."""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict

from device_models.analog import AnalogCell
from device_models.analog_library import ANALOG_DEVICES, analog_cell
from device_models.library import ASSUMPTION, DEFAULT_BREAKDOWN, DEVICES
from device_models.periphery import PRESETS, SOURCES, wire_ohm
from device_models.ranges import RangeError, ranges_of
from dse.device import POLARITIES, Number, derived, pulse_numbers
from dse.errors import InputError
from dse.figures import show_metric
from dse.record import Record, Trial
from dse.schema import Shape, validated
from dse.study import make_design
from dse.units import show
from dse.values import unit_of
from objectives.breakdown import PARTS
from objectives.design import Design, field_names, flatten, operating, unflatten
from objectives.scores import METRICS


class Quantity(Shape):
    """A value with its unit ("" for none)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    value: int | float | str
    unit: str = ""


class Expected(Shape):
    """An expected figure; spread: standard deviation over the seeds, None if there was one."""

    title: str
    value: float
    spread: float | None
    unit: str


class Constraint(Shape):
    """A constraint value, feasible at <= 0, and its margin."""

    value: float
    margin: float


class Origin(Shape):
    """Where the design comes from."""

    study: str
    question: str
    configuration_sha256: str
    trial: int
    pick: str
    role: str
    seeds: list[int]


class Spec(Shape):
    """A recommended design. `design` alone decides what is built; the rest is what to expect."""

    schema_version: Literal[1] = 1
    origin: Origin
    design: dict[str, Quantity]
    derived: dict[str, Quantity]
    expected: dict[str, Expected]
    constraints: dict[str, Constraint]
    assumptions: list[str]
    versions: dict[str, str]
    data: dict[str, str]


def make_spec(record: Record, trial: Trial, pick: str, role: str) -> Spec:
    """The spec of one trial of a study."""
    study = record.study
    design = make_design(study, trial.params)
    single = len(trial.seeds) < 2
    return Spec(
        origin=Origin(
            study=study.name,
            question=study.question,
            configuration_sha256=record.hash,
            trial=trial.number,
            pick=pick,
            role=role,
            seeds=list(trial.seeds),
        ),
        design={n: Quantity(value=v, unit=unit_of(n)) for n, v in flatten(design).items()},
        derived={n: Quantity(value=v, unit=u) for n, (v, u) in _derived(design).items()},
        expected={
            name: Expected(
                title=METRICS[name].title,
                value=value,
                spread=None if single else trial.spread.get(name),
                unit=METRICS[name].unit,
            )
            for name, value in trial.values.items()
        },
        constraints={n: Constraint(value=v, margin=-v) for n, v in trial.constraints.items()},
        assumptions=assumptions(study.device, design),
        versions=dict(record.versions),
        data=dict(record.data),
    )


def _derived(design: Design) -> dict[str, Number]:
    """Device numbers at the operating temperature, and what each of the two pulses does.

    The preset of a multilevel cell in their place. Then the cell of the node.
    """
    node = _node_numbers(design.periphery.node)
    if design.synapse.kind != "mtj":
        return _preset_numbers(analog_cell(design.synapse.kind)) | node
    mtj = operating(design).device
    numbers = {f"device.{name}": number for name, number in derived(mtj).items()}
    pulses = {"potentiation": design.potentiation, "depression": design.depression}
    for (part, pulse), polarity in zip(pulses.items(), POLARITIES, strict=True):
        found = pulse_numbers(mtj, design.array, pulse, polarity, design.environment)
        numbers |= {f"{part}.{name}": number for name, number in found.items()}
    return numbers | node


def _node_numbers(node: str) -> dict[str, Number]:
    """Cell of a node; its wire is for comparison, the design is scored with array.wire_ohm."""
    return {
        "periphery.cell_m2": (PRESETS[node].cell_m2, "m^2"),
        "periphery.wire_ohm": (wire_ohm(node), "ohm"),
        "periphery.bit_line_f": (PRESETS[node].bit_line_f, "F"),
    }


def _preset_numbers(cell: AnalogCell) -> dict[str, Number]:
    return {
        f"synapse.{name}": (getattr(cell, name), rule.unit)
        for name, rule in ranges_of(AnalogCell).items()
    }


def assumptions(device: str, design: Design) -> list[str]:
    """Numbers in use that have no public source."""
    listed = [
        f"device.{name}: no public source"
        for name, source in (DEVICES[device].sources if device in DEVICES else {}).items()
        if source == ASSUMPTION
    ]
    listed += [
        f"periphery.{name}: {source}" for name, source in SOURCES.items() if ASSUMPTION in source
    ]
    if design.synapse.kind != "mtj":
        listed += [
            f"synapse.{name}: {source}"
            for name, source in ANALOG_DEVICES[design.synapse.kind].sources.items()
            if ASSUMPTION in source or "recalled" in source
        ]
    if design.breakdown == DEFAULT_BREAKDOWN:
        listed.append("breakdown: placed by what embedded STT-MRAM reports, not measured")
    for part in fields(design):
        for name, rule in ranges_of(_type_of(design, part.name)).items():
            if ASSUMPTION in rule.source:
                listed.append(f"{part.name}.{name}: {rule.source}")
    return listed


def _type_of(design: Design, part: str) -> type:
    found: type = type(getattr(design, part))
    return found


def read_spec(path: Path) -> Design:
    """The design of a spec file, exactly as it was written."""
    return read_whole_spec(path)[1]


def read_whole_spec(path: Path) -> tuple[Spec, Design]:
    """A spec file and its design."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        spec = validated(Spec, raw)
        _check_whole(spec.design)
        return spec, unflatten({name: quantity.value for name, quantity in spec.design.items()})
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); export it again") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: not valid JSON: {error}; export it again") from error
    except (InputError, RangeError) as error:
        raise InputError(f"{path}: {error}") from error


def _check_whole(design: Mapping[str, Quantity]) -> None:
    """A spec names every parameter, so that no default of today decides what is built."""
    for name in field_names():
        if name not in design:
            raise InputError(f"design.{name}: missing; export the spec again")
    for name, quantity in design.items():
        if name in field_names() and quantity.unit != unit_of(name):
            raise InputError(
                f"design.{name}: unit is {quantity.unit!r}; give it in {unit_of(name)!r}"
            )


def to_json(spec: Spec) -> str:
    """The spec as JSON; numbers keep every bit."""
    return json.dumps(spec.model_dump(), indent=2, ensure_ascii=False) + "\n"


def to_markdown(spec: Spec) -> str:
    """The spec as a page for people."""
    origin = spec.origin
    lines = [
        f"# Recommended design: {origin.study}, trial {origin.trial}",
        "",
        origin.question,
        "",
        f"Chosen as: {origin.pick} ({origin.role}). Seeds: {', '.join(map(str, origin.seeds))}. "
        f"Study configuration: `{origin.configuration_sha256[:12]}`.",
        "",
        "## Expected",
        "",
        *_table(["figure", "value", "SD over seeds"], map(_expected_row, _totals(spec))),
        "",
        *_component_lines(spec),
        "## Constraints",
        "",
        *_table(
            ["constraint", "value (feasible at or below 0)", "margin"],
            ([n, f"{c.value:.3g}", f"{c.margin:.3g}"] for n, c in spec.constraints.items()),
        ),
    ]
    for title, group in (("Design", spec.design), ("Derived numbers", spec.derived)):
        rows = ([f"`{n}`", show(q.value, q.unit)] for n, q in group.items())
        lines += ["", f"## {title}", "", *_table(["name", "value"], rows)]
    lines += ["", "## Assumptions without a public source", ""]
    lines += [f"* {text}" for text in spec.assumptions]
    about = _about(spec.versions) + _about(spec.data)
    lines += ["", "## Made with", "", *(about or ["* not recorded"])]
    return "\n".join(lines) + "\n"


def _about(group: Mapping[str, str]) -> list[str]:
    return [f"* {name}: {value}" for name, value in group.items()]


COMPONENTS = {
    "learning_energy_j": "Energy of an image, by component",
    "learning_latency_s": "Time to learn an image, by component",
    "area_m2": "Area, by component",
}


def _totals(spec: Spec) -> list[tuple[str, Expected]]:
    """Expected figures that are not part of another."""
    parts = {part for parts in PARTS.values() for part in parts}
    return [(name, figure) for name, figure in spec.expected.items() if name not in parts]


def _component_lines(spec: Spec) -> list[str]:
    """A table for each total whose parts are known, largest part first."""
    lines: list[str] = []
    for total, title in COMPONENTS.items():
        known = [(n, spec.expected[n]) for n in PARTS[total] if n in spec.expected]
        everything = sum(figure.value for _, figure in known)
        if not everything:
            continue
        rows = (
            [
                figure.title.partition(", ")[2] or figure.title,
                show_metric(name, figure.value),
                f"{100 * figure.value / everything:.3g} %",
            ]
            for name, figure in sorted(known, key=lambda item: -item[1].value)
        )
        lines += [f"## {title}", "", *_table(["component", "value", "share"], rows), ""]
    return lines


def _expected_row(item: tuple[str, Expected]) -> list[str]:
    name, expected = item
    spread = "one seed" if expected.spread is None else show_metric(name, expected.spread)
    return [expected.title, show_metric(name, expected.value), spread]


def _table(head: list[str], rows: Any) -> list[str]:
    """A Markdown table."""
    body = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *body]
