"""Margins of reads: one cell against its reference, and columns against each other."""

import dataclasses

import numpy as np
import pytest

from device_models.analog_library import Synapse
from device_models.params import Sense, Variation
from device_models.variation import draw_cells
from objectives.die import nominal_conductances, read_conductances
from objectives.margins import NO_NOISE, cell_margin_sigma, read_contrast

NONE = Variation(**dict.fromkeys(vars(Variation()), 0.0))
SILENT = Sense(
    noise_a_per_rthz=0.0, noise_relative=0.0, offset_relative=0.0, reference_mismatch=0.0
)


@pytest.fixture
def pixels():
    return np.full((1, 60), 255, np.uint8)


def changed(design, part, **values):
    return dataclasses.replace(
        design, **{part: dataclasses.replace(getattr(design, part), **values)}
    )


def test_the_margin_of_a_cell_is_the_one_of_drawn_cells(reader):
    within = Variation(die_diameter=0.0, die_ra=0.0, die_tmr=0.0, die_barrier=0.0)
    design = dataclasses.replace(reader, variation=within, sense=SILENT)
    cells = draw_cells(design.device, within, (300_000,), np.random.default_rng(0))
    g_p, g_ap = read_conductances(cells, design.array)
    on_s, off_s = nominal_conductances(design.device, design.array)
    # INDEPENDENT: Monte Carlo; the first-order spread is off by the square of 7 %
    expected = min((on_s - off_s) / 2 / g_p.std(), (on_s - off_s) / 2 / g_ap.std())
    assert cell_margin_sigma(design) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("field", ["noise_a_per_rthz", "noise_relative", "offset_relative"])
def test_everything_that_blurs_a_read_is_in_the_margin(reader, field):
    base = dataclasses.replace(reader, variation=NONE)
    before = cell_margin_sigma(base)
    worse = changed(base, "sense", **{field: 3 * getattr(base.sense, field)})
    assert cell_margin_sigma(worse) < before  # LAW
    alone = dataclasses.replace(base, sense=dataclasses.replace(SILENT, offset_relative=0.01))
    on_s, off_s = nominal_conductances(reader.device, reader.array)
    # INDEPENDENT: 1 % of the larger current
    assert cell_margin_sigma(alone) == pytest.approx((on_s - off_s) / 2 / (0.01 * on_s))


def test_nothing_to_blur_it_is_a_large_number(reader):
    perfect = dataclasses.replace(reader, variation=NONE, sense=SILENT)
    assert cell_margin_sigma(perfect) == NO_NOISE
    rram = dataclasses.replace(reader, synapse=Synapse(kind="rram"))
    assert cell_margin_sigma(rram) == 0.0


def test_a_pair_has_twice_the_spread_and_the_noise_of_two_lines(reader, pixels):
    wireless = changed(reader, "array", wire_ohm=0.0)
    amplifier = dataclasses.replace(
        wireless, sense=dataclasses.replace(SILENT, noise_relative=0.02)
    )
    single = read_contrast(amplifier, pixels)
    pair = read_contrast(changed(amplifier, "array", read_scheme="pair"), pixels)
    # LAW: states −2, 0, 0, 2 spread √2 as much as −1, 1; two lines have √2 of the noise
    assert pair == pytest.approx(single, rel=0.02)
    two = dataclasses.replace(amplifier, synapse=Synapse(topology="parallel", junctions=2))
    # LAW: the same spread in one line of twice the current
    assert read_contrast(two, pixels) == pytest.approx(single / np.sqrt(2), rel=0.02)


def test_a_coarse_converter_adds_its_rounding(reader, pixels):
    digital = changed(reader, "array", partial_sums="digital", tile_rows=20)
    found = [
        read_contrast(changed(digital, "sense", adc_bits=bits), pixels) for bits in (2, 4, 8, 12)
    ]
    assert found == sorted(found)  # LAW
    analog = read_contrast(changed(reader, "array", tile_rows=20), pixels)
    assert found[-1] == pytest.approx(analog, rel=1e-3)  # LAW: the limit of many bits
    assert found[0] < 0.5 * analog


def test_cells_sensed_apart_are_numbers(reader, pixels):
    apart = dataclasses.replace(reader, synapse=Synapse(topology="and"))
    assert read_contrast(apart, pixels) == NO_NOISE


def test_a_string_of_junctions_has_less_current_to_read(reader, pixels):
    quiet = changed(reader, "sense", noise_relative=0.0)
    string = dataclasses.replace(quiet, synapse=Synapse(topology="series", junctions=3))
    assert read_contrast(string, pixels) < read_contrast(quiet, pixels)  # LAW
