"""The page of `dse ui` in a browser: a finished study is there to see."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from dse import front, tracking, ui
from dse.front_files import write_front
from dse.live import Place, Tracker
from dse.storage import storage_url

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1600,1000",
    "--virtual-time-budget=20000",
)
WAIT_S = 300

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    # MLflow's models use a way of SQLAlchemy that is deprecated.
    pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def tracked(finished, folder):
    """An MLflow database that holds twenty trials."""
    place = Place(uri=storage_url(str(folder / "mlflow.db")), artifacts=folder / "artifacts")
    warnings: list[str] = []
    tracker = Tracker(place, finished, warnings.append, everything=True)
    tracker.finish(finished, write_front(finished, folder / "front"))
    assert warnings == []
    return folder / "mlflow.db"


def free_port():
    with socket.socket() as probe:
        probe.bind((ui.HOST, 0))
        return probe.getsockname()[1]


def answers(address):
    try:
        with urllib.request.urlopen(address, timeout=10) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_for(condition, process):
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline and process.poll() is None:
        if condition():
            return
        time.sleep(0.2)
    pytest.fail(f"the page did not start; exit code {process.poll()}")


@pytest.fixture(scope="module")
def address(tracked, folder):
    """The address that `dse ui` prints, once the server behind it answers."""
    port = free_port()
    code = "from dse.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "ui", "--tracking", str(tracked), "--port", str(port)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        line = process.stdout.readline()
        wait_for(lambda: answers(f"http://{ui.HOST}:{port}/health"), process)
        yield line.split()[0]
    finally:
        os.killpg(process.pid, 2)  # what Ctrl-C in a terminal does
        process.communicate(timeout=WAIT_S)


def chromium(folder, address, *switches):
    found = subprocess.run(
        [CHROMIUM, *SWITCHES, f"--user-data-dir={folder}/chromium", *switches, address],
        capture_output=True,
        timeout=WAIT_S,
        check=True,
    )
    return found.stdout.decode(errors="replace")


@pytest.fixture(scope="module")
def dom(address, folder):
    """The experiment page as the browser renders it."""
    return chromium(folder, address, "--dump-dom")


def test_the_printed_address_is_that_of_the_experiment_of_the_studies(address):
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#/experiments/\d+/runs", address)


def seen(dom):
    """The text between the tags."""
    return " ".join(re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", dom, flags=re.DOTALL).split())


def test_the_page_shows_the_experiment_the_study_and_the_number_of_its_runs(dom):
    assert "mtj-dse" in seen(dom)
    assert "fake" in seen(dom).split()
    # LAW: one run for the study and one for each of its twenty trials
    assert "21 matching runs" in seen(dom)


def test_the_page_of_the_knee_shows_its_name_role_and_parameters(
    address, folder, tracked, finished
):
    view = tracking.open_view(Place(uri=storage_url(str(tracked))), finished)
    number = front.pick(finished, "knee").number
    text = seen(chromium(folder, f"{address}/{view.children[number].run_id}", "--dump-dom"))
    assert f"fake {number}" in text
    for shown in ("dse.role", "knee", "potentiation.amplitude_v", "learning_energy_j"):
        assert shown in text


def test_the_page_is_drawn(address, folder):
    from matplotlib import image

    chromium(folder, address, f"--screenshot={folder}/page.png")
    picture = image.imread(folder / "page.png")
    assert picture.shape[:2] == (1000, 1600)
    assert picture[..., :3].std() > 0.02
