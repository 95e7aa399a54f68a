"""The command `dse`. Nothing heavy is imported before a command needs it."""

import signal
import sys
import traceback
from collections.abc import Callable
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from dse.cli_claim import claim
from dse.cli_compare import compare
from dse.cli_demo import demo
from dse.cli_device import calibrate, device
from dse.cli_export import diff, export, yield_
from dse.cli_front import front, status, studies
from dse.cli_importance import importance, sensitivity
from dse.cli_report import report
from dse.cli_run import run
from dse.cli_study import init, validate
from dse.cli_sync import sync
from dse.cli_ui import ui
from dse.cli_verify import verify
from dse.cli_worker import slurm_script, worker
from dse.errors import (
    BAD_INPUT,
    DONE,
    INTERRUPTED,
    InputError,
    NoDesignError,
    RunError,
    exit_code,
)
from dse.interrupt import SIGNALS

app = typer.Typer(
    name="dse",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Design-space exploration for neuromorphic hardware with MTJ synapses.",
    epilog="Example: dse run quickstart -j 2",
)


@app.callback()
def _options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
) -> None:
    context.obj = debug


COMMANDS: dict[Callable[..., None], str] = {
    studies: "dse studies",
    init: "dse init mine --from quickstart",
    validate: "dse validate mine.toml -S study.trials=20",
    run: "dse run quickstart -n 200 -j 4",
    worker: "dse worker quickstart --storage postgresql+psycopg://me@db/dse",
    slurm_script: "dse slurm-script quickstart --storage postgresql+psycopg://me@db/dse "
    "--workers 8 --time 1h",
    status: "dse status quickstart",
    front: "dse front quickstart --csv > front.csv",
    importance: "dse importance quickstart",
    sensitivity: "dse sensitivity quickstart --pick knee -j 2",
    export: "dse export quickstart --pick 'accuracy>=0.9, lifetime>=1e9'",
    diff: "dse diff runs/quickstart/spec-knee.json runs/quickstart/spec-balanced.json",
    yield_: 'dse yield runs/quickstart/spec-knee.json --limit "accuracy>=0.9"',
    report: "dse report quickstart -o report.html",
    compare: "dse compare quickstart again -o comparison",
    sync: "dse sync quickstart --all-trials",
    ui: "dse ui --port 5001",
    device: "dse device ut-austin-50nm -S barrier=60 -o curves.png",
    calibrate: "dse calibrate counts.csv rv.csv --diameter '40 nm' -o mine.toml",
    demo: "dse demo --patterns 1100,0011 --seeds 100 -o demo",
    claim: "dse claim bit-errors",
    verify: "dse verify runs/quickstart/spec-knee.json -j 2",
}
"""Each command and its example, in the order of the help."""

for _command, _example in COMMANDS.items():
    _name = _command.__name__.strip("_").replace("_", "-")
    app.command(_name, epilog=f"Example: {_example}")(_command)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def main() -> None:
    """Entry point: one line for an error, and an exit code of `dse.errors`."""
    signal.signal(signal.SIGTERM, _interrupt)
    code = _code()
    for number in SIGNALS:  # it is done: a signal while the interpreter goes changes nothing
        signal.signal(number, signal.SIG_IGN)
    sys.exit(code)


def _code() -> int:
    try:
        return app(standalone_mode=False) or DONE
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:
        if "--debug" in sys.argv:
            traceback.print_exc()
        if text := _told(error):
            typer.echo(f"dse: {' '.join(text.split())}", err=True)
        return BAD_INPUT if isinstance(error, TyperException) else exit_code(error)


def _told(error: Exception) -> str:
    if isinstance(error, TyperException):
        wrong = error.format_message().rstrip(".")
        return f"{wrong}; see dse --help or dse COMMAND --help" if wrong else ""  # help was shown
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}; check the path, its rights and the disk"
    known = isinstance(error, InputError | RunError | NoDesignError)
    return str(error) if known else f"{type(error).__name__}: {error}; see dse --debug …"
