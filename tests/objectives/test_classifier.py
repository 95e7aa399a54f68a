"""Plain arrays in, labels out; the code of docs/python-api.md."""

import re
from pathlib import Path

import numpy as np
import pytest

from device_models.ranges import RangeError
from objectives.classifier import MtjClassifier, as_pixels, small_design

PAGE = Path(__file__).parents[2] / "docs/python-api.md"


def bars(count, seed=0):
    """Images of 12×10: a bar at the top, in the middle or at the bottom, with noise."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, count)
    images = 0.1 * rng.random((count, 12, 10))
    for image, k in zip(images, kind, strict=True):
        image[4 * k : 4 * k + 3] = 0.9
    return images, np.array(["top", "middle", "bottom"])[kind]


@pytest.fixture(scope="module")
def fitted():
    return MtjClassifier(small_design(neurons=20, images=600, pixels=120)).fit(*bars(200))


def test_bars_are_told_apart(fitted):
    X, y = bars(100, seed=1)
    assert fitted.score(X, y) > 0.9  # INDEPENDENT: the classes are disjoint; chance is 0.33
    flat = (255 * X).round().astype(np.uint8).reshape(100, -1)
    assert np.array_equal(fitted.predict(flat), fitted.predict(X))  # LAW: one image, one label
    assert fitted.classes_.tolist() == ["bottom", "middle", "top"]


def test_labels_do_not_reach_the_cells(fitted):
    X, y = bars(200)
    other = MtjClassifier(small_design(neurons=20, images=600, pixels=120)).fit(X, y[::-1])
    assert np.array_equal(other.trained_.state, fitted.trained_.state)  # LAW
    assert np.array_equal(other.trained_.thresholds, fitted.trained_.thresholds)


@pytest.mark.parametrize(
    ("X", "says"),
    [
        (np.zeros(3), "shape"),
        (np.full((2, 3), 2.0), "0 … 1"),
        (np.full((2, 3), np.nan), "0 … 1"),
        (np.zeros((2, 3), int), "uint8"),
    ],
)
def test_other_arrays_are_refused_in_one_line(X, says):
    with pytest.raises(RangeError, match=says):
        as_pixels(X)


def test_a_wrong_size_no_fit_and_wrong_labels_are_refused(fitted):
    with pytest.raises(RangeError, match="120"):
        fitted.predict(np.zeros((2, 7), np.uint8))
    with pytest.raises(RangeError, match="fit"):
        MtjClassifier().predict(np.zeros((2, 7), np.uint8))
    with pytest.raises(RangeError, match="one label"):
        MtjClassifier().fit(np.zeros((3, 7), np.uint8), [0, 1])


def test_the_code_of_the_page_runs():
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 2
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names)
    assert names["accuracy"] > 0.4  # INDEPENDENT: chance is 0.1
