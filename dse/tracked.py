"""What MLflow is told of a study: plain tags, parameters and metrics."""

import json
import math
from collections.abc import Mapping

from dse import toml_text
from dse.front import SHOWN
from dse.record import Record, Trial
from dse.study import Study
from dse.values import axis_text
from objectives.design import Value
from objectives.scores import METRICS


def study_tags(record: Record) -> dict[str, str]:
    """Tags of a parent run."""
    commit = record.versions.get("commit", "").removesuffix("-dirty")
    return {
        "dse.study": record.study.name,
        "dse.study_id": record.id,
        "dse.role": "study",
        "dse.configuration_sha256": record.hash,
        "mlflow.note.content": record.study.question,
        **({"mlflow.source.git.commit": commit} if commit else {}),
        **{f"dse.version.{name}": version for name, version in record.versions.items()},
        **{f"dse.data.{name}": value for name, value in record.data.items()},
    }


def study_params(study: Study) -> dict[str, str]:
    """Parameters of a parent run: the question, the space and all that is fixed."""
    head = {
        "study.device": study.device,
        "study.dataset": study.dataset,
        "study.objectives": ", ".join(study.objectives),
        "study.seed": str(study.seed),
        "study.repeats": str(study.repeats),
    }
    space = {f"space.{name}": axis_text(name, axis) for name, axis in study.space.items()}
    return head | space | texts(study.fixed)


def device_file(study: Study) -> str:
    """The junction of a study as a device file; what it searches is left out, and named."""
    lines = [
        f"# {study.device}, as the study {study.name} has it; all in SI.",
        f"title = {toml_text.value(study.device)}",
    ]
    for part, table in (("device", "mtj"), ("breakdown", "breakdown")):
        begin = f"{part}."
        lines += toml_text.table(
            table,
            {n.removeprefix(begin): v for n, v in study.fixed.items() if n.startswith(begin)},
        )
        lines += [
            f"# {name.removeprefix(begin)}: searched, {axis_text(name, axis)}"
            for name, axis in study.space.items()
            if name.startswith(begin)
        ]
    return "\n".join(lines) + "\n"


def trial_tags(study: str, study_id: str, trial: Trial, role: str) -> dict[str, str]:
    """Tags of a child run; role: "" while it is not known."""
    error = trial.error.partition("\n")[0]
    return {
        "dse.study": study,
        "dse.study_id": study_id,
        "dse.trial": str(trial.number),
        "dse.seeds": seeds_text(trial),
        **(role_tags(role) if role else {}),
        **({"dse.error": error} if error else {}),
    }


def role_tags(role: str) -> dict[str, str]:
    """The role, and whether it is one on the front: MLflow's filters know no "or"."""
    return {"dse.role": role, "dse.front": "yes" if role in SHOWN else "no"}


def seeds_text(trial: Trial) -> str:
    """Seeds behind the figures of a trial; more of them are other figures."""
    return json.dumps(trial.seeds)


def trial_metrics(study: Study, trial: Trial) -> dict[str, float]:
    """Metrics of a child run; log10 copies because the UI's scatter plots have no log axes.

    Parts of a cost have no copy, unless they are searched for: half of all rows would be theirs.
    """
    figures = dict(trial.values) | {"duration_s": trial.duration_s}
    figures |= {f"constraint.{name}": value for name, value in trial.constraints.items()}
    figures |= {f"sd.{name}": value for name, value in trial.spread.items()}
    figures |= {
        f"log10_{name}": math.log10(value)
        for name, value in trial.values.items()
        if METRICS[name].decades and value > 0
        if name in study.objectives or not METRICS[name].part
    }
    return {name: value for name, value in figures.items() if math.isfinite(value)}


def texts(values: Mapping[str, Value]) -> dict[str, str]:
    """Parameters as MLflow keeps them: six digits, for the storage has the exact number."""
    return {n: f"{v:.6g}" if isinstance(v, float) else str(v) for n, v in values.items()}
