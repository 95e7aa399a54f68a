"""One sampled die: what is drawn, what follows from it, and what the read adds."""

import dataclasses

import numpy as np
import pytest
from scipy import constants as codata

from device_models.params import Array, Mtj, Sense, Variation
from device_models.switching import switching_probability
from device_models.variation import nominal_cell
from device_models.write import depression_write, pulse_probability
from device_models.write_path import write_path, write_share
from objectives.die import draw_die, nominal_conductances, read_conductances, read_noise_a

INPUTS = 200
NONE = Variation(**{field.name: 0.0 for field in dataclasses.fields(Variation)})
MATCHED = Sense(offset_relative=0.0, reference_mismatch=0.0)


def die(design, seed=0, **changes):
    return draw_die(dataclasses.replace(design, **changes), INPUTS, np.random.default_rng(seed))


def cv(values):
    return float(values.std() / values.mean())


def test_the_same_seed_draws_the_same_die_and_another_seed_another(reader):
    one, again, other = (die(reader, seed)[0] for seed in (7, 7, 8))
    for name in ("conductance_p_s", "conductance_ap_s", "potentiation", "depression"):
        assert np.array_equal(getattr(one, name), getattr(again, name))  # LAW
        assert not np.array_equal(getattr(one, name), getattr(other, name))


def test_without_variation_every_cell_is_the_nominal_one(reader):
    crossbar, cells = die(reader, variation=NONE, sense=MATCHED, array=Array(wire_ohm=0.0))
    g_p, g_ap = nominal_conductances(reader.device, reader.array)
    assert crossbar.conductance_p_s.shape == (INPUTS, 50)
    # LAW: to the precision of single floats
    assert crossbar.conductance_p_s == pytest.approx(g_p, rel=1e-6)
    assert crossbar.conductance_ap_s == pytest.approx(g_ap, rel=1e-6)
    for values in (crossbar.potentiation, crossbar.depression, cells.barrier, cells.critical_a):
        assert np.ptp(values) == 0.0


def test_nominal_conductances_are_those_of_junction_and_transistor_in_series(reader):
    g_p, g_ap = nominal_conductances(reader.device, reader.array)
    # PUBLISHED: Stochastic_MTJ_Model, R_P 5 kΩ, TMR 120 %; behind 3 kΩ
    assert 1 / g_p == pytest.approx(8e3, rel=1e-4)
    junction_v = 0.1
    for _ in range(50):  # INDEPENDENT: the divider by iteration
        ohm = 5000.266 * (1 + 1.2 / (1 + (junction_v / 0.5) ** 2))
        junction_v = 0.1 * ohm / (ohm + 3e3)
    assert 1 / g_ap == pytest.approx(ohm + 3e3, rel=1e-6)


def test_the_spread_of_the_cells_is_the_one_asked_for(reader):
    wide = Variation(diameter=0.05, ra=0.04, tmr=0.1, barrier=0.06)
    _, cells = die(reader, variation=wide)
    # LAW: log-normal factors multiply, so 1 + CV² does; R_P ∝ RA·D⁻², Δ ∝ density·D²
    d2 = (1 + 0.05**2) ** 4
    sampling = 4 / np.sqrt(2 * INPUTS * 50)
    assert cv(cells.r_p_ohm) == pytest.approx(np.sqrt(d2 * (1 + 0.04**2) - 1), rel=sampling)
    assert cv(cells.barrier) == pytest.approx(np.sqrt(d2 * (1 + 0.06**2) - 1), rel=sampling)
    assert cv(cells.critical_a) == pytest.approx(cv(cells.barrier), rel=1e-12)
    assert cv(cells.tmr) == pytest.approx(0.1, rel=sampling)


def test_conductances_of_the_die_are_those_of_its_cells(reader):
    crossbar, cells = die(reader, sense=MATCHED)
    g_p, g_ap = read_conductances(cells, reader.array)
    assert crossbar.conductance_p_s == pytest.approx(g_p, rel=1e-6)
    assert crossbar.conductance_ap_s == pytest.approx(g_ap, rel=1e-6)
    assert np.all(g_p > g_ap)  # LAW: parallel conducts more
    # INDEPENDENT: one cell by hand
    junction_v = 0.1
    for _ in range(50):
        ohm = cells.r_p_ohm[3, 4] * (1 + cells.tmr[3, 4] / (1 + (junction_v / 0.5) ** 2))
        junction_v = 0.1 * ohm / (ohm + 3e3)
    assert g_ap[3, 4] == pytest.approx(1 / (ohm + 3e3))


@pytest.mark.parametrize("cell", [(0, 0), (57, 31), (199, 49)])
def test_a_cell_switches_with_the_chance_of_its_own_current(reader, cell):
    crossbar, cells = die(reader, array=Array(wire_ohm=0.0))
    r_p, tmr = cells.r_p_ohm[cell], cells.tmr[cell]
    junction_v = 0.65
    for _ in range(200):
        ohm = r_p * (1 + tmr / (1 + (junction_v / 0.5) ** 2))
        junction_v = 0.65 * ohm / (ohm + 3e3)
    tau, barrier = 20e-9 / cells.tau_d_s, cells.barrier[cell]
    # INDEPENDENT: Ohm's law by iteration, antiparallel for potentiation, parallel for depression
    up = 0.65 / (ohm + 3e3) / cells.critical_a[cell]
    down = 0.6 / (r_p + 3e3) / (1.5 * cells.critical_a[cell])
    for chances, overdrive in ((crossbar.potentiation, up), (crossbar.depression, down)):
        expected = switching_probability(overdrive, tau, barrier)
        assert chances[cell] == pytest.approx(expected, rel=1e-5)


def test_read_noise_is_that_of_amplifier_and_junctions_in_the_band_of_the_integrator(reader):
    sense, array = reader.sense, reader.array
    conductance = 100 * nominal_conductances(reader.device, array)[0]
    # INDEPENDENT: (i_n² + 2eI·coth(eV/2k_BT))·Δf with Δf = 1/(2·5 ns) = 100 MHz and 5 kΩ of 8 kΩ
    junction_v = 0.1 * 5 / 8
    coth = 1 / np.tanh(codata.e * junction_v / (2 * codata.k * 300))
    density = 2e-11**2 + 2 * codata.e * junction_v * conductance * coth
    assert read_noise_a(sense, array, reader.device) == pytest.approx(np.sqrt(density * 1e8))


def test_read_noise_falls_with_the_root_of_the_read_time_and_is_johnson_s_at_no_bias(reader):
    array, device = reader.array, reader.device
    longer = dataclasses.replace(array, read_s=4 * array.read_s)
    assert read_noise_a(reader.sense, longer, device) == pytest.approx(
        read_noise_a(reader.sense, array, device) / 2  # LAW: white noise
    )
    silent = Sense(noise_a_per_rthz=0.0)
    hot = dataclasses.replace(device, temperature_k=375.0)
    weak, strong = (dataclasses.replace(array, read_v=volts) for volts in (0.01, 0.5))
    cold, warm = (read_noise_a(silent, weak, mtj) for mtj in (device, hot))
    assert warm / cold == pytest.approx(np.sqrt(375 / 300), rel=5e-3)  # LAW: Nyquist
    cold, warm = (read_noise_a(silent, strong, mtj) for mtj in (device, hot))
    assert warm / cold == pytest.approx(1, abs=1e-3)  # LAW: shot noise knows no temperature


def test_the_gain_of_an_amplifier_is_one_for_a_tile_column_and_both_states(reader):
    array = Array(tile_rows=80)
    crossbar, cells = die(
        reader, array=array, sense=Sense(offset_relative=0.1, reference_mismatch=0.0)
    )
    g_p, g_ap = read_conductances(cells, array)
    gain = crossbar.conductance_p_s / g_p
    assert crossbar.conductance_ap_s / g_ap == pytest.approx(gain, rel=1e-6)
    for tile in (gain[:80], gain[80:160], gain[160:]):  # the last one is shorter
        assert tile == pytest.approx(np.broadcast_to(tile[0], tile.shape), rel=1e-6)  # LAW
    assert np.ptp(gain[0]) > 0.1
    gains = np.concatenate([gain[0], gain[80], gain[160]])
    assert gains.std() == pytest.approx(0.1, rel=4 / np.sqrt(2 * 150))  # LAW: sampling
    assert gains.mean() == pytest.approx(1.0, abs=4 * 0.1 / np.sqrt(150))


def test_a_wrong_reference_shifts_a_tile_column_in_both_states_alike(reader):
    array = Array(tile_rows=80)
    wrong = Sense(offset_relative=0.0, reference_mismatch=0.1)
    crossbar, cells = die(reader, array=array, sense=wrong)
    g_p, g_ap = read_conductances(cells, array)
    shift = (g_p - crossbar.conductance_p_s) / crossbar.reference_s
    # LAW: one number a tile and column, in units of the reference, whatever the state
    assert shift == pytest.approx(
        (g_ap - crossbar.conductance_ap_s) / crossbar.reference_s, abs=1e-6
    )
    assert shift[:80] == pytest.approx(np.broadcast_to(shift[0], (80, 50)), abs=1e-6)
    shifts = np.concatenate([shift[0], shift[80], shift[160]])
    assert shifts.std() == pytest.approx(0.1, rel=4 / np.sqrt(2 * 150))  # LAW: sampling
    raw = dataclasses.replace(array, read_scheme="raw")
    crossbar, _ = die(reader, array=raw, sense=wrong)
    assert crossbar.reference_s == 0.0
    assert crossbar.conductance_p_s == pytest.approx(g_p, rel=1e-6)  # LAW: nothing to be wrong


def test_a_converter_covers_its_part_of_what_a_tile_can_give(reader):
    digital = Array(tile_rows=80, partial_sums="digital", read_v=0.1)
    crossbar, _ = die(reader, array=digital, sense=Sense(adc_bits=5, adc_range=0.5))
    g_p, g_ap = nominal_conductances(reader.device, reader.array)
    # INDEPENDENT: 32 codes over half of 80 rows that all add or all take half a window
    assert crossbar.converter_a == pytest.approx(0.5 * 80 * (g_p - g_ap) * 0.1 / 32)
    assert (crossbar.converter_low, crossbar.converter_high) == (-16, 15)
    raw = dataclasses.replace(digital, read_scheme="raw")
    crossbar, _ = die(reader, array=raw, sense=Sense(adc_bits=5, adc_range=0.5))
    assert crossbar.converter_a == pytest.approx(0.5 * 80 * g_p * 0.1 / 32)
    assert (crossbar.converter_low, crossbar.converter_high) == (0, 31)


def test_no_gain_is_negative(reader):
    crossbar, _ = die(reader, array=Array(tile_rows=1), sense=Sense(offset_relative=0.5))
    assert crossbar.conductance_p_s.min() == 0.0


def test_the_reference_is_halfway_between_the_nominal_states(reader):
    crossbar, _ = die(reader)
    g_p, g_ap = nominal_conductances(reader.device, reader.array)
    assert crossbar.reference_s == pytest.approx((g_p + g_ap) / 2)  # LAW


def test_a_tile_is_at_most_as_tall_as_the_layer(reader):
    crossbar, _ = die(reader, array=Array(tile_rows=1000))
    assert crossbar.tile_rows == INPUTS
    assert crossbar.attenuation.shape[1] == INPUTS


def test_a_wild_spread_still_gives_a_die_the_learner_accepts(reader):
    wild = Variation(diameter=0.5, ra=0.5, tmr=0.5, barrier=0.5)
    crossbar, cells = die(reader, variation=wild)
    assert cells.barrier.min() == 5.0  # held to the switching table
    assert cells.barrier.max() == 120.0
    for chances in (crossbar.potentiation, crossbar.depression):
        assert chances.min() >= 0
        assert chances.max() <= 1


def test_an_exact_device_can_be_written_down_by_hand(reader):
    plain = Mtj(
        diameter_m=40e-9,
        ra_ohm_m2=6e-12,
        tmr=1.0,
        barrier=60.0,
        anisotropy_t=0.25,
        damping=0.02,
        polarisation=0.6,
    )
    array = Array(access_ohm=0.0)
    g_p, g_ap = nominal_conductances(plain, array)
    # INDEPENDENT: 6 Ω·µm² over π·(20 nm)²; TMR 1/(1 + 0.04) at 0.1 V
    assert g_p == pytest.approx(np.pi * 20e-9**2 / 6e-12)
    assert g_p / g_ap == pytest.approx(1 + 1 / 1.04)
    crossbar, _ = draw_die(
        dataclasses.replace(reader, device=plain, array=array, variation=NONE, sense=MATCHED),
        10,
        np.random.default_rng(0),
    )
    assert crossbar.conductance_p_s == pytest.approx(g_p, rel=1e-6)


def test_chances_of_a_cell_follow_its_row(reader):
    array = Array(tile_rows=98, rows_per_write=8, wire_ohm=10.0)
    crossbar, _ = die(reader, variation=NONE, sense=MATCHED, array=array)
    cell, path = nominal_cell(reader.device), write_path(reader.device, array, reader.depression)
    for row in (0, 50, 97):
        # LAW: each row's own series resistance and share, the second tile as the first
        series_ohm = array.access_ohm + path.wire_ohm[row]
        write = depression_write(
            cell, reader.depression, series_ohm, share=float(path.open_share[row])
        )
        expected = pulse_probability(write, cell, reader.depression)
        assert crossbar.depression[row] == pytest.approx(expected, rel=1e-6)
        assert crossbar.depression[98 + row] == pytest.approx(expected, rel=1e-6)
    by_row = crossbar.potentiation[:98].mean(axis=1)
    share = write_share(array, reader.device, reader.potentiation, "potentiation")
    rising = by_row[np.argsort(share)]
    assert np.all(np.diff(rising) >= -1e-5 * rising[1:])  # LAW: more drive, more flips
    assert by_row.min() < 0.7 * by_row.max()


def test_a_cell_of_low_resistance_loses_more_to_the_wire(reader):
    lines = Array(rows_per_write=8, wire_ohm=10.0)
    wired, cells = die(reader, array=lines)
    ideal, _ = die(reader, array=Array(rows_per_write=8, wire_ohm=0.0))
    row = 50
    order = np.argsort(cells.r_p_ohm[row])
    ratio = wired.depression[row] / ideal.depression[row]
    assert np.all(ratio < 1)  # LAW
    path = write_path(reader.device, lines, reader.depression)
    current = path.open_share[row] / (cells.r_p_ohm[row] + 3e3 + path.wire_ohm[row])
    lost = current * (cells.r_p_ohm[row] + 3e3)
    assert np.array_equal(np.argsort(lost), order)  # LAW: the divider of each cell
