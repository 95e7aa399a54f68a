"""What tiles, read schemes and digital sums cost, by hand on four neurons and twenty rows."""

import dataclasses
import functools

import numpy as np
import pytest

from device_models.periphery import PRESETS, adc_j, adc_m2, word_line_s
from objectives.area import layer_area
from objectives.breakdown import inference_latency, learning_latency
from objectives.die import nominal_conductances
from objectives.energy import image_energy
from objectives.latency import learning_latency_s
from tests.objectives.test_costs import CROSSBAR
from tests.pulses import KINDS, without

approx = functools.partial(pytest.approx, rel=1e-9, abs=0)
PRESET = PRESETS["45nm"]
SCHEMES = ("reference", "pair", "raw")


def tiled(design, **values):
    """The design with other fields of its array; `bits` of its converter."""
    bits = values.pop("bits", design.sense.adc_bits)
    return dataclasses.replace(
        design,
        array=dataclasses.replace(design.array, **values),
        sense=dataclasses.replace(design.sense, adc_bits=bits),
    )


def in_pairs(events):
    """The same events of pairs whose sides are always opposite: states 0 and 3."""
    pulses = np.zeros((2, 4, 20), np.int64)
    pulses[:, 0], pulses[:, 3] = events.pulses[:, 0], events.pulses[:, 1]
    return dataclasses.replace(events, pulses=pulses)


def of_scheme(events, scheme):
    return in_pairs(events) if scheme == "pair" else events


@pytest.mark.parametrize(("tile_columns", "drivers"), [(20000, 1), (4, 1), (3, 2), (2, 2), (1, 4)])
def test_a_row_has_a_driver_for_each_tile_along_it(design, tile_columns, drivers):
    area = layer_area(tiled(design, tile_columns=tile_columns), 20)
    assert area.row_drivers_m2 == approx(20 * drivers * PRESET.row_driver_m2)  # INDEPENDENT


def test_reads_switch_all_columns_of_a_row_and_writes_those_of_one_tile(design, events):
    def drivers_j(tile_columns, attempts):
        raw = tiled(design, read_scheme="raw", tile_columns=tile_columns)
        counted = events if attempts else without(events, *KINDS)
        return image_energy(counted, raw, CROSSBAR).row_drivers_j

    read_j = 2000 * 4 / 128 * PRESET.row_driver_j / 100
    assert [drivers_j(n, False) for n in (1, 3, 4, 128)] == [approx(read_j)] * 4  # LAW
    # INDEPENDENT: a column is written on a line of 1, of 3 (three in four) or 1, of 4
    for tile_columns, line in ((1, 1), (3, (3 * 3 + 1) / 4), (4, 4), (128, 4)):
        write_j = drivers_j(tile_columns, True) - drivers_j(tile_columns, False)
        assert write_j == approx(2000 * line / 128 * PRESET.row_driver_j / 100)


def test_every_tile_along_a_row_has_a_reference_of_its_own(design, events):
    narrow = tiled(design, tile_columns=2)
    one, two = image_energy(events, design, CROSSBAR), image_energy(events, narrow, CROSSBAR)
    # INDEPENDENT: 2,000 active rows of 10 µA at 0.1 V for 5 ns, once more
    assert two.read_cells_j - one.read_cells_j == approx(2000 * 1e-5 * 0.1 * 5e-9 / 100)
    assert two.sense_j / one.sense_j == approx(6 / 5)
    assert layer_area(narrow, 20).cells_m2 == approx(20 * 6 * PRESET.cell_m2)


def test_raw_currents_need_no_reference(design, events):
    raw = tiled(design, read_scheme="raw")
    energy, area = image_energy(events, raw, CROSSBAR), layer_area(raw, 20)
    assert energy.read_cells_j == approx(0.125 * 0.1 * 5e-9 / 100)  # INDEPENDENT: columns only
    assert energy.sense_j == approx(500 * 4 * PRESET.sense_j / 100)
    assert energy.row_drivers_j == approx(4000 * 4 / 128 * PRESET.row_driver_j / 100)
    assert area.cells_m2 == approx(80 * PRESET.cell_m2)
    assert area.sense_m2 == approx(8 * PRESET.sense_m2)


def test_a_pair_has_everything_on_its_columns_twice_and_one_word_line(design, events):
    raw, pair = tiled(design, read_scheme="raw"), tiled(design, read_scheme="pair")
    one = image_energy(events, raw, CROSSBAR)
    two = image_energy(in_pairs(events), pair, CROSSBAR)
    # LAW: two columns written and sensed for each of raw
    for name in ("write_lines_j", "write_drivers_j", "sense_j"):
        assert getattr(two, name) == approx(2 * getattr(one, name))
    # LAW: the other side gets the other pulse, on the other state
    flipped = dataclasses.replace(events, pulses=events.pulses[::-1, ::-1])
    opposite = image_energy(flipped, raw, CROSSBAR).write_cells_j
    assert two.write_cells_j == approx(one.write_cells_j + opposite)
    # INDEPENDENT: a line of eight gates, raised once for both cells
    assert two.row_drivers_j == approx(4000 * 8 / 128 * PRESET.row_driver_j / 100)
    assert two.read_cells_j == one.read_cells_j  # LAW: what the events counted, no reference
    assert (two.neurons_j, two.winner_j) == (one.neurons_j, one.winner_j)  # LAW: as many neurons
    small, large = layer_area(raw, 20), layer_area(pair, 20)
    for name in ("cells_m2", "write_drivers_m2", "sense_m2"):
        assert getattr(large, name) == approx(2 * getattr(small, name))
    for name in ("row_drivers_m2", "neurons_m2", "winner_m2"):
        assert getattr(large, name) == getattr(small, name)


def test_both_cells_of_a_pair_are_pulsed_at_once_and_the_longer_pulse_counts(design, events):
    pair = tiled(design, read_scheme="pair")
    # INDEPENDENT: 3 groups of rows, twice 10 ns where it was 10 + 5 ns
    assert learning_latency_s(events, pair) == approx(2.5 * 5e-9 + 3 * 20e-9)
    same = dataclasses.replace(pair, depression=pair.potentiation)
    single = tiled(same, read_scheme="raw")
    assert learning_latency_s(events, same) == learning_latency_s(events, single)  # LAW


@pytest.mark.parametrize("bits", [1, 4, 6, 12])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_digital_sums_are_converted_and_added_once_a_neuron_and_tile(design, events, bits, scheme):
    digital = tiled(design, partial_sums="digital", bits=bits, read_scheme=scheme)
    analog = tiled(design, read_scheme=scheme)
    energy, before = (
        image_energy(of_scheme(events, scheme), d, CROSSBAR) for d in (digital, analog)
    )
    width = bits + 1 + 6  # two tiles; 40 steps fit in 6 bits
    assert energy.adc_j == approx(500 * 4 * adc_j(PRESET, bits) / 100)  # INDEPENDENT
    assert energy.adders_j == approx(500 * 4 * width * PRESET.adder_bit_j / 100)
    # INDEPENDENT: leak, comparison and storing in each step, no analog neuron
    assert energy.neurons_j == approx(250 * 4 * 3 * width * PRESET.adder_bit_j / 100)
    for name in ("read_cells_j", "row_drivers_j", "sense_j", "winner_j", "write_cells_j"):
        assert getattr(energy, name) == getattr(before, name)  # LAW: the array is the same
    area = layer_area(digital, 20)
    assert area.adc_m2 == approx(2 * 4 * adc_m2(PRESET, bits))
    assert area.adders_m2 == approx(2 * 4 * width * PRESET.adder_bit_m2)
    assert area.neurons_m2 == approx(4 * 4 * width * PRESET.adder_bit_m2)
    assert area.sense_m2 == layer_area(analog, 20).sense_m2  # LAW: the front end stays


def test_one_tile_and_one_step_need_no_more_bits_than_the_converter(design, events):
    one = tiled(design, partial_sums="digital", tile_rows=20, bits=5)
    one = dataclasses.replace(one, encoding=dataclasses.replace(one.encoding, steps=1))
    energy = image_energy(events, one, CROSSBAR)
    assert energy.adders_j == approx(500 * 4 * 5 * PRESET.adder_bit_j / 100)  # LAW


def test_a_digital_step_waits_for_conversion_and_additions(design, events):
    digital = tiled(design, partial_sums="digital", tile_rows=3, bits=6)  # seven tiles
    found, analog = (inference_latency(events, d, 20) for d in (digital, tiled(design)))
    assert found.adc_s == approx(2.5 * 6 * PRESET.adc_bit_s)  # INDEPENDENT: 2.5 steps an image
    # INDEPENDENT: a tree of three levels, then the potential, then the comparison
    assert found.adders_s == approx(2.5 * 5 * PRESET.adder_s)
    assert found.total_s - found.adc_s - found.adders_s == approx(analog.total_s)
    learning = learning_latency(events, digital, 20)
    assert learning.adc_s == found.adc_s
    assert learning.total_s == approx(sum(dataclasses.astuple(learning)))  # LAW


def test_a_step_waits_for_the_longest_word_line(design, events):
    wide = dataclasses.replace(design, neuron=dataclasses.replace(design.neuron, count=300))
    raw = tiled(wide, read_scheme="raw", tile_columns=200)
    found = inference_latency(events, raw, 20).row_drivers_s
    assert found == approx(2.5 * word_line_s(PRESET, 200))  # INDEPENDENT: 200 and 100 columns
    short = inference_latency(events, tiled(raw, tile_columns=100), 20).row_drivers_s
    assert short < found  # LAW


@pytest.mark.parametrize("sums", ["analog", "digital"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_totals_are_sums_of_parts_in_every_scheme(design, events, scheme, sums):
    chosen = tiled(design, read_scheme=scheme, partial_sums=sums)
    energy = image_energy(of_scheme(events, scheme), chosen, CROSSBAR)
    area = layer_area(chosen, 20)
    assert energy.macro_j == approx(sum(dataclasses.astuple(energy)))  # LAW
    assert area.total_m2 == approx(sum(dataclasses.astuple(area)))  # LAW


def wired(design, topology, junctions=2, **array):
    synapse = dataclasses.replace(design.synapse, topology=topology, junctions=junctions)
    return dataclasses.replace(tiled(design, **array), synapse=synapse)


def test_junctions_in_parallel_share_an_amplifier_but_no_bit_line(design):
    one, four = layer_area(design, 20), layer_area(wired(design, "parallel", 4), 20)
    # INDEPENDENT: sixteen columns and a reference for four neurons, two tiles
    assert four.cells_m2 == approx(20 * 17 * PRESET.cell_m2)
    assert four.write_drivers_m2 == approx(4 * one.write_drivers_m2)
    assert four.sense_m2 == one.sense_m2 == approx(2 * 5 * PRESET.sense_m2)
    string = layer_area(wired(design, "series", 4), 20)
    assert string == one  # LAW: a string stands behind one transistor


def test_junctions_sensed_apart_are_read_row_by_row(design, events):
    states = np.zeros((2, 4, 20), np.int64)
    counted = dataclasses.replace(events, pulses=states)
    apart = wired(design, "and", 2)
    energy, before = image_energy(counted, apart, CROSSBAR), inference_latency(events, design, 20)
    # INDEPENDENT: 2,000 active rows, two cells for each of four neurons
    assert energy.sense_j == approx(2000 * 8 * PRESET.sense_j / 100)
    assert energy.adc_j == 0.0
    width = 4 + 1 + 6  # up to ten rows of a tile, two tiles, forty steps
    assert energy.adders_j == approx(2000 * 4 * width * PRESET.adder_bit_j / 100)
    latency = inference_latency(events, apart, 20)
    assert latency.read_s == approx(2000 / 250 * before.read_s)  # LAW: rows for steps
    assert latency.sense_s == approx(2000 / 250 * before.sense_s)


def test_compensation_reads_the_written_column_once_more(design, events):
    neuron = dataclasses.replace(design.neuron, compensation=0.3)
    checked = dataclasses.replace(design, neuron=neuron)
    one, two = image_energy(events, design, CROSSBAR), image_energy(events, checked, CROSSBAR)
    g_p, g_ap = nominal_conductances(design.device, design.array)
    # INDEPENDENT: 100 columns of 20 cells at 0.1 V for 5 ns; 3 groups in each of two tiles
    column_j = 20 * (g_p + g_ap) / 2 * 0.1**2 * 5e-9
    assert two.read_cells_j - one.read_cells_j == pytest.approx(column_j, rel=1e-6, abs=0)
    assert two.sense_j - one.sense_j == approx(2 * 3 * PRESET.sense_j)
    assert two.row_drivers_j - one.row_drivers_j == approx(20 * 5 / 128 * PRESET.row_driver_j)
    later_s = learning_latency_s(events, checked) - learning_latency_s(events, design)
    assert later_s == pytest.approx(3 * 5e-9, rel=1e-6, abs=0)
