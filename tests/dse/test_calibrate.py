"""The command: curves in, device file out; bad curves get one line and nothing is written."""

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from device_models.library import DEVICES
from dse import cli
from dse.calibrate import Start, calibrate
from dse.calibrate_files import read
from dse.errors import RunError
from dse.study_file import find_device
from tests.dse.command import signals_kept
from tests.dse.curves import FIELDS

DATA = Path(__file__).parents[2] / "docs/calibrate"
CURVES = [DATA / f"{name}.csv" for name in ("switching", "resistance", "breakdown")]
TRUE = replace(DEVICES["reference-40nm"].mtj, p_to_ap_ratio=1.3)


def command(monkeypatch, *words) -> int:
    monkeypatch.setattr("sys.argv", ["dse", "calibrate", *map(str, words)])
    with signals_kept(), pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Device file, picture and standard output of the shipped curves."""
    folder = tmp_path_factory.mktemp("calibrate")
    with pytest.MonkeyPatch.context() as patch:
        options = ["--diameter", "40 nm", "--damping", "0.02", "--title", 'a "40 nm" junction']
        code = command(patch, *CURVES, *options, "-o", folder / "mine.toml")
    assert code == 0
    return folder


def test_the_shipped_curves_bring_their_junction_back(written):
    found = find_device("mine.toml", written)
    mtj, law = found.mtj, found.breakdown
    record = tomllib.loads((written / "mine.toml").read_text())["calibration"]
    true = {name: getattr(TRUE, name) for name in ("ra_ohm_m2", "tmr", "tmr_half_v", *FIELDS)}
    true["torque_efficiency"] *= TRUE.polarisation / mtj.polarisation  # I_c0 is what is fitted
    true |= {"voltage_exponent": 45.0, "weibull_shape": 1.5}
    for name, value in true.items():
        estimate, low, high = record["interval_95"][name]
        # LAW: numbers the files were drawn with; one file, one seed: all of nine inside
        assert low <= value <= high, name
        assert estimate == getattr(law if name in vars(law) else mtj, name)
    assert mtj.diameter_m == 40e-9
    assert mtj.damping == 0.02


def test_the_file_says_where_every_number_is_from(written):
    file = tomllib.loads((written / "mine.toml").read_text())
    assert file["title"] == 'a "40 nm" junction'
    assert set(file["sources"]) == set(file["mtj"]) | set(file["breakdown"])
    assert file["sources"]["barrier"].startswith("calibrated from switching.csv, 95 % interval 5")
    assert file["sources"]["damping"] == "given"
    assert file["sources"]["polarisation"].startswith("ut-austin-50nm: TMR by Jullière")
    assert file["calibration"]["switching"]["verdict"] == "good"
    assert any("only the product α·H_k is identified" in n for n in file["calibration"]["notes"])
    assert (written / "mine.png").stat().st_size > 10_000


def test_a_calibrated_file_is_a_start_for_the_next(written):
    start = Start(device=str(written / "mine.toml"), given={}, series_ohm=0.0)
    again = calibrate(read([DATA / "one_length.csv"], None), start)
    assert [held.name for held in again.held] == ["anisotropy_t"]
    source = again.sources["anisotropy_t"]
    assert "not identified by the data; default: " in source
    assert "calibrated from switching.csv" in source
    assert again.sources["barrier"].endswith("given the default of anisotropy_t")


def test_json_holds_the_same_numbers_and_the_gaps(monkeypatch, capsys):
    assert command(monkeypatch, DATA / "one_length.csv", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema_version"] == 1
    assert list(found["calibration"]["not_identified"]) == ["anisotropy_t"]
    assert found["mtj"]["barrier"] == pytest.approx(
        found["calibration"]["interval_95"]["barrier"][0], rel=1e-5
    )


def test_the_report_names_what_is_open_and_what_would_close_it(monkeypatch, capsys):
    assert command(monkeypatch, DATA / "one_length.csv") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "anisotropy_t stays" in said
    assert "all pulses last 10 ns; add pulses of other lengths" in said
    assert "hold only if these defaults are right" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bad.csv"], "bad.csv, line 2: switched = 9 is outside 0 … 5"),
        (["good.csv", "--diameter", "4 m"], "--diameter = 4 m (4 m) is outside 1e-08 … 2e-07 m"),
        (["good.csv", "--start", "ut-austin"], "device 'ut-austin' is unknown; did you mean"),
        (["good.csv", "--series-ohm", "-1"], "--series-ohm = -1 ohm is outside 0 … 20000 ohm"),
        (["good.csv", "-o", "mine.txt"], "a device file ends in .toml; use mine.toml"),
        (["none.csv"], "none.csv: no such file; check the path"),
    ],
)
def test_bad_input_is_one_line_code_2_and_nothing_written(
    monkeypatch, capsys, tmp_path, words, said
):
    monkeypatch.chdir(tmp_path)
    head = "amplitude_v,duration_s,polarity,trials,switched\n"
    Path("bad.csv").write_text(head + "0.5,1e-8,AP-P,5,9\n")
    Path("good.csv").write_text(head + "0.5,1e-8,AP-P,5,4\n")
    output = [] if "-o" in words else ["-o", "out.toml"]
    assert command(monkeypatch, *words, *output) == cli.BAD_INPUT
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert {path.name for path in tmp_path.iterdir()} == {"bad.csv", "good.csv"}


def test_data_that_identify_nothing_fail_with_what_to_add(tmp_path):
    path = tmp_path / "never.csv"
    path.write_text(
        "amplitude_v,duration_s,polarity,trials,switched\n0.1,1e-8,AP-P,50,0\n0.2,1e-8,AP-P,50,0\n"
    )
    start = Start(device="ut-austin-50nm", given={}, series_ohm=0.0)
    with pytest.raises(RunError, match=r"identify no parameter; anisotropy_t: all pulses last 10"):
        calibrate(read([path], None), start)
