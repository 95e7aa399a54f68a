"""A SLURM array of workers as a batch script, and the times that people write."""

import re
import shlex
from dataclasses import dataclass

from dse.errors import InputError
from dse.workers import ONE_THREAD

END_S = 300
"""Kept of the time of a job: to start, and to give back what is running."""
LEAST_S = 600
UNITS_S = {"d": 86400, "h": 3600, "m": 60, "s": 1, "": 1}
TIME = re.compile(r"(?:\d+(?:\.\d+)?[dhms])+|\d+(?:\.\d+)?")
PART = re.compile(r"(\d+(?:\.\d+)?)([dhms]?)")


def seconds(option: str, text: str) -> float:
    """The seconds of "55m", "1h30m" or "3300" [s]; InputError if it is no time."""
    plain = text.replace(" ", "").lower()
    found = TIME.fullmatch(plain) and sum(
        float(number) * UNITS_S[unit] for number, unit in PART.findall(plain)
    )
    if not found:
        raise InputError(f"{option} {text}: no time above zero; write for example 55m, 3300s, 2h")
    return found


@dataclass(frozen=True, kw_only=True)
class Array:
    """Identical jobs of one worker each.

    worker: the command with its arguments. time_s: of a job, LEAST_S at least. memory, partition:
    as SLURM has them, "" for the default. setup: lines of shell before the command.
    from_environment: the address of the storage comes with the job, in DSE_STORAGE.
    """

    name: str
    worker: tuple[str, ...]
    workers: int
    time_s: float
    memory: str = ""
    partition: str = ""
    setup: tuple[str, ...] = ()
    from_environment: bool = False


def script(array: Array) -> str:
    """The batch script: `sbatch` takes it from a file or from standard input."""
    _check(array)
    name = re.sub(r"[^\w.-]", "-", array.name)
    options = {
        "job-name": f"dse-{name}",
        "output": f"dse-{name}-%A_%a.log",
        "array": f"1-{array.workers}",
        "nodes": "1",
        "ntasks": "1",
        "cpus-per-task": "1",
        "mem": array.memory,
        "partition": array.partition,
        "time": _slurm_time(array.time_s),
        "signal": "B:TERM@60",
    }
    stop = ("--stop-after", f"{array.time_s - END_S:.0f}s")
    address = ': "${DSE_STORAGE:?set it to the address of the database, then sbatch}"'
    lines = [
        "#!/bin/bash",
        *(f"#SBATCH --{key}={value}" for key, value in options.items() if value),
        "set -eo pipefail",
        *([address] if array.from_environment else []),
        *array.setup,
        f"export {' '.join(f'{key}={value}' for key, value in ONE_THREAD.items())}",
        f"exec {shlex.join((*array.worker, *stop))}",
    ]
    return "\n".join(lines) + "\n"


def _check(array: Array) -> None:
    if array.time_s < LEAST_S:
        raise InputError(
            f"--time {array.time_s:.0f}s is too short, for a worker stops {END_S // 60} min "
            f"before its job ends; give {LEAST_S // 60}m or more"
        )
    if array.memory and not re.fullmatch(r"\d+[KMGT]?", array.memory):
        raise InputError(f"--memory {array.memory}: no size; write for example 4G")
    if array.partition and not re.fullmatch(r"[\w.,-]+", array.partition):
        raise InputError(f"--partition {array.partition}: no name of a partition; see sinfo")


def _slurm_time(time_s: float) -> str:
    """Days-hours:minutes:seconds."""
    minutes, left_s = divmod(int(time_s), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"{days}-{hours:02}:{minutes:02}:{left_s:02}"
