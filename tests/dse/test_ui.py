"""What `dse ui` refuses, and what it says to a server that runs elsewhere."""

import socket

import pytest

from dse import ui
from dse.errors import InputError


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "mlflow.db"
    path.write_bytes(ui.SQLITE_MAGIC)
    return str(path)


def test_a_database_that_is_not_there_is_refused_and_not_made(tmp_path):
    path = tmp_path / "mlflow.db"
    with pytest.raises(InputError, match=r"--tracking .*/mlflow.db: no such file; run a study "):
        ui.serve(str(path), 5000)
    assert not path.exists()


def test_a_port_in_use_is_refused_with_another(database):
    with socket.socket() as taken:
        taken.bind((ui.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"--port {port} is in use; give another, for exampl"):
            ui.serve(database, port)


def test_a_server_that_runs_elsewhere_is_only_named(capsys):
    ui.serve("http://tracking.example:5000", 5000)
    assert capsys.readouterr().out == (
        "the MLflow server is http://tracking.example:5000: open it in a browser\n"
    )


def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database")
    with pytest.raises(InputError, match=r"--tracking .*/notes.txt: not an SQLite database"):
        ui.serve(str(path), 5000)


def test_no_tracking_is_nothing_to_show():
    with pytest.raises(InputError, match="--tracking none: nothing was logged"):
        ui.serve("none", 5000)
