"""How far a stored study is, and whether a process runs it now."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from dse.front import SHOWN, hypervolume_curve, roles
from dse.record import Record
from dse.shared import is_worked_at
from dse.storage import is_run, readable_name
from dse.terminal import command

COUNTED = ("feasible", "infeasible", "stopped", "failed", "running", "waiting")


@dataclass(frozen=True, kw_only=True)
class Status:
    """trials: by outcome, each in one of COUNTED; complete: feasible and infeasible ones.

    best_accuracy: of feasible designs, with its trial; both None if there is none. last_finished:
    ISO 8601 in UTC, "" if none is. running_now: on a server, whether a heartbeat is fresh.
    """

    study: str
    storage: str
    trials: dict[str, int]
    complete: int
    front: int
    best_accuracy: float | None
    best_trial: int | None
    hypervolume: float
    last_finished: str
    running_now: bool


def status(record: Record, url: str) -> Status:
    """What a storage holds of a study now."""
    study = record.study
    feasible = [trial for trial in record.complete if trial.feasible]
    best = max(feasible, key=lambda trial: trial.values["accuracy"], default=None)
    curve = hypervolume_curve(record) if feasible else []
    locked = is_run(url, study.name)
    last_ms = max((trial.finished_ms for trial in record.finished), default=0)
    return Status(
        study=study.name,
        storage=readable_name(url),
        trials=counts(record),
        complete=len(record.complete),
        front=sum(role in SHOWN for role in roles(record)),
        best_accuracy=best.values["accuracy"] if best else None,
        best_trial=best.number if best else None,
        hypervolume=curve[-1][1] if curve else 0.0,
        last_finished=datetime.fromtimestamp(last_ms // 1000, UTC).isoformat() if last_ms else "",
        running_now=is_worked_at(url, study.name) if locked is None else locked,
    )


def counts(record: Record) -> dict[str, int]:
    """Trials by outcome, each in one of COUNTED."""
    found = dict.fromkeys(COUNTED, 0)
    for trial in record.trials:
        state: str = trial.state
        if state == "complete":
            state = "feasible" if trial.feasible else "infeasible"
        if state in found:  # those given back are counted under the number they got anew
            found[state] += 1
    return found


def as_json(found: Status) -> dict[str, Any]:
    """Everything, for scripts."""
    return asdict(found)


def as_text(found: Status) -> str:
    """The same for people."""
    counts = found.trials
    state = "running now" if found.running_now else "not running"
    if not found.running_now and counts["running"]:
        again = f"{command()} run {found.study}"
        state += f"; {counts['running']} trials were cut off, taken up again by {again}"
    best = "none yet, no design is feasible"
    if found.best_accuracy is not None:
        best = f"{100 * found.best_accuracy:.2f} %, trial {found.best_trial}"
    others = ", ".join(f"{counts[name]} {name}" for name in COUNTED[2:])
    lines = {
        "trials": f"{found.complete} complete ({counts['feasible']} feasible, "
        f"{counts['infeasible']} infeasible), {others}",
        "best accuracy": best,
        "front": f"{found.front} designs, hypervolume {found.hypervolume:.3f}",
        "last finished": found.last_finished or "nothing yet",
        "run": state,
        "storage": found.storage,
    }
    return "\n".join([found.study, *(f"  {name:<14} {text}" for name, text in lines.items())])
