"""A study as MLflow runs: a view that can be rebuilt. The only file that imports mlflow.

One experiment, a parent run a study, a child run a trial. Runs are found again by the tags
dse.study_id and dse.trial, so logging twice changes nothing.
"""

import json
import logging
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run

from dse.front import hypervolume_curve, roles
from dse.record import Record, Trial
from dse.study import Study
from dse.values import axis_text
from objectives.design import Value
from objectives.scores import METRICS

for _logger in ("mlflow", "alembic"):
    logging.getLogger(_logger).setLevel(logging.WARNING)

EXPERIMENT = "mtj-dse"
# The kind MLflow gives to experiments of trained models.
KIND = {"mlflow.experimentKind": "custom_model_development"}
BATCH = 100  # parameters in one request, MLflow's limit
PAGE = 1000


@dataclass(frozen=True, kw_only=True)
class View:
    """One study in MLflow: its parent run and, by trial number, its child runs and their roles."""

    client: MlflowClient
    experiment_id: str
    parent_id: str
    children: dict[int, str] = field(default_factory=dict)
    roles: dict[int, str] = field(default_factory=dict)


def open_view(uri: str, artifacts: Path | None, record: Record) -> View:
    """Find or make experiment and parent run; children of earlier runs are found again.

    artifacts: folder of a new experiment's files, for a database without a server.
    """
    client = MlflowClient(uri)
    experiment_id = _experiment(client, artifacts)
    found = _runs(client, experiment_id, record.id)
    parents = [run for run in found if run.data.tags.get("dse.role") == "study"]
    parent_id = parents[0].info.run_id if parents else _make_parent(client, experiment_id, record)
    view = View(client=client, experiment_id=experiment_id, parent_id=parent_id)
    for run in found:
        if "dse.trial" not in run.data.tags:
            continue
        if run.info.status == "RUNNING":  # its logging was cut off: it is logged again
            client.delete_run(run.info.run_id)
        else:
            number = int(run.data.tags["dse.trial"])
            view.children[number] = run.info.run_id
            view.roles[number] = run.data.tags.get("dse.role", "")
    return view


def _experiment(client: MlflowClient, artifacts: Path | None) -> str:
    """The number of the experiment, made if it is new."""
    experiment = client.get_experiment_by_name(EXPERIMENT)
    if experiment:
        return str(experiment.experiment_id)
    place = artifacts.resolve().as_uri() if artifacts else None
    return str(client.create_experiment(EXPERIMENT, artifact_location=place, tags=KIND))


def log_verification(
    uri: str,
    artifacts: Path | None,
    tags: Mapping[str, str],
    params: Mapping[str, Value],
    metrics: Mapping[str, float],
    files: Iterable[Path],
) -> None:
    """A run of its own for one verification; tags["mlflow.runName"] names it."""
    client = MlflowClient(uri)
    run_id = str(client.create_run(_experiment(client, artifacts), tags=dict(tags)).info.run_id)
    _log_params(client, run_id, {name: _text(value) for name, value in params.items()})
    for name, value in metrics.items():
        if math.isfinite(value):
            client.log_metric(run_id, name, value)
    for file in files:
        client.log_artifact(run_id, str(file))
    client.set_terminated(run_id)


def experiment_number(uri: str) -> str:
    """MLflow's number of the experiment; its default one if no study was logged yet."""
    experiment = MlflowClient(uri).get_experiment_by_name(EXPERIMENT)
    return str(experiment.experiment_id) if experiment else "0"


def _runs(client: MlflowClient, experiment_id: str, study_id: str) -> list[Run]:
    runs, token = [], None
    while True:
        page = client.search_runs(
            [experiment_id],
            f"tags.`dse.study_id` = '{study_id}'",
            max_results=PAGE,
            page_token=token,
        )
        runs += list(page)
        token = page.token
        if not token:
            return runs


def _make_parent(client: MlflowClient, experiment_id: str, record: Record) -> str:
    study = record.study
    tags = {
        "dse.study": study.name,
        "dse.study_id": record.id,
        "dse.role": "study",
        "dse.configuration_sha256": record.hash,
        "mlflow.note.content": study.question,
        **{f"dse.version.{name}": version for name, version in record.versions.items()},
        **{f"dse.data.{name}": value for name, value in record.data.items()},
    }
    run = client.create_run(experiment_id, tags=tags, run_name=study.name)
    run_id = str(run.info.run_id)
    _log_params(client, run_id, _study_params(study))
    client.log_dict(run_id, dict(record.configuration), "configuration.json")
    return run_id


def _study_params(study: Study) -> dict[str, str]:
    head = {
        "study.device": study.device,
        "study.dataset": study.dataset,
        "study.objectives": ", ".join(study.objectives),
        "study.seed": str(study.seed),
        "study.repeats": str(study.repeats),
    }
    space = {f"space.{name}": axis_text(name, axis) for name, axis in study.space.items()}
    return head | space | {name: _text(value) for name, value in study.fixed.items()}


def _text(value: Value) -> str:
    """Six digits: the storage keeps the exact number."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _log_params(client: MlflowClient, run_id: str, params: Mapping[str, str]) -> None:
    listed = [Param(name, value) for name, value in params.items()]
    for start in range(0, len(listed), BATCH):
        client.log_batch(run_id, params=listed[start : start + BATCH])


def log_trial(view: View, study: Study, record_id: str, trial: Trial) -> None:
    """Log a finished trial as a child run, unless that was done before."""
    if trial.number in view.children:
        return
    tags = {
        "mlflow.parentRunId": view.parent_id,
        "dse.study": study.name,
        "dse.study_id": record_id,
        "dse.trial": str(trial.number),
        "dse.seeds": json.dumps(trial.seeds),
    }
    if trial.error:
        tags["dse.error"] = trial.error.partition("\n")[0]
    start_ms = trial.finished_ms - int(trial.duration_s * 1000)
    run = view.client.create_run(
        view.experiment_id, start_time=start_ms, tags=tags, run_name=f"{study.name} {trial.number}"
    )
    run_id = run.info.run_id
    params = {**study.fixed, **trial.params}
    view.client.log_batch(
        run_id,
        metrics=[Metric(k, v, trial.finished_ms, 0) for k, v in _figures(trial).items()],
        params=[Param(name, _text(value)) for name, value in params.items()],
    )
    status = "FAILED" if trial.state == "failed" else "FINISHED"
    view.client.set_terminated(run_id, status, end_time=trial.finished_ms)
    view.children[trial.number] = run_id


def _figures(trial: Trial) -> dict[str, float]:
    """Metrics of a child run; log10 copies because the UI's scatter plots have no log axes."""
    figures = dict(trial.values) | {"duration_s": trial.duration_s}
    figures |= {f"constraint.{name}": value for name, value in trial.constraints.items()}
    figures |= {f"sd.{name}": value for name, value in trial.spread.items()}
    figures |= {
        f"log10_{name}": math.log10(value)
        for name, value in trial.values.items()
        if METRICS[name].decades and value > 0
    }
    return {name: value for name, value in figures.items() if math.isfinite(value)}


def log_pictures(view: View, pictures: Mapping[int, Path]) -> None:
    """Keep a picture of a trial with the trial's own run."""
    for number, path in pictures.items():
        view.client.log_artifact(view.children[number], str(path))


def finish(view: View, record: Record, files: Iterable[Path]) -> None:
    """Set the roles, the hypervolume curve and the artifacts of the front."""
    client = view.client
    for trial, role in zip(record.finished, roles(record), strict=True):
        if view.roles.get(trial.number) != role:
            client.set_tag(view.children[trial.number], "dse.role", role)
            view.roles[trial.number] = role
    _log_curve(view, record)
    for file in files:
        client.log_artifact(view.parent_id, str(file))
    client.set_terminated(view.parent_id)


def _log_curve(view: View, record: Record) -> None:
    """Hypervolume over trials, from where an earlier run left it."""
    history = view.client.get_metric_history(view.parent_id, "hypervolume")
    last = max((metric.step for metric in history), default=-1)
    done = {trial.number: trial.finished_ms for trial in record.finished}
    metrics = [
        Metric("hypervolume", value, done[number], number)
        for number, value in hypervolume_curve(record)
        if number > last
    ]
    for start in range(0, len(metrics), PAGE):
        view.client.log_batch(view.parent_id, metrics=metrics[start : start + PAGE])
