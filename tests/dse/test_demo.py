"""`dse demo`: what it shows, the pulses it writes, and what it refuses."""

import csv
import io
import json

import numpy as np
import pandas as pd
import pytest

from dse.demo_asked import Asked, make_demo
from dse.demo_figure import state_history
from dse.demo_pulses import HEADER, lines, to_csv
from learner.demo_record import Read, Spike, Write
from objectives.demo import learned_share, play
from tests.dse.command import listed, refused

FILES = ["demo.html", "demo.json", "demo.png", "pulses.csv"]


@pytest.fixture(scope="module")
def played():
    _, demo = make_demo(Asked())
    return demo, play(demo, 4)[1]


def test_the_pulse_table_comes_back_as_it_was_written(played):
    demo, record = played
    text = to_csv(demo, record, 1e-6, {"note": "hand-made"})
    # INDEPENDENT: read by pandas
    table = pd.read_csv(io.StringIO(text), comment="#")
    assert list(table.columns) == list(HEADER)
    written = pd.DataFrame([vars(line) for line in lines(demo, record, 1e-6)])
    written["probability"] = written["probability"].astype(float)
    pd.testing.assert_frame_equal(table, written, check_exact=True)
    notes = [line[2:] for line in text.splitlines() if line.startswith("# ")]
    assert notes[0] == "note: hand-made"
    for name, meaning in HEADER.items():
        assert f"{name}: {meaning}" in notes


def test_playing_the_pulse_table_from_the_start_ends_in_the_learned_states(played):
    demo, record = played
    text = to_csv(demo, record, 1e-6, {})
    start = next(line for line in text.splitlines() if line.startswith("# start: "))
    columns = start.removeprefix("# start: ").split(" ")[0].split(",")
    state = [[int(column[row]) for column in columns] for row in range(4)]
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    for line in rows:
        row, column = int(line["row"]), int(line["column"])
        assert line["state_before"] == ("AP", "P")[state[row][column]]
        state[row][column] = int(line["state_after"] == "P")
    assert tuple(map(tuple, state)) == record.end


def test_pulses_point_the_way_they_write_and_follow_each_other_with_the_gap(played):
    demo, record = played
    table = pd.DataFrame([vars(line) for line in lines(demo, record, 5e-6)])
    design = demo.design
    amplitude_v = {
        "read": -design.array.read_v,
        "potentiation": design.potentiation.amplitude_v,
        "depression": -design.depression.amplitude_v,
    }
    assert set(table["kind"]) == set(amplitude_v)
    for kind, part in table.groupby("kind"):
        assert (part["amplitude_v"] == amplitude_v[kind]).all()
        assert (np.sign(part["current_a"]) == np.sign(amplitude_v[kind])).all()
    first = table.drop_duplicates("time_s")
    # LAW: each pulse starts a gap after the one before has ended
    pause_s = np.diff(first["time_s"]) - first["duration_s"].to_numpy()[:-1]
    assert pause_s == pytest.approx(np.full(len(first) - 1, 5e-6), rel=1e-6, abs=0)
    pulses = [event for event in record.events if not isinstance(event, Spike)]
    assert len(first) == len(pulses)
    reads = [event for event in pulses if isinstance(event, Read)]
    assert (table["kind"] == "read").sum() == 4 * len(reads)  # two active rows, two columns


def test_history_of_the_figure_begins_and_ends_with_the_record(played):
    _, record = played
    history = state_history(record)
    assert history.shape == (29, 4, 2)
    assert np.array_equal(history[0], record.start)
    assert np.array_equal(history[-1], record.end)
    flips = sum(event.flipped for event in record.events if isinstance(event, Write))
    seen = np.abs(np.diff(history, axis=0)).sum()
    assert seen == flips > 0  # LAW: a cell gets at most one pulse a presentation


def test_the_table_shows_every_event_and_the_files_are_written(dse, here):
    answer = dse("demo", "--presentations", 6, "--seed", 4, "-o", "out")
    assert (answer.code, answer.err) == (0, [])
    assert listed(here) == ["out", *(f"out/{name}" for name in FILES)]
    whole = json.loads((here / "out/demo.json").read_text())
    kinds = [event["event"] for event in whole["events"]]
    assert kinds.count("write") == 6 * 4
    flips = sum(event["before"] != event["after"] for event in whole["events"] if "row" in event)
    assert answer.out.count("flips AP→P") + answer.out.count("flips P→AP") == flips > 0
    assert sum(line.startswith("spike") for line in map(str.strip, answer.out.splitlines())) == 10
    assert "24 write pulses" in answer.out
    page = (here / "out/demo.html").read_text()
    assert "<svg" in page
    assert page.count("<tr") == len(kinds) + 1
    assert "src=" not in page  # works offline
    assert "http" not in page.replace("http://www.w3.org", "")


def test_json_says_what_was_learned_and_is_the_same_for_the_same_seed(dse):
    first, again = (dse("demo", "--seed", 4, "--seeds", 10, "--json").out for _ in range(2))
    assert first == again
    found = json.loads(first)
    assert found["patterns"] == ["1100", "0011"]
    columns = ["".join(map(str, column)) for column in zip(*found["end"], strict=True)]
    learned = [columns[neuron] for neuron in found["winners"]["after"]]
    assert found["held"] == [a == b for a, b in zip(found["patterns"], learned, strict=True)]
    _, demo = make_demo(Asked())
    assert found["more_seeds"] == {
        "count": 10,
        "learned_share": learned_share(demo, range(5, 15)),
    }


def test_options_reach_the_model_in_si():
    asked = Asked(
        patterns="110,011,101",
        potentiation="0.8 V, 5 ns",
        depression="900 mV, 4 ns",
        read="50 mV, 200 ns",
        wire="10 ohm",
        spread=2.0,
        start="P",
        changes=("device.barrier=60", "array.access_ohm=1 kohm"),
    )
    _, demo = make_demo(asked)
    design = demo.design
    assert (design.potentiation.amplitude_v, design.potentiation.duration_s) == (0.8, 5e-9)
    assert (design.depression.amplitude_v, design.depression.duration_s) == (0.9, 4e-9)
    assert (design.array.read_v, design.array.read_s) == (0.05, 2e-7)
    assert (design.array.wire_ohm, design.array.access_ohm) == (10.0, 1e3)
    assert design.variation.diameter == pytest.approx(0.06)
    assert design.device.barrier == 60
    assert design.neuron.count == 3
    assert demo.schedule.presentations == 36
    assert demo.start == ((1, 1, 1),) * 3


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            ("--patterns", "1100,002"),
            "--patterns 1100,002: '002' must be 0 and 1 with a 1; write 1100,0011",
        ),
        (
            ("--patterns", "1100,011"),
            "--patterns 1100,011: patterns of 3 and 4 bits; give all as many",
        ),
        (("--patterns", "11,11"), "--patterns 11,11: a pattern is given twice; remove one"),
        (("--neurons", 9), "--neurons = 9 is outside 2 … 8 (columns of the demo); keep inside"),
        (
            ("--potentiation", "0.7 V"),
            '--potentiation 0.7 V: give amplitude and duration, as "0.8 V, 10 ns"',
        ),
        (
            ("--depression", "3 V, 10 ns"),
            "--depression = 3 V (3 V) is outside 0.05 … 2.5 V (bit-line driver); "
            "lower it to 2.5 V or keep inside",
        ),
        (
            ("--read", "0.1 V, 10 mV"),
            '--read: "10 mV" is not a quantity in s; write "10 ns"',
        ),
        (("--gap", "1 V"), '--gap: "1 V" is not a quantity in s; write "10 ns"'),
        (("--gap", "20 s"), "--gap = 20 s is outside 0 … 10 s; keep inside"),
        (
            ("--start", "11,00"),
            "--start 11,00: use random, P, AP, or 2 columns of 4 bits, 1 for P, as 1010,1010",
        ),
        (
            ("--variation", -1),
            "--variation = -1 is outside 0 … 10 (times the usual spread); keep inside",
        ),
        (("nothing",), "device 'nothing' is unknown"),
        (
            ("-S", "device.barier=60"),
            "-S device.barier: not a parameter of the demo; did you mean 'device.barrier'?",
        ),
    ],
)
def test_what_is_wrong_is_told_in_one_line(dse, here, options, line):
    answer = dse("demo", *options)
    if len(answer.err) == 1 and answer.err[0].startswith(f"dse: {line};"):
        line = answer.err[0].removeprefix("dse: ")  # a long list of what is allowed follows
    refused(answer, line, here)


def test_a_file_in_place_of_the_folder_is_refused(dse, here):
    (here / "taken").write_text("")
    answer = dse("demo", "-o", "taken")
    assert answer.code == 2
    assert answer.err == ["dse: -o: taken is a file, but a folder is needed; give another path"]
