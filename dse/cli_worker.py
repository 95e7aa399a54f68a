"""The commands of many workers; `cli` puts them into `dse`. All imports of weight are late."""

import math
import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from dse.cli_options import STORAGE, ChangeOption, StorageOption, StudyArgument
from dse.errors import INTERRUPTED

if TYPE_CHECKING:
    from dse.study import Study

TrialsOption = Annotated[
    int | None,
    typer.Option(
        "-n", "--trials", min=1, max=1_000_000, help="Total number of trials, of all workers."
    ),
]
NameOption = Annotated[str, typer.Option(help="Store it under this name, not the file's.")]


def worker(  # noqa: PLR0913 (the options of a command)
    context: typer.Context,
    study: StudyArgument,
    trials: TrialsOption = None,
    storage: StorageOption = STORAGE,
    change: ChangeOption = None,
    name: NameOption = "",
    heartbeat: Annotated[
        float,
        typer.Option(min=1, max=86400, help="Sign of life every so many seconds; two may miss."),
    ] = 60,
    stop_after: Annotated[
        str, typer.Option(metavar="TIME", help="Leave after 55m, 3300s or 2h: its trial waits.")
    ] = "",
) -> None:
    """Be one of many workers that run a study together, on one PostgreSQL database.

    Ends with 0 once the study has its trials, or the time of --stop-after is over.
    """
    from dse.cluster_worker import Terms
    from dse.cluster_worker import worker as work
    from dse.slurm import seconds
    from dse.storage import readable_name, storage_url

    resolved, url = _resolved(study, trials, change, name), storage_url(storage)
    terms = Terms(
        heartbeat_s=heartbeat,
        stop_after_s=seconds("--stop-after", stop_after) if stop_after else math.inf,
    )
    try:
        left = work(resolved, url, terms, _say)
    except KeyboardInterrupt:
        _say("interrupted: its trial is queued again; the same command goes on")
        raise typer.Exit(INTERRUPTED) from None
    again = _words("run", study, trials, change, name)
    if not _is_environment(context):
        again = (*again, "--storage", readable_name(url))
    missing = resolved.trials - left.finished
    if missing > 0:
        _say(f"stopped after {stop_after}: {missing} of {resolved.trials} trials are left")
        _say(f"go on with more workers, or with: {shlex.join(again)}")
    else:
        _say(f"{left.finished} trials are finished, {left.own} by this worker")
        _say(f"confirm the front and write it: {shlex.join(again)}")


def slurm_script(  # noqa: PLR0913 (the options of a command)
    context: typer.Context,
    study: StudyArgument,
    workers: Annotated[int, typer.Option(min=1, max=10_000, help="Jobs of one core each.")],
    time: Annotated[str, typer.Option(metavar="TIME", help="Of a job: 1h, 90m or 1d.")],
    trials: TrialsOption = None,
    storage: StorageOption = STORAGE,
    change: ChangeOption = None,
    name: NameOption = "",
    memory: Annotated[str, typer.Option(metavar="SIZE", help="Of a job, as 4G.")] = "",
    partition: Annotated[str, typer.Option(help="SLURM's queue.")] = "",
    setup: Annotated[
        list[str] | None,
        typer.Option(metavar="LINE", help="Shell before it: 'module load …'; repeatable."),
    ] = None,
) -> None:
    """Print a SLURM array of workers, for sbatch."""
    from dse import slurm
    from dse.server import check_postgresql
    from dse.storage import has_password, readable_name, storage_url

    resolved, url = _resolved(study, trials, change, name), storage_url(storage)
    check_postgresql(url)
    words = _words("worker", study, trials, change, name)
    array = slurm.Array(
        name=resolved.name,
        worker=(*words, *([] if _is_environment(context) else ["--storage", url])),
        workers=workers,
        time_s=slurm.seconds("--time", time),
        memory=memory,
        partition=partition,
        setup=tuple(setup or ()),
        from_environment=_is_environment(context),
    )
    typer.echo(slurm.script(array), nl=False)
    if has_password(url) and not _is_environment(context):
        _say(
            f"warning: the script holds the password of {readable_name(url)}; leave it out of the "
            "address and put it into ~/.pgpass, or give the address in DSE_STORAGE"
        )


def _resolved(study: str, trials: int | None, change: list[str] | None, name: str) -> "Study":
    from dataclasses import replace

    from dse.study_file import load

    found = load(study, change or (), name)
    return found if trials is None else replace(found, trials=trials)


def _words(
    command: str, study: str, trials: int | None, change: list[str] | None, name: str
) -> tuple[str, ...]:
    """A command on the same study, as words of a shell."""
    counted = () if trials is None else ("-n", str(trials))
    changes = (word for text in change or () for word in ("-S", text))
    return ("dse", command, study, *counted, *changes, *(("--name", name) if name else ()))


def _is_environment(context: typer.Context) -> bool:
    """Whether the storage was given by DSE_STORAGE, which need not be said again."""
    source = context.get_parameter_source("storage")
    return source is not None and source.name == "ENVIRONMENT"


def _say(text: str) -> None:
    typer.echo(text, err=True)
