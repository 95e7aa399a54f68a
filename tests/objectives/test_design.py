"""A design and its flat names are the same thing, and wrong names are told the right one."""

import dataclasses

import pytest

from device_models.ranges import Range, RangeError
from objectives.design import allowed, field_names, flatten, is_integer, unflatten


def test_flat_and_nested_are_the_same_design(design):
    assert unflatten(flatten(design)) == design
    assert list(flatten(design)) == field_names()


def test_whole_floats_become_integers_where_the_field_is_one(design):
    flat = {**flatten(design), "neuron.count": 100.0}
    count = unflatten(flat).neuron.count
    assert (count, type(count)) == (100, int)


def test_fields_left_out_take_their_default(design):
    flat = {k: v for k, v in flatten(design).items() if not k.startswith("sense.")}
    assert unflatten(flat) == design


def test_unknown_name_tells_the_nearest(design):
    with pytest.raises(RangeError, match=r"'array.tile_row'.*did you mean 'array.tile_rows'"):
        unflatten({**flatten(design), "array.tile_row": 3})


def test_value_out_of_range_is_named_with_its_part(design):
    with pytest.raises(RangeError, match=r"^depression.amplitude_v = 9 V is outside"):
        unflatten({**flatten(design), "depression.amplitude_v": 9.0})


def test_missing_value_without_default_is_named(design):
    flat = flatten(design)
    del flat["potentiation.duration_s"]
    with pytest.raises(RangeError, match=r"potentiation.duration_s has no value and no default"):
        unflatten(flat)


def test_allowed_values_of_numbers_and_choices():
    assert isinstance(allowed("array.tile_rows"), Range)
    assert allowed("encoding.kind") == ("rate", "one_shot")
    assert is_integer("neuron.count")
    assert not is_integer("array.wire_ohm")


def test_a_design_cannot_be_changed_in_place(design):
    with pytest.raises(dataclasses.FrozenInstanceError):
        design.array.tile_rows = 3
