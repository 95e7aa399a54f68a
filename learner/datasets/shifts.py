"""Images moved by a pixel: several reads of one picture."""

import numpy as np
from numpy.typing import NDArray

CROSS = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))
"""Where it is, and one pixel down, up, right and left."""


def shifted(
    pixels: NDArray[np.uint8], shape: tuple[int, int], down: int, right: int
) -> NDArray[np.uint8]:
    """`pixels` (n, height·width) moved `down` and to the `right` by so many; zeros move in."""
    whole = np.asarray(pixels).reshape(-1, *shape)
    moved = np.zeros_like(whole)
    height, width = shape
    into = (
        slice(max(down, 0), height + min(down, 0)),
        slice(max(right, 0), width + min(right, 0)),
    )
    out_of = (
        slice(max(-down, 0), height + min(-down, 0)),
        slice(max(-right, 0), width + min(-right, 0)),
    )
    moved[:, *into] = whole[:, *out_of]
    return moved.reshape(len(whole), -1)
