"""What a spec says about a multilevel cell."""

from dataclasses import replace

import pytest

from device_models.analog_library import Synapse
from device_models.library import device
from device_models.params import Pulse
from dse.spec import _derived, assumptions
from learner.params import Neuron
from objectives.design import Design


@pytest.fixture
def design():
    named = device("ut-austin-50nm")
    pulse = Pulse(amplitude_v=0.7, duration_s=10e-9)
    return Design(
        device=named.mtj, breakdown=named.breakdown, potentiation=pulse, depression=pulse,
        neuron=Neuron(),
    )  # fmt: skip


def test_a_spec_lists_what_of_a_preset_is_assumed_or_recalled(design):
    pcm = replace(design, synapse=Synapse(kind="pcm"))
    listed = [line.partition(":")[0] for line in assumptions("ut-austin-50nm", pcm)]
    assert {"synapse.wear_up", "synapse.potentiation_s"} <= set(listed)
    assert "synapse.depression_j" not in listed  # it has a source
    junction = assumptions("ut-austin-50nm", design)
    assert not any(line.startswith("synapse.") for line in junction)


def test_a_spec_shows_the_numbers_of_the_cell_in_use(design):
    numbers = _derived(replace(design, synapse=Synapse(kind="pcm")))
    assert numbers["synapse.high_s"] == (25e-6, "S")  # PUBLISHED: range of the preset
    assert not any(name.startswith("synapse.") for name in _derived(design))
