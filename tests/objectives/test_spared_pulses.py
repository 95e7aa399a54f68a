"""Cells read before a write: what the pulses they spare save, and what the reads cost."""

import dataclasses
import functools
from types import SimpleNamespace

import numpy as np
import pytest

from device_models.periphery import PRESETS
from device_models.ranges import RangeError
from learner.events import without_idle_pulses
from objectives.design import flatten, unflatten
from objectives.endurance import damage_per_image
from objectives.energy import image_energy
from objectives.evaluate import evaluate
from objectives.latency import learning_latency_s
from tests.pulses import without

approx = functools.partial(pytest.approx, rel=1e-6, abs=0)
CROSSBAR = SimpleNamespace(inputs=20, tile_rows=10, reference_s=1e-4, read_v=0.1, read_s=5e-9)
PRESET = PRESETS["45nm"]
VERIFIED = {"training.write": "verified"}
ON_CELLS = {"training.depression": "on_cells"}


def changed(design, **values):
    return unflatten({**flatten(design), **{k.replace("__", "."): v for k, v in values.items()}})


def test_spared_pulses_cost_nothing_and_reads_of_cells_do(design, events):
    some = without_idle_pulses(events, True, True)
    assert (some.attempts, some.cell_reads, some.spared.sum()) == (400, 2000, 1600)
    before, after = (image_energy(e, design, CROSSBAR) for e in (events, some))
    needed = image_energy(without(events, "ltp_p", "ltd_ap"), design, CROSSBAR)
    assert after.write_cells_j == approx(needed.write_cells_j)  # LAW: only those pulses
    mean_s = (1 / 8000.266 + 1 / (3000 + 5000.266 * 2.2)) / 2
    # INDEPENDENT: 20 reads of one cell an image, at 0.1 V for 5 ns; TMR at bias is 2 % less
    assert after.read_cells_j - before.read_cells_j == approx(20 * mean_s * 0.01 * 5e-9, rel=0.02)
    assert after.sense_j - before.sense_j == approx(20 * PRESET.sense_j)  # INDEPENDENT
    # INDEPENDENT: 20 reads and 16 pulses less an image; four columns and a reference on a line
    driver_j = after.row_drivers_j - before.row_drivers_j
    assert driver_j == approx((20 - 16) * 5 / 128 * PRESET.row_driver_j)
    for name in ("write_lines_j", "write_drivers_j", "adc_j", "neurons_j", "winner_j"):
        assert getattr(after, name) == approx(getattr(before, name))  # LAW: columns all the same


def test_compensation_measures_spared_rows_too(design, events):
    some = without_idle_pulses(events, True, True)
    measured = changed(design, neuron__compensation=0.3)
    extra = [
        dataclasses.astuple(image_energy(e, measured, CROSSBAR))[i]
        - dataclasses.astuple(image_energy(e, design, CROSSBAR))[i]
        for i in range(10)
        for e in (events, some)
    ]
    assert extra[::2] == [approx(x) if x else 0 for x in extra[1::2]]  # LAW: the whole column


def test_wear_is_that_of_the_pulses_given(design, events):
    needed = without_idle_pulses(events, True, True)
    taken = events.pulses - needed.pulses
    idle = dataclasses.replace(events, pulses=taken, spared=needed.pulses.sum(axis=1))
    whole, some, rest = (damage_per_image(e, design, 20) for e in (events, needed, idle))
    assert some + rest == approx(whole)  # LAW: wear adds up
    assert (some < whole).all()


def test_reads_before_a_write_take_their_time(design, events):
    for option in (VERIFIED, ON_CELLS):
        longer = unflatten({**flatten(design), **option})
        more_s = learning_latency_s(events, longer) - learning_latency_s(events, design)
        # INDEPENDENT: one win an image, ten rows of a tile, a read and a settled amplifier each
        assert more_s == approx(10 * (5e-9 + PRESET.sense_s))


def test_the_network_is_the_same_and_lasts_longer(reader, digits):
    plain, on_cells, verified = (
        evaluate(unflatten({**flatten(reader), **option}), digits, (1,)).values
        for option in ({}, ON_CELLS, VERIFIED)
    )
    for name in ("accuracy", "accuracy_winner", "flips_per_cell", "neurons_used"):
        assert plain[name] == on_cells[name] == verified[name]  # LAW: idle pulses flip nothing
    for name, order in (
        ("attempts_per_cell", 1), ("energy_write_cells_j", 1), ("lifetime_images", -1)
    ):  # fmt: skip
        values = [order * found[name] for found in (plain, on_cells, verified)]
        assert values == sorted(values, reverse=True)  # LAW: fewer and fewer pulses
        assert values[0] > values[1] > values[2]
    assert plain["inference_energy_j"] == verified["inference_energy_j"]
    assert plain["learning_latency_s"] < verified["learning_latency_s"]
    assert plain["energy_sense_j"] < on_cells["energy_sense_j"] < verified["energy_sense_j"]


@pytest.mark.parametrize("option", [VERIFIED, ON_CELLS], ids=["verified", "on_cells"])
@pytest.mark.parametrize(
    "synapse",
    [{"synapse.kind": "pcm"}, {"synapse.topology": "parallel"}, {"array.read_scheme": "pair"}],
    ids=["pcm", "parallel", "pair"],
)
def test_only_single_junctions_are_read_before_a_write(design, option, synapse):
    with pytest.raises(RangeError, match="modelled for single junctions only"):
        unflatten({**flatten(design), **option, **synapse})


def test_spared_pulses_add_up_with_the_events(events):
    some = without_idle_pulses(events, True, True)
    total = some + some
    assert total.cell_reads == 4000  # LAW
    assert np.array_equal(total.spared, 2 * some.spared)
