"""A study as MLflow runs: a view that can be rebuilt. The only file that imports mlflow.

One experiment, a parent run a study, child runs for designs. Runs are found again by the tags
dse.study_id and dse.trial, so logging twice changes nothing.
"""

import logging
import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run
from mlflow.exceptions import MlflowException

from dse import tracked, views
from dse.colours import free_colour
from dse.design_files import design_files
from dse.front import SHOWN, hypervolume_curve, roles
from dse.live import Place
from dse.record import Record, Trial
from dse.storage import one_after_another, sqlite_path, write_ahead
from dse.study import Study
from objectives.design import Value

for _logger in ("mlflow", "alembic"):
    logging.getLogger(_logger).setLevel(logging.WARNING)

EXPERIMENT = "mtj-dse"
# The kind MLflow gives to experiments of trained models.
KIND = {"mlflow.experimentKind": "custom_model_development"}
BATCH = 100  # parameters in one request, MLflow's limit
PAGE = 1000
COLOUR = "mlflow.runColor"


@dataclass(kw_only=True)
class Child:
    """A child run as MLflow has it: its number, the role it was given, the seeds it stands for."""

    run_id: str
    role: str
    seeds: str


@dataclass(frozen=True, kw_only=True)
class View:
    """One study in MLflow: its parent run, its colour and, by trial number, its child runs."""

    client: MlflowClient
    study: Study
    experiment_id: str
    parent_id: str
    colour: str
    children: dict[int, Child] = field(default_factory=dict)


def open_view(place: Place, record: Record) -> View:
    """Find or make experiment and parent run; children of earlier runs are found again."""
    client = MlflowClient(place.uri)
    experiment_id = _experiment(client, place)
    found = _runs(client, experiment_id, f"tags.`dse.study_id` = '{record.id}'")
    parents = [run for run in found if run.data.tags.get("dse.role") == "study"]
    if parents:
        parent_id, colour = parents[0].info.run_id, parents[0].data.tags.get(COLOUR, "")
    else:
        parent_id, colour = _make_parent(client, experiment_id, record)
    view = View(
        client=client,
        study=record.study,
        experiment_id=experiment_id,
        parent_id=parent_id,
        colour=colour,
    )
    for run in found:
        tags = run.data.tags
        if "dse.trial" not in tags:
            continue
        if run.info.status == "RUNNING":  # its logging was cut off: it is logged again
            client.delete_run(run.info.run_id)
        else:
            view.children[int(tags["dse.trial"])] = Child(
                run_id=run.info.run_id,
                role=tags.get("dse.role", ""),
                seeds=tags.get("dse.seeds", ""),
            )
    return view


def _experiment(client: MlflowClient, place: Place) -> str:
    """The number of the experiment, made if it is new."""
    with one_after_another(place.uri):
        experiment = client.get_experiment_by_name(EXPERIMENT)
        if experiment:
            return str(experiment.experiment_id)
        if (database := sqlite_path(place.uri)) is not None:
            write_ahead(database)
        files = place.artifacts.resolve().as_uri() if place.artifacts else None
        return str(client.create_experiment(EXPERIMENT, artifact_location=files, tags=KIND))


def log_run(
    place: Place,
    tags: Mapping[str, str],
    params: Mapping[str, Value],
    metrics: Mapping[str, float],
    files: Iterable[Path],
) -> None:
    """A run beside the studies, for a verification say; tags["mlflow.runName"] names it."""
    client = MlflowClient(place.uri)
    run_id = str(client.create_run(_experiment(client, place), tags=dict(tags)).info.run_id)
    _log_params(client, run_id, tracked.texts(params))
    for name, value in metrics.items():
        if math.isfinite(value):
            client.log_metric(run_id, name, value)
    for file in files:
        client.log_artifact(run_id, str(file))
    client.set_terminated(run_id)


def set_pages(view: View) -> None:
    """Make the pages of `views` ready for all studies of the experiment; see `dse.ui`."""
    studies = _runs(view.client, view.experiment_id, "tags.`dse.role` = 'study'")
    params = [run.data.params for run in studies]
    objectives = [name for found in params for name in found["study.objectives"].split(", ")]
    space = [name for found in params for name in found if name.startswith("space.")]
    shown = views.Shown(
        objectives=tuple(dict.fromkeys(objectives)),
        parameters=tuple(sorted({name.removeprefix("space.") for name in space})),
    )
    held = view.client.get_experiment(view.experiment_id).tags
    for tag, value in views.tags(shown).items():
        if held.get(tag) != value:
            view.client.set_experiment_tag(view.experiment_id, tag, value)


def pages(uri: str) -> dict[str, str]:
    """Title -> address, behind the host, of the pages that are ready; of all runs at last."""
    experiment = MlflowClient(uri).get_experiment_by_name(EXPERIMENT)
    if not experiment:
        return {"Runs": "/#/experiments/0/runs"}
    number = str(experiment.experiment_id)
    ready = {
        title: views.link(number, key)
        for key, title in views.TITLES.items()
        if f"{views.TAG}{key}" in experiment.tags
    }
    return {**ready, "Runs": f"/#/experiments/{number}/runs"}


def _runs(client: MlflowClient, experiment_id: str, chosen: str) -> list[Run]:
    runs, token = [], None
    while True:
        page = client.search_runs([experiment_id], chosen, max_results=PAGE, page_token=token)
        runs += list(page)
        token = page.token
        if not token:
            return runs


def _make_parent(client: MlflowClient, experiment_id: str, record: Record) -> tuple[str, str]:
    """The number and the colour of a new parent run."""
    studies = _runs(client, experiment_id, "tags.`dse.role` = 'study'")
    colour = free_colour([run.data.tags.get(COLOUR, "") for run in studies])
    tags = tracked.study_tags(record) | {COLOUR: colour}
    run = client.create_run(experiment_id, tags=tags, run_name=record.study.name)
    run_id = str(run.info.run_id)
    _log_params(client, run_id, tracked.study_params(record.study))
    client.log_dict(run_id, dict(record.configuration), "configuration.json")
    client.log_text(run_id, tracked.device_file(record.study), "device.toml")
    return run_id, colour


def _log_params(client: MlflowClient, run_id: str, params: Mapping[str, str]) -> None:
    listed = [Param(name, value) for name, value in params.items()]
    for start in range(0, len(listed), BATCH):
        client.log_batch(run_id, params=listed[start : start + BATCH])


def log_trial(view: View, record: Record, trial: Trial, role: str) -> None:
    """Log a finished trial as a child run; one that is there gets its role.

    A trial that was trained with more seeds since is another run: its figures are others.
    """
    known = view.children.get(trial.number)
    if known and known.seeds == tracked.seeds_text(trial):
        if known.role != role:
            if role in SHOWN and known.role not in SHOWN:
                _log_design_files(view.client, known.run_id, record, trial, role)
            for tag, value in tracked.role_tags(role).items():
                view.client.set_tag(known.run_id, tag, value)
            known.role = role
        return
    if known:
        view.client.delete_run(known.run_id)
    view.children[trial.number] = Child(
        run_id=_make_child(view, record, trial, role), role=role, seeds=tracked.seeds_text(trial)
    )


def _make_child(view: View, record: Record, trial: Trial, role: str) -> str:
    """The number of a new child run; one that is cut off stays "running", see `open_view`."""
    client, study = view.client, view.study
    tags = tracked.trial_tags(study.name, record.id, trial, role)
    run = client.create_run(
        view.experiment_id,
        start_time=trial.finished_ms - int(trial.duration_s * 1000),
        tags=tags | {"mlflow.parentRunId": view.parent_id, COLOUR: view.colour},
        run_name=f"{study.name} {trial.number}",
    )
    run_id = str(run.info.run_id)
    metrics = tracked.trial_metrics(study, trial)
    params = tracked.texts({**study.fixed, **trial.params})
    client.log_batch(
        run_id,
        metrics=[Metric(name, value, trial.finished_ms, 0) for name, value in metrics.items()],
        params=[Param(name, text) for name, text in params.items()],
    )
    if role in SHOWN:
        _log_design_files(client, run_id, record, trial, role)
    status = "FAILED" if trial.state == "failed" else "FINISHED"
    client.set_terminated(run_id, status, end_time=trial.finished_ms)
    return run_id


def _log_design_files(
    client: MlflowClient, run_id: str, record: Record, trial: Trial, role: str
) -> None:
    with design_files(record, trial, role) as folder:
        client.log_artifacts(run_id, str(folder))


def log_pictures(view: View, pictures: Mapping[int, Path]) -> None:
    """Keep a picture of a trial with the trial's own run, if it has one."""
    for number, path in pictures.items():
        if number in view.children:
            view.client.log_artifact(view.children[number].run_id, str(path))


def finish(view: View, record: Record, files: Iterable[Path], *, everything: bool) -> None:
    """Log members of the front (or every trial), roles, the hypervolume curve and the artifacts.

    A design that has left the front keeps its run, with the role it has now.
    """
    for trial, role in zip(record.finished, roles(record), strict=True):
        if everything or role in SHOWN or trial.number in view.children:
            log_trial(view, record, trial, role)
    _log_curve(view, record, "hypervolume")
    for file in files:
        view.client.log_artifact(view.parent_id, str(file))
    view.client.set_terminated(view.parent_id)
    with suppress(MlflowException):  # a page that is not taken must not cost the runs
        set_pages(view)


def log_so_far(view: View, record: Record) -> None:
    """Hypervolume while it searches, of figures that are not confirmed yet.

    Only where the study gives its corners: those of its trials move with every trial.
    """
    if set(record.study.objectives) <= set(record.study.reference):
        _log_curve(view, record, "hypervolume_so_far")


def _log_curve(view: View, record: Record, name: str) -> None:
    """Hypervolume over trials, from where an earlier run left it."""
    history = view.client.get_metric_history(view.parent_id, name)
    last = max((metric.step for metric in history), default=-1)
    done = {trial.number: trial.finished_ms for trial in record.finished}
    metrics = [
        Metric(name, value, done[number], number)
        for number, value in hypervolume_curve(record)
        if number > last
    ]
    for start in range(0, len(metrics), PAGE):
        view.client.log_batch(view.parent_id, metrics=metrics[start : start + PAGE])
