"""Presets of the circuits: complete, sourced, ordered by node."""

import dataclasses
import itertools
import math
import typing

import pytest
from scipy.integrate import quad

from device_models.params import Array, Periphery
from device_models.periphery import (
    COPPER_OHM_M,
    COPPER_PATH_M,
    COPPER_REFLECTION,
    COPPER_SPECULAR,
    PRESETS,
    SOURCES,
    WIRE_F_PER_M,
    Circuits,
    adc_j,
    adc_m2,
    adc_s,
    copper_resistivity,
    wire_ohm,
    word_line_j,
    word_line_s,
)
from device_models.ranges import RangeError, ranges_of

NAMES = [field.name for field in dataclasses.fields(Circuits)]


def test_every_node_a_design_may_name_has_a_preset():
    assert typing.get_args(typing.get_type_hints(Periphery)["node"]) == tuple(PRESETS)
    for node in PRESETS:
        assert Periphery(node=node).node == node
    with pytest.raises(RangeError, match="did you mean '22nm'"):
        Periphery(node="22 nm")


def test_every_number_has_a_source():
    assert set(SOURCES) == set(NAMES)
    assert all(text.strip() for text in SOURCES.values())


@pytest.mark.parametrize("name", [*NAMES, "cell_m2", "bit_line_f"])
def test_a_coarser_node_costs_more(name):
    costs = [getattr(preset, name) for preset in PRESETS.values()]
    assert costs[0] > 0
    if name == "line_width_m":  # LAW: no finer at a coarser node
        assert costs == sorted(costs)
    else:
        assert sorted(set(costs)) == costs  # LAW: larger transistors


def test_cells_are_the_published_ones():
    # PUBLISHED: Intel 22FFL, 216 nm × 225 nm, 0.0486 µm²; ISSCC 2018, 28 nm, 75 F²
    assert PRESETS["22nm"].cell_m2 == pytest.approx(0.0486e-12)
    assert PRESETS["28nm"].cell_m2 == pytest.approx(75 * 28e-9**2)


@pytest.mark.parametrize(("node", "fj"), [("22nm", 34), ("45nm", 126), ("65nm", 264)])
def test_energies_are_of_the_usual_order(node, fj):
    circuits = PRESETS[node]
    assert circuits.row_driver_j == pytest.approx(fj * 1e-15)  # REGRESSION
    assert 85e-15 <= circuits.sense_j <= 150e-15
    # PUBLISHED span of neurons: 1.6 fJ to tens of pJ
    assert 1.6e-15 <= circuits.neuron_j <= 1e-11


@pytest.mark.parametrize("name", ["row_driver_j", "sense_j", "neuron_j"])
def test_28_nm_lies_on_the_power_law_between_its_neighbours(name):
    low, found, high = (getattr(PRESETS[node], name) for node in ("22nm", "28nm", "45nm"))
    share = math.log(28 / 22) / math.log(45 / 22)
    # LAW: what its source says, in whole fJ
    assert found == pytest.approx(low * (high / low) ** share, abs=0.6e-15)


def test_the_winner_take_all_and_a_neuron_are_the_published_ones():
    # PUBLISHED: Zyarah and Kudithipudi 2025, 65 nm: 34.9 µW, 10.4 ns, 1,000 inputs
    assert PRESETS["65nm"].winner_s == 10.4e-9
    assert PRESETS["65nm"].winner_j == pytest.approx(34.9e-6 * 10.4e-9 / 1000, rel=1e-3)
    for node, preset in PRESETS.items():
        in_proportion = float(node.removesuffix("nm")) / 65
        # LAW: in proportion to the node, in two digits
        assert preset.winner_s == pytest.approx(10.4e-9 * in_proportion, rel=0.02)
        assert preset.winner_j == pytest.approx(0.363e-15 * in_proportion, rel=0.03)
    assert PRESETS["28nm"].neuron_m2 == 34e-12  # PUBLISHED: arXiv 2408.07734


def thin_film_ratio(thickness_m):
    """Resistivity of a film over that of the bulk, Sondheimer's integral written out."""
    p, k = COPPER_SPECULAR, thickness_m / COPPER_PATH_M

    def lost(t):
        return (t**-3 - t**-5) * (1 - math.exp(-k * t)) / (1 - p * math.exp(-k * t))

    return 1 / (1 - 1.5 / k * (1 - p) * quad(lost, 1, math.inf)[0])


@pytest.mark.parametrize("width_nm", [20, 39, 70, 200, 900])
def test_copper_follows_the_integrals_of_grains_and_surfaces(width_nm):
    width = width_nm * 1e-9
    alpha = COPPER_PATH_M / width * COPPER_REFLECTION / (1 - COPPER_REFLECTION)
    # INDEPENDENT: conductivity of grains by quadrature; surfaces of all four sides, exactly
    grains = 3 * quad(lambda x: x**3 / (x + alpha), 0, 1)[0]
    surfaces = 2 * (thin_film_ratio(width) - 1)
    expected = COPPER_OHM_M * (1 / grains + surfaces)
    # the thick limit of the surfaces makes the total 1.4 % low up to 40 nm, less above
    assert copper_resistivity(width, width) == pytest.approx(expected, rel=0.015)


def test_a_copper_wire_outside_the_formula_is_refused():
    with pytest.raises(RangeError, match="outside 2e-08 … 1e-06 m"):
        copper_resistivity(10e-9, 80e-9)
    with pytest.raises(RangeError, match="outside"):
        copper_resistivity(80e-9, 2e-6)


def test_the_wire_of_a_cell_by_hand():
    # INDEPENDENT: 45 nm: copper of 74 nm × 141 nm, 375 nm wide cells 320 nm apart, 0.2 fF/µm
    expected = copper_resistivity(74e-9, 141e-9) * 320e-9 / (74e-9 * 141e-9)
    assert wire_ohm("45nm") == pytest.approx(expected)
    assert PRESETS["45nm"].bit_line_f == pytest.approx(0.32 * 0.2e-15 + 0.086e-15)


@pytest.mark.parametrize("node", PRESETS)
def test_the_wire_of_a_node_is_one_a_design_may_have(node):
    assert wire_ohm(node) in ranges_of(Array)["wire_ohm"]
    assert 0.3 <= wire_ohm(node) <= 10  # PUBLISHED: usual span of array studies
    assert Array().wire_ohm == 2.5  # the node does not set it


@pytest.mark.parametrize("node", PRESETS)
def test_a_word_line_of_the_preset_costs_what_the_preset_says(node):
    circuits = PRESETS[node]
    assert word_line_s(circuits, 128) == circuits.row_driver_s  # LAW
    assert word_line_j(circuits, 128) == circuits.row_driver_j
    assert word_line_j(circuits, 32) == pytest.approx(circuits.row_driver_j / 4, rel=1e-12, abs=0)
    line_f = 128 * (WIRE_F_PER_M * circuits.column_pitch_m + circuits.gate_f)
    # LAW: at 1 V the line alone stays below the driver with its line
    assert 0.1 < line_f * 1.0**2 / circuits.row_driver_j < 0.8


def test_the_delay_of_a_long_word_line_by_hand():
    # INDEPENDENT: 45 nm: 0.1 ns of chain, 0.1 ns a 128 columns; copper of 74 nm × 141 nm, cells
    # of 375 nm, 0.2 fF/µm and 0.25 fF of gate
    ohm = copper_resistivity(74e-9, 141e-9) * 375e-9 / (74e-9 * 141e-9)
    farad = 0.375 * 0.2e-15 + 0.25e-15
    expected = 0.1e-9 + 0.1e-9 * 1000 / 128 + 0.38 * ohm * farad * (1000**2 - 128**2)
    assert word_line_s(PRESETS["45nm"], 1000) == pytest.approx(expected, rel=1e-9, abs=0)


@pytest.mark.parametrize("node", PRESETS)
def test_a_longer_word_line_is_slower_and_a_short_one_still_takes_time(node):
    delays = [word_line_s(PRESETS[node], n) for n in (1, 16, 128, 1000, 20000)]
    assert delays == sorted(delays)  # LAW
    assert delays[0] > 0.4 * PRESETS[node].row_driver_s
    assert delays[-1] / delays[-2] > 20  # LAW: the wire goes with the square


@pytest.mark.parametrize("node", PRESETS)
@pytest.mark.parametrize("cost", [adc_j, adc_m2])
def test_a_bit_more_costs_a_comparison_and_twice_the_levels(node, cost):
    steps = [cost(PRESETS[node], bits + 1) - cost(PRESETS[node], bits) for bits in range(1, 12)]
    bends = [after - before for before, after in itertools.pairwise(steps)]
    # LAW: what is left once the comparison is taken out doubles with each bit
    assert [b / a for a, b in itertools.pairwise(bends)] == pytest.approx([2.0] * 9)
    ratio = cost(PRESETS[node], 12) / cost(PRESETS[node], 11)
    assert 1.8 < ratio < 2  # LAW: many levels, 2^bits
    assert adc_s(PRESETS[node], 12) == pytest.approx(2 * adc_s(PRESETS[node], 6), rel=1e-12, abs=0)


@pytest.mark.parametrize("node", PRESETS)
def test_converters_are_those_of_two_published_designs_in_proportion_to_the_node(node):
    over_32 = float(node.removesuffix("nm")) / 32
    circuits = PRESETS[node]
    # PUBLISHED: ISAAC, 8 bits, 2 mW at 1.2 GS/s, 1,200 µm²; FORMS, 4 bits, 0.475 mW at 2.1 GS/s,
    # 284 µm²; presets have two digits
    for bits, joule, m2 in ((8, 2e-3 / 1.2e9, 1200e-12), (4, 0.475e-3 / 2.1e9, 284e-12)):
        assert adc_j(circuits, bits) == pytest.approx(over_32 * joule, rel=0.03)
        assert adc_m2(circuits, bits) == pytest.approx(over_32 * m2, rel=0.03)
    # one comparison a bit: 0.10 and 0.12 ns
    assert circuits.adc_bit_s == pytest.approx(over_32 * 0.11e-9, rel=0.07)


@pytest.mark.parametrize(
    ("node", "over", "bits", "joule", "m2"),
    [
        ("45nm", 40 / 45, 6, 1.26e-12, 580e-12),  # doi 10.1109/ISSCC.2016.7418106, 40 nm, 1 GS/s
        ("28nm", 32 / 28, 8, 2.55e-12, 1500e-12),  # doi 10.1109/ISSCC.2013.6487818, 32 nm
        ("65nm", 1.0, 8, 2.39e-12, 950e-12),  # ISCAS 2022 (recalled), simulated
    ],
)
def test_small_converters_of_others_cost_within_a_factor_of_three(node, over, bits, joule, m2):
    # PUBLISHED: the first two as in Murmann's survey, the smallest of it at their nodes; the
    # third made for compute-in-memory, 10.2 fJ times 2^7.87
    assert joule / 3 < over * adc_j(PRESETS[node], bits) < 3 * joule
    assert m2 / 3 < over * adc_m2(PRESETS[node], bits) < 3 * m2


def test_an_adder_is_the_published_one():
    adder = PRESETS["45nm"]
    # PUBLISHED: Horowitz 2014, 45 nm: 30 fJ for 8 bits, 100 fJ for 32
    assert 8 * adder.adder_bit_j == pytest.approx(30e-15, rel=1e-9, abs=0)
    assert 32 * adder.adder_bit_j == pytest.approx(100e-15, rel=0.25)
    for node, preset in PRESETS.items():
        over_45 = float(node.removesuffix("nm")) / 45
        # LAW: in proportion to the node, area to its square, in two digits
        assert preset.adder_bit_j == pytest.approx(over_45 * 3.75e-15, rel=0.03)
        assert preset.adder_bit_m2 == pytest.approx(over_45**2 * 4.5e-12, rel=0.03)
        assert preset.adder_s == pytest.approx(over_45 * 0.3e-9, rel=0.03)


@pytest.mark.parametrize("node", PRESETS)
def test_a_preset_cannot_be_changed_in_place(node):
    with pytest.raises(dataclasses.FrozenInstanceError):
        PRESETS[node].sense_j = 0.0
    with pytest.raises(TypeError):
        PRESETS[node] = None
