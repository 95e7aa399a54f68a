"""What the command refuses: exit code 2, one line for an error, nothing written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from device_models.library import DEVICES
from dse.study_file import shipped
from tests.dse.command import TINY, listed, refused

ROOT = Path(__file__).parents[2]


def test_a_dry_run_says_what_would_run_and_writes_nothing(dse, tiny, here):
    answer = dse("run", tiny, "-n", 5, "--seed", 3, "--dry-run")
    assert answer.code == 0
    assert answer.err == []
    assert listed(here) == []
    # LAW: what the file and the options say
    assert answer.out.startswith("tiny: 5 trials, objectives accuracy, learning_energy_j, device")
    assert "searched  potentiation.amplitude_v: 500 mV … 650 mV\n" in answer.out
    assert "searched  potentiation.duration_s: 10 ns … 40 ns (log)\n" in answer.out
    assert "fixed     depression.duration_s = 20 ns\n" in answer.out
    assert answer.out.endswith("Nothing was written.\n")


REFUSED = {
    "unknown key": (
        "trials = 19",
        "trails = 19",
        "study.trails: unknown key; did you mean 'trials'?; allowed are name, question, device, "
        "objectives, dataset, trials, seed, repeats, confirm, pick",
    ),
    "unknown parameter": (
        "amplitude_v = { low",
        "amplitude = { low",
        "space.potentiation.amplitude: not a parameter of a design; did you mean "
        "'potentiation.amplitude_v'?",
    ),
    "wrong unit": (
        'low = "10 ns"',
        'low = "10 nm"',
        'space.potentiation.duration_s.low: "10 nm" is not a quantity in s; write "10 ns"',
    ),
    "bound outside": (
        'high = "0.65 V"',
        'high = "3 V"',
        "space.potentiation.amplitude_v.high = 3 V (3 V) is outside 0.05 … 2.5 V (bit-line "
        "driver); lower it to 2.5 V or keep inside",
    ),
    "low above high": (
        'low = "10 ns"',
        'low = "50 ns"',
        "space.potentiation.duration_s: low = 50 ns is above high = 40 ns; swap them",
    ),
    "unknown device": (
        '"ut-austin-50nm"',
        '"ut-austin-5nm"',
        "device 'ut-austin-5nm' is unknown; did you mean 'ut-austin-50nm'?; the library has "
        f"{', '.join(DEVICES)}; or give the path of a .toml file",
    ),
}


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
@pytest.mark.parametrize("kind", REFUSED)
def test_a_wrong_study_file_is_one_line_and_writes_nothing(dse, tiny, here, kind, options):
    old, new, line = REFUSED[kind]
    assert old in TINY
    tiny.write_text(TINY.replace(old, new, 1))
    refused(dse("run", tiny, *options), f"{tiny}: {line}", here)


def test_an_unknown_study_or_a_missing_file_is_one_line_with_the_nearest_name(dse, tiny, here):
    line = (
        "study 'quikstart' is unknown; did you mean 'quickstart'?; shipped are "
        f"{', '.join(shipped())}; or give the path of a .toml file"
    )
    refused(dse("run", "quikstart"), line, here)
    lost = tiny.with_name("tinny.toml")
    line = f"{lost}: no such file; did you mean 'tiny.toml'?; check the path"
    refused(dse("run", lost), line, here)


IMAGES = b"\0\0\x08\x03" + np.array([12, 3, 5], ">u4").tobytes() + bytes(12 * 3 * 5)
LABELS = b"\0\0\x08\x01" + np.array([12], ">u4").tobytes() + bytes(12)
DAMAGED = {
    "missing": (None, LABELS, "train-images-idx3-ubyte: no such file; expected it or "),
    "cut off": (IMAGES[:-1], LABELS, "train-images-idx3-ubyte: 179 bytes of data ("),
    "not idx": (b"GIF89a" * 9, LABELS, "train-images-idx3-ubyte: starts with the bytes '47 49"),
    "floats": (
        IMAGES.replace(b"\x08", b"\x0d", 1),
        LABELS,
        "train-images-idx3-ubyte: data type code 0x0D (",
    ),
    "damaged gzip": (b"\x1f\x8b\x08 damaged", LABELS, "train-images-idx3-ubyte: damaged gzip ("),
    "labels of another set": (
        IMAGES,
        LABELS.replace(b"\x0c", b"\x0b", 1)[:-1],
        "train-labels-idx1-ubyte: 11 labels; expected 12, one for each image of ",
    ),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_damaged_images_are_one_line_with_file_and_fix_and_write_nothing(
    dse, tiny, here, tmp_path, kind
):
    images, labels, message = DAMAGED[kind]
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / "train-labels-idx1-ubyte").write_bytes(labels)
    if images:
        (folder / "train-images-idx3-ubyte").write_bytes(images)
    for options in ((), ("--dry-run",)):
        answer = dse("run", tiny, "--dataset", "../images", *options)
        assert len(answer.err) == 1
        assert answer.err[0].startswith(f"dse: dataset {folder}/{message}")
        assert "; fix: " in answer.err[0]
        assert (answer.code, answer.out, listed(here)) == (2, "", [])


def test_the_test_set_is_not_needed_for_a_run(dse, tiny, tmp_path):
    (tmp_path / "train-images-idx3-ubyte").write_bytes(IMAGES)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(LABELS)
    assert dse("run", tiny, "--dataset", tmp_path, "--dry-run").code == 0


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("runn", "smoke"), "No such command 'runn'. Did you mean 'run'?"),
        (("run",), "Missing argument 'STUDY'"),
        (
            ("run", "smoke", "--trails", 3),
            "No such option: --trails (Possible options: --all-trials, --tracking, --trials)",
        ),
        (
            ("run", "smoke", "-n", 0),
            "Invalid value for '-n' / '--trials': Input should be greater than or equal to 1",
        ),
    ],
)
def test_a_wrong_option_is_one_line(dse, here, arguments, line):
    refused(dse(*arguments), f"{line}; see dse --help or dse COMMAND --help", here)


def test_a_folder_where_a_database_belongs_is_refused(dse, tiny, here):
    line = "--storage .. is a folder; name a file in it, as ../dse.db"
    refused(dse("run", tiny, "--storage", ".."), line, here)
    refused(dse("front", "tiny", "--storage", ".."), line, here)


def test_a_study_that_is_not_stored_is_refused_and_no_database_is_made(dse, here):
    line = f"storage {here}/runs/dse.db does not exist; run a study first: dse run smoke"
    refused(dse("front", "smoke"), line, here)
    refused(dse("export", "smoke"), line, here)


def test_what_cannot_be_exported_is_refused_with_what_can(dse, here, stored):
    _, storage = stored
    line = (
        "-o spec.txt: unknown kind of file; use a name ending in .json, .md, .html, .toml, .sp, "
        ".va, .csv"
    )
    refused(dse("export", "fake", "--storage", storage, "-o", "spec.txt"), line, here)
    line = (
        "--pick kne: not knee, balanced, best OBJECTIVE, the number of a trial or a limit such as "
        "accuracy>=0.92; did you mean 'knee'?"
    )
    refused(dse("export", "fake", "--storage", storage, "--pick", "kne"), line, here)
    line = "--pick 99: not knee, balanced or the number of a trial with scores (0 … 7)"
    refused(dse("export", "fake", "--storage", storage, "--pick", "99"), line, here)
    line = f"study 'fak' is not in storage {storage}; it holds fake; did you mean 'fake'?; "
    refused(dse("export", "fak", "--storage", storage), f"{line}run it first: dse run fak", here)


def test_another_question_under_the_name_of_a_stored_study_is_refused(dse, tiny, stored):
    _, storage = stored
    tiny.write_text(TINY.replace('"tiny"', '"fake"', 1))
    answer = dse("run", tiny, "--storage", storage, "--tracking", "none")
    assert answer.code == 2
    assert len(answer.err) == 1
    assert answer.err[0].startswith(f"dse: study 'fake' in {storage} was run with other settings:")
    assert 'study.objectives is ["accuracy", "learning_energy_j"], was ' in answer.err[0]
    assert "fixed.training.images is 500, was 2000" in answer.err[0]


def test_debug_shows_where_an_error_came_from(dse):
    answer = dse("--debug", "run", "quikstart")
    assert answer.code == 2
    assert answer.err[0].startswith("Traceback")
    assert answer.err[-1].startswith("dse: study 'quikstart' is unknown")


HELP = """
import sys
from dse.cli import main
try:
    main()
finally:
    heavy = {"mlflow", "optuna", "xarray", "pint", "pandas", "numba", "matplotlib", "plotly"}
    print("heavy:", sorted(heavy & sys.modules.keys()))
"""


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help")])
def test_help_imports_nothing_heavy(arguments, here):
    found = subprocess.run(
        [sys.executable, "-c", HELP, *arguments],
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Usage: dse" in found.stdout or "Usage: -c" in found.stdout
    assert found.stdout.endswith("heavy: []\n")


def test_the_installed_command_is_this_one(here):
    command = shutil.which("dse", path=str(Path(sys.executable).parent))
    if command is None:
        pytest.skip("the package is not installed beside this interpreter")
    found = subprocess.run([command, "run", "quikstart"], cwd=here, capture_output=True, text=True)
    assert found.returncode == 2
    assert found.stderr.startswith("dse: study 'quikstart' is unknown")
    assert found.stderr.count("\n") == 1
