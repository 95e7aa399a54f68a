"""The MLflow page on the right store: without telemetry, job workers or noise."""

import os
import socket
import subprocess
import sys

from dse.errors import InputError
from dse.live import QUIET
from dse.storage import sqlite_path, storage_url

HOST = "127.0.0.1"
SERVER = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "PYTHONWARNINGS": "ignore"}


def serve(tracking: str, port: int) -> None:
    """Serve until interrupted; the address goes to standard output."""
    uri = storage_url(tracking)
    database = sqlite_path(uri)
    if database is None and not uri.startswith(("postgresql", "mysql", "mssql")):
        print(f"the MLflow server is {uri}: open it in a browser")
        return
    if database is not None and not database.is_file():
        raise InputError(f"--tracking {database}: no such file; run a study first: dse run smoke")
    _check_free(port)
    os.environ.update(QUIET | SERVER | os.environ)
    from dse.tracking import experiment_number

    print(
        f"http://{HOST}:{port}/#/experiments/{experiment_number(uri)}/runs   (Ctrl-C stops it)",
        flush=True,
    )
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", uri]
    command += ["--host", HOST, "--port", str(port), "--workers", "1"]
    command += ["--uvicorn-opts", "--log-level warning"]
    subprocess.run(command, check=False)


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)) == 0:
            raise InputError(f"--port {port} is in use; give another, for example {port + 1}")
