"""The environment reaches every figure through one door, and the read sees the junction's bias."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from device_models.params import Array, Environment, Mtj
from device_models.ranges import RangeError
from device_models.temperature import at_temperature
from learner.datasets import Images
from objectives import evaluate as door
from objectives.design import flatten, operating, unflatten
from objectives.die import draw_die, nominal_conductances

PIXELS = np.random.default_rng(0).integers(0, 256, (60, 20)).astype(np.uint8)
LABELS = np.arange(60, dtype=np.uint8) % 10
NOISE = Images(pixels=PIXELS, labels=LABELS, shape=(4, 5), name="noise", checksum="")
DATA = door.DataSets(training=NOISE, validation=NOISE)


def at(design, kelvin, **options):
    return replace(design, environment=Environment(temperature_k=kelvin, **options))


def test_operating_moves_the_device_once(design):
    hot = operating(at(design, 350.0))
    assert hot.device == at_temperature(design.device, 350.0)
    assert operating(hot) == hot  # LAW: a second pass changes nothing
    assert operating(design) == design  # 300 K device in a 300 K environment


def test_scores_and_constraints_see_the_temperature(design):
    by_hand = replace(at(design, 380.0), device=at_temperature(design.device, 380.0))
    hot, cold = (door.evaluate(d, DATA, [1]) for d in (at(design, 380.0), design))
    # INDEPENDENT: the device moved before the door instead of behind it
    expected = door.evaluate(by_hand, DATA, [1])
    assert hot.values == expected.values
    assert hot.constraints == expected.constraints
    assert hot.constraints["overdrive"] > cold.constraints["overdrive"]  # LAW: I_c0 falls
    assert hot.constraints["read_margin"] > cold.constraints["read_margin"]  # LAW: TMR falls
    assert hot.constraints["read_disturb"] > cold.constraints["read_disturb"]  # LAW: Δ falls


def test_a_warm_die_flips_more_often_and_has_a_smaller_window(design):
    cold, hot = (
        draw_die(operating(at(design, k)), 20, np.random.default_rng(2))[0] for k in (300.0, 380.0)
    )
    assert np.all(hot.potentiation > cold.potentiation)  # LAW
    assert np.all(hot.conductance_ap_s > cold.conductance_ap_s)  # LAW: TMR falls
    assert hot.conductance_p_s == pytest.approx(cold.conductance_p_s, rel=2e-3)  # the reference


@pytest.mark.parametrize("kelvin", [249.0, 401.0])
def test_temperature_out_of_range_is_refused_by_its_flat_name(design, kelvin):
    flat = {**flatten(design), "environment.temperature_k": kelvin}
    with pytest.raises(RangeError, match=r"^environment.temperature_k = .* outside 250 … 400 K"):
        unflatten(flat)


def test_self_heating_is_a_constraint_when_it_leaves_the_laws(design):
    assert door.check_constraints(design, DATA)["pulse_heating"] == -1.0  # off
    warm = door.check_constraints(at(design, 300.0, self_heating="on"), DATA)
    assert -1.0 < warm["pulse_heating"] < 0.0
    strong = at(design, 390.0, self_heating="on", thermal_k_m2_per_w=3e-9)
    assert door.check_constraints(strong, DATA)["pulse_heating"] > 0.0


def test_options_change_the_die(design):
    heated, hopping = (
        draw_die(at(design, 300.0, **{option: "on"}), 20, np.random.default_rng(2))[0]
        for option in ("self_heating", "back_hopping")
    )
    plain = draw_die(design, 20, np.random.default_rng(2))[0]
    assert np.all(heated.potentiation > plain.potentiation)  # LAW
    assert np.all(hopping.depression <= plain.depression)  # LAW


@pytest.mark.parametrize("read_v", [0.05, 0.1, 0.5])
def test_read_sees_tmr_at_the_junctions_share_of_the_voltage(design, read_v):
    mtj: Mtj = design.device
    array = Array(read_v=read_v, access_ohm=3e3)

    def mesh(v):
        r_ap = 5000.266340083932 * (1 + mtj.tmr / (1 + (v / mtj.tmr_half_v) ** 2))
        return v + 3e3 * v / r_ap - read_v

    share = brentq(mesh, 0.0, read_v, xtol=1e-15)
    g_p, g_ap = nominal_conductances(mtj, array)
    # INDEPENDENT: root of the mesh equation; current over the whole voltage
    assert g_ap == pytest.approx((read_v - share) / 3e3 / read_v, rel=1e-9)
    assert g_p == pytest.approx(1 / 8000.266340083932, rel=1e-9)


def test_read_window_of_the_whole_voltage_was_an_underestimate(design):
    array = design.array
    g_p, g_ap = nominal_conductances(design.device, array)
    whole = 5000.266 * (1 + 1.2 / (1 + (array.read_v / 0.5) ** 2)) + array.access_ohm
    lost = 1 - (g_p - 1 / whole) / (g_p - g_ap)
    assert 0 < lost < 0.02  # LAW: TMR falls with bias, the share is smaller than the whole
