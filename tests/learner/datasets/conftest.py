"""Small IDX folders made by hand, byte for byte after the published format."""

import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray


def idx_bytes(values: NDArray[np.uint8]) -> bytes:
    header = struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape)
    return header + values.tobytes()


def write_pair(folder: Path, prefix: str, images: NDArray[np.uint8]) -> None:
    """Images and labels 0, 1, 2, … under MNIST's names."""
    labels = np.arange(len(images), dtype=np.uint8)
    (folder / f"{prefix}-images-idx3-ubyte").write_bytes(idx_bytes(images))
    (folder / f"{prefix}-labels-idx1-ubyte").write_bytes(idx_bytes(labels))


def counting(count: int, height: int, width: int) -> NDArray[np.uint8]:
    """Images whose bytes count up, so that every pixel tells where it belongs."""
    return np.arange(count * height * width, dtype=np.uint8).reshape(count, height, width)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """12 training and 4 test images of 3×5 pixels."""
    write_pair(tmp_path, "train", counting(12, 3, 5))
    write_pair(tmp_path, "t10k", counting(4, 3, 5))
    return tmp_path
