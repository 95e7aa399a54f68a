"""Values of a study file become SI within the model's range, and are shown as they were meant."""

import pytest

from dse import values
from dse.errors import InputError
from dse.study import Choices, Interval, Reference


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [  # LAW: definition of the units
        ("potentiation.duration_s", "10 ns", 1e-8),
        ("potentiation.amplitude_v", "650 mV", 0.65),
        ("potentiation.amplitude_v", 1, 1.0),
        ("device.ra_ohm_m2", "10 ohm um^2", 1e-11),
        ("neuron.count", 400.0, 400),
        ("encoding.kind", "rate", "rate"),
    ],
)
def test_a_value_becomes_si_and_keeps_its_kind(name, raw, value):
    found = values.design_value("fixed.x", name, raw)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("raw", [float("nan"), float("inf"), float("-inf")])
def test_a_value_that_is_not_finite_is_outside_every_range(raw):
    with pytest.raises(InputError, match=r"fixed.x = -?(nan|inf) V is outside 0.05 … 2.5 V"):
        values.design_value("fixed.x", "potentiation.amplitude_v", raw)


@pytest.mark.parametrize("raw", [True, [1], {}, None])
def test_what_is_no_number_is_refused_with_the_unit(raw):
    with pytest.raises(InputError, match=r"fixed.x = .* is not a number in V"):
        values.design_value("fixed.x", "potentiation.amplitude_v", raw)


def test_bounds_themselves_are_inside():
    for bound in (0.05, 2.5):
        assert values.design_value("fixed.x", "potentiation.amplitude_v", bound) == bound


@pytest.mark.parametrize(
    ("name", "axis", "text"),
    [  # LAW: definition of the prefixes
        (
            "potentiation.duration_s",
            Interval(low=2e-9, high=5e-8, log=True),
            "2 ns … 50 ns (log)",
        ),
        ("potentiation.amplitude_v", Interval(low=0.5, high=1.0), "500 mV … 1 V"),
        (
            "potentiation.amplitude_v",
            Interval(low=0.5, high=1.0, step=0.1),
            "500 mV … 1 V (steps of 100 mV)",
        ),
        ("neuron.count", Interval(low=100, high=400, step=100, integer=True), "100 … 400 (steps"),
        ("array.tile_rows", Choices(values=(28, 98)), "28, 98"),
        ("encoding.kind", Choices(values=("rate", "one_shot")), "rate, one_shot"),
    ],
)
def test_an_axis_is_shown_as_a_person_writes_it(name, axis, text):
    assert values.axis_text(name, axis).startswith(text)


def test_an_axis_of_choices_by_name_has_no_low_and_high():
    with pytest.raises(InputError) as caught:
        values.axis("space.x", "encoding.kind", {"low": 1, "high": 2})
    assert str(caught.value) == (
        "space.x has no low and high; write { choices = ['rate', 'one_shot'] }"
    )


def test_a_logarithmic_axis_starts_above_zero():
    with pytest.raises(InputError, match=r"space.x.low = 0: a log axis starts above 0; raise it"):
        values.axis("space.x", "neuron.threshold_step", {"low": 0, "high": 0.2, "log": True})


def test_a_reference_is_read_in_the_unit_of_its_figure():
    found = values.reference("learning_energy_j", {"worst": "1 uJ", "best": "1 nJ"})
    # LAW: definition of the prefixes
    assert found == Reference(worst=1e-6, best=1e-9)
    with pytest.raises(InputError, match=r"best = 1e-06 must be below worst = 1e-09; swap them"):
        values.reference("learning_energy_j", {"worst": "1 nJ", "best": "1 uJ"})
    with pytest.raises(InputError, match=r"lifetime_images spans decades, so worst and best must"):
        values.reference("lifetime_images", {"worst": 0, "best": 1e9})


def test_the_unit_of_a_parameter_is_that_of_its_range():
    assert values.unit_of("potentiation.duration_s") == "s"
    assert values.unit_of("neuron.count") == ""
    assert values.unit_of("encoding.kind") == ""
