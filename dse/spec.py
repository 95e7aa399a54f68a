"""A recommended design: what is built, what to expect of it, and where it comes from."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field

from device_models.analog import AnalogCell
from device_models.analog_library import ANALOG_DEVICES, analog_cell
from device_models.library import ASSUMPTION, DEFAULT_BREAKDOWN, DEVICES
from device_models.periphery import PRESETS, SOURCES, wire_ohm
from device_models.ranges import RangeError, ranges_of
from device_models.retention import array_retention_failure
from device_models.variation import nominal_cell
from device_models.write import read_disturb_probability
from dse import report_sources
from dse.device import POLARITIES, Number, derived, pulse_numbers
from dse.errors import InputError
from dse.record import Record, Trial
from dse.schema import Shape, validated
from dse.study import Study, make_design
from dse.values import unit_of
from objectives.design import Design, field_names, flatten, operating, unflatten
from objectives.scores import METRICS

TEN_YEARS_S = 10 * 365.25 * 86400.0


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


class Corners(Shape):
    """What the expected figures are of: a quantile over corners and dies, `objectives.rules`."""

    quantile: float
    cold_k: float
    hot_k: float
    supply: float
    variability: float
    dies: int


class Origin(Shape):
    """Where the design comes from; robust: None where the nominal design was scored."""

    study: str
    question: str
    configuration_sha256: str
    trial: int
    pick: str
    role: str
    seeds: list[int]
    robust: Corners | None = None


class Corner(Shape):
    """Costs of an objective run from 0 at `best` to 1 at `worst`."""

    worst: float
    best: float


class Alternative(Shape):
    """What another rule takes from the same designs."""

    rule: str
    trial: int
    values: dict[str, float]


class Choice(Shape):
    """How the design was chosen; corners_from: "study file", or "trials", which may move."""

    rule: str
    limits: list[str]
    weights: dict[str, float]
    corners: dict[str, Corner]
    corners_from: Literal["study file", "trials"]
    designs: int
    alternatives: list[Alternative]


class Edge(Shape):
    """End of a window: what comes first beyond it, "accuracy", a constraint, "range" or "none"."""

    value: float
    relative: float
    limit: str


class Window(Shape):
    """How far a quantity may move alone."""

    nominal: float
    unit: str
    low: Edge
    high: Edge


class Box(Shape):
    """How far all may move together.

    share: of each single window; sides: [low, high]; worst_drop: largest loss of accuracy at a
    corner that was trained; limit: what comes first beyond it.
    """

    share: float
    sides: dict[str, list[float]]
    trained_corners: int
    checked_corners: int
    worst_drop: float
    limit: str


class Tolerance(Shape):
    """Windows by re-evaluation, narrowest first: the quantity whose tolerance costs most.

    drop: of the accuracy, mean over the seeds, that ends a window.
    """

    drop: float
    accuracy: float
    seeds: list[int]
    windows: dict[str, Window]
    box: Box | None


class ExactRead(Shape):
    """The accuracy to expect if columns carry their exact currents, not those of the fast model.

    shift: exact less fast, mean over the dies of `seeds` of the nominal design, on validation
    images; spread: its standard deviation. accuracy: the expected one, so shifted.
    """

    accuracy: float
    shift: float
    spread: float
    seeds: list[int]


class Spec(Shape):
    """A recommended design. `design` alone decides what is built; the rest is what to expect."""

    schema_version: Literal[1] = 1
    origin: Origin
    choice: Choice | None = None
    design: dict[str, Quantity]
    derived: dict[str, Quantity]
    expected: dict[str, Expected]
    constraints: dict[str, Constraint]
    tolerance: Tolerance | None = None
    exact_read: ExactRead | None = None
    sources: dict[str, str] = Field(default_factory=dict)
    assumptions: list[str]
    versions: dict[str, str]
    data: dict[str, str]


def make_spec(
    record: Record, trial: Trial, pick: str, role: str, choice: Choice | None = None
) -> Spec:
    """The spec of one trial of a study, without its tolerance."""
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
            robust=Corners(**vars(study.robust)) if study.robust else None,
        ),
        choice=choice,
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
        sources=_sources(study, trial, design),
        assumptions=assumptions(study.device, design),
        versions=dict(record.versions),
        data=dict(record.data),
    )


def _sources(study: Study, trial: Trial, design: Design) -> dict[str, str]:
    """Of every model the design is scored with, and of every number of its device."""
    found = {row[0]: row[1] for row in report_sources.models(design)}
    for name, _, source in report_sources.numbers(study, trial.params, {}):
        found[str(name)] = source if isinstance(source, str) else source.text
    return found


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
    return numbers | _storage_numbers(design) | node


def _storage_numbers(design: Design) -> dict[str, Number]:
    """What storing and reading do to the bits of the array."""
    cell = nominal_cell(operating(design).device)
    read_s = design.encoding.steps * design.array.read_s
    flipped = read_disturb_probability(cell, design.array.read_v, read_s, design.array.access_ohm)
    return {
        "storage.lost_in_ten_years": (lost_in_ten_years(design), ""),
        "storage.flips_an_inference": (float(flipped), ""),
    }


def lost_in_ten_years(design: Design) -> float:
    """Share of the cells that flip by themselves in ten years at the design's temperature."""
    mtj, spread = operating(design).device, design.variation
    sd = mtj.barrier * math.hypot(spread.barrier, spread.die_barrier)
    tau_d_s = nominal_cell(mtj).tau_d_s
    return float(array_retention_failure(TEN_YEARS_S, mtj.barrier, sd, tau_d_s))


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


def schema_text() -> str:
    """The JSON Schema of a spec file, as docs/spec.schema.json publishes it."""
    return json.dumps(Spec.model_json_schema(), indent=2, ensure_ascii=False) + "\n"
