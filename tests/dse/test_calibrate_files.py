"""Measured files in any unit become SI; every wrong line is refused by file and number."""

import re

import pytest

from dse.calibrate_files import read
from dse.errors import InputError

COUNTS = "amplitude_v,duration_s,polarity,trials,switched\n"
GOOD = COUNTS + "0.5,1e-8,AP-P,100,40\n"


def write(folder, text, name="data.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_units_of_a_header_become_si(tmp_path):
    text = (
        "# a note\n\nAmplitude [mV]; duration (ns); polarity; trials; probability\n"
        "500; 10; AP→P; 200; 0.25\n600; 2.5; p-ap; 100; 1\n"
    )
    found = read([write(tmp_path, text)], None).switching
    # LAW: the file's own numbers in SI
    assert found.amplitude_v.tolist() == [0.5, 0.6]
    assert found.duration_s.tolist() == [1e-8, 2.5e-9]
    assert found.from_ap.tolist() == [True, False]
    assert found.switched.tolist() == [50.0, 100.0]


def test_the_header_tells_the_kind_and_files_of_a_kind_are_joined(tmp_path):
    paths = [
        write(tmp_path, GOOD, "a.csv"),
        write(tmp_path, GOOD, "b.csv"),
        write(tmp_path, "voltage [V],resistance [kΩ],state\n-0.1,5,P\n", "c.csv"),
        write(tmp_path, "voltage_v,pulse_s,cycles,censored\n1.2,1e-8,1e5,yes\n", "d.csv"),
        write(tmp_path, "voltage_v,duration [us],cycles\n1.2,1,10\n", "e.csv"),
    ]
    found = read(paths, None)
    assert found.files == {
        "switching": ["a.csv", "b.csv"],
        "resistance": ["c.csv"],
        "breakdown": ["d.csv", "e.csv"],
    }
    # LAW: the files' own numbers in SI
    assert found.switching.trials.tolist() == [100.0, 100.0]
    assert found.resistance.resistance_ohm.tolist() == [5000.0]
    assert found.stress.duration_s.tolist() == [1e-8, 1e-6]
    assert found.stress.censored.tolist() == [True, False]


@pytest.mark.parametrize("word", ["AP-P", "AP→P", "ap->p", "AP to P", "APtoP", "ap2p", "AP/P"])
def test_spellings_of_a_polarity(tmp_path, word):
    path = write(tmp_path, GOOD.replace("AP-P", word))
    assert read([path], None).switching.from_ap.tolist() == [True]


def test_assumed_trials_stand_behind_a_probability(tmp_path):
    path = write(tmp_path, "amplitude_v,duration_s,polarity,probability\n0.5,1e-8,P-AP,0.3\n")
    found = read([path], 50)
    assert found.assumed_trials == 50
    assert found.switching.switched.tolist() == [pytest.approx(15.0)]  # LAW: 0.3 of 50
    with pytest.raises(InputError, match="line 2: no column of trials; add it, or give --trials"):
        read([path], None)


ROW = "0.5,1e-8,AP-P,100,40"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("0.5,1e-8,AP-P,100,101", "switched = 101 is outside 0 … 100 (no more than the trials"),
        ("-0.5,1e-8,AP-P,100,4", "amplitude = -0.5 V is outside 0.05 … 2.5 V"),
        ("nan,1e-8,AP-P,100,4", "amplitude = nan V is outside"),
        ("0.5,inf,AP-P,100,4", "duration = inf s is outside"),
        ("0.5,1e-8,up,100,4", "polarity = 'up' is unknown; write AP-P or P-AP"),
        ("0.5,1e-8,AP-P,1.5,1", "trials = 1.5 is not a whole number"),
        ("0.5,1e-8,AP-P,many,1", "trials = 'many' is not a number"),
        ("0.5,1e-8,AP-P,100", "4 values under 5 columns"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, row, said):
    path = write(tmp_path, f"{COUNTS}{ROW}\n\n# note\n{row}\n")
    with pytest.raises(InputError, match=re.escape(f"{path}, line 5: {said}")):
        read([path], None)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("amplitud_v,duration_s", "unknown column 'amplitud_v'; did you mean 'amplitude_v'?"),
        ("amplitude,duration_s", "column 'amplitude' has no unit; write amplitude_v or"),
        ("amplitude [ns],duration_s", "column 'amplitude [ns]': \"1 ns\" is not a quantity in V"),
        ("amplitude_v,duration_s,polarity,trials", "these columns are no kind of data"),
        ("duration_s,polarity,trials,switched", "switching data need a column amplitude; add it"),
        ("amplitude_v,amplitude [V],switched", "a column is given twice; remove one"),
        (
            "amplitude_v,duration_s,polarity,trials,switched,probability",
            "switched and probability are given; remove one",
        ),
        ("voltage_v,resistance_ohm,state,trials", "column trials does not belong to resistance"),
    ],
)
def test_a_wrong_header_is_named_with_the_fix(tmp_path, header, said):
    path = write(tmp_path, f"{header}\n1,1,1\n")
    with pytest.raises(InputError, match=re.escape(f"{path}, line 1: {said}")):
        read([path], None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no kind of data"),
        (COUNTS.encode(), "no line of data below the header"),
        (b"\xff\xfe\x00", "cannot be read as text"),
    ],
)
def test_files_without_data(tmp_path, content, said):
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read([path], None)
    with pytest.raises(InputError, match="no such file"):
        read([tmp_path / "none.csv"], None)
