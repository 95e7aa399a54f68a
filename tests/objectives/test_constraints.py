"""Constraints against Ohm's law, simulated reads and limits, without any training."""

import dataclasses
import math

import numpy as np
import pytest
from scipy import constants as codata

from device_models.params import Pulse
from device_models.variation import nominal_cell
from device_models.write import potentiation_write, pulse_probability
from objectives.constraints import constraints
from objectives.die import nominal_conductances, read_noise_a
from objectives.margins import read_contrast

R_P, TMR, HALF_V, ACCESS = 9.818e-12 / (math.pi * 25e-9**2), 1.2, 0.5, 3e3


def current_a(drive_v, tmr):
    """Fixed point of I = V/(R_s + R(V_junction)), by iteration."""
    junction_v = drive_v
    for _ in range(200):
        ohm = R_P * (1 + tmr / (1 + (junction_v / HALF_V) ** 2))
        junction_v = drive_v * ohm / (ACCESS + ohm)
    return drive_v / (ACCESS + ohm)


@pytest.fixture
def pixels():
    """40 images of 60 pixels, a third of them bright."""
    rng = np.random.default_rng(0)
    return np.where(rng.random((40, 60)) < 1 / 3, rng.integers(50, 256, (40, 60)), 0).astype(
        np.uint8
    )


def changed(design, part, **values):
    return dataclasses.replace(
        design, **{part: dataclasses.replace(getattr(design, part), **values)}
    )


def with_pulses(design, up_v, down_v):
    return dataclasses.replace(
        design,
        potentiation=Pulse(amplitude_v=up_v, duration_s=10e-9),
        depression=Pulse(amplitude_v=down_v, duration_s=10e-9),
    )


@pytest.mark.parametrize(("up_v", "down_v"), [(0.6, 1.0), (1.1, 0.7)])
def test_drive_current_is_ohms_law_through_a_parallel_junction(reader, pixels, up_v, down_v):
    value = constraints(with_pulses(reader, up_v, down_v), pixels)["drive_current"]
    # INDEPENDENT: the larger pulse over R_P and transistor, against its 150 µA
    assert value == pytest.approx(current_a(max(up_v, down_v), 0.0) / 150e-6 - 1, rel=1e-9)


def test_a_pulse_too_strong_for_its_transistor_is_infeasible(reader, pixels):
    limit_v = 150e-6 * (R_P + ACCESS)
    for factor, sign in ((0.99, -1), (1.01, 1)):
        value = constraints(with_pulses(reader, factor * limit_v, 0.6), pixels)["drive_current"]
        assert value == pytest.approx(sign * 0.01, rel=1e-6)  # LAW: 0.01 is 1 % too far


@pytest.mark.parametrize(("up_v", "down_v"), [(0.6, 1.0), (1.1, 0.7)])
def test_write_current_is_a_group_of_parallel_cells_on_one_line(reader, pixels, up_v, down_v):
    design = changed(with_pulses(reader, up_v, down_v), "array", wire_ohm=0.0)
    value = constraints(design, pixels)["write_current"]
    # INDEPENDENT: eight cells of 8 kΩ at the larger pulse, against the default of 1 mA
    assert value == pytest.approx(8 * max(up_v, down_v) / (R_P + ACCESS) / 1e-3 - 1, rel=1e-9)


def test_no_line_carries_the_130_active_cells_of_a_column_at_once(reader):
    at_50_ua = 50e-6 * (R_P + ACCESS)
    design = with_pulses(reader, at_50_ua, at_50_ua)
    many = changed(design, "array", wire_ohm=0.0, tile_rows=784, rows_per_write=130)
    images = np.full((1, 784), 200, np.uint8)
    # INDEPENDENT: 784 rows make 7 groups of 112; 112 times 50 µA over 1 mA
    assert constraints(many, images)["write_current"] == pytest.approx(112 * 50e-6 / 1e-3 - 1)
    few = changed(many, "array", rows_per_write=8)
    assert constraints(few, images)["write_current"] < 0
    wider = changed(many, "array", line_max_a=6.5e-3)
    assert constraints(wider, images)["write_current"] < 0


def test_a_short_layer_has_no_more_cells_on_a_line_than_inputs(reader, pixels):
    tall = changed(reader, "array", wire_ohm=0.0, tile_rows=4096, rows_per_write=4096)
    one = constraints(changed(tall, "array", rows_per_write=1), pixels)["write_current"] + 1
    assert constraints(tall, pixels)["write_current"] + 1 == pytest.approx(60 * one)  # LAW


@pytest.mark.parametrize(("up_v", "down_v"), [(0.9, 0.6), (0.6, 1.2)])
def test_overdrive_is_the_current_of_the_starting_state_over_its_critical_one(
    reader, pixels, up_v, down_v
):
    device = reader.device
    critical_a = 4 * codata.e * 0.03 * device.barrier * codata.k * 300
    critical_a /= codata.hbar * math.sqrt(1.2 / 3.2)
    # INDEPENDENT: AP→P starts antiparallel, P→AP parallel and needs 1.5 times the current
    up, down = current_a(up_v, TMR) / critical_a, current_a(down_v, 0.0) / (1.5 * critical_a)
    value = constraints(with_pulses(reader, up_v, down_v), pixels)["overdrive"]
    assert value == pytest.approx(max(up, down) / 5 - 1, rel=1e-8)


def test_a_better_torque_brings_the_end_of_the_switching_table_nearer(reader, pixels):
    twice = changed(reader, "device", torque_efficiency=2.0)
    once = constraints(reader, pixels)["overdrive"] + 1
    assert constraints(twice, pixels)["overdrive"] + 1 == pytest.approx(2 * once)  # LAW: I/I_c0


@pytest.mark.parametrize(
    ("part", "field", "values"),
    [
        ("array", "read_v", [0.05, 0.1, 0.2, 0.4]),
        ("array", "read_s", [2e-9, 5e-9, 20e-9, 80e-9]),
        ("encoding", "steps", [1, 10, 40, 200]),
        ("device", "torque_efficiency", [1.0, 1.5, 2.0, 3.0]),
    ],
)
def test_read_disturb_grows_with_voltage_time_steps_and_torque(
    reader, pixels, part, field, values
):
    decades = [
        constraints(changed(reader, part, **{field: value}), pixels)["read_disturb"]
        for value in values
    ]
    assert decades == sorted(decades)  # LAW
    assert decades[0] < decades[-1] - 1


def test_read_disturb_falls_with_barrier_and_access_resistance(reader, pixels):
    base = constraints(reader, pixels)["read_disturb"]
    for part, values in (("device", {"barrier": 60.0}), ("array", {"access_ohm": 6e3})):
        assert constraints(changed(reader, part, **values), pixels)["read_disturb"] < base  # LAW


def test_read_contrast_of_ideal_wires_is_the_one_of_simulated_reads(reader):
    design = changed(reader, "array", wire_ohm=0.0, tile_rows=20)
    design = changed(design, "encoding", kind="rate", steps=1, peak_rate=1.0)
    pixels = np.zeros((1, 60), np.uint8)
    pixels[:, ::2] = 255  # 30 rows are active, ten a tile
    rng, columns = np.random.default_rng(1), 100_000
    g_p, g_ap = nominal_conductances(design.device, design.array)
    on = rng.binomial(10, 0.5, (3, columns))
    tile_a = 0.1 * (on * g_p + (10 - on) * g_ap)
    rms = np.hypot(
        read_noise_a(design.sense, design.array, design.device),
        design.sense.noise_relative * tile_a,
    )
    noise = rms * rng.standard_normal((3, columns))
    # INDEPENDENT: Monte Carlo of random columns and noise; sampling error 0.3 %
    expected = tile_a.sum(0).std() / noise.sum(0).std()
    assert read_contrast(design, pixels) == pytest.approx(expected, rel=0.015)


def test_read_margin_is_feasible_at_two_sigmas(reader, pixels):
    value = constraints(reader, pixels)["read_margin"]
    assert value == pytest.approx(1 - read_contrast(reader, pixels) / 2)  # LAW: the definition


def test_contrast_grows_with_the_root_of_the_steps(reader, pixels):
    one = read_contrast(changed(reader, "encoding", steps=1), pixels)
    nine = read_contrast(changed(reader, "encoding", steps=9), pixels)
    assert nine == pytest.approx(3 * one)  # LAW: signal adds as T, noise as √T


@pytest.mark.parametrize("field", ["noise_relative", "noise_a_per_rthz"])
def test_read_contrast_falls_with_sense_noise(reader, pixels, field):
    value = getattr(reader.sense, field)
    contrasts = [
        read_contrast(changed(reader, "sense", **{field: factor * value}), pixels)
        for factor in (1, 2, 5, 20)
    ]
    assert contrasts == sorted(contrasts, reverse=True)  # LAW
    assert contrasts[-1] < 0.5 * contrasts[0]


def test_read_contrast_falls_with_wire_and_most_in_tall_tiles(reader, pixels):
    lost = []
    for rows in (10, 20, 60):
        tile = changed(reader, "array", tile_rows=rows)
        contrasts = [
            read_contrast(changed(tile, "array", wire_ohm=ohm), pixels)
            for ohm in (0.0, 2.5, 10.0, 50.0)
        ]
        assert contrasts == sorted(contrasts, reverse=True)  # LAW: the signal drops
        lost.append(1 - contrasts[-1] / contrasts[0])
    assert lost == sorted(lost)  # LAW: more wire in the path


def test_taller_tiles_read_worse_where_noise_goes_with_the_current(reader, pixels):
    """Independent amplifiers average their relative noise: one tall tile has one amplifier."""
    quiet = changed(reader, "sense", noise_a_per_rthz=0.0)
    loud = changed(quiet, "sense", noise_relative=0.5)
    contrasts = [
        read_contrast(changed(loud, "array", tile_rows=rows, wire_ohm=0.0), pixels)
        for rows in (10, 20, 60)
    ]
    # LAW: noise relative to the whole current falls as the root of the tiles, 6, 3 and 1;
    # Johnson noise leaves 5e-4
    assert np.array(contrasts) / contrasts[-1] == pytest.approx(np.sqrt([6, 3, 1]), rel=1e-3)


def test_short_tiles_read_worse_where_each_amplifier_adds_its_own_noise(reader, pixels):
    plain = changed(reader, "sense", noise_relative=0.0)
    contrasts = [
        read_contrast(changed(plain, "array", tile_rows=rows, wire_ohm=0.0), pixels)
        for rows in (10, 20, 60)
    ]
    # LAW: ideal wires, absolute noise of 6, 3 and 1 amplifiers
    assert np.array(contrasts) / contrasts[-1] == pytest.approx(1 / np.sqrt([6, 3, 1]))


def test_a_blank_image_has_no_contrast(reader):
    assert read_contrast(reader, np.zeros((3, 60), np.uint8)) == 0.0  # LAW


def test_a_pulse_beyond_the_switching_table_is_infeasible_and_held_at_its_end(reader, pixels):
    # INDEPENDENT: 500 relaxation times of 1.15 ns
    longer = dataclasses.replace(reader.potentiation, duration_s=1e-6)
    design = dataclasses.replace(reader, potentiation=longer)
    cell = nominal_cell(design.device)
    assert constraints(design, pixels)["pulse_length"] == pytest.approx(
        1e-6 / (500 * cell.tau_d_s) - 1
    )
    end = dataclasses.replace(longer, duration_s=500 * cell.tau_d_s)
    write = potentiation_write(cell, longer, 3e3)
    assert pulse_probability(write, cell, longer) == pulse_probability(write, cell, end)
