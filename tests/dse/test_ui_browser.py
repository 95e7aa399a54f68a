"""The pages of `dse ui` in a browser: two fronts in two colours, as many points as members.

DSE_SCREENSHOTS names a folder that keeps what was seen.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from dse import front, search, tracking, ui
from dse.live import Place
from dse.storage import storage_url
from dse.sync import sync
from tests.dse.conftest import submit_here

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1600,1200",
)
WAIT_S = 120
ASSISTANT = "localStorage.setItem('mlflow.assistant.fab.autoOpenedOnFirstLoad_v1', 'true')"
"""MLflow's assistant opens over a quarter of the page the first time."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium or chromedriver is missing"),
    # MLflow's models use a way of SQLAlchemy that is deprecated.
    pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def records(finished, folder):
    """Two studies that differ in their seed."""
    study = replace(finished.study, name="other", seed=5, trials=20)
    held = search.open_study(study, storage_url(str(folder / "dse.db")), {})
    search.search(held, study, submit_here(), 1, lambda _: None)
    return finished, search.record(held)


@pytest.fixture(scope="module")
def place(records, folder):
    """An MLflow database with both."""
    place = Place(uri=storage_url(str(folder / "mlflow.db")), artifacts=folder / "artifacts")
    for record in records:
        sync(record, place, folder / record.study.name, lambda _: None, everything=False)
    return place


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


def wait_for(condition, process=None):
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline and (process is None or process.poll() is None):
        if found := condition():
            return found
        time.sleep(0.2)
    pytest.fail(f"in vain; exit code of the server {process and process.poll()}")


@pytest.fixture(scope="module")
def addresses(place, folder):
    """Title -> address, as `dse ui` prints them, once the server behind them answers."""
    port = free_port()
    code = "from dse.cli import main; main()"
    database = place.uri.removeprefix("sqlite:///")
    process = subprocess.Popen(
        [sys.executable, "-c", code, "ui", "--tracking", database, "--port", str(port)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        lines = [process.stdout.readline() for _ in range(3)]
        wait_for(lambda: answers(f"http://{ui.HOST}:{port}/health"), process)
        yield dict(re.split(r" {2,}", line.strip()) for line in lines)
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # SIGINT is ignored where tests run behind a shell
        process.communicate(timeout=WAIT_S)


@dataclass(frozen=True, kw_only=True)
class Browser:
    """A real browser; what it has drawn is asked of the charts themselves."""

    driver: object
    folder: Path

    def open(self, address):
        """Also where only the part behind the # is another."""
        self.driver.get("about:blank")
        self.driver.get(address)

    def run(self, script):
        """What a script in the page returns."""
        return self.driver.execute_script(script)

    def charts(self, kind):
        """The traces of every chart that begins with one of a kind."""
        data = self.run(
            "return Array.from(document.querySelectorAll('.js-plotly-plot')).map(chart => "
            "(chart.data || []).map(trace => ({type: trace.type, mode: trace.mode, "
            "x: Array.from(trace.x || []), color: (trace.marker || {}).color})))"
        )
        return [traces for traces in data if traces and traces[0]["type"] == kind]

    def keep(self, name):
        """A picture of the page; what is drawn has settled by then."""
        time.sleep(2)
        for place in (self.folder, os.environ.get("DSE_SCREENSHOTS")):
            if place:
                Path(place).mkdir(parents=True, exist_ok=True)
                self.driver.save_screenshot(str(Path(place) / f"{name}.png"))
        from matplotlib import image

        assert image.imread(self.folder / f"{name}.png")[..., :3].std() > 0.02  # not one colour


@pytest.fixture(scope="module")
def browser(addresses, folder):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for switch in (*SWITCHES, f"--user-data-dir={folder}/chromium"):
        options.add_argument(switch)
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.get(addresses["Runs"])
    driver.execute_script(ASSISTANT)
    yield Browser(driver=driver, folder=folder)
    driver.quit()


def members(record):
    pairs = zip(record.finished, front.roles(record), strict=True)
    return [trial for trial, role in pairs if role in front.SHOWN]


def colours(records, place):
    return [tracking.open_view(place, record).colour for record in records]


def test_the_pages_are_printed_with_their_addresses(addresses):
    assert list(addresses) == ["Pareto fronts", "Convergence", "Runs"]
    for address in addresses.values():
        assert re.match(r"http://127\.0\.0\.1:\d+/#/experiments/\d+/runs", address)


def test_every_member_of_both_fronts_is_a_point_in_the_colour_of_its_study(
    addresses, browser, records, place
):
    counts = dict(zip(colours(records, place), map(len, map(members, records)), strict=True))
    total = sum(counts.values())

    def drawn():
        charts = browser.charts("scatter")
        return charts if len(charts) >= 3 and len(charts[0][0]["x"]) == total else None

    browser.open(addresses["Pareto fronts"])
    pairs = wait_for(drawn)
    assert len(pairs) == 3  # every pair of three objectives
    for (trace,) in pairs:
        assert {c: trace["color"].count(c) for c in trace["color"]} == counts
    points = browser.run(
        "return document.querySelector('.js-plotly-plot').querySelectorAll('path.point').length"
    )
    assert points == total
    browser.keep("mlflow_fronts")


def test_convergence_is_a_line_a_study(addresses, browser, records, place):
    def drawn():
        charts = browser.charts("scatter")
        return charts if charts and len(charts[0][0]["x"]) == 20 else None

    browser.open(addresses["Convergence"])
    (traces,) = wait_for(drawn)
    drawn_in = [trace["color"] for trace in traces]
    assert all(drawn_in.count(colour) == 1 for colour in colours(records, place))
    browser.keep("mlflow_convergence")


def test_the_page_of_the_front_is_drawn_among_the_artifacts(addresses, browser, records, place):
    view = tracking.open_view(place, records[0])
    browser.open(f"{addresses['Runs']}/{view.parent_id}/artifacts/front.html")
    frame = wait_for(lambda: browser.driver.find_elements("css selector", "iframe"))[0]
    browser.driver.switch_to.frame(frame)
    try:
        script = "return document.querySelectorAll('path.point').length"
        assert wait_for(lambda: browser.run(script)) >= len(members(records[0]))
    finally:
        browser.driver.switch_to.default_content()
    browser.keep("mlflow_artifact")


def test_the_page_of_the_knee_shows_its_name_role_and_parameters(
    addresses, browser, records, place
):
    view, number = tracking.open_view(place, records[0]), front.pick(records[0], "knee").number
    browser.open(f"{addresses['Runs']}/{view.children[number].run_id}")
    text = "return document.body.innerText"
    wait_for(lambda: f"fake {number}" in browser.run(text))
    wait_for(lambda: "potentiation.amplitude_v" in browser.run(text))
    shown = browser.run(text)
    assert "knee" in shown
    assert "learning_energy_j" in shown
    browser.keep("mlflow_knee")
