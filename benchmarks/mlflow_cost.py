"""What MLflow costs: a run, a study by its front, and a page of 2,000 runs in Chromium."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from benchmarks.recorded import recorded
from benchmarks.scale import submit
from dse import front, search, tracking
from dse.live import Place
from dse.record import Record
from dse.storage import storage_url

TRIALS = 160
RUNS = 200
CHILDREN = 2000
PORT = 5987
WAIT_S = 120.0
DRAWN = (
    "return Array.from(document.querySelectorAll('.js-plotly-plot'))"
    ".some(chart => chart.data && chart.data[0].type == 'scatter' && chart.data[0].x.length > 0)"
)


def studied() -> Record:
    """A search on the recorded objective."""
    objective = recorded()
    study = replace(objective.study, trials=TRIALS, repeats=1, stop=None)
    with tempfile.TemporaryDirectory() as name:
        held = search.open_study(study, storage_url(f"{name}/dse.db"), {})
        search.use_sampler(held, study, "random")
        search.search(held, study, submit(objective, study), 1, lambda _: None)
        return search.record(held)


def many(record: Record, count: int) -> Record:
    """The same trials again and again, under new numbers."""
    done = record.finished
    return replace(
        record, trials=tuple(replace(done[i % len(done)], number=i) for i in range(count))
    )


def run_ms(record: Record, place: Place, role: str) -> float:
    """Wall time of one child run with this role [ms]."""
    view = tracking.open_view(place, record)
    some = record.finished[:RUNS]
    start_s = time.perf_counter()
    for trial in some:
        tracking.log_trial(view, record, trial, role)
    return 1e3 * (time.perf_counter() - start_s) / len(some)


def first_page_s(place: Place, key: str) -> float:
    """From asking for the page of the fronts to its first chart, in a browser that runs."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    address = f"http://127.0.0.1:{PORT}{tracking.pages(place.uri)[key]}"
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for switch in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1600,1200"):
        options.add_argument(switch)
    with _server(place):
        browser = webdriver.Chrome(options, Service(str(shutil.which("chromedriver"))))
        try:
            browser.get(address)  # once for the browser's own cache
            _until(browser)
            browser.get("about:blank")
            start_s = time.perf_counter()
            browser.get(address)
            _until(browser)
            return time.perf_counter() - start_s
        finally:
            browser.quit()


def _until(browser: Any) -> None:
    end_s = time.perf_counter() + WAIT_S
    while time.perf_counter() < end_s:
        if browser.execute_script(DRAWN):
            return
        time.sleep(0.05)
    raise TimeoutError("no chart was drawn")


@contextlib.contextmanager
def _server(place: Place) -> Iterator[None]:
    command = [str(Path(sys.executable).with_name("dse")), "ui", "--port", str(PORT)]
    command += ["--tracking", place.uri.removeprefix("sqlite:///")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        while process.poll() is None:
            with contextlib.suppress(OSError), urlopen(f"http://127.0.0.1:{PORT}/health"):
                break
            time.sleep(0.2)
        yield
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait()


def report() -> str:
    """The section of docs/benchmarks.md."""
    record = studied()
    with tempfile.TemporaryDirectory() as name:
        place = Place(uri=f"sqlite:///{name}/mlflow.db", artifacts=Path(name) / "files")
        plain = run_ms(many(replace(record, id="plain"), RUNS), place, "dominated")
        member = run_ms(many(replace(record, id="member"), RUNS), place, "pareto")
        start_s = time.perf_counter()
        tracking.finish(tracking.open_view(place, record), record, (), everything=False)
        study_s = time.perf_counter() - start_s
        members = sum(role in front.SHOWN for role in front.roles(record))
    with tempfile.TemporaryDirectory() as name:
        place = Place(uri=f"sqlite:///{name}/mlflow.db", artifacts=Path(name) / "files")
        big = many(record, CHILDREN)
        view = tracking.open_view(place, big)
        for trial in big.finished:
            tracking.log_trial(view, big, trial, "candidate" if trial.values else "infeasible")
        tracking.set_pages(view)
        page_s = first_page_s(place, "Pareto fronts")
    return f"""## MLflow

| what | measured | target |
|---|---|---|
| one child run: parameters, metrics, tags | {plain:.0f} ms | ≤ 25 ms |
| one member of the front: spec and picture of its energy as well | {member:.0f} ms | |
| a study of {len(record.finished)} trials, its {members} members and all else, at its end | \
{study_s:.1f} s | ≤ 5 % of the study |
| page "Pareto fronts" of {CHILDREN:,} child runs, to its first chart, in Chromium | \
{page_s:.1f} s | ≤ 5 s |
"""


if __name__ == "__main__":
    print(report())
