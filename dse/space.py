"""The space in optuna's terms: asking a point, distributions, and the names it is stored under.

A parameter with several ranges has several names in optuna, for there a name has one range: the
flat name, then @ and the condition. Those names are in the storage and nowhere else.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from dse.study import Axis, Cases, Choices, Plain, case_at, stored_name
from objectives.design import Value


def flat_name(stored: str) -> str:
    """The flat name of a stored one."""
    return stored.partition("@")[0]


def flat_names(stored: Mapping[str, Any]) -> dict[str, Value]:
    """The parameters of a stored trial under their flat names."""
    return {flat_name(name): value for name, value in stored.items()}


def stored_names(space: Mapping[str, Axis], params: Mapping[str, Value]) -> dict[str, Value]:
    """The parameters of a point, or of a part of one, under the names that optuna stores.

    What decides a parameter with cases must be given with it.
    """
    given = {name: axis for name, axis in space.items() if name in params}
    return {stored: params[name] for name, stored, _ in _applying(given, params)}


def distributions(
    space: Mapping[str, Axis], params: Mapping[str, Value]
) -> dict[str, BaseDistribution]:
    """Stored name -> distribution of each axis that a point has."""
    return {stored: distribution(axis) for _, stored, axis in _applying(space, params)}


def ask(trial: optuna.Trial, space: Mapping[str, Axis]) -> None:
    """Ask a trial for a point of the space; first for what decides other axes."""
    cased = {name: axis for name, axis in space.items() if isinstance(axis, Cases)}
    for name, axis in space.items():
        if not isinstance(axis, Cases):
            _suggest(trial, name, distribution(axis))
    for _, stored, axis in _applying(cased, trial.params):
        _suggest(trial, stored, distribution(axis))


def is_whole(space: Mapping[str, Axis], stored: Mapping[str, Any]) -> bool:
    """Whether a stored point has every parameter that it must have."""
    plain = [name for name, axis in space.items() if not isinstance(axis, Cases)]
    if not stored.keys() >= set(plain):
        return False
    return stored.keys() >= distributions(space, flat_names(stored)).keys()


def _applying(
    space: Mapping[str, Axis], params: Mapping[str, Value]
) -> Iterator[tuple[str, str, Plain]]:
    """(flat name, stored name, axis) of each axis that a point has."""
    for name, axis in space.items():
        if not isinstance(axis, Cases):
            yield name, name, axis
        elif case := case_at(axis, params):
            yield name, stored_name(name, case), case.axis


def distribution(axis: Plain) -> BaseDistribution:
    """The values of an axis; its upper bound is the last whole step."""
    if isinstance(axis, Choices):
        return CategoricalDistribution(axis.values)
    low, high, step = axis.low, axis.high, axis.step
    if step is not None:
        high = low + int((high - low) / step * (1 + 1e-12)) * step
    if axis.integer:
        return IntDistribution(int(low), int(high), log=axis.log, step=int(step or 1))
    return FloatDistribution(low, high, log=axis.log, step=step)


def _suggest(trial: optuna.Trial, name: str, values: BaseDistribution) -> None:
    if isinstance(values, CategoricalDistribution):
        trial.suggest_categorical(name, values.choices)
    elif isinstance(values, IntDistribution):
        trial.suggest_int(name, values.low, values.high, step=values.step, log=values.log)
    elif isinstance(values, FloatDistribution):
        trial.suggest_float(name, values.low, values.high, step=values.step, log=values.log)
