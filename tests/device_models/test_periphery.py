"""Presets of the circuits: complete, sourced, ordered by node."""

import dataclasses
import typing

import pytest

from device_models.params import Periphery
from device_models.periphery import PRESETS, SOURCES, Circuits
from device_models.ranges import RangeError

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


@pytest.mark.parametrize("name", NAMES)
def test_a_coarser_node_costs_more(name):
    costs = [getattr(PRESETS[node], name) for node in ("22nm", "45nm", "65nm")]
    assert 0 < costs[0] < costs[1] < costs[2]  # LAW: larger transistors


def test_the_22_nm_cell_is_the_published_one():
    # PUBLISHED: Intel 22FFL (ISSCC 2019), 216 nm × 225 nm, 0.0486 µm²
    assert PRESETS["22nm"].cell_m2 == pytest.approx(216e-9 * 225e-9)


@pytest.mark.parametrize(("node", "fj"), [("22nm", 34), ("45nm", 126), ("65nm", 264)])
def test_energies_are_of_the_usual_order(node, fj):
    circuits = PRESETS[node]
    assert circuits.row_driver_j == pytest.approx(fj * 1e-15)  # REGRESSION
    assert 85e-15 <= circuits.sense_j <= 150e-15
    # PUBLISHED span of neurons: 1.6 fJ to tens of pJ
    assert 1.6e-15 <= circuits.neuron_j <= 1e-11


@pytest.mark.parametrize("node", PRESETS)
def test_a_preset_cannot_be_changed_in_place(node):
    with pytest.raises(dataclasses.FrozenInstanceError):
        PRESETS[node].sense_j = 0.0
    with pytest.raises(TypeError):
        PRESETS[node] = None
