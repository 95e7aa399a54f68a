"""Images and labels: the packaged MNIST, and any folder of IDX files under the same names.

Three splits. `train` is all but the last sixth of the training files, `validation` that sixth
(MNIST: 50,000 and 10,000), `test` the t10k files. Only `test` ever opens the t10k files, so a
search that scores `validation` cannot have seen them.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from device_models.ranges import check_choice, nearest
from learner.datasets.idx import DatasetError, read_idx

__all__ = ["DatasetError", "Images", "Split", "load"]

Split = Literal["train", "validation", "test"]

MNIST = "mnist"
MNIST_FOLDER = Path(__file__).with_name(MNIST)
MNIST_MD5 = {  # of the unpacked files, as published with them; see mnist/LICENSE.md
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
HELD_OUT = 6  # one training image in six is for validation


@dataclass(frozen=True, kw_only=True, eq=False)
class Images:
    """Labelled grey images of one split; the arrays are read-only.

    pixels: (n, height·width), 0 … 255, row by row.
    labels: (n,), 0 … 255.
    shape: (height, width).
    name: "mnist", or the name of the folder.
    checksum: MD5 of the unpacked image file, "+", MD5 of the unpacked label file; `train` and
    `validation` come from the same files and share it.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    shape: tuple[int, int]
    name: str
    checksum: str


def load(dataset: str | Path, split: Split) -> Images:
    """Images of `split`; raise DatasetError if the files are missing or unsound.

    dataset: the text "mnist" for the packaged files, whose checksums are verified; any other text,
    and every Path, is a folder with the four files of MNIST's names ('-' or '.' before idx, gzip
    or plain; a plain file is taken before a .gz beside it). Files are read once a process.
    """
    check_choice("split", split, get_args(Split))
    packaged = dataset == MNIST
    folder = MNIST_FOLDER if packaged else Path(dataset).expanduser().resolve()
    if not folder.is_dir():
        wrong = "no such folder" + nearest(Path(dataset).name, [MNIST])
        fix = f"give '{MNIST}' or an existing folder"
        raise DatasetError(folder, wrong, "a folder of IDX files", fix)
    train = _read_pair(folder, "train", packaged)
    if split == "test":
        test = _read_pair(folder, "t10k", packaged)
        _check_same_shape(folder, train, test)
        return test
    return _part(train, split, folder)


def _part(whole: Images, split: Split, folder: Path) -> Images:
    """The `train` or the `validation` images out of all in the training files."""
    count = len(whole.labels)
    if count < HELD_OUT:
        wrong = f"{count} training images"
        fix = "add images: the last sixth is held out for validation"
        raise DatasetError(folder, wrong, f"at least {HELD_OUT}", fix)
    first_held_out = count - count // HELD_OUT
    rows = slice(first_held_out) if split == "train" else slice(first_held_out, count)
    return Images(
        pixels=whole.pixels[rows],
        labels=whole.labels[rows],
        shape=whole.shape,
        name=whole.name,
        checksum=whole.checksum,
    )


@lru_cache(maxsize=8)
def _read_pair(folder: Path, prefix: str, packaged: bool) -> Images:
    """All images and labels of the two files that start with `prefix`."""
    image_name, label_name = f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte"
    image_path, label_path = _find(folder, image_name), _find(folder, label_name)
    images = read_idx(image_path, 3, MNIST_MD5[image_name] if packaged else None)
    labels = read_idx(label_path, 1, MNIST_MD5[label_name] if packaged else None)
    count, height, width = images.values.shape
    if len(labels.values) != count:
        wrong = f"{len(labels.values)} labels"
        expected = f"{count}, one for each image of {image_path.name}"
        raise DatasetError(label_path, wrong, expected, "use images and labels of one data set")
    return Images(
        pixels=images.values.reshape(count, height * width),
        labels=labels.values,
        shape=(height, width),
        name=MNIST if packaged else folder.name,
        checksum=f"{images.md5}+{labels.md5}",
    )


def _find(folder: Path, name: str) -> Path:
    """The file of this canonical name, under any of its four common spellings."""
    dotted = name.replace("-idx", ".idx")
    for candidate in (name, dotted, f"{name}.gz", f"{dotted}.gz"):
        if (folder / candidate).is_file():
            return folder / candidate
    expected = f"it or {dotted}, plain or with .gz"
    fix = "put the four IDX files under MNIST's names into this folder"
    raise DatasetError(folder / name, "no such file", expected, fix)


def _check_same_shape(folder: Path, train: Images, test: Images) -> None:
    if test.shape != train.shape:
        wrong = f"test images of {test.shape[0]}×{test.shape[1]} pixels"
        expected = f"{train.shape[0]}×{train.shape[1]} as in the training images"
        raise DatasetError(folder, wrong, expected, "use files of one data set")
