"""A write pulse on one cell: Ohm's law, energy, direction, and the chance to switch."""

import dataclasses

import numpy as np
import pytest
from scipy.optimize import brentq

from device_models.library import DEVICES
from device_models.params import Pulse, Variation
from device_models.switching import switching_probability
from device_models.variation import draw_cells, nominal_cell
from device_models.write import (
    OVERDRIVE_MAX,
    depression_write,
    potentiation_write,
    pulse_probability,
    read_disturb_probability,
)

MTJ = DEVICES["ut-austin-50nm"].mtj
CELL = nominal_cell(MTJ)
ACCESS = 3e3
WRITES = [
    pytest.param(potentiation_write, {}, True, id="AP to P"),
    pytest.param(potentiation_write, {"from_ap": False}, False, id="AP to P, is P"),
    pytest.param(depression_write, {}, False, id="P to AP"),
    pytest.param(depression_write, {"from_p": False}, True, id="P to AP, is AP"),
]


def pulse(volts=0.7, seconds=10e-9):
    return Pulse(amplitude_v=volts, duration_s=seconds)


@pytest.mark.parametrize(("write", "start", "antiparallel"), WRITES)
@pytest.mark.parametrize("volts", [0.2, 0.7, 1.5])
def test_voltage_and_current_obey_ohm_and_kirchhoff(write, start, antiparallel, volts):
    def ohm(v):
        return 5000.266 * (1 + (1.2 / (1 + (v / 0.5) ** 2) if antiparallel else 0.0))

    # INDEPENDENT: bracketing root finder on the divider
    v = brentq(lambda v: v + ACCESS * v / ohm(v) - volts, 0, volts, xtol=1e-15)
    found = write(CELL, pulse(volts), ACCESS, **start)
    assert found.voltage_v == pytest.approx(v, rel=1e-6)
    assert found.current_a == pytest.approx((volts - v) / ACCESS, rel=1e-6)


@pytest.mark.parametrize(("write", "start", "antiparallel"), WRITES)
def test_an_attempt_costs_drive_voltage_times_current_times_time(write, start, antiparallel):
    found = write(CELL, pulse(), ACCESS, **start)
    assert found.energy_j == pytest.approx(0.7 * float(found.current_a) * 10e-9)  # LAW
    # LAW: what the junction takes is the share of the drop across it
    assert found.energy_j > float(found.voltage_v * found.current_a) * 10e-9
    assert (found.current_a < 0.7 / (5000.266 + ACCESS) * 0.999) == antiparallel


def test_energy_is_proportional_to_the_duration():
    short, long = (potentiation_write(CELL, pulse(seconds=t), ACCESS) for t in (5e-9, 20e-9))
    assert long.energy_j == pytest.approx(4 * short.energy_j)  # LAW
    assert long.overdrive == short.overdrive


def test_without_a_transistor_a_parallel_cell_takes_v_squared_over_r():
    found = depression_write(CELL, pulse(0.5), 0.0)
    # PUBLISHED: R_P 5 kΩ of the Stochastic_MTJ_Model set; INDEPENDENT: 0.25 V²/5 kΩ × 10 ns
    assert found.energy_j == pytest.approx(0.5e-12, rel=1e-4)
    assert found.voltage_v == pytest.approx(0.5)


def test_overdrive_is_counted_from_the_critical_current_of_its_direction():
    up, down = potentiation_write(CELL, pulse(), ACCESS), depression_write(CELL, pulse(), ACCESS)
    assert up.overdrive == pytest.approx(float(up.current_a / CELL.critical_a))  # LAW
    assert down.overdrive == pytest.approx(float(down.current_a / CELL.critical_a) / 1.5)  # LAW


def test_parallel_to_antiparallel_needs_the_larger_current_and_gets_it():
    """The lower resistance of the parallel state makes up for most of the larger current."""
    up, down = potentiation_write(CELL, pulse(), ACCESS), depression_write(CELL, pulse(), ACCESS)
    assert down.current_a > up.current_a  # LAW
    even = dataclasses.replace(CELL, p_to_ap_ratio=float(down.current_a / up.current_a))
    assert depression_write(even, pulse(), ACCESS).overdrive == pytest.approx(
        float(up.overdrive)  # LAW: a ratio equal to that of the currents balances the two
    )


@pytest.mark.parametrize("write", [potentiation_write, depression_write])
@pytest.mark.parametrize("seconds", [1e-9, 5e-9, 50e-9])
def test_probability_rises_with_amplitude(write, seconds):
    chances = [
        float(pulse_probability(write(CELL, pulse(v, seconds), ACCESS), CELL, pulse(v, seconds)))
        for v in np.linspace(0.05, 2.5, 60)
    ]
    assert np.all(np.diff(chances) >= -1e-9)  # LAW
    assert chances[0] < 1e-6 < 0.1 < chances[-1] <= 1


@pytest.mark.parametrize("write", [potentiation_write, depression_write])
@pytest.mark.parametrize("volts", [0.4, 0.7, 1.2])
def test_probability_rises_with_duration(write, volts):
    chances = [
        float(pulse_probability(write(CELL, pulse(volts, t), ACCESS), CELL, pulse(volts, t)))
        for t in np.geomspace(0.2e-9, 500e-9, 60)
    ]
    assert np.all(np.diff(chances) >= -1e-9)  # LAW


def test_probability_is_the_switching_model_at_overdrive_and_reduced_time():
    write = potentiation_write(CELL, pulse(), ACCESS)
    expected = switching_probability(
        float(write.overdrive), 10e-9 / CELL.tau_d_s, float(CELL.barrier)
    )
    assert pulse_probability(write, CELL, pulse()) == pytest.approx(expected)  # LAW
    assert 0.1 < expected < 0.9


def test_beyond_the_table_overdrive_is_held_at_its_end():
    strong = nominal_cell(dataclasses.replace(MTJ, torque_efficiency=10.0))
    write = potentiation_write(strong, pulse(0.7, 0.2e-9), ACCESS)
    assert write.overdrive > OVERDRIVE_MAX
    held = switching_probability(5.0, 0.2e-9 / strong.tau_d_s, float(strong.barrier))
    assert pulse_probability(write, strong, pulse(0.7, 0.2e-9)) == pytest.approx(held)  # LAW


def test_every_cell_of_a_die_gets_its_own_chance():
    cells = draw_cells(MTJ, Variation(), (20, 5), np.random.default_rng(0))
    write = potentiation_write(cells, pulse(), ACCESS)
    chances = pulse_probability(write, cells, pulse())
    assert chances.shape == write.energy_j.shape == (20, 5)
    # LAW: at one barrier a cell with more overdrive switches more often
    same = np.full_like(cells.barrier, MTJ.barrier)
    ranked = pulse_probability(write, dataclasses.replace(cells, barrier=same), pulse())
    assert np.array_equal(np.argsort(ranked.ravel()), np.argsort(write.overdrive.ravel()))
    assert np.ptp(chances) > 0.05


def test_a_read_disturbs_as_the_same_pulse_towards_antiparallel_would():
    as_pulse = pulse(0.3, 20e-9)
    expected = pulse_probability(depression_write(CELL, as_pulse, ACCESS), CELL, as_pulse)
    assert read_disturb_probability(CELL, 0.3, 20e-9, ACCESS) == pytest.approx(float(expected))


def test_read_disturb_grows_with_voltage_and_time():
    by_voltage = [float(read_disturb_probability(CELL, v, 5e-9, ACCESS)) for v in (0.1, 0.2, 0.4)]
    by_time = [float(read_disturb_probability(CELL, 0.3, t, ACCESS)) for t in (2e-9, 2e-8, 2e-7)]
    for chances in (by_voltage, by_time):
        assert chances == sorted(chances)  # LAW
        assert chances[-1] > 10 * chances[0]


def test_long_reads_disturb_as_thermal_activation_over_the_lowered_barrier():
    volts = (0.30, 0.34)
    chances = [float(read_disturb_probability(CELL, v, 400e-9, ACCESS)) for v in volts]
    i = np.array(volts) / (5000.266 + ACCESS) / (1.5 * 63.533e-6)
    rates = (1 - i**2) * (1 - i) * np.exp(-MTJ.barrier * (1 - i) ** 2)
    # INDEPENDENT: ratio of rates of Brown 1963 for a high barrier, without its prefactor
    assert chances[1] / chances[0] == pytest.approx(rates[1] / rates[0], rel=0.1)
