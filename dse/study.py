"""A study, resolved: which designs are searched, for what, and with which random numbers."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from objectives.design import Design, Value, unflatten
from objectives.rules import Robust, Stop

SAMPLER_STREAM, EVALUATION_STREAM = 1, 2


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A searched number between two bounds in SI; `step` only for linear axes."""

    low: float
    high: float
    log: bool = False
    step: float | None = None
    integer: bool = False


@dataclass(frozen=True, kw_only=True)
class Choices:
    """A searched value out of a list."""

    values: tuple[Value, ...]


Plain = Interval | Choices


@dataclass(frozen=True, kw_only=True)
class Case:
    """One axis under a condition: each name of `when` has one of its values; {} is elsewhere."""

    when: Mapping[str, tuple[Value, ...]]
    axis: Plain


@dataclass(frozen=True, kw_only=True)
class Cases:
    """An axis that Choices decide: the first case whose condition holds.

    At most one with a condition ever does, and elsewhere comes last. Where none holds the
    parameter is not searched and has its fixed value.
    """

    cases: tuple[Case, ...]


Axis = Plain | Cases


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Fixed corners of an objective: what hypervolume and knee are measured between.

    enough: more than the best corner earns nothing, in the search and on the front alike.
    """

    worst: float
    best: float
    enough: bool = False


@dataclass(frozen=True, kw_only=True)
class Study:
    """One question put to the search.

    device: library name or device file; its numbers are already in `fixed`.
    fixed: flat name -> SI value of everything that does not vary, and of what varies only under a
    condition, where that fails.
    space: flat name -> axis of everything that varies.
    trials: how many in total; repeats: seeds an evaluation, whose mean is the score.
    stop: which designs are given up early; None trains every one to its end.
    confirm: seeds that a member of the front must have been trained with.
    pick: which design is recommended, as `dse.pick.parse` reads it.
    robust: score the bad corners, not the nominal design.
    """

    name: str
    question: str
    device: str
    dataset: str
    trials: int
    seed: int
    repeats: int
    objectives: tuple[str, ...]
    fixed: Mapping[str, Value]
    space: Mapping[str, Axis]
    reference: Mapping[str, Reference] = field(default_factory=dict)
    stop: Stop | None = None
    confirm: int = 1
    pick: str = "knee"
    robust: Robust | None = None


def make_design(study: Study, params: Mapping[str, Value]) -> Design:
    """The design of one point of the space."""
    return unflatten({**study.fixed, **params})


def case_at(axis: Cases, params: Mapping[str, Value]) -> Case | None:
    """The case of an axis for a design with these choices; None if it is fixed there."""
    return next(
        (c for c in axis.cases if all(params[name] in kept for name, kept in c.when.items())), None
    )


def axes_at(space: Mapping[str, Axis], params: Mapping[str, Value]) -> dict[str, Plain]:
    """The axes that a design with these choices has, in the order of the space."""
    found = {
        name: case_at(axis, params) if isinstance(axis, Cases) else Case(when={}, axis=axis)
        for name, axis in space.items()
    }
    return {name: case.axis for name, case in found.items() if case}


def stored_name(name: str, case: Case) -> str:
    """The name of a case in the storage: "potentiation.amplitude_v@synapse.topology=series"."""
    parts = [f"{key}={'|'.join(map(str, kept))}" for key, kept in sorted(case.when.items())]
    return "@".join([name, ",".join(parts)]) if parts else name


def settings(space: Mapping[str, Axis]) -> list[dict[str, Value]]:
    """Every combination of the choices that decide other axes; one empty one if none do."""
    cased = [axis for axis in space.values() if isinstance(axis, Cases)]
    names = {name: None for axis in cased for case in axis.cases for name in case.when}
    values = [axis.values for name in names if isinstance(axis := space[name], Choices)]
    return [dict(zip(names, combination, strict=True)) for combination in product(*values)]


def corner(space: Mapping[str, Axis]) -> dict[str, Value]:
    """One point of a space: every axis at its lower bound or first choice."""
    return _point(space, _first)


def _point(space: Mapping[str, Axis], place: Callable[[Plain], Value]) -> dict[str, Value]:
    choices = {name: place(a) for name, a in space.items() if isinstance(a, Choices)}
    return {name: place(axis) for name, axis in axes_at(space, choices).items()}


def _first(axis: Plain) -> Value:
    if isinstance(axis, Choices):
        return axis.values[0]
    return int(axis.low) if axis.integer else axis.low


def middle(space: Mapping[str, Axis]) -> dict[str, Value]:
    """The nominal point: every axis halfway (log axes in the logarithm), or the middle choice."""
    return _point(space, _halfway)


def _halfway(axis: Plain) -> Value:
    if isinstance(axis, Choices):
        return axis.values[len(axis.values) // 2]
    half = (axis.low * axis.high) ** 0.5 if axis.log else (axis.low + axis.high) / 2
    step = axis.step or (1.0 if axis.integer else None)
    if step:
        half = axis.low + int((half - axis.low) / step) * step
    return int(half) if axis.integer else half


def size(axis: Plain) -> int | None:
    """How many values an axis has; None if it is continuous."""
    if isinstance(axis, Choices):
        return len(axis.values)
    if axis.low == axis.high:
        return 1
    step = axis.step or (1.0 if axis.integer else None)
    return int((axis.high - axis.low) / step * (1 + 1e-12)) + 1 if step else None


def evaluation_seeds(study: Study) -> tuple[int, ...]:
    """Seeds of every evaluation of the study: from (study seed, repeat) and nothing else.

    All designs meet the same random numbers, so a difference between two scores is a difference
    between two designs, and a design scores the same on any worker.
    """
    streams = (
        np.random.SeedSequence(study.seed, spawn_key=(EVALUATION_STREAM, repeat))
        for repeat in range(study.repeats)
    )
    return tuple(int(stream.generate_state(1)[0]) for stream in streams)


def sampler_seed(study_seed: int, index: int) -> int:
    """Seed of the sampler for the index-th point of a study, however often it was interrupted."""
    stream = np.random.SeedSequence(study_seed, spawn_key=(SAMPLER_STREAM, index))
    return int(stream.generate_state(1)[0])


def rewarded(study: Study, values: Mapping[str, float]) -> dict[str, float]:
    """Objectives of a design as the search and the front count them, in order."""
    return {name: _rewarded(values[name], study.reference.get(name)) for name in study.objectives}


def _rewarded(value: float, reference: Reference | None) -> float:
    if reference is None or not reference.enough:
        return value
    beyond = value > reference.best if reference.best > reference.worst else value < reference.best
    return reference.best if beyond else value


def configuration(study: Study) -> dict[str, Any]:
    """Everything that decides a score or a choice, as plain JSON; `trials` may grow, so is out."""
    kept: dict[str, Any] = {
        "study": {
            "name": study.name,
            "question": study.question,
            "device": study.device,
            "dataset": study.dataset,
            "seed": study.seed,
            "repeats": study.repeats,
            "confirm": study.confirm,
            "pick": study.pick,
            "objectives": list(study.objectives),
        },
        "fixed": dict(study.fixed),
        "space": {name: _axis_json(axis) for name, axis in study.space.items()},
        "reference": {name: dict(vars(r)) for name, r in study.reference.items()},
    }
    if study.stop is not None:
        kept["stop"] = {**vars(study.stop), "after": list(study.stop.after)}
    if study.robust is not None:
        kept["robust"] = dict(vars(study.robust))
    return kept


def _axis_json(axis: Axis) -> dict[str, Any]:
    if isinstance(axis, Cases):
        return {
            "cases": [
                {"when": {name: list(kept) for name, kept in case.when.items()}}
                | _axis_json(case.axis)
                for case in axis.cases
            ]
        }
    if isinstance(axis, Choices):
        return {"choices": list(axis.values)}
    return dict(vars(axis))


def _axis(stored: Mapping[str, Any]) -> Axis:
    if "cases" not in stored:
        return _plain(stored)
    cases = []
    for each in stored["cases"]:
        plain = {key: value for key, value in each.items() if key != "when"}
        when = {name: tuple(kept) for name, kept in each["when"].items()}
        cases.append(Case(when=when, axis=_plain(plain)))
    return Cases(cases=tuple(cases))


def _plain(stored: Mapping[str, Any]) -> Plain:
    return Choices(values=tuple(stored["choices"])) if "choices" in stored else Interval(**stored)


def from_configuration(stored: Mapping[str, Any], trials: int = 0) -> Study:
    """The study whose `configuration` was stored."""
    head = dict(stored["study"])
    head["objectives"] = tuple(head["objectives"])
    space = {name: _axis(axis) for name, axis in stored["space"].items()}
    reference = {name: Reference(**r) for name, r in stored["reference"].items()}
    return Study(
        **head,
        trials=trials,
        fixed=stored["fixed"],
        space=space,
        reference=reference,
        stop=stop_rule(stored["stop"]) if "stop" in stored else None,
        robust=Robust(**stored["robust"]) if "robust" in stored else None,
    )


def stop_rule(stored: Mapping[str, Any]) -> Stop:
    """The rule of a study file or of a stored study; one look may be a number of its own."""
    after = stored["after"]
    return Stop(**{**stored, "after": (after,) if isinstance(after, int) else tuple(after)})


UNBOUND = ("name", "question", "confirm", "pick")
"""Of a study: what may change, for it changes no score of a trial."""


def _identity(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Flat key -> value of what must not change under one name."""
    head = {k: v for k, v in stored["study"].items() if k not in UNBOUND}
    enough = {name: r["best"] for name, r in stored["reference"].items() if r.get("enough")}
    parts = {"study": head, "fixed": stored["fixed"], "space": stored["space"], "enough": enough}
    parts["robust"] = vars(Robust(**stored["robust"])) if "robust" in stored else {}
    parts["stop"] = vars(stop_rule(stored["stop"])) if "stop" in stored else {}
    return {
        f"{part}.{key}": value for part, group in parts.items() for key, value in group.items()
    }


def identity_hash(stored: Mapping[str, Any]) -> str:
    """SHA-256 of what must not change under one name, in hexadecimal."""
    text = json.dumps(_identity(stored), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """One line for each thing that changed: 'space.neuron.count: {…} was {…}'."""
    before, after = _identity(old), _identity(new)
    return [
        f"{key} is {_text(after.get(key))}, was {_text(before.get(key))}"
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]


def _text(value: Any) -> str:
    return "not given" if value is None else json.dumps(value)
