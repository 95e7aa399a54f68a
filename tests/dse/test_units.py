"""Text to SI and back."""

import pytest

from dse.errors import InputError
from dse.units import metric_scale, scale, show, to_si
from objectives.scores import METRICS


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [  # LAW: definition of the prefixes; the nearest double, not a product of two
        ("3 ns", "s", 3e-9),
        ("10 ns", "s", 1e-8),
        ("0.6 V", "V", 0.6),
        ("600 mV", "V", 0.6),
        ("2.5 ohm", "ohm", 2.5),
        ("9.8 ohm um^2", "ohm m^2", 9.8e-12),
        ("20 pA/Hz^0.5", "A Hz^-0.5", 2e-11),
        ("3 %", "", 0.03),
        ("1e3", "", 1000.0),
    ],
)
def test_text_with_a_unit_becomes_the_exact_si_number(text, unit, value):
    assert to_si(text, unit) == value


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ("10 V", "s", '"10 V" is not a quantity in s; write "10 ns"'),
        ("10 nx", "s", '"10 nx" is not a number with a unit; write "10 ns"'),
        ("5", "V", '"5" has no unit, but V is needed; write "0.6 V"'),
        ("5 V", "", '"5 V" is not a number without unit; write "2"'),
        ("__import__('os')", "s", "\"__import__('os')\" is not a number with a unit; write"),
    ],
)
def test_text_of_another_dimension_is_refused_with_an_example(text, unit, message):
    with pytest.raises(InputError) as caught:
        to_si(text, unit)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [  # LAW: definition of the prefixes
        (1e-8, "s", "10 ns"),
        (9.818e-12, "ohm m^2", "9.818 Ω·µm²"),
        (3000.0, "ohm", "3 kΩ"),
        (0.0, "V", "0 V"),
        (98, "", "98"),
        ("rate", "", "rate"),
    ],
)
def test_a_value_is_shown_with_the_prefix_a_person_would_take(value, unit, text):
    assert show(value, unit) == text


def test_a_column_shares_one_prefix_that_suits_its_middle():
    # LAW: the median, 2e-9 J, is between 1 nJ and 1000 nJ
    factor, label = scale("J", [1e-9, 2e-9, 5e-6])
    assert (factor, label) == (1e9, "nJ")


def test_accuracy_is_shown_in_percent_and_lifetime_as_it_is():
    assert metric_scale(METRICS["accuracy"], [0.9]) == (100.0, "%")
    assert metric_scale(METRICS["lifetime_images"], [1e9]) == (1.0, "images")
