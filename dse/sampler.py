"""The sampler of a study: the same points for the same seed, however often it was interrupted."""

import warnings
from collections.abc import Sequence
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, GPSampler, NSGAIISampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial

from dse.sampler_choice import Kind
from dse.study import sampler_seed

AGAIN = "again"
"""Attribute of a queued trial: number of the one that was cut off."""

POPULATION = 20


def make(kind: Kind, seed: int) -> BaseSampler:
    """One of optuna's samplers. gp needs torch."""
    with (
        warnings.catch_warnings()
    ):  # that it may change in a later version of optuna: ours is fixed
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        if kind == "gp":
            return GPSampler(seed=seed)
    if kind == "nsga2":
        return NSGAIISampler(seed=seed, population_size=POPULATION)
    return RandomSampler(seed=seed) if kind == "random" else TPESampler(seed=seed)


def given_back(trials: Sequence[FrozenTrial]) -> set[int]:
    """Numbers of the trials that were cut off and queued again."""
    return {t.user_attrs[AGAIN] for t in trials if AGAIN in t.user_attrs}


def place(trials: Sequence[FrozenTrial], number: int) -> int:
    """Place of a trial in the order of points; one queued again has that of the one cut off."""
    again = {t.number: t.user_attrs[AGAIN] for t in trials if AGAIN in t.user_attrs}
    while number in again:
        number = again[number]
    return number - sum(queued < number for queued in again)


def needs_figures(sampler: BaseSampler) -> bool:
    """Whether it learns nothing from trials without figures: it fits what is told of each."""
    return isinstance(sampler, SeededSampler) and sampler.kind == "gp"


class SeededSampler(BaseSampler):
    """A sampler with fresh random numbers for each point, from (study seed, index of the point).

    A point queued again keeps the index of the one cut off, so a study that was interrupted
    asks for the same points as one that was not (with one worker; with more, the order in which
    they finish decides what the sampler knows).
    """

    def __init__(self, seed: int, kind: Kind = "tpe") -> None:
        self._seed, self._kind = seed, kind
        self._number = -1
        self._sampler: BaseSampler = RandomSampler()

    @property
    def kind(self) -> Kind:
        """Which of optuna's samplers is asked."""
        return self._kind

    def _for(self, study: optuna.Study, trial: FrozenTrial) -> BaseSampler:
        if trial.number != self._number:
            index = place(study.get_trials(deepcopy=False), trial.number)
            self._number = trial.number
            self._sampler = make(self._kind, sampler_seed(self._seed, index))
        return self._sampler

    def infer_relative_search_space(
        self, study: optuna.Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """As the sampler of this point."""
        return self._for(study, trial).infer_relative_search_space(study, trial)

    def sample_relative(
        self,
        study: optuna.Study,
        trial: FrozenTrial,
        search_space: dict[str, BaseDistribution],
    ) -> dict[str, Any]:
        """As the sampler of this point."""
        with warnings.catch_warnings():  # that infinite figures are taken as the worst finite ones
            warnings.simplefilter("ignore", UserWarning)
            return self._for(study, trial).sample_relative(study, trial, search_space)

    def sample_independent(
        self,
        study: optuna.Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """As the sampler of this point."""
        sampler = self._for(study, trial)
        return sampler.sample_independent(study, trial, param_name, param_distribution)
