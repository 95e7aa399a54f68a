"""Energy, lifetime, latency and area against totals derived by hand from the same events."""

import dataclasses
import functools
from types import SimpleNamespace

import numpy as np
import pytest

from device_models.analog_library import Synapse
from device_models.endurance import failing_fraction, images_to_failing_fraction
from device_models.periphery import PRESETS, word_line_s
from device_models.ranges import RangeError
from device_models.transport import junction_voltage
from device_models.variation import nominal_cell
from device_models.write import potentiation_write
from device_models.write_path import write_path, write_share
from objectives.area import layer_area
from objectives.breakdown import inference_latency, learning_latency
from objectives.design import flatten, unflatten
from objectives.endurance import damage_per_image, lifetime_images, lifetime_spread
from objectives.energy import image_energy
from objectives.latency import learning_latency_s, read_latency_s
from objectives.writes import write_share_min
from tests.pulses import pulses_of, without

# Joules and square metres are far below the absolute tolerance that approx has by default.
approx = functools.partial(pytest.approx, rel=1e-6, abs=0)

CROSSBAR = SimpleNamespace(inputs=20, tile_rows=10, reference_s=1e-4, read_v=0.1, read_s=5e-9)


def by_hand_attempt_j(design, pulse, antiparallel):
    """V_drive · I · t from the voltage divider, written out."""
    r_p, tmr = 5000.266, (1.2 if antiparallel else 0.0)
    v = float(junction_voltage(pulse.amplitude_v, r_p, tmr, 0.5, design.array.access_ohm))
    current = (pulse.amplitude_v - v) / design.array.access_ohm
    return pulse.amplitude_v * current * pulse.duration_s


def ideal_lines(design):
    return dataclasses.replace(design, array=dataclasses.replace(design.array, wire_ohm=0.0))


def test_every_attempt_is_charged_at_the_resistance_it_starts_from(design, events):
    design = ideal_lines(design)
    up, down = design.potentiation, design.depression
    # INDEPENDENT: sums by hand; the transistor's drop gives the current
    expected = (
        300 * by_hand_attempt_j(design, up, True)
        + 200 * by_hand_attempt_j(design, up, False)
        + 100 * by_hand_attempt_j(design, down, False)
        + 1400 * by_hand_attempt_j(design, down, True)
    ) / 100
    assert image_energy(events, design, CROSSBAR).write_cells_j == approx(
        expected, rel=1e-5, abs=0
    )


def test_reads_and_circuits_are_charged_by_use(design, events):
    energy, preset = image_energy(events, design, CROSSBAR), PRESETS["45nm"]
    # INDEPENDENT: 0.125 A·steps and 2,000 active rows of reference, at 0.1 V and 5 ns
    assert energy.read_cells_j == approx(0.1 * 5e-9 * (0.125 + 2000 * 1e-5) / 100)
    words = 2000 + events.attempts  # rows read, and a word line for each cell that is written
    # INDEPENDENT: four columns and a reference on each line, of the 128 of the preset
    assert energy.row_drivers_j == approx(words * 5 / 128 * preset.row_driver_j / 100)
    assert energy.sense_j == approx(500 * 5 * preset.sense_j / 100)
    assert energy.adc_j == energy.adders_j == 0.0  # currents meet on the neuron
    assert energy.neurons_j == approx(250 * 4 * preset.neuron_j / 100)
    assert energy.winner_j == approx(250 * 4 * preset.winner_j / 100)
    columns = events.attempts / 100
    # INDEPENDENT: 100 columns of 20 cells written, two tiles, two polarities
    assert energy.write_drivers_j == approx(100 * 2 * 2 * preset.write_driver_j / 100)
    assert energy.write_lines_j == approx(columns * preset.bit_line_f * (0.7**2 + 0.8**2), abs=0)


def test_macro_energy_is_the_sum_of_its_parts(design, events):
    energy = image_energy(events, design, CROSSBAR)
    assert energy.macro_j == approx(sum(dataclasses.astuple(energy)))  # LAW
    assert energy.device_j < energy.macro_j


def test_a_pulse_on_a_parallel_junction_costs_more(design):
    cell, access = nominal_cell(design.device), design.array.access_ohm
    pulse = design.potentiation
    on_p = potentiation_write(cell, pulse, access, from_ap=False)
    assert on_p.energy_j > potentiation_write(cell, pulse, access).energy_j  # LAW: lower R


def test_lifetime_is_when_100_ppm_of_cells_are_broken(design, events):
    images = lifetime_images(events, design, 20)
    damage = damage_per_image(events, design, 20)
    beta = design.breakdown.weibull_shape
    assert np.mean(-np.expm1(-((damage * images) ** beta))) == approx(1e-4, rel=1e-3)


def test_wear_goes_with_wins(design, events):
    damage = damage_per_image(events, design, 20)
    assert damage.shape == (20, 4)
    assert damage[7] / damage[7, 3] == approx([4, 3, 2, 1])  # LAW


def test_one_kind_of_pulse_wears_as_the_breakdown_law_says(design, events):
    only = dataclasses.replace(
        events,
        wins=np.array([25, 25, 25, 25]),
        pulses=pulses_of(20, ltp_p=200),
    )
    design = ideal_lines(design)
    images = lifetime_images(only, design, 20)
    r_p, access = 5000.266, design.array.access_ohm
    volts = design.potentiation.amplitude_v * r_p / (r_p + access)
    broken = failing_fraction(0.25 * images, volts, 10e-9, design.breakdown)
    assert broken == approx(1e-4, rel=1e-2)  # INDEPENDENT: through the cell's own law


def test_lifetime_lies_within_the_spread_of_the_laws(design, events):
    spread = lifetime_spread(events, design, 20)
    assert spread.life["power", "weibull"] == lifetime_images(events, design, 20)  # LAW
    assert spread.lowest <= lifetime_images(events, design, 20) <= spread.highest  # LAW
    own = dataclasses.replace(design.breakdown, law="1/E", distribution="lognormal")
    other = dataclasses.replace(design, breakdown=own)
    assert lifetime_images(events, other, 20) == spread.life["1/E", "lognormal"]  # LAW


def test_only_depression_pulses_wear_by_the_polarity_factor(design, events):
    weak = dataclasses.replace(design.breakdown, polarity_factor=0.1)
    down_only = without(events, "ltp_ap", "ltp_p")
    up_only = without(events, "ltd_ap", "ltd_p")
    worn = dataclasses.replace(design, breakdown=weak)
    ratio = damage_per_image(down_only, worn, 20) / damage_per_image(down_only, design, 20)
    assert ratio == approx(10)  # LAW: P→AP is the negative polarity
    same = damage_per_image(up_only, worn, 20), damage_per_image(up_only, design, 20)
    assert same[0] == approx(same[1])


def test_a_wider_junction_of_the_same_resistance_lives_shorter(design, events):
    own = design.device
    wide = dataclasses.replace(own, diameter_m=2 * own.diameter_m, ra_ohm_m2=4 * own.ra_ohm_m2)
    ratio = lifetime_images(events, design, 20) / lifetime_images(
        events, dataclasses.replace(design, device=wide), 20
    )
    assert ratio == approx(4 ** (1 / 1.5), rel=1e-4)  # LAW: four times the area, β = 1.5


def test_no_writes_no_wear(design, events):
    still = dataclasses.replace(
        events,
        wins=np.zeros(4, int),
        pulses=pulses_of(20),
    )
    assert lifetime_images(still, design, 20) == np.inf


def test_latency_is_reads_plus_groups_of_pulses(design, events):
    assert read_latency_s(events, design) == approx(2.5 * 5e-9)
    # INDEPENDENT: tiles of 10 rows in groups of 4 → 3 groups of 10 + 5 ns, one win an image
    assert learning_latency_s(events, design) == approx(2.5 * 5e-9 + 3 * 15e-9)


def test_circuits_take_their_time_in_every_step_and_write(design, events):
    preset = PRESETS["45nm"]
    # INDEPENDENT: 1.5 ns of sense, 7.2 ns of decision; 2.5 steps an image
    reading = inference_latency(events, design, 20)
    learning = learning_latency(events, design, 20)
    assert reading.sense_s == approx(2.5 * 1.5e-9)
    assert reading.winner_s == approx(2.5 * 7.2e-9)
    assert reading.row_drivers_s == approx(2.5 * word_line_s(preset, 5))  # with the reference
    assert reading.adc_s == reading.adders_s == reading.write_s == reading.write_drivers_s == 0.0
    assert learning.read_s == reading.read_s == approx(2.5 * 5e-9)
    assert learning.write_s == approx(3 * 15e-9)
    # INDEPENDENT: one win an image, two polarities
    assert learning.write_drivers_s == approx(2 * preset.write_driver_s)
    assert learning.total_s == approx(
        reading.total_s + learning.write_s + learning.write_drivers_s
    )
    assert learning.total_s == approx(sum(dataclasses.astuple(learning)))  # LAW


def test_area_adds_cells_and_circuits(design):
    preset, area = PRESETS["45nm"], layer_area(design, 20)
    # INDEPENDENT: 20 rows × 4 columns and a reference in two tiles
    expected = 100 * preset.cell_m2 + 10 * preset.sense_m2 + 8 * preset.write_driver_m2
    expected += 4 * (preset.neuron_m2 + preset.winner_m2) + 20 * preset.row_driver_m2
    assert area.total_m2 == approx(expected)
    assert area.total_m2 == approx(sum(dataclasses.astuple(area)))  # LAW


def test_area_scales_with_cells_and_tiles(design):
    small, tall = layer_area(design, 20), layer_area(design, 40)
    assert tall.cells_m2 == approx(2 * small.cells_m2)  # LAW: twice the cells
    assert tall.sense_m2 == approx(2 * small.sense_m2)  # LAW: twice the tiles
    assert tall.neurons_m2 == small.neurons_m2  # LAW: the same columns
    wide = dataclasses.replace(design, neuron=dataclasses.replace(design.neuron, count=8))
    # LAW: nine columns for five, a reference in either
    assert layer_area(wide, 20).cells_m2 == approx(9 / 5 * small.cells_m2)
    assert layer_area(wide, 20).row_drivers_m2 == small.row_drivers_m2  # LAW: the same rows
    one = dataclasses.replace(design, array=dataclasses.replace(design.array, tile_rows=20))
    assert layer_area(one, 20).sense_m2 == approx(small.sense_m2 / 2)  # LAW: one tile


def test_energy_is_drawn_at_the_driver_and_falls_with_the_wire(design, events):
    tall = dataclasses.replace(
        design, array=dataclasses.replace(design.array, tile_rows=20, wire_ohm=20.0)
    )
    expected = 0.0
    for pulse, counts in ((tall.potentiation, (200, 300)), (tall.depression, (100, 1400))):
        path = write_path(tall.device, tall.array, pulse)
        for count, tmr in zip(counts, (0.0, 1.2), strict=True):
            for share, ohm in zip(path.open_share, path.wire_ohm, strict=True):
                series, drive = 3e3 + ohm, share * pulse.amplitude_v
                junction_v = float(junction_voltage(drive, 5000.266, tmr, 0.5, series))
                current = (drive - junction_v) / series
                expected += count / 20 * pulse.amplitude_v * current * pulse.duration_s
    # INDEPENDENT: row by row, V of the driver times the current behind the wire
    found = image_energy(events, tall, CROSSBAR).write_cells_j
    assert found == approx(expected / 100, rel=1e-5, abs=0)
    assert found < image_energy(events, ideal_lines(tall), CROSSBAR).write_cells_j  # LAW


def test_pulses_on_cells_in_the_target_state_cost_and_wear_and_change_nothing(design, events):
    none = without(events, "ltp_ap", "ltd_p")
    idle = without(none, "ltp_p", "ltd_ap")
    assert image_energy(none, design, CROSSBAR).write_cells_j > 0  # LAW
    assert image_energy(idle, design, CROSSBAR).write_cells_j == 0
    assert np.all(damage_per_image(none, design, 20) > 0)
    assert np.all(damage_per_image(idle, design, 20) == 0)


def test_rows_wear_as_the_voltage_they_see(design, events):
    lossy = dataclasses.replace(
        design, array=dataclasses.replace(design.array, tile_rows=20, wire_ohm=20.0)
    )
    only = without(events, "ltp_ap", "ltd_p", "ltd_ap")
    damage = damage_per_image(only, lossy, 20)[:, 0]
    path, pulse = write_path(lossy.device, lossy.array, lossy.potentiation), lossy.potentiation
    volts = 0.7 * path.open_share * 5000.266 / (8000.266 + path.wire_ohm)
    # INDEPENDENT: linear divider of parallel cells, n = 50 of the power law
    assert damage / damage[0] == approx((volts / volts[0]) ** 50, rel=1e-4)
    assert pulse.amplitude_v == 0.7
    assert damage.min() < 0.9 * damage.max()
    assert lifetime_images(only, lossy, 20) > lifetime_images(only, ideal_lines(lossy), 20)  # LAW


@pytest.mark.parametrize(("over", "within"), [("weibull", 1e-4), ("lognormal", 0.02)])
def test_merged_rows_live_as_long_as_all_of_them(design, events, over, within):
    lossy = dataclasses.replace(
        design,
        array=dataclasses.replace(design.array, tile_rows=98, rows_per_write=8),
        breakdown=dataclasses.replace(design.breakdown, distribution=over),
    )
    pulses = pulses_of(196, ltp_ap=3000, ltp_p=2000, ltd_p=1000, ltd_ap=14000)
    events = dataclasses.replace(
        events, wins=np.arange(1, 101), pulses=pulses, spared=np.zeros((2, 196), int)
    )
    area = (lossy.device.diameter_m / lossy.breakdown.reference_diameter_m) ** 2
    damage = damage_per_image(events, lossy, 196).reshape(-1)
    # INDEPENDENT: the sum over every cell
    every = images_to_failing_fraction(damage, 1e-4, lossy.breakdown, area)
    assert lifetime_images(events, lossy, 196) == approx(every, rel=within)


def test_the_lowest_share_is_that_of_the_stronger_loss(design):
    up, down = (
        write_share(design.array, design.device, pulse, polarity).min()
        for pulse, polarity in (
            (design.potentiation, "potentiation"),
            (design.depression, "depression"),
        )
    )
    assert write_share_min(design, 20) == approx(min(up, down), rel=1e-12)  # LAW
    assert write_share_min(ideal_lines(design), 20) == 1.0
    multilevel = dataclasses.replace(design, synapse=Synapse(kind="pcm"))
    assert write_share_min(multilevel, 20) == 1.0


@pytest.mark.parametrize("at_once", [0, 4097])
def test_rows_per_write_out_of_range_is_refused_by_its_flat_name(design, at_once):
    with pytest.raises(RangeError, match=r"^array.rows_per_write = .* outside 1 … 4096"):
        unflatten({**flatten(design), "array.rows_per_write": at_once})
