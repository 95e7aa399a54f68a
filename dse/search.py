"""Ask, evaluate, tell: the search over a study's space, with optuna."""

import itertools
import json
import traceback
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from device_models.ranges import nearest
from dse import storage_errors
from dse.errors import InputError, RunError
from dse.interrupt import heard_between_steps
from dse.record import Record, State, Trial
from dse.sampler import AGAIN, SeededSampler, given_back
from dse.storage import readable_name, sqlite_path
from dse.study import (
    Axis,
    Choices,
    Study,
    configuration,
    differences,
    rewarded,
)
from dse.workers import Outcome, Submit
from objectives.design import Value
from objectives.scores import METRICS

optuna.logging.set_verbosity(optuna.logging.ERROR)

CONFIGURATION, RESULT, ERROR, STOPPED = "configuration", "result", "error", "stopped"
LOCK_WAIT_S = 60
LISTEN_S = 0.2  # between two looks at whether a signal came


def open_storage(url: str) -> optuna.storages.RDBStorage:
    """The storage at `url`, made if it is not there."""
    sqlite = sqlite_path(url) is not None
    engine = {"connect_args": {"timeout": LOCK_WAIT_S}} if sqlite else {"pool_pre_ping": True}
    try:
        storage = optuna.storages.RDBStorage(url, engine_kwargs=engine)
    except (*storage_errors.ERRORS, RuntimeError, ImportError) as error:
        if storage_errors.known(error):
            raise storage_errors.as_storage_error(error, url) from error
        raise InputError(
            f"storage {readable_name(url)} cannot be opened ({_line(error)}); "
            "give another --storage"
        ) from error
    storage_errors.told_at_once(storage.engine, url)
    return storage


def _stored_names(storage: optuna.storages.RDBStorage) -> list[str]:
    return sorted(optuna.get_all_study_names(storage))


def free_name(url: str, name: str) -> str:
    """`name`, or the first of NAME-2, NAME-3, … that no study in the storage has."""
    path = sqlite_path(url)
    taken = [] if path is not None and not path.is_file() else _stored_names(open_storage(url))
    numbered = (f"{name}-{number}" for number in itertools.count(2))
    return next(free for free in itertools.chain([name], numbered) if free not in taken)


def load_record(url: str, name: str) -> Record:
    """The stored study `name`; InputError if there is none. Makes nothing."""
    path = sqlite_path(url)
    if path is not None and not path.is_file():
        raise InputError(f"storage {path} does not exist; run a study first: dse run {name}")
    storage = open_storage(url)
    names = _stored_names(storage)
    if name not in names:
        held = f"it holds {', '.join(names)}" if names else "it is empty"
        raise InputError(
            f"study {name!r} is not in storage {readable_name(url)}; {held}{nearest(name, names)}"
            f"; run it first: dse run {name}"
        )
    found = optuna.load_study(study_name=name, storage=storage)
    if CONFIGURATION not in found.user_attrs:
        raise InputError(
            f"study {name!r} in {readable_name(url)} has no configuration: its first run was cut "
            f"off at once, or another program made it; go on with it: dse run {name}"
        )
    return record(found)


def open_study(study: Study, url: str, about: Mapping[str, Mapping[str, str]]) -> optuna.Study:
    """The stored study to go on with, made if it is new.

    about: {"versions": …, "data": …} kept with a new study. Raises InputError if the stored one
    searches something else.
    """
    storage = open_storage(url)
    directions = [METRICS[name].direction for name in study.objectives]
    held = optuna.create_study(
        study_name=study.name,
        storage=storage,
        sampler=SeededSampler(study.seed),
        directions=directions,
        load_if_exists=True,
    )
    stored = held.user_attrs.get(CONFIGURATION)
    fits = [direction.name.lower() for direction in held.directions] == directions
    if stored is None and fits and not held.get_trials(deepcopy=False):
        held.set_user_attr("id", uuid.uuid4().hex)
        held.set_user_attr("about", {group: dict(values) for group, values in about.items()})
        held.set_user_attr(CONFIGURATION, configuration(study))
    else:
        _check_unchanged(stored, study, url)
    return held


def _check_unchanged(stored: Mapping[str, Any] | None, study: Study, url: str) -> None:
    if stored is None:
        raise InputError(
            f"study {study.name!r} in {readable_name(url)} was not made by dse; "
            "give another --storage or rename the study"
        )
    changed = differences(stored, configuration(study))
    if changed:
        raise InputError(
            f"study {study.name!r} in {readable_name(url)} was run with other settings: "
            f"{'; '.join(changed)}; undo that, or keep both with --force-new, --name or --storage"
        )


def record(held: optuna.Study) -> Record:
    """Everything a storage holds of a study, as plain data."""
    trials = held.get_trials(deepcopy=False)
    lost = given_back(trials)
    about = held.user_attrs.get("about", {})
    return Record(
        id=held.user_attrs["id"],
        configuration=held.user_attrs[CONFIGURATION],
        versions=about.get("versions", {}),
        data=about.get("data", {}),
        trials=tuple(_trial(t, t.number in lost) for t in trials),
    )


EVALUATED = "evaluated"
"""Constraint broken by a design without scores, failed or stopped; set on such trials only."""

STATES: Mapping[TrialState, State] = {
    TrialState.COMPLETE: "complete",
    TrialState.FAIL: "failed",
    TrialState.PRUNED: "failed",
    TrialState.RUNNING: "running",
    TrialState.WAITING: "waiting",
}


def _trial(frozen: FrozenTrial, lost: bool) -> Trial:
    result = dict(frozen.user_attrs.get(RESULT, {}))
    result["seeds"] = tuple(result.get("seeds", ()))
    done, stopped = frozen.datetime_complete, STOPPED in frozen.user_attrs
    state: State = "stopped" if stopped else STATES[frozen.state]
    return Trial(
        number=frozen.number,
        state="given back" if lost else state,
        params=frozen.params,
        error=frozen.user_attrs.get(ERROR, ""),
        finished_ms=int(done.timestamp() * 1000) if done else 0,
        **result,
    )


def recover(held: optuna.Study) -> int:
    """Queue again what a killed process left running; how many."""
    left = [t for t in held.get_trials(deepcopy=False) if t.state == TrialState.RUNNING]
    for trial in left:
        _give_back(held, trial)
    return len(left)


def _asked(held: optuna.Study, trial: FrozenTrial) -> dict[str, Any]:
    """What is queued again of a trial that was cut off: its parameters, once it has all of them.

    One cut off between two of them gets back those that were queued: drawing the others again,
    all of them, gives the same ones.
    """
    axes = held.user_attrs[CONFIGURATION]["space"]
    queued = trial.system_attrs.get("fixed_params", {})
    return trial.params if trial.params.keys() >= axes.keys() else queued


def _give_back(held: optuna.Study, trial: FrozenTrial) -> None:
    """Queue the parameters again, then mark the trial failed; safe to be cut off in between."""
    if trial.number not in given_back(held.get_trials(deepcopy=False)):
        held.enqueue_trial(_asked(held, trial), user_attrs={AGAIN: trial.number})
    held.tell(trial.number, state=TrialState.FAIL)


def search(
    held: optuna.Study,
    study: Study,
    submit: Submit,
    jobs: int,
    on_finished: Callable[[Trial], None],
) -> None:
    """Run until `study.trials` trials are finished, `jobs` at a time; calls back after each.

    A signal is heard between two trials, so that no write to the storage is cut in two; what is
    running is given back then.
    """
    with heard_between_steps() as check:
        try:
            _search(held, study, submit, jobs, on_finished, check)
        except (*storage_errors.ERRORS, storage_errors.StorageError):
            raise  # nothing can be written: the next run takes up what is left running
        except BaseException:
            recover(held)
            raise


def _search(
    held: optuna.Study,
    study: Study,
    submit: Submit,
    jobs: int,
    on_finished: Callable[[Trial], None],
    check: Callable[[], None],
) -> None:
    known = {_key(t.params): t for t in record(held).complete}
    running: dict[Future[Outcome], optuna.Trial] = {}
    open_trials = max(study.trials - len(record(held).finished), 0)
    while open_trials or running:
        check()
        while open_trials and len(running) < jobs:
            trial = _ask(held, study)
            open_trials -= 1
            twin = known.get(_key(trial.params))
            if twin is None:
                running[submit({**study.fixed, **trial.params})] = trial
            else:
                on_finished(_tell(held, study, trial, _reused(twin)))
            check()
        done, _ = wait(running, timeout=LISTEN_S, return_when=FIRST_COMPLETED)
        for future in done:
            finished = _finish(held, study, running[future], future)
            del running[future]
            if finished.state == "complete":
                known[_key(finished.params)] = finished
            on_finished(finished)


def _key(params: Mapping[str, Value]) -> str:
    return json.dumps(params, sort_keys=True)


def _ask(held: optuna.Study, study: Study) -> optuna.Trial:
    """The next point: one queued again, or a new one."""
    trial = held.ask()
    for name, axis in study.space.items():
        _suggest(trial, name, axis)
    return trial


def _suggest(trial: optuna.Trial, name: str, axis: Axis) -> None:
    if isinstance(axis, Choices):
        trial.suggest_categorical(name, axis.values)
        return
    low, high, step = axis.low, axis.high, axis.step
    if step is not None:
        high = low + int((high - low) / step * (1 + 1e-12)) * step
    if axis.integer:
        trial.suggest_int(name, int(low), int(high), log=axis.log, step=int(step or 1))
    else:
        trial.suggest_float(name, low, high, log=axis.log, step=step)


def _finish(
    held: optuna.Study, study: Study, trial: optuna.Trial, future: Future[Outcome]
) -> Trial:
    """Tell what came of a submitted trial."""
    try:
        outcome = future.result()
    except BrokenProcessPool as error:
        raise RunError(
            "a worker process died, most often for lack of memory; finished trials are kept: "
            "run the same command again, with a smaller -j"
        ) from error
    except Exception as error:  # whatever a model raises: the search goes on
        return _fail(held, trial, f"{_line(error)}\n{''.join(traceback.format_exception(error))}")
    scores = outcome.scores
    if isinstance(scores, str):
        return _stop(held, trial, scores, outcome.duration_s)
    result = {
        "values": dict(scores.values),
        "constraints": dict(scores.constraints),
        "spread": dict(scores.spread),
        "seeds": list(scores.seeds),
        "duration_s": outcome.duration_s,
    }
    return _tell(held, study, trial, result)


def _reused(twin: Trial) -> dict[str, Any]:
    """The result of an earlier trial with the same parameters."""
    taken = {name: getattr(twin, name) for name in ("values", "constraints", "spread", "seeds")}
    return {**taken, "reused_from": twin.number}


def _tell(held: optuna.Study, study: Study, trial: optuna.Trial, result: dict[str, Any]) -> Trial:
    objectives = rewarded(study, result["values"])
    lacking = [name for name, value in objectives.items() if value != value]
    if lacking:
        return _fail(held, trial, f"{', '.join(lacking)} is not a number")
    trial.set_user_attr(RESULT, result)
    for name, value in result["constraints"].items():
        trial.set_constraint(name, value)
    return _trial(held.tell(trial, list(objectives.values())), lost=False)


def _stop(held: optuna.Study, trial: optuna.Trial, reason: str, duration_s: float) -> Trial:
    """Keep why a hopeless design was given up, and how long that took."""
    trial.set_user_attr(RESULT, {"duration_s": duration_s})
    trial.set_user_attr(STOPPED, True)
    return _fail(held, trial, reason)


def _fail(held: optuna.Study, trial: optuna.Trial, error: str) -> Trial:
    """Told as pruned and infeasible: what is told as failed a sampler forgets, and comes back."""
    trial.set_user_attr(ERROR, error)
    trial.set_constraint(EVALUATED, 1.0)
    return _trial(held.tell(trial, state=TrialState.PRUNED), lost=False)


def _line(error: BaseException) -> str:
    """The first line of an error."""
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0]
