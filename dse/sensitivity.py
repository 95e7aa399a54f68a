"""How the figures of one design answer to small moves of each parameter: finite differences."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import numpy as np

from device_models.ranges import Range
from dse.errors import RunError
from dse.study import Axis, Cases, Choices, Interval, Plain, Study, axes_at
from dse.values import axis_text
from dse.workers import Outcome
from objectives.design import Value, allowed
from objectives.scores import Scores

RELATIVE = (-0.05, -0.01, 0.01, 0.05)
Submit = Callable[[Mapping[str, Value], int], "Future[Outcome]"]
"""Flat values and one seed -> outcome."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """One parameter of the design with another value; relative: by how much, None if discrete."""

    name: str
    before: Value
    after: Value
    relative: float | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """Change of an objective, in SI: mean over seeds of the difference with the same seed.

    se: standard error of that mean; None with one seed.
    """

    mean: float
    se: float | None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a move does: a change for each objective, or why it cannot be evaluated."""

    move: Move
    changes: Mapping[str, Change]
    broken: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """Answers to all moves; base: mean of each objective of the design itself."""

    study: Study
    trial: int
    seeds: tuple[int, ...]
    base: Mapping[str, float]
    answers: tuple[Answer, ...]


def moves(space: Mapping[str, Axis], params: Mapping[str, Value]) -> list[Move]:
    """All moves of a design, those out of the range of the models left out.

    A continuous axis by ±1 % and ±5 % of its value; a discrete one to its neighbours, which of
    choices that are no numbers are all others. Axes that the design does not have are not moved.
    """
    axes = axes_at(space, params)
    return [move for name, axis in axes.items() for move in _moves(name, axis, params[name])]


def _moves(name: str, axis: Plain, value: Value) -> list[Move]:
    if isinstance(axis, Choices):
        others = [(other, None) for other in _neighbours(axis.values, value)]
    elif axis.integer or axis.step:
        step = axis.step or 1.0
        near = [float(value) + side * step for side in (-1, 1)]
        inside = [x for x in near if axis.low - step / 2 <= x <= axis.high + step / 2]
        others = [(round(x) if axis.integer else x, None) for x in inside]
    else:
        return [
            Move(name=name, before=value, after=float(value) * (1 + by), relative=by)
            for by in RELATIVE
            if _possible(name, float(value) * (1 + by)) and value != 0
        ]
    return [Move(name=name, before=value, after=x, relative=by) for x, by in others]


def _neighbours(values: Sequence[Value], value: Value) -> list[Value]:
    if any(isinstance(each, str) for each in values):
        return [each for each in values if each != value]
    ordered = sorted(values, key=float)
    place = ordered.index(value)
    return [*ordered[max(place - 1, 0) : place], *ordered[place + 1 : place + 2]]


def _possible(name: str, value: float) -> bool:
    rule = allowed(name)
    return isinstance(rule, Range) and value in rule


def misplaced(study: Study, point: Mapping[str, Value], moved: str) -> str:
    """Why a point moved along one axis left the space: a conditional axis has other values there.

    "" if none has. A value without an axis is the fixed one.
    """
    there = axes_at(study.space, point)
    for name, axis in study.space.items():
        if isinstance(axis, Cases) and name != moved:
            value = {**study.fixed, **point}[name]
            plain = there[name] if name in there else Choices(values=(study.fixed[name],))
            if not _on(plain, value):
                return f"needs {name} = {axis_text(name, plain)}"
    return ""


def _on(axis: Plain, value: Value) -> bool:
    if isinstance(axis, Interval):
        return axis.low <= float(value) <= axis.high
    return value in axis.values


def measure(
    study: Study,
    design: tuple[int, Mapping[str, Value]],
    seeds: Sequence[int],
    submit: Submit,
    finished: Callable[[int, int], None] = lambda *_: None,
) -> Sensitivity:
    """Evaluate the design (trial, params) and every move with every seed."""
    trial, params = design
    listed = moves(study.space, params)
    moved = [{**params, move.name: move.after} for move in listed]
    away = [misplaced(study, p, m.name) for p, m in zip(moved, listed, strict=True)]
    points = [dict(params), *(p for p, why in zip(moved, away, strict=True) if not why)]
    waited = [[submit({**study.fixed, **point}, seed) for seed in seeds] for point in points]
    found, total = [], len(points) * len(seeds)
    for place, futures in enumerate(waited, 1):
        found.append(_scores(futures))
        finished(place * len(seeds), total)
    own, rest = found[0], iter(found[1:])
    if isinstance(own, str):
        raise RunError(f"trial {trial} itself cannot be evaluated: {own}")
    return Sensitivity(
        study=study,
        trial=trial,
        seeds=tuple(seeds),
        base={n: float(np.mean([s.values[n] for s in own])) for n in study.objectives},
        answers=tuple(
            _answer(study, move, own, why or next(rest))
            for move, why in zip(listed, away, strict=True)
        ),
    )


def _scores(futures: "Sequence[Future[Outcome]]") -> list[Scores] | str:
    """Scores of one point, a seed each, or the first line of what went wrong."""
    found = []
    for future in futures:
        error = future.exception()
        if error is not None:
            return (str(error).strip() or type(error).__name__).splitlines()[0]
        scores = future.result().scores
        if isinstance(scores, str):
            return scores
        found.append(scores)
    return found


def _answer(study: Study, move: Move, own: Sequence[Scores], scores: list[Scores] | str) -> Answer:
    if isinstance(scores, str):
        return Answer(move=move, changes={}, error=scores)
    return Answer(
        move=move,
        changes={
            name: _change(
                [a.values[name] - b.values[name] for a, b in zip(scores, own, strict=True)]
            )
            for name in study.objectives
        },
        broken=tuple(n for n, v in scores[0].constraints.items() if v > 0),
    )


def _change(differences: Sequence[float]) -> Change:
    count = len(differences)
    se = float(np.std(differences, ddof=1)) / count**0.5 if count > 1 else None
    return Change(mean=float(np.mean(differences)), se=se)


def as_json(found: Sensitivity) -> dict[str, Any]:
    """Everything, for scripts."""
    return {
        "study": found.study.name,
        "trial": found.trial,
        "seeds": list(found.seeds),
        "base": dict(found.base),
        "moves": [
            {
                **vars(answer.move),
                "changes": {name: dict(vars(c)) for name, c in answer.changes.items()},
                "broken": list(answer.broken),
                "error": answer.error,
            }
            for answer in found.answers
        ],
    }
