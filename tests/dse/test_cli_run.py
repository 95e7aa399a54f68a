"""A run of the command: what it leaves, how it fails, and how it is gone on with."""

import csv
import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dse import search, workers
from dse.storage import storage_url
from tests.dse import fakes
from tests.dse.command import TINY, listed

ROOT = Path(__file__).parents[2]


@pytest.fixture
def faked(monkeypatch):
    """Let runs use a made-up objective."""

    def use(evaluate):
        monkeypatch.setattr(workers, "evaluator", lambda _: evaluate)

    return use


def test_a_run_ends_with_the_front_and_where_its_files_are(dse, tiny, here, faked):
    """Brackets in a path are no markup."""
    faked(fakes.evaluate)
    answer = dse("run", tiny, "-n", 6, "--tracking", "none", "-o", "x[/b]")
    assert answer.code == 0
    files = ["x[/b]/front.csv", "x[/b]/front.html", "x[/b]/front.png"]
    assert [name for name in listed(here) if "front" in name] == files
    for name in files:
        assert name in answer.out.splitlines()
    assert "6 of 6 trials feasible" in answer.out
    assert answer.err[-1] == "writing figures"
    again = dse("run", tiny, "-n", 6, "--tracking", "none", "-o", "x[/b]")
    assert again.code == 0
    assert "6 of 6 trials feasible" in again.out
    table = io.StringIO((here / "x[/b]/front.csv").read_text())
    assert len(list(csv.DictReader(table))) == 6


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("-o", "file"), "-o: "),
        (("--storage", "file/dse.db"), "--storage: "),
        (("--tracking", "file/dse.db"), "--tracking: "),
        (("--tracking", "."), "--tracking . is a folder"),
        (("--storage", "."), "--storage . is a folder"),
        (("--dataset", "mnsit"), "dataset "),
    ],
)
def test_a_place_that_cannot_be_is_refused_before_anything_is_written(
    dse, tiny, here, options, line
):
    (here / "file").touch()
    answer = dse("run", tiny, "-n", 1, *options)
    assert answer.code == 2
    assert len(answer.err) == 1
    assert answer.err[0].startswith(f"dse: {line}")
    assert "; " in answer.err[0]
    assert listed(here) == ["file"]
    if "mnsit" in options:
        assert "did you mean 'mnist'" in answer.err[0]


def test_a_run_in_which_everything_fails_ends_with_1_and_says_why(dse, tiny, here, faked):
    faked(fakes.evaluate_never)
    answer = dse("run", tiny, "-n", 3, "--tracking", "none")
    assert answer.code == 1
    assert answer.err[-2].startswith(
        "warning: 3 trials failed, the last with: no model knows 51.5"
    )
    assert answer.err[-1] == ("dse: every trial failed; run with 'dse --debug run …' to see where")
    assert "Traceback" not in "".join(answer.err)
    assert listed(here) == ["runs", "runs/.dse.tiny.lock", "runs/dse.db"]


def test_a_run_in_which_some_trials_fail_ends_with_4_and_a_warning(dse, tiny, here, faked):
    faked(fakes.evaluate_or_raise)
    tiny.write_text(TINY.replace('high = "0.65 V"', 'high = "1.2 V"'))
    answer = dse("run", tiny, "-n", 8, "--tracking", "none")
    record = search.load_record(storage_url(str(here / "runs/dse.db")), "tiny")
    failed = len(record.finished) - len(record.complete)
    assert 0 < failed < 8
    assert answer.code == 4
    assert "hypervolume" in answer.out
    assert answer.err[-1] == f"warning: {failed} trials failed, the last with: the model broke"


def start(here, *arguments):
    code = "from dse.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a process group of its own, as a terminal gives
    )


def cut(process, sent):
    """Send the signal to the group once a trial has finished; what it said after that."""
    try:
        for line in process.stderr:
            if re.match(r"\d+/", line):
                os.killpg(process.pid, sent)
                break
        return process.communicate(timeout=300)[1]
    finally:
        process.kill()


@pytest.mark.slow
def test_an_interrupted_run_ends_with_130_keeps_its_trials_and_is_gone_on_with(here, tiny):
    known = {}
    for sent in (signal.SIGINT, signal.SIGTERM):
        process = start(here, "run", tiny, "--tracking", "none")
        said = cut(process, sent)
        assert process.returncode == 130, said
        assert said.splitlines()[-1] == (
            "interrupted: finished trials are saved; run it again to go on"
        )
        assert "Traceback" not in said
        record = search.load_record(storage_url(str(here / "runs/dse.db")), "tiny")
        states = [trial.state for trial in record.trials]
        kept = {trial.number: trial for trial in record.complete}
        # LAW: at least one more is finished, those before are as they were, none is left running
        assert len(known) < len(kept) < 19
        assert kept.items() >= known.items()
        assert "running" not in states
        known = kept
    total = len(known) + 1
    process = start(here, "run", tiny, "--tracking", "none", "-n", total)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert f"{total} of {total} trials feasible" in out
    record = search.load_record(storage_url(str(here / "runs/dse.db")), "tiny")
    assert len(record.finished) == len(record.complete) == total
    assert {t.number: t for t in record.complete}.items() >= known.items()
    states = [trial.state for trial in record.trials]
    assert set(states) <= {"complete", "given back", "waiting"}
