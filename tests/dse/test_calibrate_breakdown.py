"""Weibull shape and power law come back from cycles to breakdown, cells that survive included."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import CensoredData, binom, weibull_min

from device_models.library import DEFAULT_BREAKDOWN
from dse.calibrate_breakdown import calibrate, middle_voltage
from dse.calibrate_data import Stress

PULSE_S, SHAPE, EXPONENT = 20e-9, 1.4, 42.0
VOLTS = 1.1, 1.15, 1.2
START = replace(DEFAULT_BREAKDOWN, voltage_exponent=30.0, weibull_shape=2.0)
TRUE_T63_S = 2e-4 * (START.reference_v / 1.15) ** -EXPONENT


def lives(seed, cells=20, stop=2e5, volts=VOLTS) -> Stress:
    v = np.repeat(volts, cells)
    n63 = TRUE_T63_S * (v / START.reference_v) ** -EXPONENT / PULSE_S
    drawn = n63 * np.random.default_rng(seed).standard_exponential(v.size) ** (1 / SHAPE)
    return Stress(
        voltage_v=v,
        duration_s=np.full(v.size, PULSE_S),
        cycles=np.minimum(drawn, stop),
        censored=drawn > stop,
    )


def test_one_voltage_is_fitted_as_an_independent_censored_weibull():
    data = lives(1, cells=30, stop=1.2e4, volts=(1.15,))
    assert 5 < data.censored.sum() < 25
    found, part = calibrate(data, START)
    # INDEPENDENT: scipy's maximum likelihood with censoring
    sample = CensoredData.right_censored(data.cycles, data.censored)
    shape, _, scale = weibull_min.fit(sample, floc=0)
    assert found.weibull_shape == pytest.approx(shape, rel=1e-3)
    (at,) = part.derived.values()
    assert at.value == pytest.approx(scale * PULSE_S, rel=1e-3)
    assert [held.name for held in part.held] == ["voltage_exponent"]
    assert found.voltage_exponent == START.voltage_exponent


@pytest.mark.slow
def test_intervals_cover_the_truth_as_often_as_they_say():
    parts = [calibrate(lives(seed), START)[1] for seed in range(40)]
    true = {"t63_s": TRUE_T63_S, "voltage_exponent": EXPONENT, "weibull_shape": SHAPE}
    low, high = binom.ppf([0.0005, 0.9995], len(parts), 0.95)
    for field, value in true.items():
        hits = sum(p.estimates[field].low <= value <= p.estimates[field].high for p in parts)
        assert low <= hits <= high, (field, hits)  # LAW: 95 %, binomial 99.9 % bounds
    poor = sum(part.goodness.p_value < 0.05 for part in parts)
    assert poor <= binom.ppf(0.9995, len(parts), 0.05)  # LAW: the law is right


def test_the_law_is_that_of_the_endurance_model():
    from device_models.endurance import failing_fraction

    data = lives(3, cells=400, stop=1e12)
    found, _ = calibrate(data, START)
    share = failing_fraction(data.cycles, data.voltage_v, data.duration_s, found)
    # LAW: each cell breaks at a uniform F; mean ½, here within 4 standard errors
    assert np.mean(share) == pytest.approx(0.5, abs=4 / math.sqrt(12 * share.size))


def test_a_law_that_bends_is_called_poor():
    data = lives(4, cells=60, stop=1e12, volts=(1.0, 1.1, 1.2, 1.3))
    bent = np.where(np.isin(data.voltage_v, (1.0, 1.3)), 4.0, 1.0)
    _, part = calibrate(replace(data, cycles=data.cycles * bent), START)
    assert part.goodness.verdict.startswith("poor: the model lacks something")


def test_without_a_failure_nothing_is_identified():
    data = replace(lives(5), censored=np.ones(60, bool))
    found, part = calibrate(data, START)
    assert not part.estimates
    assert {held.name for held in part.held} == {"t63_s", "voltage_exponent", "weibull_shape"}
    assert found == START


def test_the_middle_voltage_is_the_geometric_mean():
    assert middle_voltage(lives(0)) == pytest.approx((1.1 * 1.15 * 1.2) ** (1 / 3))  # LAW
