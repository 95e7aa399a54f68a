"""A folder of the user's own images, of any size, goes through the whole command."""

import csv

import numpy as np
import pytest

from tests.learner.datasets.conftest import idx_bytes


def write_bars(folder, prefix, count, classes=3):
    """Images of 12×10 with a bar at the top, in the middle or at the bottom."""
    rng = np.random.default_rng(len(prefix))
    labels = rng.integers(0, classes, count).astype(np.uint8)
    images = rng.integers(0, 20, (count, 12, 10)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[4 * label : 4 * label + 3] = 230
    (folder / f"{prefix}-images-idx3-ubyte").write_bytes(idx_bytes(images))
    (folder / f"{prefix}-labels-idx1-ubyte").write_bytes(idx_bytes(labels))


@pytest.fixture
def bars(tmp_path):
    folder = tmp_path / "bars"
    folder.mkdir()
    write_bars(folder, "train", 600)
    return folder


@pytest.mark.slow
def test_small_images_of_three_classes_are_searched_exported_and_drawn(dse, tiny, here, bars):
    study = tiny.read_text().replace("count = 20", "count = 20\nthreshold = 40.0")
    tiny.write_text(study)
    answer = dse("run", tiny, "-n", 2, "--tracking", "none", "--dataset", bars)
    assert answer.code == 0, answer.err
    rows = list(csv.DictReader((here / "runs/tiny/front.csv").read_text().splitlines()))
    assert [row["error"] for row in rows] == ["", ""]
    # INDEPENDENT: the classes share no pixel; chance is 0.33.
    assert max(float(row["accuracy"]) for row in rows) > 0.8
    drawn = list((here / "runs/tiny").glob("learning-*.png"))
    assert len(drawn) == sum(row["role"] in ("knee", "pareto") for row in rows)
    pick = next(row["trial"] for row in rows)
    assert dse("export", "tiny", "--pick", pick, "--no-tolerance", "-o", "spec.json").code == 0


@pytest.mark.parametrize("missing", ["train-labels-idx1-ubyte", "train-images-idx3-ubyte"])
def test_a_folder_without_a_file_is_one_line(dse, tiny, bars, missing):
    (bars / missing).unlink()
    answer = dse("run", tiny, "-n", 1, "--tracking", "none", "--dataset", bars)
    assert answer.code == 2
    assert len(answer.err) == 1
    assert missing in answer.err[0]
    assert "fix: " in answer.err[0]


def test_a_damaged_file_is_one_line(dse, tiny, bars):
    path = bars / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-5])
    answer = dse("run", tiny, "-n", 1, "--tracking", "none", "--dataset", bars)
    assert answer.code == 2
    assert len(answer.err) == 1
    assert "truncated" in answer.err[0]
