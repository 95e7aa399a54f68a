"""Reader of IDX files, the format of MNIST, gzip-compressed or plain.

An IDX file is two zero bytes, a data type code, the number of dimensions, each dimension as a
big-endian unsigned 32-bit integer, then the values, last dimension fastest. Only unsigned bytes
(code 0x08) are read. Format: http://yann.lecun.com/exdb/mnist, section "file formats".
"""

import gzip
import hashlib
import math
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

GZIP_MAGIC = b"\x1f\x8b"
UNSIGNED_BYTE = 0x08
TYPE_NAMES = {
    0x08: "unsigned byte",
    0x09: "signed byte",
    0x0B: "16-bit integer",
    0x0C: "32-bit integer",
    0x0D: "32-bit float",
    0x0E: "64-bit float",
}
COPY_AGAIN = "copy or download the file again"


class DatasetError(ValueError):
    """Images that cannot be used: names the file, what is wrong, what was expected, the fix."""

    def __init__(self, path: Path, wrong: str, expected: str, fix: str) -> None:
        super().__init__(f"{path}: {wrong}; expected {expected}; fix: {fix}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Idx:
    """One IDX file: values (read-only, shape as in the file) and MD5 of the unpacked bytes."""

    values: NDArray[np.uint8]
    md5: str


def read_idx(path: Path, dimensions: int, md5: str | None = None) -> Idx:
    """Read the IDX file of unsigned bytes at `path`; raise DatasetError unless all of it is sound.

    dimensions: 3 for images (n, height, width), 1 for labels (n,).
    md5: of the unpacked file, in hexadecimal; None accepts any content.
    """
    raw = _unpacked(path)
    shape = _shape(path, raw, dimensions)
    _check_length(path, len(raw) - _header_bytes(dimensions), shape)
    # MD5 finds accidents, not attacks; the flag keeps it allowed on FIPS systems.
    found = hashlib.md5(raw, usedforsecurity=False).hexdigest()
    if md5 is not None and found != md5:
        raise DatasetError(path, f"MD5 {found} of the unpacked file", md5, COPY_AGAIN)
    values = np.frombuffer(raw, np.uint8, offset=_header_bytes(dimensions)).reshape(shape)
    return Idx(values=values, md5=found)


def _unpacked(path: Path) -> bytes:
    """Bytes of the file; gzip is told by its first two bytes, whatever the name says."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        wrong = f"cannot be read ({error.strerror})"
        raise DatasetError(path, wrong, "a readable file", "check path and permissions") from error
    if not raw.startswith(GZIP_MAGIC):
        return raw
    try:
        return gzip.decompress(raw)
    except (EOFError, OSError, zlib.error) as error:
        raise DatasetError(path, f"damaged gzip ({error})", "a whole one", COPY_AGAIN) from error


def _header_bytes(dimensions: int) -> int:
    return 4 + 4 * dimensions


def _shape(path: Path, raw: bytes, dimensions: int) -> tuple[int, ...]:
    """Shape in the header, once magic, type code, number of dimensions and sizes are right."""
    if len(raw) < 4 or raw[:2] != b"\0\0":
        wrong = f"starts with the bytes '{raw[:4].hex(' ')}'"
        expected = f"the IDX magic number '00 00 08 {dimensions:02x}'"
        raise DatasetError(path, wrong, expected, "give an IDX file, plain or gzip")
    if raw[2] != UNSIGNED_BYTE:
        wrong = f"data type code 0x{raw[2]:02X} ({TYPE_NAMES.get(raw[2], 'unknown')})"
        expected = f"0x{UNSIGNED_BYTE:02X} (unsigned byte)"
        raise DatasetError(path, wrong, expected, "scale the values to 0 … 255 and save as bytes")
    if raw[3] != dimensions:
        fix = "use a file of grey images (n, height, width) or of labels (n,)"
        raise DatasetError(path, f"{raw[3]} dimensions", f"{dimensions}", fix)
    if len(raw) < _header_bytes(dimensions):
        expected = f"a header of {_header_bytes(dimensions)} bytes"
        raise DatasetError(path, f"ends after {len(raw)} bytes", expected, COPY_AGAIN)
    shape = struct.unpack_from(f">{dimensions}I", raw, 4)
    if 0 in shape:
        wrong = f"empty shape {_text(shape)}"
        raise DatasetError(path, wrong, "every size at least 1", "give a file that holds data")
    return shape


def _check_length(path: Path, found: int, shape: tuple[int, ...]) -> None:
    """Raise unless `found` bytes after the header are exactly those of `shape`."""
    needed = math.prod(shape)
    if found != needed:
        kind = "truncated" if found < needed else "trailing bytes"
        expected = f"{needed} for shape {_text(shape)}"
        raise DatasetError(path, f"{found} bytes of data ({kind})", expected, COPY_AGAIN)


def _text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))
