"""A die is drawn once and for all by its generator, broken cells included."""

import dataclasses

import numpy as np

from device_models.defects import SHORT
from device_models.params import Defects
from objectives.die import draw_die


def die(design, **fractions):
    broken = dataclasses.replace(design, defects=Defects(**fractions))
    return draw_die(broken, 200, np.random.default_rng(3))[0]


def test_defects_break_cells_of_the_same_die(design):
    whole, broken = die(design), die(design, stuck_p=0.05, short=0.05)
    assert whole.defects is None
    healthy = broken.defects == 0
    assert 0.8 < healthy.mean() < 0.98
    for name in ("conductance_p_s", "conductance_ap_s", "potentiation", "depression"):
        same = getattr(broken, name)[healthy] == getattr(whole, name)[healthy]
        assert np.all(same)  # LAW: nothing else changes


def test_the_same_generator_breaks_the_same_cells(design):
    one, two = die(design, open=0.1), die(design, open=0.1)
    assert np.array_equal(one.defects, two.defects)  # LAW


def test_a_short_leaves_the_access_transistor(design):
    broken = die(design, short=0.2)
    short_s = broken.conductance_p_s[broken.defects == SHORT]
    # INDEPENDENT: 100 Ω and 3 kΩ in series, 1 % of gain mismatch between columns
    np.testing.assert_allclose(short_s, 1 / 3.1e3, rtol=0.05)
