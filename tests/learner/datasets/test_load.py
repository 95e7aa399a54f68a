"""Splits, the packaged MNIST, and folders of a user's own images."""

import gzip
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from device_models.ranges import RangeError
from learner.datasets import DatasetError, load

from .conftest import counting, idx_bytes, write_pair

# Prints every file of MNIST that a process opens while it loads the splits of the search.
OPENED = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from learner.datasets import load
load("mnist", "train"), load("mnist", "validation")
print(*sorted({name for name in opened if "ubyte" in name}), sep="\\n")
"""


def message(dataset: str | Path, split: str = "train") -> str:
    with pytest.raises(DatasetError) as caught:
        load(dataset, split)
    text = str(caught.value)
    assert "\n" not in text
    assert "; expected " in text
    assert "; fix: " in text
    return text


def test_packaged_mnist_is_the_published_one():
    train, validation, test = (load("mnist", s) for s in ("train", "validation", "test"))
    # PUBLISHED: LeCun, Cortes, Burges: 60,000 + 10,000 images of 28×28, the MD5 of the files.
    assert train.pixels.shape == (50_000, 784)
    assert validation.pixels.shape == (10_000, 784)
    assert test.pixels.shape == (10_000, 784)
    assert {i.shape for i in (train, validation, test)} == {(28, 28)}
    assert train.checksum == "6bbc9ace898e44ae57da46a324031adb+a25bea736e30d166cdddb491f175f624"
    assert validation.checksum == train.checksum
    assert test.checksum == "2646ac647ad5339dbf082846283269ea+27ae3e4e09519cfbb04c329615203637"
    # PUBLISHED: the first labels, and the images of each digit in the test set.
    assert train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert np.bincount(test.labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip


def test_the_search_never_opens_the_test_files():
    run = subprocess.run(
        [sys.executable, "-c", OPENED], capture_output=True, text=True, check=True
    )
    assert [Path(line).name for line in run.stdout.split()] == [
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
    ]


def test_train_and_validation_need_no_test_files(folder):
    for path in folder.glob("t10k*"):
        path.unlink()
    assert len(load(folder, "train").labels) + len(load(folder, "validation").labels) == 12
    assert "t10k-images-idx3-ubyte: no such file" in message(folder, "test")


def test_train_and_validation_are_the_training_files_in_order_and_share_no_image(folder):
    train, validation = load(folder, "train"), load(folder, "validation")
    # LAW: the last sixth of 12 images is two; labels were written as 0, 1, 2, …
    assert train.labels.tolist() == list(range(10))
    assert validation.labels.tolist() == [10, 11]
    whole = np.concatenate([train.pixels, validation.pixels])
    np.testing.assert_array_equal(whole, counting(12, 3, 5).reshape(12, 15))


def test_any_image_size_is_read_row_by_row(folder):
    test = load(folder, "test")
    assert test.shape == (3, 5)
    assert test.name == folder.name
    np.testing.assert_array_equal(test.pixels[1].reshape(3, 5), counting(4, 3, 5)[1])


def test_arrays_are_read_only(folder):
    images = load(folder, "train")
    for array in (images.pixels, images.labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize("spelling", ["-idx", ".idx"])
@pytest.mark.parametrize("packed", [False, True])
def test_every_common_spelling_of_the_names_gives_the_same_images(
    folder, tmp_path_factory, spelling, packed
):
    other = tmp_path_factory.mktemp("other")
    for path in folder.iterdir():
        name = path.name.replace("-idx", spelling) + (".gz" if packed else "")
        content = path.read_bytes()
        (other / name).write_bytes(gzip.compress(content) if packed else content)
    for split in ("train", "validation", "test"):
        ours, theirs = load(other, split), load(folder, split)
        assert ours.checksum == theirs.checksum
        np.testing.assert_array_equal(ours.pixels, theirs.pixels)
        np.testing.assert_array_equal(ours.labels, theirs.labels)


def test_folder_named_as_text_is_the_same_as_a_path(folder):
    assert load(str(folder), "train").checksum == load(folder, "train").checksum


def test_only_the_text_mnist_is_the_packaged_set(folder, monkeypatch):
    (folder / "mnist").mkdir()
    write_pair(folder / "mnist", "train", counting(6, 2, 2))
    monkeypatch.chdir(folder)
    for own in ("./mnist", Path("mnist")):
        assert load(own, "train").shape == (2, 2)
    assert load("mnist", "train").shape == (28, 28)


def test_unknown_dataset_names_the_folder_and_the_nearest_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = message("mnits")
    assert text.startswith(f"{tmp_path / 'mnits'}: no such folder; did you mean 'mnist'?")
    assert "fix: give 'mnist' or an existing folder" in text


def test_missing_file_names_it_and_its_other_spellings(folder):
    (folder / "train-labels-idx1-ubyte").unlink()
    text = message(folder)
    assert text.startswith(f"{folder / 'train-labels-idx1-ubyte'}: no such file")
    assert "expected it or train-labels.idx1-ubyte, plain or with .gz" in text
    assert "fix: put the four IDX files" in text


def test_counts_of_images_and_labels_must_agree(folder):
    path = folder / "train-labels-idx1-ubyte"
    path.write_bytes(idx_bytes(np.zeros(11, np.uint8)))
    text = message(folder)
    assert text.startswith(f"{path}: 11 labels; expected 12, one for each image of train-images")
    assert "fix: use images and labels of one data set" in text


def test_test_images_must_have_the_size_of_the_training_images(folder):
    write_pair(folder, "t10k", counting(4, 5, 3))
    text = message(folder, "test")
    assert text.startswith(f"{folder}: test images of 5×3 pixels; expected 3×5")


def test_too_few_images_to_hold_any_out_are_refused(folder):
    write_pair(folder, "train", counting(5, 3, 5))
    assert message(folder).startswith(f"{folder}: 5 training images; expected at least 6")


def test_packaged_file_of_another_content_is_refused(folder, monkeypatch):
    monkeypatch.setattr("learner.datasets.MNIST_FOLDER", folder)
    text = message("mnist")
    assert text.startswith(f"{folder / 'train-images-idx3-ubyte'}: MD5 ")
    assert "expected 6bbc9ace898e44ae57da46a324031adb; fix: copy or download" in text


def test_unknown_split_names_the_three_there_are():
    with pytest.raises(RangeError, match="'valid' is not one of 'train', 'validation', 'test'"):
        load("mnist", "valid")
