"""A die read once more with exact currents: same labels, same random streams, other currents."""

import dataclasses

import numpy as np
import pytest

from device_models.analog_library import Synapse
from device_models.params import Array
from learner.datasets import load
from learner.params import Encoding, Neuron
from objectives.design import Training
from objectives.full import measure, read_wire_ohm
from objectives.scores import METRICS

KINDS = [Synapse(), Synapse(topology="and"), Synapse(kind="pcm", drift_s=3600.0)]


def some(split, count):
    images = load("mnist", split)
    return dataclasses.replace(images, pixels=images.pixels[:count], labels=images.labels[:count])


@pytest.fixture
def larger(design):
    def make(synapse, wire_ohm):
        return dataclasses.replace(
            design,
            array=Array(tile_rows=98, wire_ohm=wire_ohm),
            synapse=synapse,
            neuron=Neuron(count=20, threshold=100.0, threshold_step=0.05),
            encoding=Encoding(kind="rate"),
            training=Training(images=1000, label_images=1000),
        )

    return make


def measured(design, *, exact=True):
    streams = np.random.SeedSequence(1), np.random.SeedSequence(2)
    return measure(design, (some("train", 1000), some("validation", 400)), streams, exact=exact)


@pytest.mark.parametrize("synapse", KINDS, ids=["single", "and", "analog"])
def test_with_ideal_wires_both_reads_answer_alike(larger, synapse):
    found = measured(larger(synapse, 0.0))
    # REGRESSION: labels and votes follow the same streams; only bytes differ
    assert found["exact_same_answers"] > 0.97
    assert found["exact_accuracy"] == pytest.approx(found["accuracy"], abs=0.02)
    assert found["exact_inference_latency_s"] == pytest.approx(
        found["inference_latency_s"], rel=0.02, abs=0
    )
    assert found["exact_inference_energy_j"] == pytest.approx(
        found["inference_energy_j"], rel=0.02, abs=0
    )


def test_the_exact_read_changes_no_other_figure(larger):
    design = larger(Synapse(), 5.0)
    with_exact, without = measured(design), measured(design, exact=False)
    assert {n: with_exact[n] for n in METRICS} == without  # LAW: the same bits
    # LAW: resistive wires answer otherwise than their fast model
    assert with_exact["exact_same_answers"] < 1.0


def test_junctions_sensed_apart_see_no_wire(larger):
    assert read_wire_ohm(larger(Synapse(), 5.0)) == 5.0
    assert read_wire_ohm(larger(Synapse(topology="and"), 5.0)) == 0.0
