"""A robust score is what the bad corners of a design reach."""

import dataclasses

import numpy as np
import pytest

from device_models.ranges import RangeError
from objectives.design import Training
from objectives.evaluate import check_constraints, evaluate
from objectives.robust import check_corners, corners, evaluate_robust
from objectives.rules import Robust
from objectives.scores import METRICS


@pytest.fixture
def quick(reader):
    return dataclasses.replace(reader, training=Training(images=300, label_images=300))


def test_corners_are_temperature_times_supply_and_a_more_variable_die(quick):
    found = corners(quick, Robust())
    assert found[0] == quick
    kelvin = [corner.environment.temperature_k for corner in found[1:5]]
    volts = [c.potentiation.amplitude_v / quick.potentiation.amplitude_v for c in found[1:5]]
    assert kelvin == [273.0, 273.0, 358.0, 358.0]
    assert volts == pytest.approx([0.95, 1.05, 0.95, 1.05])
    assert found[2].array.read_v == pytest.approx(1.05 * quick.array.read_v)
    assert found[5].variation.diameter == pytest.approx(1.5 * quick.variation.diameter)
    assert found[5].environment == quick.environment


def test_each_figure_is_the_quantile_from_its_bad_end(quick, digits):
    rule = Robust(quantile=0.0)
    robust = evaluate_robust(quick, digits, (3,), rule)
    seeds = np.random.SeedSequence(3).generate_state(6, np.uint64).tolist()
    alone = [
        evaluate(corner, digits, (seed,)).values
        for corner, seed in zip(corners(quick, rule), seeds, strict=True)
    ]
    for name, metric in METRICS.items():  # INDEPENDENT: corner by corner
        worst = min if metric.direction == "maximize" else max
        assert robust.values[name] == worst(one[name] for one in alone)


def test_more_dies_are_more_evaluations_at_the_same_corners(quick, digits):
    one, two = (evaluate_robust(quick, digits, (3,), Robust(quantile=0.0, dies=n)) for n in (1, 2))
    assert two.values["accuracy"] <= one.values["accuracy"]  # LAW: the first six dies are the same
    assert two.constraints == one.constraints


def test_a_higher_quantile_is_never_worse(quick, digits):
    accuracy = [
        evaluate_robust(quick, digits, (3,), Robust(quantile=q)).values["accuracy"]
        for q in (0.0, 0.4, 1.0)
    ]
    assert accuracy == sorted(accuracy)  # LAW
    assert accuracy[0] < accuracy[2]


def test_a_constraint_counts_at_the_corner_where_it_is_worst(quick, digits):
    nominal, worst = check_constraints(quick, digits), check_corners(quick, digits, Robust())
    assert worst.keys() == nominal.keys()
    assert all(worst[name] >= nominal[name] for name in nominal)  # LAW
    assert worst["drive_current"] > nominal["drive_current"]  # 5 % more supply


def test_temperatures_the_wrong_way_round_are_refused():
    with pytest.raises(RangeError, match="cold_k = 360 K is above hot_k = 300 K; swap them"):
        Robust(cold_k=360.0, hot_k=300.0)
