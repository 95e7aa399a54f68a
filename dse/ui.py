"""The MLflow page on the right store: without telemetry, job workers or noise."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from pathlib import Path
from urllib.request import urlopen

from dse.errors import InputError
from dse.live import QUIET
from dse.storage import NONE, readable_name, sqlite_path, storage_url

HOST = "127.0.0.1"
SQLITE_MAGIC = b"SQLite format 3\0"
ANSWER_WAIT_S, LOOK_S = 120.0, 0.5
SERVERS = ("postgresql", "mysql", "mssql")
SERVER = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "PYTHONWARNINGS": "ignore"}


def serve(tracking: str, port: int, *, browse: bool = False) -> None:
    """Serve until interrupted; the addresses go to standard output.

    browse: open the first of them in the browser as soon as the server answers.
    """
    if tracking == NONE:
        raise InputError("--tracking none: nothing was logged; give the file or address of a run")
    uri = storage_url(tracking, "--tracking")
    database = sqlite_path(uri)
    if uri.startswith(("http://", "https://")):
        print(f"the MLflow server is {uri}: open it in a browser")
        return
    if database is None and not uri.startswith(SERVERS):
        raise InputError(
            f"--tracking {readable_name(uri)}: no address of an MLflow store; give a file, or an "
            f"address that begins with http, {', '.join(SERVERS)}"
        )
    if database is not None:
        check_database(database)
    _check_free(port)
    os.environ.update(QUIET | SERVER | os.environ)
    from dse.tracking import pages

    host = f"http://{HOST}:{port}"
    addresses = {title: f"{host}{page}" for title, page in pages(uri).items()}
    width = max(map(len, addresses))
    lines = [f"{title:{width}}  {address}" for title, address in addresses.items()]
    print("\n".join(lines) + "\n(Ctrl-C stops it)", flush=True)
    if browse:
        first = next(iter(addresses.values()))
        threading.Thread(target=_browse, args=(host, first), daemon=True).start()
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", uri]
    command += ["--host", HOST, "--port", str(port), "--workers", "1"]
    command += ["--uvicorn-opts", "--log-level warning"]
    _run_until_stopped(command)


def _browse(host: str, address: str) -> None:
    """Open an address once the server behind it answers."""
    for _ in range(round(ANSWER_WAIT_S / LOOK_S)):
        with contextlib.suppress(OSError), urlopen(f"{host}/health", timeout=LOOK_S):
            webbrowser.open(address)
            return
        time.sleep(LOOK_S)


def _run_until_stopped(command: list[str]) -> None:
    """The server starts workers of its own: all of them end with this command."""
    server = subprocess.Popen(command, start_new_session=True)
    try:
        server.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def check_database(path: Path) -> None:
    """InputError unless there is an SQLite file at `path`."""
    if not path.is_file():
        raise InputError(f"--tracking {path}: no such file; run a study first: dse run smoke")
    with path.open("rb") as file:
        if file.read(len(SQLITE_MAGIC)) != SQLITE_MAGIC:
            raise InputError(
                f"--tracking {path}: not an SQLite database; give the one of `dse run`"
            )


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)) == 0:
            raise InputError(f"--port {port} is in use; give another, for example {port + 1}")
