"""What a die may look like, and what rounding it to bytes costs."""

import numpy as np
import pytest

from device_models.ranges import RangeError
from learner.events import Events
from learner.quantise import attenuation_by_rows, byte_s, cell_charge_s, cells_of


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"potentiation": np.full((60, 5), 1.5)}, "potentiation = 1.5 is outside 0 … 1"),
        ({"depression": np.zeros((60, 4))}, r"depression has shape \(60, 4\)"),
        ({"attenuation": np.ones((3, 7))}, r"attenuation has shape \(3, 7\)"),
        ({"conductance_p_s": np.full((60, 5), np.nan)}, "conductance_p_s = nan S"),
        ({"noise_relative": -0.1}, "noise_relative = -0.1 is outside"),
        ({"conductance_p_s": np.full((60, 5), 1e-6)}, "must exceed"),
    ],
)
def test_a_die_that_makes_no_sense_is_refused(make_crossbar, changes, message):
    with pytest.raises(RangeError, match=message):
        make_crossbar(60, 5, **changes)


def test_bytes_keep_conductances_within_half_a_unit(make_crossbar):
    rng = np.random.default_rng(0)
    g_p = rng.normal(1, 0.05, (60, 50)) / 8e3
    crossbar = make_crossbar(60, 50, conductance_p_s=g_p, conductance_ap_s=g_p / 2.2)
    cells = cells_of(crossbar, np.ones((60, 50), np.uint8))
    unit = byte_s(crossbar)
    for level, g in ((1, g_p), (0, g_p / 2.2)):
        error = cells.levels[..., level].T * unit - g
        assert np.abs(error).max() <= unit / 2 * 1.001  # LAW: rounding
    rms = unit / np.sqrt(12) / cell_charge_s(crossbar)
    assert rms < 0.0075  # LAW: what `quantise` promises


def test_chances_keep_their_value_within_a_65536th(make_crossbar):
    chance = np.random.default_rng(0).random((60, 50))
    cells = cells_of(make_crossbar(60, 50, potentiation=chance), np.ones((60, 50), np.uint8))
    assert cells.chances[:, 0].T / 65536 == pytest.approx(chance, abs=1 / 65536)  # LAW


def test_attenuation_is_linear_between_levels(make_crossbar):
    table = np.array([[1.0, 0.9], [0.8, 0.5]])
    weights = attenuation_by_rows(make_crossbar(60, 5, tile_rows=2, attenuation=table))
    # LAW: none, one and both of two rows active; in 64ths
    assert weights.tolist() == [[64, 58], [58, 45], [51, 32]]


def test_a_tile_taller_than_the_array_is_cut(make_crossbar):
    table = np.linspace(1, 0.5, 5)[:, None] * np.ones(100)
    weights = attenuation_by_rows(make_crossbar(60, 5, tile_rows=100, attenuation=table))
    assert weights.shape == (61, 60)
    assert weights[60, 0] == round(64 * 0.7)  # LAW: 60 of 100 rows active


def test_events_add_up():
    names = [name for name in Events.__dataclass_fields__ if name != "wins"]
    one = Events(wins=np.array([1, 0]), **dict.fromkeys(names, 2))
    total = one + one
    assert total.wins.tolist() == [2, 0]
    assert {getattr(total, name) for name in names} == {4}
    assert total.winners == 1
