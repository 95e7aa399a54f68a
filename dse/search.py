"""Ask, evaluate, tell: the search over a study's space, with optuna."""

import itertools
import json
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from functools import reduce
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from device_models.ranges import nearest
from dse import heartbeat, server, storage_errors
from dse.errors import InputError
from dse.interrupt import heard_between_steps
from dse.promise import Promise, promise
from dse.record import Record, Trial, merged
from dse.sampler import AGAIN, SeededSampler, given_back
from dse.sampler_choice import Kind
from dse.space import ask, flat_names, is_whole
from dse.storage import one_after_another, readable_name, sqlite_path
from dse.study import (
    Study,
    configuration,
    differences,
    from_configuration,
)
from dse.told import finish, reuse, trial_of
from dse.workers import Outcome, Submit
from objectives.design import Value
from objectives.scores import METRICS

optuna.logging.set_verbosity(optuna.logging.ERROR)

CONFIGURATION = "configuration"
LISTEN_S = 0.2  # between two looks at whether a signal came


def open_storage(url: str) -> optuna.storages.RDBStorage:
    """The storage at `url`, made if it is not there."""
    with storage_errors.opened(url), one_after_another(url):
        if server.is_postgresql(url) and not server.has_driver(url):
            raise server.without_driver(url)
        storage = optuna.storages.RDBStorage(url, engine_kwargs=server.settings(url))
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
        there = f"it holds {', '.join(names)}" if names else "it is empty"
        raise InputError(
            f"study {name!r} is not in storage {readable_name(url)}; {there}{nearest(name, names)}"
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
        if stored != configuration(study):  # what changes no score: corners, pick, confirmation
            held.set_user_attr(CONFIGURATION, configuration(study))
    return held


SAMPLER = "sampler"
"""Attribute of a study: the kind of its sampler."""


def stored_sampler(held: optuna.Study) -> Kind | None:
    """The kind of sampler a study was last searched by; None if it is new.

    A study with trials but without the attribute is from before there was a choice.
    """
    new = not any(t.state.is_finished() for t in held.get_trials(deepcopy=False))
    kind: Kind | None = held.user_attrs.get(SAMPLER, None if new else "tpe")
    return kind


def use_sampler(held: optuna.Study, study: Study, kind: Kind) -> None:
    """Ask this sampler from now on, and remember it with the study."""
    held.sampler = SeededSampler(study.seed, kind)
    if stored_sampler(held) != kind:
        held.set_user_attr(SAMPLER, kind)


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
    attributes = held.user_attrs
    about = attributes.get("about", {})
    return Record(
        id=attributes["id"],
        configuration=attributes[CONFIGURATION],
        versions=about.get("versions", {}),
        data=about.get("data", {}),
        trials=tuple(
            reduce(
                merged,
                _batches(attributes.get(_more_key(t.number))),
                trial_of(t, t.number in lost),
            )
            for t in trials
        ),
    )


def confirmed(held: optuna.Study, number: int, more: Mapping[str, Any]) -> None:
    """Keep with the study what a trial scored with more seeds, beside what is kept already."""
    key = _more_key(number)
    held.set_user_attr(key, [*_batches(held.user_attrs.get(key)), more])


def _more_key(number: int) -> str:
    return f"more:{number}"


def _batches(kept: Any) -> list[Mapping[str, Any]]:
    """Scores with more seeds, as often as more were asked for; one alone stands without a list."""
    return kept if isinstance(kept, list) else [] if kept is None else [kept]


def recover(held: optuna.Study) -> int:
    """Queue again what a killed process left running; how many."""
    left = [t for t in held.get_trials(deepcopy=False) if t.state == TrialState.RUNNING]
    for trial in left:
        give_back(held, trial)
    return len(left)


def _asked(held: optuna.Study, trial: FrozenTrial) -> dict[str, Any]:
    """What is queued again of a trial that was cut off: its parameters, once it has all of them.

    One cut off between two of them gets back those that were queued: drawing the others again,
    all of them, gives the same ones.
    """
    space = from_configuration(held.user_attrs[CONFIGURATION]).space
    queued: dict[str, Any] = trial.system_attrs.get("fixed_params", {})
    return trial.params if is_whole(space, trial.params) else queued


def give_back(held: optuna.Study, trial: FrozenTrial) -> None:
    """Queue the parameters again, then mark the trial failed; safe to be cut off in between."""
    if trial.number not in given_back(held.get_trials(deepcopy=False)):
        held.enqueue_trial(_asked(held, trial), user_attrs={AGAIN: trial.number})
    with suppress(optuna.exceptions.UpdateFinishedTrialError):  # its own process was quicker
        held.tell(trial.number, state=TrialState.FAIL, skip_if_finished=True)


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
    complete = list(record(held).complete)
    known = {point_key(t.params): t for t in complete}
    running: dict[Future[Outcome], tuple[optuna.Trial, Promise]] = {}
    shared = heartbeat.is_shared(held)
    beat = heartbeat.pulse(held, heartbeat.RUN) if shared else heartbeat.no_pulse
    open_trials = max(study.trials - len(record(held).finished), 0)
    while open_trials or running:
        check()
        while open_trials and len(running) < jobs:
            trial = _ask(held, study)
            open_trials -= 1
            params = flat_names(trial.params)
            twin = known.get(point_key(params))
            if twin is None:
                judged = promise(study, complete)
                running[submit({**study.fixed, **params}, judged)] = trial, judged
            else:
                on_finished(reuse(held, study, trial, twin))
            check()
        for trial, _ in running.values():
            beat(trial._trial_id)
        done, _ = wait(running, timeout=LISTEN_S, return_when=FIRST_COMPLETED)
        for future in done:
            finished = finish(held, *running.pop(future), future)
            if finished.state == "complete":
                known[point_key(finished.params)] = finished
                complete.append(finished)
            on_finished(finished)


def point_key(params: Mapping[str, Value]) -> str:
    """The same text for the same point."""
    return json.dumps(params, sort_keys=True)


def _ask(held: optuna.Study, study: Study) -> optuna.Trial:
    """The next point: one queued again, or a new one."""
    trial = held.ask()
    ask(trial, study.space)
    return trial
