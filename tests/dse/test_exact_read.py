"""What exact column currents change is measured on the dies of the search, and kept."""

from concurrent.futures import Future
from statistics import stdev

import pytest

from dse import exact_read, front
from dse.study import make_design
from dse.tolerance_run import Plan
from objectives.design import flatten
from objectives.evaluate import load_data, one_seed


@pytest.fixture
def plan(finished):
    design = make_design(finished.study, front.pick(finished, "knee").params)
    return Plan(design=design, dataset="mnist", seeds=(1, 2, 3), data={"set": "none"})


def test_the_shift_is_the_mean_over_the_dies_and_nothing_is_measured_twice(plan, tmp_path):
    asked, place = [], tmp_path / "t.jsonl"

    def submit(_, dataset, flat, seed):
        asked.append((dataset, seed))
        assert flat == flatten(plan.design)
        future = Future()
        future.set_result({"fast": 0.9, "exact": 0.9 - 0.001 * seed})
        return future

    found = exact_read.measure(plan, place, submit, 0.915)
    # LAW: a promise is shifted by what the same dies lose
    assert found.shift == pytest.approx(-0.002)
    assert found.accuracy == pytest.approx(0.913)
    assert found.spread == pytest.approx(stdev([0.001, 0.002, 0.003]))
    assert asked == [("mnist", 1), ("mnist", 2), ("mnist", 3)]
    assert exact_read.measure(plan, place, submit, 0.915) == found
    assert len(asked) == 3


def test_a_die_is_that_of_the_search_and_short_wires_change_nothing(plan):
    flat = flatten(plan.design) | {
        "neuron.count": 20,
        "training.images": 500,
        "training.label_images": 500,
        "array.wire_ohm": 0.0,
    }
    from objectives.design import unflatten

    found = exact_read.read_die("mnist", flat, 5)
    # LAW: same seed, same die, same images, same bits
    assert found["fast"] == one_seed(unflatten(flat), load_data("mnist"), 5)["accuracy"]
    # LAW: without wires both are ideal, but for the fast read's bytes: ten of 10,000 images
    assert found["exact"] == pytest.approx(found["fast"], abs=0.001)
    long = exact_read.read_die("mnist", flat | {"array.wire_ohm": 20.0}, 5)
    assert abs(long["exact"] - long["fast"]) > 0.005
