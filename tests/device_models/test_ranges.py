"""Parameter sets refuse what their models cannot do, in words that help."""

import math
from dataclasses import fields

import pytest

from device_models.library import DEVICES, device
from device_models.params import Array, Mtj, Periphery, Pulse
from device_models.ranges import RangeError, ranges_of

GOOD = {
    "diameter_m": 50e-9, "ra_ohm_m2": 1e-11, "tmr": 1.2, "barrier": 60.0,
    "anisotropy_t": 0.2, "damping": 0.02, "polarisation": 0.6,
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ra_ohm_m2", -1e-12),
        ("tmr", 0.0),
        ("barrier", 4.9),
        ("temperature_k", 0.0),
        ("damping", math.nan),
        ("diameter_m", math.inf),
    ],
)
def test_physical_nonsense_is_refused_with_value_unit_and_rule(field, value):
    with pytest.raises(RangeError) as error:
        Mtj(**{**GOOD, field: value})
    rule = ranges_of(Mtj)[field]
    text = str(error.value)
    assert text.startswith(f"{field} = ")
    assert str(rule) in text
    assert rule.source in text


def test_message_reads_aloud():
    with pytest.raises(RangeError) as error:
        Pulse(amplitude_v=3.0, duration_s=1e-9)
    assert str(error.value) == ("amplitude_v = 3 V is outside 0.05 … 2.5 V (bit-line driver)")


def test_text_for_a_number_is_refused():
    with pytest.raises(RangeError, match="'10'"):
        Array(tile_rows="10")


def test_unknown_preset_names_the_nearest():
    with pytest.raises(RangeError, match="did you mean '45nm'"):
        Periphery(node="45 nm")


def test_unknown_device_names_the_nearest():
    with pytest.raises(RangeError, match="did you mean 'ut-austin-50nm'"):
        device("ut-austin")


@pytest.mark.parametrize("name", DEVICES)
def test_every_number_of_a_library_device_has_a_source(name):
    assert set(DEVICES[name].sources) == {field.name for field in fields(Mtj)}
