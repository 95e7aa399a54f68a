"""What a storage holds of a study, as plain data: the source of fronts, tracking and exports."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any, Literal

from dse.study import Study, from_configuration, identity_hash
from objectives.design import Value

State = Literal["complete", "infeasible", "stopped", "failed", "running", "waiting", "given back"]

OVER = ("complete", "infeasible", "stopped", "failed")


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One point of the space and what came of it.

    state: "given back" was cut off by an interruption and is queued again under a new number;
    "infeasible" was not trained, for it breaks a constraint; "stopped" was given up early by the
    rule of the study.
    values, spread, seeds: as in `Scores`; empty unless complete. constraints: of every design that
    was judged. looks: images -> objectives seen after so many of the training.
    duration_s: wall time of the evaluation; reused_from: trial whose scores were taken over.
    error: why it has no scores: what failed, or what it was stopped for.
    """

    number: int
    state: State
    params: Mapping[str, Value]
    values: Mapping[str, float] = field(default_factory=dict)
    constraints: Mapping[str, float] = field(default_factory=dict)
    spread: Mapping[str, float] = field(default_factory=dict)
    seeds: tuple[int, ...] = ()
    looks: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    duration_s: float = 0.0
    reused_from: int | None = None
    error: str = ""
    finished_ms: int = 0

    @property
    def feasible(self) -> bool:
        """Whether it is complete and every constraint holds."""
        return self.state == "complete" and all(v <= 0 for v in self.constraints.values())


@dataclass(frozen=True, kw_only=True)
class Record:
    """A stored study. id: random, made with the study, so that two of one name stay apart."""

    id: str
    configuration: Mapping[str, Any]
    versions: Mapping[str, str]
    data: Mapping[str, str]
    trials: tuple[Trial, ...]

    @property
    def study(self) -> Study:
        """The resolved study; `trials` counts those that are finished."""
        return from_configuration(self.configuration, trials=len(self.finished))

    @property
    def hash(self) -> str:
        """SHA-256 of the configuration that must not change."""
        return identity_hash(self.configuration)

    @property
    def finished(self) -> tuple[Trial, ...]:
        """Trials that count: all that are over."""
        return tuple(t for t in self.trials if t.state in OVER)

    @property
    def complete(self) -> tuple[Trial, ...]:
        """Trials with scores."""
        return tuple(t for t in self.trials if t.state == "complete")

    @property
    def judged(self) -> tuple[Trial, ...]:
        """Trials that did not fail: with scores, or found hopeless."""
        return tuple(t for t in self.finished if t.state != "failed")


def merged(trial: Trial, more: Mapping[str, Any]) -> Trial:
    """The trial with the seeds of its confirmation: means and standard deviations over all."""
    if "error" in more:
        return replace(trial, state="failed", error=more["error"])
    n, m = len(trial.seeds), len(more["seeds"])
    values = {
        name: (n * value + m * more["values"][name]) / (n + m)
        for name, value in trial.values.items()
    }
    spread = {
        name: _pooled(n, trial.spread.get(name, 0.0), m, more["spread"].get(name, 0.0), apart)
        for name, value in trial.values.items()
        if isfinite(apart := value - more["values"][name])
    }
    return replace(trial, values=values, spread=spread, seeds=(*trial.seeds, *more["seeds"]))


def _pooled(n: int, sd_n: float, m: int, sd_m: float, apart: float) -> float:
    """Standard deviation of n and m numbers together, from those of each and their means."""
    squares = (n - 1) * sd_n**2 + (m - 1) * sd_m**2 + n * m / (n + m) * apart**2
    return float((squares / (n + m - 1)) ** 0.5)
