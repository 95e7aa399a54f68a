"""What the IDX reader accepts, and what it says about everything else."""

import gzip
import re
import struct
from pathlib import Path

import numpy as np
import pytest

from learner.datasets.idx import DatasetError, read_idx

# A file of two images of 1×3 pixels, written out after the published format.
HEADER = bytes.fromhex("00000803 00000002 00000001 00000003")
PIXELS = bytes([0, 1, 2, 253, 254, 255])


def written(folder: Path, content: bytes) -> Path:
    path = folder / "images"
    path.write_bytes(content)
    return path


def message(path: Path, dimensions: int = 3, md5: str | None = None) -> str:
    """The error of reading `path`, once it is one line that starts with the file."""
    with pytest.raises(DatasetError) as caught:
        read_idx(path, dimensions, md5)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert "\n" not in text
    assert re.search(r"; expected .+; fix: .+", text)
    return text


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_values_shape_and_checksum_are_those_of_the_file_packed_or_not(tmp_path, pack):
    idx = read_idx(written(tmp_path, pack(HEADER + PIXELS)), 3)
    # LAW: the format stores the last dimension fastest.
    np.testing.assert_array_equal(idx.values, [[[0, 1, 2]], [[253, 254, 255]]])
    assert idx.values.dtype == np.uint8
    # INDEPENDENT: coreutils md5sum of the 22 bytes.
    assert idx.md5 == "253f715bf366f2aaef4fbe3ac993c800"


def test_compression_is_told_by_content_and_not_by_name(tmp_path):
    plain, packed = tmp_path / "a.gz", tmp_path / "b"
    plain.write_bytes(HEADER + PIXELS)
    packed.write_bytes(gzip.compress(HEADER + PIXELS))
    np.testing.assert_array_equal(read_idx(plain, 3).values, read_idx(packed, 3).values)


def test_values_are_read_only(tmp_path):
    values = read_idx(written(tmp_path, HEADER + PIXELS), 3).values
    with pytest.raises(ValueError, match="read-only"):
        values[0, 0, 0] = 1


@pytest.mark.parametrize("start", [b"", b"\0\0\x08", b"\x89PNG\r\n", b"\x08\x03\0\0" + PIXELS])
def test_corrupt_magic_is_refused(tmp_path, start):
    text = message(written(tmp_path, start))
    assert f"starts with the bytes '{start[:4].hex(' ')}'" in text
    assert "expected the IDX magic number '00 00 08 03'" in text
    assert "fix: give an IDX file" in text


@pytest.mark.parametrize(
    ("code", "name"), [(0x0D, "32-bit float"), (0x09, "signed byte"), (0x07, "unknown")]
)
def test_another_data_type_is_refused_by_name(tmp_path, code, name):
    text = message(written(tmp_path, b"\0\0" + bytes([code, 3]) + HEADER[4:] + PIXELS))
    assert f"data type code 0x{code:02X} ({name}); expected 0x08 (unsigned byte)" in text
    assert "fix: scale the values to 0 … 255" in text


def test_another_number_of_dimensions_is_refused(tmp_path):
    text = message(written(tmp_path, HEADER + PIXELS), dimensions=1)
    assert "3 dimensions; expected 1; fix: use a file of grey images" in text


def test_header_cut_short_is_refused(tmp_path):
    text = message(written(tmp_path, HEADER[:10]))
    assert "ends after 10 bytes; expected a header of 16 bytes; fix: copy or download" in text


def test_empty_dimension_is_refused(tmp_path):
    text = message(written(tmp_path, struct.pack(">HBB3I", 0, 8, 3, 0, 28, 28)))
    assert "empty shape 0×28×28; expected every size at least 1; fix: give a file" in text


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("data", "wrong"),
    [(PIXELS[:-1], "5 bytes of data (truncated)"), (PIXELS + b"\0", "7 bytes of data (trailing")],
)
def test_data_of_another_length_is_refused(tmp_path, pack, data, wrong):
    text = message(written(tmp_path, pack(HEADER + data)))
    assert wrong in text
    assert "expected 6 for shape 2×1×3; fix: copy or download the file again" in text


@pytest.mark.parametrize("damage", ["truncated", "flipped bit", "trailing bytes"])
def test_damaged_gzip_is_refused(tmp_path, damage):
    packed = bytearray(gzip.compress(HEADER + PIXELS))
    if damage == "truncated":
        del packed[-9:]
    elif damage == "flipped bit":
        packed[-6] ^= 1  # in the CRC, the eight bytes before the end hold it and the length
    else:
        packed += b"more"
    text = message(written(tmp_path, bytes(packed)))
    assert "damaged gzip (" in text
    assert "fix: copy or download the file again" in text


def test_wrong_checksum_is_refused(tmp_path):
    path = written(tmp_path, HEADER + PIXELS)
    right = read_idx(path, 3).md5
    assert read_idx(path, 3, right).md5 == right
    text = message(path, md5="0" * 32)
    assert f"MD5 {right} of the unpacked file; expected {'0' * 32}; fix: copy" in text


def test_missing_file_and_folder_in_its_place_are_refused(tmp_path):
    assert "No such file" in message(tmp_path / "nothing")
    assert "fix: check path and permissions" in message(tmp_path)
