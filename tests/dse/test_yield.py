"""Yield against variability: intervals that cover, levels that are where the truth has them."""

from concurrent.futures import Future
from dataclasses import fields
from statistics import NormalDist

import numpy as np
import pytest

from dse import front, yield_run, yields
from dse.errors import InputError
from dse.pick import parse
from dse.study import make_design
from objectives.design import unflatten


def test_the_interval_of_a_share_is_that_of_the_tables():
    # PUBLISHED: Clopper-Pearson 95 % interval of 8 of 10, (0.4439, 0.9748)
    found = yields.point(1.0, 8, 10)
    assert (found.low, found.high) == (
        pytest.approx(0.4439, abs=1e-4),
        pytest.approx(0.9748, abs=1e-4),
    )
    # LAW: rule of three, 1 - 0.025^(1/n)
    assert yields.point(1.0, 40, 40).low == pytest.approx(0.025 ** (1 / 40))


def test_levels_are_found_where_the_truth_has_them():
    rng, scales = np.random.default_rng(7), (0.5, 1.0, 2.0, 3.0, 4.0)
    noise = rng.normal(size=4000)
    met = {s: (3.0 - s + noise > 0).tolist() for s in scales}
    for level in yields.levels(met):
        # LAW: the margin 3 - s is the normal quantile of the yield
        truth = 3.0 - NormalDist().inv_cdf(level.level)
        assert level.scale == pytest.approx(truth, abs=0.08)
        assert level.low - 0.05 <= truth <= level.high + 0.05
        assert level.low < level.scale < level.high


def test_what_cannot_be_told_is_not_told():
    assert all(x.scale is None for x in yields.levels({1.0: [True] * 5, 2.0: [True] * 5}))
    assert all(x.scale is None for x in yields.levels({1.0: [False] * 5, 2.0: [False] * 5}))
    rising = yields.levels({1.0: [False] * 9 + [True], 2.0: [True] * 9 + [False]})
    assert all(x.scale == float("inf") for x in rising)


@pytest.fixture
def plan(finished):
    design = make_design(finished.study, front.pick(finished, "knee").params)
    return yield_run.Plan(
        design=design, dataset="mnist", limits=parse("accuracy>=0.9").limits,
        scales=(0.5, 1.0, 2.0), dies=6, seed=1, data={},
    )  # fmt: skip


class Fab:
    """Dies whose accuracy falls with their variability."""

    def __init__(self):
        self.calls = 0

    def __call__(self, function, *arguments):
        """What an executor's submit does, at once."""
        assert function is yield_run.measure_die
        self.calls += 1
        _, flat, _, die = arguments
        future = Future()
        future.set_result({"accuracy": 0.93 - 0.5 * flat["variation.diameter"] - 0.002 * die})
        return future


def test_dies_are_counted_and_kept(plan, tmp_path):
    fab, place = Fab(), tmp_path / "y.jsonl"
    found = yield_run.measure(plan, place, fab)
    # LAW: 0.93 - 0.015·s - 0.002·die >= 0.9
    assert [point.good for point in found.points] == [6, 6, 1]
    assert fab.calls == 18
    assert yield_run.measure(plan, place, fab) == found
    assert fab.calls == 18


def test_variability_is_multiplied_as_a_whole_and_stays_in_its_range(plan):
    twice = yield_run.scaled(plan.design, 2.0)
    for f in fields(twice.variation):
        name = f.name
        assert getattr(twice.variation, name) == 2 * getattr(plan.design.variation, name)
    with pytest.raises(InputError, match="--scales 100: variation"):
        yield_run.scaled(plan.design, 100.0)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--limit", "knee"), '--limit knee: not a limit; write for example "accuracy>=0.9"'),
        (("--scales", "1,x"), "--scales 1,x: write numbers, as 0.5,1,2"),
        (("--scales", "1"), "--scales 1: give at least two numbers from 0 up, as 0.5,1,2"),
    ],
)
def test_bad_input_is_told_in_one_line(dse, stored, arguments, line):
    dse("export", "fake", "--storage", stored[1], "--no-tolerance", "-o", "a.json")
    answer = dse("yield", "a.json", *arguments)
    assert (answer.code, answer.err) == (2, [f"dse: {line}"])


def test_a_real_die_is_the_same_whoever_draws_it(plan):
    from objectives.design import flatten

    flat = flatten(plan.design) | {
        "training.images": 300, "training.label_images": 200, "neuron.count": 10,
    }  # fmt: skip
    unflatten(flat)
    first = yield_run.measure_die("mnist", flat, 1, 0)
    assert first == yield_run.measure_die("mnist", flat, 1, 0)
    assert first != yield_run.measure_die("mnist", flat, 1, 1)
