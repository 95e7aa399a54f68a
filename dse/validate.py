"""Is a study fit to run? One nominal design is trained briefly, and the whole is estimated."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from device_models.ranges import RangeError
from dse.errors import InputError, RunError
from dse.images import check_data
from dse.study import Axis, Cases, Plain, Study, axes_at, corner, middle, settings, size
from dse.units import show
from dse.values import unit_of
from dse.workers import Evaluator, evaluator
from objectives.design import Value
from objectives.scores import Scores

FEW, MORE = 500, 2000
"""Images of the two trainings whose times give the time of one image and of all the rest."""

NOTE = "an estimate from two short trainings of the nominal design with one worker"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found.

    nominal: the middle of the space, or its lower corner; constraints: feasible at or below 0.
    combinations: of all discrete axes; evaluation_s, study_s: estimated with one worker, without
    what [stop] spares.
    """

    study: Study
    nominal: Mapping[str, Value]
    constraints: Mapping[str, float]
    discrete: int
    combinations: int
    continuous: int
    evaluation_s: float
    study_s: float

    @property
    def broken(self) -> tuple[str, ...]:
        """Constraints that the nominal design breaks."""
        return tuple(name for name, value in self.constraints.items() if value > 0)


def check(study: Study) -> Checked:
    """Train the nominal design briefly; InputError if images or design are unfit."""
    check_data(study)
    evaluate = evaluator(replace(study, repeats=1))
    nominal, scores = _nominal(study, evaluate)  # compiles
    flat = {**study.fixed, **nominal}
    images = int(flat["training.images"])
    few, more = min(FEW, images), min(MORE, images)
    first_s, second_s = (_briefly(evaluate, flat, n)[1] for n in (few, more))
    image_s = max(second_s - first_s, 0.0) / (more - few) if more > few else 0.0
    evaluation_s = study.repeats * (second_s + image_s * (images - more))
    discrete, continuous, combinations = counts(study.space)
    return Checked(
        study=study,
        nominal=nominal,
        constraints=scores.constraints,
        discrete=discrete,
        combinations=combinations,
        continuous=continuous,
        evaluation_s=evaluation_s,
        study_s=evaluation_s * study.trials,
    )


def counts(space: Mapping[str, Axis]) -> tuple[int, int, int]:
    """Discrete axes, continuous ones, and combinations of the discrete ones.

    An axis with cases is discrete if each of them is; combinations are added up over the choices
    that decide.
    """
    sizes = {name: [size(case) for case in _plain(axis)] for name, axis in space.items()}
    discrete = {name for name, found in sizes.items() if None not in found}
    combinations = 0
    for choices in settings(space):
        rest = {name: a for name, a in axes_at(space, choices).items() if name not in choices}
        combinations += prod(size(axis) or 1 for axis in rest.values())
    return len(discrete), len(space) - len(discrete), combinations


def _plain(axis: Axis) -> list[Plain]:
    return [case.axis for case in axis.cases] if isinstance(axis, Cases) else [axis]


def _nominal(study: Study, evaluate: Evaluator) -> tuple[dict[str, Value], Scores]:
    """The middle of the space, or its lower corner where the middle is no possible design."""
    try:
        point = middle(study.space)
        return point, _first(study, evaluate, point)
    except InputError:
        point = corner(study.space)
        return point, _first(study, evaluate, point)


def _first(study: Study, evaluate: Evaluator, point: Mapping[str, Value]) -> Scores:
    flat = {**study.fixed, **point}
    return _briefly(evaluate, flat, min(FEW, int(flat["training.images"])))[0]


def _briefly(evaluate: Evaluator, flat: Mapping[str, Value], images: int) -> tuple[Scores, float]:
    """Scores after so many images, and the time that took [s]."""
    try:
        outcome = evaluate({**flat, "training.images": images})
    except RangeError as error:
        raise InputError(f"the nominal design cannot be evaluated: {error}") from error
    except Exception as error:
        raise RunError(f"the nominal design cannot be evaluated: {error}") from error
    if isinstance(outcome.scores, str):
        raise RunError(f"the nominal design was stopped: {outcome.scores}")
    return outcome.scores, outcome.duration_s


def as_json(checked: Checked, file: str) -> dict[str, Any]:
    """Everything, for scripts."""
    return {
        "study": checked.study.name,
        "file": file,
        "trials": checked.study.trials,
        "objectives": list(checked.study.objectives),
        "space": {
            "discrete_axes": checked.discrete,
            "combinations": checked.combinations,
            "continuous_axes": checked.continuous,
        },
        "nominal": dict(checked.nominal),
        "constraints": dict(checked.constraints),
        "feasible": not checked.broken,
        "estimate": {
            "evaluation_s": checked.evaluation_s,
            "study_s": checked.study_s,
            "note": NOTE,
        },
    }


def as_text(checked: Checked, file: str) -> str:
    """The same for people."""
    study = checked.study
    whole, stop = duration_text(checked.study_s), "; less with [stop]" if study.stop else ""
    axes = f"{checked.discrete} discrete ax{'is' if checked.discrete == 1 else 'es'}"
    point = ", ".join(f"{n} = {show(v, unit_of(n))}" for n, v in checked.nominal.items())
    kept = f"broken: {', '.join(checked.broken)}" if checked.broken else "all kept"
    name, value = max(checked.constraints.items(), key=lambda item: item[1])
    return "\n".join(
        [
            f"{study.name} is valid ({file})",
            f"  space        {checked.combinations} combination"
            f"{'' if checked.combinations == 1 else 's'} of {axes}, "
            f"{checked.continuous} continuous",
            f"  nominal      {point}",
            f"  constraints  {kept} there; tightest is {name} at {value:+.2g}, at most 0",
            f"  time         about {duration_text(checked.evaluation_s)} an evaluation of "
            f"{study.repeats} seed{'s' if study.repeats > 1 else ''}, {whole} for "
            f"{study.trials} trials{stop}: {NOTE}",
        ]
    )


def duration_text(seconds: float) -> str:
    """1.2 s, 14 min, 3.1 h."""
    for unit, length_s in (("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * length_s:
            return f"{seconds / length_s:.2g} {unit}"
    return f"{seconds:.2g} s"
