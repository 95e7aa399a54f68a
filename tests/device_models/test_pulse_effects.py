"""Self-heating and back-hopping: limits, hand calculations, and nothing at all while off."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad

from device_models.library import device
from device_models.params import Environment, Pulse, Variation
from device_models.pulse_effects import (
    flip_probability,
    hop_probability,
    mean_rise,
    pulse_rise_k,
    temperature_rise,
    warmed,
)
from device_models.temperature import at_temperature
from device_models.variation import draw_cells, nominal_cell
from device_models.write import depression_write, potentiation_write, pulse_probability

MTJ = device("ut-austin-50nm").mtj
OFF = Environment()
HOT = Environment(self_heating="on")
HOP = Environment(back_hopping="on")
PULSE = Pulse(amplitude_v=0.8, duration_s=10e-9)
ACCESS_OHM = 3e3


def cells():
    return draw_cells(MTJ, Variation(), (20, 10), np.random.default_rng(5))


def test_rise_settles_at_thermal_resistance_times_power():
    # INDEPENDENT: 0.5 V on 10 Ω·µm² is 2.5e10 W/m²; 1e-9 K·m²/W of it are 25 K
    assert temperature_rise(0.5**2 / 1e-11, 1.0, HOT) == pytest.approx(25.0)
    assert mean_rise(0.5**2 / 1e-11, 1e-3, HOT) == pytest.approx(25.0, rel=1e-5)  # LAW: long pulse


def test_rise_at_breakdown_is_of_the_published_order():
    # PUBLISHED: 200 … 300 K at breakdown (Van Beek et al., IEDM 2018); 1.5 V on 10 Ω·µm² here.
    # The factor of 3 is the stated uncertainty of the thermal resistance.
    assert 200 / 3 < temperature_rise(1.5**2 / 1e-11, 1.0, HOT) < 300 * 3


@pytest.mark.parametrize("pulse_s", [1e-10, 3e-9, 2e-7])
def test_mean_rise_is_the_mean_of_the_rise(pulse_s):
    total, _ = quad(lambda t: float(temperature_rise(4e10, t, HOT)), 0.0, pulse_s)
    # INDEPENDENT: quadrature over the pulse
    assert mean_rise(4e10, pulse_s, HOT) == pytest.approx(total / pulse_s, rel=1e-8)


@pytest.mark.parametrize("polarity", ["potentiation", "depression"])
def test_pulse_rise_is_volts_times_amperes_over_area(polarity):
    write = potentiation_write if polarity == "potentiation" else depression_write
    w = write(nominal_cell(MTJ), PULSE, ACCESS_OHM)
    power = float(w.voltage_v * w.current_a) / (np.pi * 25e-9**2)
    share = 1 - (1 - np.exp(-2.0)) / 2  # INDEPENDENT: 10 ns of a 5 ns time constant, by hand
    rise = pulse_rise_k(MTJ, PULSE, ACCESS_OHM, polarity, HOT)
    assert rise == pytest.approx(1e-9 * power * share, rel=1e-9)
    assert pulse_rise_k(MTJ, PULSE, ACCESS_OHM, polarity, OFF) == 0.0


def test_warm_nominal_cell_switches_as_the_junction_at_that_temperature():
    warm, whole = warmed(nominal_cell(MTJ), MTJ, 60.0), nominal_cell(at_temperature(MTJ, 360.0))
    # INDEPENDENT: the whole junction moved by at_temperature
    assert warm.barrier == pytest.approx(float(whole.barrier), rel=1e-12)
    assert warm.critical_a == pytest.approx(float(whole.critical_a), rel=1e-12)
    assert warm.tau_d_s == pytest.approx(whole.tau_d_s, rel=1e-12)
    assert warm.tmr == MTJ.tmr


def test_warming_ends_at_the_end_of_the_temperature_laws():
    at_end, beyond = (warmed(nominal_cell(MTJ), MTJ, rise) for rise in (100.0, 900.0))
    assert beyond.barrier == at_end.barrier  # LAW: held at 400 K


@pytest.mark.parametrize("polarity", ["potentiation", "depression"])
def test_effects_that_are_off_leave_the_plain_probability(polarity):
    write = potentiation_write if polarity == "potentiation" else depression_write
    die = cells()
    plain = pulse_probability(write(die, PULSE, ACCESS_OHM), die, PULSE)
    assert np.array_equal(flip_probability(MTJ, die, PULSE, ACCESS_OHM, polarity, OFF), plain)


def test_heat_helps_switching():
    die, weak = cells(), replace(PULSE, amplitude_v=0.6)
    cold, warm = (
        flip_probability(MTJ, die, weak, ACCESS_OHM, "potentiation", env) for env in (OFF, HOT)
    )
    assert np.all(warm > cold)  # LAW: lower barrier, lower critical current


def test_hops_vanish_for_a_hard_reference_layer_and_reach_one_half_for_a_soft_one():
    die = cells()
    hard = replace(HOP, reference_ratio=20.0)
    assert np.all(hop_probability(die, PULSE, ACCESS_OHM, "depression", hard) < 1e-6)  # LAW
    soft, strong = replace(HOP, reference_ratio=1.0), Pulse(amplitude_v=2.5, duration_s=1e-7)
    odds = hop_probability(die, strong, ACCESS_OHM, "depression", soft)
    assert odds == pytest.approx(0.5, abs=1e-3)  # LAW: both states equally likely in the end


def test_back_hopping_sets_in_first_for_pulses_towards_the_antiparallel_state():
    # PUBLISHED: the layer flips to a state of the conductance of P, Devolder et al. 2020
    strong = Pulse(amplitude_v=2.0, duration_s=20e-9)
    up, down = (
        hop_probability(nominal_cell(MTJ), strong, ACCESS_OHM, polarity, HOP)
        for polarity in ("potentiation", "depression")
    )
    assert 0 < up < down


def test_a_hop_undoes_a_flip():
    die, strong = cells(), Pulse(amplitude_v=2.0, duration_s=20e-9)
    args = die, strong, ACCESS_OHM, "depression"
    plain, hopping = flip_probability(MTJ, *args, OFF), flip_probability(MTJ, *args, HOP)
    lost = 1 - hopping / plain
    assert lost == pytest.approx(hop_probability(*args, HOP), abs=1e-12)  # LAW
    assert np.all(lost > 0)
