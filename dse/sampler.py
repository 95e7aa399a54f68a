"""The sampler of a study: the same points for the same seed, however often it was interrupted."""

from collections.abc import Sequence
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, TPESampler
from optuna.trial import FrozenTrial

from dse.study import sampler_seed

AGAIN = "again"
"""Attribute of a queued trial: number of the one that was cut off."""


def given_back(trials: Sequence[FrozenTrial]) -> set[int]:
    """Numbers of the trials that were cut off and queued again."""
    return {t.user_attrs[AGAIN] for t in trials if AGAIN in t.user_attrs}


class SeededSampler(BaseSampler):
    """TPE with fresh random numbers for each point, from (study seed, index of the point).

    Points cut off and queued again do not count in the index, so a study that was interrupted
    asks for the same points as one that was not (with one worker; with more, the order in which
    they finish decides what the sampler knows).
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._number = -1
        self._sampler: BaseSampler = TPESampler()

    def _for(self, study: optuna.Study, trial: FrozenTrial) -> BaseSampler:
        if trial.number != self._number:
            lost = sum(n < trial.number for n in given_back(study.get_trials(deepcopy=False)))
            self._number = trial.number
            self._sampler = TPESampler(seed=sampler_seed(self._seed, trial.number - lost))
        return self._sampler

    def infer_relative_search_space(
        self, study: optuna.Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """As TPE."""
        return self._for(study, trial).infer_relative_search_space(study, trial)

    def sample_relative(
        self,
        study: optuna.Study,
        trial: FrozenTrial,
        search_space: dict[str, BaseDistribution],
    ) -> dict[str, Any]:
        """As TPE."""
        return self._for(study, trial).sample_relative(study, trial, search_space)

    def sample_independent(
        self,
        study: optuna.Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """As TPE."""
        sampler = self._for(study, trial)
        return sampler.sample_independent(study, trial, param_name, param_distribution)
