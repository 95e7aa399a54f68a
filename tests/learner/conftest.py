"""Small dies for the tests of the learner."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from learner.crossbar import Crossbar

G_P, G_AP = 1 / 8e3, 1 / 16e3


def ideal_crossbar(inputs: int, neurons: int, **changes: Any) -> Crossbar:
    """Equal cells, ideal wires, no noise, tiles of 20 rows, pulses .2 and .1."""
    shape = (inputs, neurons)
    values: dict[str, Any] = {
        "conductance_p_s": np.full(shape, G_P),
        "conductance_ap_s": np.full(shape, G_AP),
        "potentiation": np.full(shape, 0.2),
        "depression": np.full(shape, 0.1),
        "tile_rows": 20,
        "read_v": 0.1,
        "read_s": 5e-9,
        "reference_s": (G_P + G_AP) / 2,
    } | changes
    values.setdefault("attenuation", np.ones((5, values["tile_rows"])))
    return Crossbar(**values)


@pytest.fixture
def make_crossbar() -> Callable[..., Crossbar]:
    return ideal_crossbar
