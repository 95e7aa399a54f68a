"""Columns of a tiled layer, and the scale of its converters, by hand."""

import pytest

from device_models.params import Array, Sense
from device_models.tiles import (
    adc_codes,
    adc_step_a,
    references_per_tile,
    tile_widths,
)

G_P, G_AP = 125e-6, 75e-6
SCHEMES = ("reference", "pair", "raw")


@pytest.mark.parametrize(("scheme", "references"), [("reference", 1), ("pair", 0), ("raw", 0)])
def test_only_a_reference_needs_a_column(scheme, references):
    assert references_per_tile(Array(read_scheme=scheme)) == references


def test_columns_are_cut_into_tiles_and_none_is_lost():
    # INDEPENDENT: 400 = 3·128 + 16; 800 = 6·128 + 32
    assert tile_widths(Array(), 400) == (128, 128, 128, 16)
    assert tile_widths(Array(), 800) == (128,) * 6 + (32,)
    assert tile_widths(Array(tile_columns=100), 400) == (100,) * 4
    assert tile_widths(Array(tile_columns=20000), 400) == (400,)  # LAW: one tile holds them all


def window_of(scheme):
    """Of a synapse: a pair is the difference of its sides."""
    return (G_AP - G_P, G_P - G_AP) if scheme == "pair" else (G_AP, G_P)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("bits", [1, 6, 12])
def test_the_codes_span_the_full_scale_once(scheme, bits):
    array = Array(tile_rows=100, read_v=0.1, read_scheme=scheme)
    sense = Sense(adc_bits=bits, adc_range=0.25)
    # INDEPENDENT: a quarter of 100 rows at 0.1 V: 50 µS less the reference in either direction
    # by half of it, twice that for a pair, 125 µS as it is
    span_a = {"reference": 125e-6, "pair": 250e-6, "raw": 312.5e-6}[scheme]
    step_a = adc_step_a(array, sense, *window_of(scheme))
    low, high = adc_codes(array, sense)
    assert (high - low + 1) * step_a == pytest.approx(span_a, rel=1e-12, abs=0)
    assert high - low + 1 == 2**bits  # LAW
    # LAW: half of the full scale on either side of 0, or all of it above
    assert low * step_a == pytest.approx(0 if scheme == "raw" else -span_a / 2, rel=1e-12, abs=0)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_bit_halves_the_step_and_a_short_layer_has_a_shorter_scale(scheme):
    array, sense = Array(tile_rows=200, read_scheme=scheme), Sense(adc_bits=5)
    step_a = adc_step_a(array, sense, *window_of(scheme))
    finer = adc_step_a(array, Sense(adc_bits=6), *window_of(scheme))
    assert finer == pytest.approx(step_a / 2, rel=1e-12, abs=0)  # LAW
    short = adc_step_a(array, sense, *window_of(scheme), inputs=50)
    assert short == pytest.approx(step_a / 4, rel=1e-12, abs=0)  # LAW: 50 rows of 200
    assert adc_step_a(array, sense, *window_of(scheme), inputs=784) == step_a
