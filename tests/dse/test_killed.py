"""Nothing is lost: runs of the command that are killed or told to stop at random instants."""

import csv
import itertools
import json
import os
import random
import signal
import time

import pytest

from dse import search
from dse.storage import storage_url
from tests.dse.processes import Command, finished_rows

SEED = 20240607
PHASES = {
    "start-up": ("", 4.0),
    "preparing": ("preparing workers", 1.5),
    "search": (r"\d+/", 0.6),
    "figures": ("drawing what", 3.5),
}
"""Line of standard error that a phase begins with, and how long after it is cut at most."""
KILLS = 20


@pytest.fixture
def dice(request):
    """Seeded; a failure prints how to get the same instants again."""
    print(f"{request.node.name}: seed {SEED}")
    return random.Random(f"{SEED} {request.node.name}")


def cut(command, phase, sent, dice, *, whole_group):
    """Send a signal at a random instant of a phase; said in the report of a failure."""
    pattern, longest = PHASES[phase]
    delay = dice.uniform(0, longest)
    if pattern:
        command.wait_for(pattern)
    time.sleep(delay)
    print(f"{sent.name} {delay:.3f} s into {phase}, {'group' if whole_group else 'parent'}")
    if command.process.poll() is None:
        (os.killpg if whole_group else os.kill)(command.process.pid, sent)


def check_files(folder):
    """Files of a front are whole, or not there."""
    table = folder / "front.csv"
    if table.is_file():
        rows = list(csv.DictReader(table.read_text().splitlines()))
        assert all(None not in row.values() and None not in row for row in rows)
        assert table.read_bytes().endswith(b"\n")
    for picture in folder.glob("[a-z]*.png"):
        assert picture.read_bytes().endswith(b"IEND\xaeB`\x82")  # LAW: last chunk of a PNG
    for page in folder.glob("[a-z]*.html"):
        assert page.read_text().rstrip().endswith("</html>")


def key(trial):
    return json.dumps(dict(trial.params), sort_keys=True)


@pytest.mark.slow
def test_kill_minus_9_at_any_instant_loses_no_finished_trial(here, tiny, dice):
    database, kept, seen = here / "runs/dse.db", {}, {}
    ways = itertools.cycle(itertools.product(PHASES, (True, False)))
    for _, (phase, whole_group) in zip(range(KILLS), ways, strict=False):
        jobs, more = dice.choice((1, 2)), dice.choice((2, 3))
        command = Command(
            here, "run", tiny, "--tracking", "none", "-n", len(kept) + more, "-j", jobs
        )
        cut(command, phase, signal.SIGKILL, dice, whole_group=whole_group)
        code = command.end()
        assert code in (-signal.SIGKILL, 0), command.said
        after = finished_rows(database)
        # LAW: what was finished is there bit for bit, what was told is finished
        assert {number: after.get(number) for number in kept} == kept
        assert len(kept) <= command.told <= len(after) or not command.told
        kept = after
        check_files(here / "runs/tiny")
        if kept:
            record = search.load_record(storage_url(str(database)), "tiny")
            seen |= {key(t): t for t in record.trials if len(t.params) == 2}
    record = search.load_record(storage_url(str(database)), "tiny")
    waiting = sum(trial.state in ("waiting", "running") for trial in record.trials)
    total = len(kept) + waiting + 1
    command = Command(here, "run", tiny, "--tracking", "none", "-n", total, "-j", 2)
    assert command.end() == 0, command.said
    record = search.load_record(storage_url(str(database)), "tiny")
    after = finished_rows(database)
    # LAW: the total is exact, what was kept is unchanged, every point that was ever asked for is
    # evaluated, and once
    assert len(record.finished) == len(record.complete) == len(after) == total
    assert {number: after.get(number) for number in kept} == kept
    assert {t.state for t in record.trials} <= {"complete", "given back"}
    evaluated = [key(t) for t in record.complete if t.reused_from is None]
    assert len(set(evaluated)) == len(evaluated)
    assert seen.keys() <= set(evaluated)
    assert len(seen) > KILLS / 2  # it did run between the kills
    check_files(here / "runs/tiny")


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["preparing", "search", "figures"])
@pytest.mark.parametrize(
    ("sent", "whole_group"),
    [(signal.SIGINT, True), (signal.SIGTERM, True), (signal.SIGTERM, False)],
)
def test_a_signal_at_any_instant_gives_back_what_runs_and_ends_with_130(
    here, tiny, dice, phase, sent, whole_group
):
    command = Command(here, "run", tiny, "--tracking", "none", "-n", 3, "-j", 2)
    cut(command, phase, sent, dice, whole_group=whole_group)
    code = command.end()
    database = here / "runs/dse.db"
    record = search.load_record(storage_url(str(database)), "tiny")
    assert "running" not in {trial.state for trial in record.trials}
    assert len(record.complete) >= command.told
    assert "Traceback" not in "\n".join(command.said)
    check_files(here / "runs/tiny")
    if code == 0:  # it was done before the signal came
        assert len(record.complete) == 3
        return
    assert code == 130, command.said
    assert command.said[-1] == "interrupted: finished trials are saved; run it again to go on"
