"""What came of a trial: how it is told to the sampler and kept, and how it is read again."""

import math
import traceback
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from dse.errors import RunError
from dse.promise import Promise
from dse.record import State, Trial
from dse.sampler import needs_figures
from dse.space import flat_names
from dse.study import Study, rewarded
from dse.workers import Outcome
from objectives.scores import METRICS

RESULT, ERROR = "result", "error"
"""Attributes of a trial."""

UNTRAINED: tuple[State, State] = ("stopped", "infeasible")
"""Attributes of trials without scores that did not fail, which are their states."""

EVALUATED = "evaluated"
"""Constraint broken by a design without scores, failed or stopped; set on such trials only."""

STATES: Mapping[TrialState, State] = {
    TrialState.COMPLETE: "complete",
    TrialState.FAIL: "failed",
    TrialState.PRUNED: "failed",
    TrialState.RUNNING: "running",
    TrialState.WAITING: "waiting",
}


def trial_of(frozen: FrozenTrial, lost: bool) -> Trial:
    """A stored trial as plain data; lost: it was cut off and is queued again."""
    result = dict(frozen.user_attrs.get(RESULT, {}))
    result["seeds"] = tuple(result.get("seeds", ()))
    result["looks"] = {int(n): seen for n, seen in result.get("looks", {}).items()}
    done, state = frozen.datetime_complete, STATES[frozen.state]
    for name in UNTRAINED:
        state = name if name in frozen.user_attrs else state
    return Trial(
        number=frozen.number,
        state="given back" if lost else state,
        params=flat_names(frozen.params),
        error=frozen.user_attrs.get(ERROR, ""),
        finished_ms=int(done.timestamp() * 1000) if done else 0,
        **result,
    )


def finish(
    held: optuna.Study, trial: optuna.Trial, judged: Promise, future: Future[Outcome]
) -> Trial:
    """Tell what came of a submitted trial."""
    study = judged.study
    try:
        outcome = future.result()
    except BrokenProcessPool as error:
        raise RunError(
            "a worker process died, most often for lack of memory; finished trials are kept: "
            "run the same command again, with a smaller -j"
        ) from error
    except CancelledError as error:
        raise cluster_gone() from error
    except Exception as error:  # whatever a model raises: the search goes on
        return _fail(
            held, trial, f"{first_line(error)}\n{''.join(traceback.format_exception(error))}"
        )
    scores = outcome.scores
    if isinstance(scores, str):
        return _give_up(held, trial, judged, outcome)
    result = {
        "values": dict(scores.values),
        "constraints": dict(scores.constraints),
        "spread": dict(scores.spread),
        "seeds": list(scores.seeds),
        "looks": outcome.looks,
        "duration_s": outcome.duration_s,
    }
    return _tell(held, study, trial, result)


def cluster_gone() -> RunError:
    """The error of a run whose cluster answers no more."""
    return RunError(
        "the scheduler of the cluster is gone; finished trials are kept: start it and its workers "
        "again, and run the same command again"
    )


def reuse(held: optuna.Study, study: Study, trial: optuna.Trial, twin: Trial) -> Trial:
    """Tell the result of an earlier trial with the same parameters."""
    taken = {name: getattr(twin, name) for name in ("values", "constraints", "spread", "seeds")}
    return _tell(held, study, trial, {**taken, "reused_from": twin.number})


def _tell(held: optuna.Study, study: Study, trial: optuna.Trial, result: dict[str, Any]) -> Trial:
    objectives = rewarded(study, result["values"])
    lacking = [name for name, value in objectives.items() if value != value]
    if lacking:
        return _fail(held, trial, f"{', '.join(lacking)} is not a number")
    trial.set_user_attr(RESULT, result)
    for name, value in result["constraints"].items():
        trial.set_constraint(name, value)
    return trial_of(held.tell(trial, list(objectives.values())), lost=False)


def _give_up(held: optuna.Study, trial: optuna.Trial, judged: Promise, outcome: Outcome) -> Trial:
    """Keep why a design was not trained, or not to its end.

    A sampler is told of an infeasible one by how far its constraints are broken, and of a hopeless
    one what it would have reached if that can be told, else that it is infeasible. Both are marked
    as what they are: neither is ever reported as a member of the front. A sampler that learns from
    trials with figures only is given the worst ones of an infeasible design and its constraints.
    """
    constraints = dict(outcome.constraints)
    broken = any(value > 0 for value in constraints.values())
    taken = {"duration_s": outcome.duration_s, "looks": outcome.looks}
    trial.set_user_attr(RESULT, {**taken, "constraints": constraints})
    trial.set_user_attr("infeasible" if broken else "stopped", True)
    trial.set_user_attr(ERROR, str(outcome.scores))
    last = max(outcome.looks, default=0)
    expected = judged.expected(last, outcome.looks[last]) if last else None
    if broken and needs_figures(held.sampler):
        expected = _worst(judged.study)
    elif not expected and not broken:
        constraints = {EVALUATED: 1.0}
    for name, value in constraints.items():
        trial.set_constraint(name, value)
    if expected:
        return trial_of(held.tell(trial, list(expected.values())), lost=False)
    return trial_of(held.tell(trial, state=TrialState.PRUNED), lost=False)


def _worst(study: Study) -> dict[str, float]:
    """The worst corner of each objective; infinite where the study names none."""
    return {
        name: study.reference[name].worst
        if name in study.reference
        else (-math.inf if METRICS[name].direction == "maximize" else math.inf)
        for name in study.objectives
    }


def _fail(held: optuna.Study, trial: optuna.Trial, error: str) -> Trial:
    """Told as pruned and infeasible: what is told as failed a sampler forgets, and comes back."""
    trial.set_user_attr(ERROR, error)
    trial.set_constraint(EVALUATED, 1.0)
    return trial_of(held.tell(trial, state=TrialState.PRUNED), lost=False)


def first_line(error: BaseException) -> str:
    """The first line of an error."""
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0]
