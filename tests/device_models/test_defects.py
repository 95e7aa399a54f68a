"""How many cells of a die are broken, and which."""

import numpy as np
import pytest

from device_models.defects import HEALTHY, OPEN, SHORT, STUCK_AP, STUCK_P, draw_defects
from device_models.params import Defects
from device_models.ranges import RangeError

SHAPE = (400, 500)


def draw(**fractions):
    return draw_defects(Defects(**fractions), SHAPE, np.random.default_rng(4))


def test_every_kind_comes_as_often_as_asked():
    kinds = draw(stuck_p=0.05, stuck_ap=0.02, open=0.01, short=0.002)
    for kind, share in ((STUCK_P, 0.05), (STUCK_AP, 0.02), (OPEN, 0.01), (SHORT, 0.002)):
        # LAW: binomial, five standard deviations
        assert np.mean(kinds == kind) == pytest.approx(share, abs=5 * np.sqrt(share / 2e5))
    assert kinds.dtype == np.uint8


def test_no_defects_unless_asked_for():
    assert not draw().any()
    assert HEALTHY == 0


def test_the_same_seed_breaks_the_same_cells_and_more_of_them():
    few, more = draw(short=0.01), draw(short=0.03, stuck_p=0.1)
    assert np.array_equal(draw(short=0.01), few)  # LAW: reproducible
    assert np.all(more[few == SHORT] == SHORT)  # LAW: one draw a cell
    assert np.count_nonzero(more == SHORT) > np.count_nonzero(few == SHORT)


def test_impossible_fractions_are_refused():
    with pytest.raises(RangeError, match=r"stuck_p = 0\.3 is outside 0 … 0\.25"):
        Defects(stuck_p=0.3)
