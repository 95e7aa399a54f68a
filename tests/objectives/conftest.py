"""Small designs, the events of an imagined training run, and a corner of MNIST."""

import dataclasses

import numpy as np
import pytest

from device_models.library import device
from device_models.params import Array, Pulse
from learner.events import Events
from learner.params import Encoding, Neuron
from objectives.design import Design, Training
from objectives.evaluate import DataSets, load_data
from tests.pulses import pulses_of


@pytest.fixture(scope="session")
def design():
    named = device("ut-austin-50nm")
    return Design(
        device=named.mtj,
        breakdown=named.breakdown,
        potentiation=Pulse(amplitude_v=0.7, duration_s=10e-9),
        depression=Pulse(amplitude_v=0.8, duration_s=5e-9),
        array=Array(tile_rows=10, rows_per_write=4),
        neuron=Neuron(count=4, threshold=20.0, threshold_step=0.05),
        encoding=Encoding(kind="one_shot"),
        training=Training(images=200, label_images=100),
    )


@pytest.fixture
def events():
    return Events(
        images=100,
        wins=np.array([40, 30, 20, 10]),
        steps=250,
        time_outs=0,
        input_spikes=2000,
        tile_reads=500,
        current_a_steps=0.125,
        pulses=pulses_of(20, ltp_ap=300, ltp_p=200, ltd_p=100, ltd_ap=1400),
        flips=np.outer([20, 60], np.eye(20, dtype=int)[0]),
        spared=np.zeros((2, 20), int),
        cell_reads=0,
    )


def first(images, count):
    """The first `count` of some images."""
    return dataclasses.replace(images, pixels=images.pixels[:count], labels=images.labels[:count])


@pytest.fixture(scope="session")
def digits():
    """A corner of MNIST: 2,000 training and 1,000 validation images."""
    data = load_data("mnist")
    return DataSets(training=first(data.training, 2000), validation=first(data.validation, 1000))


@pytest.fixture(scope="session")
def reader(design):
    """A sane design of 50 neurons that learns digits from few images in a fraction of a second."""
    return dataclasses.replace(
        design,
        potentiation=Pulse(amplitude_v=0.65, duration_s=20e-9),
        depression=Pulse(amplitude_v=0.6, duration_s=20e-9),
        array=Array(),
        neuron=Neuron(count=50, threshold=200.0, threshold_step=0.04),
        encoding=Encoding(kind="rate"),
        training=Training(images=3000, label_images=2000),
    )
