"""Barrier breakdown: laws, anchors, and the closed-form lifetime."""

import dataclasses

import numpy as np
import pytest
from scipy.optimize import brentq

from device_models.endurance import (
    cycles_to_63_percent,
    failing_fraction,
    images_to_failing_fraction,
)
from device_models.library import DEFAULT_BREAKDOWN
from device_models.ranges import RangeError


def test_63_percent_have_failed_at_n63():
    n63 = cycles_to_63_percent(0.7, 10e-9, DEFAULT_BREAKDOWN)
    fraction = failing_fraction(n63, 0.7, 10e-9, DEFAULT_BREAKDOWN)
    assert fraction == pytest.approx(1 - np.exp(-1))  # LAW: definition


def test_power_law_in_voltage():
    n = DEFAULT_BREAKDOWN.voltage_exponent
    ratio = cycles_to_63_percent(0.6, 1e-8, DEFAULT_BREAKDOWN) / cycles_to_63_percent(
        0.66, 1e-8, DEFAULT_BREAKDOWN
    )
    assert ratio == pytest.approx(1.1**n)  # LAW


def test_default_meets_both_public_anchors_at_0_65_volt():
    # PUBLISHED: >= 1e6 cycles at 200 ns (embedded), 1e12 at 20 ns (cache class)
    assert failing_fraction(1e6, 0.65, 200e-9, DEFAULT_BREAKDOWN) < 1e-4
    assert failing_fraction(1e12, 0.65, 20e-9, DEFAULT_BREAKDOWN) < 1e-4


@pytest.mark.parametrize(("shape", "share"), [(1.2, 5e-4), (1.5, 1e-4), (2.0, 1e-3)])
def test_one_ppm_is_the_published_share_of_n63(shape, share):
    params = dataclasses.replace(DEFAULT_BREAKDOWN, weibull_shape=shape)
    n63 = cycles_to_63_percent(0.7, 1e-8, params)
    # PUBLISHED: 1 ppm near 1e-5 / 1e-4 / 1e-3 of N63 at β = 1.2 / 1.5 / 2
    cycles = brentq(lambda n: failing_fraction(n, 0.7, 1e-8, params) - 1e-6, 0, n63)
    assert cycles / n63 == pytest.approx((-np.log1p(-1e-6)) ** (1 / shape), rel=1e-3)
    assert share / 60 < cycles / n63 <= share * 1.01


def test_lifetime_of_unequal_wear_solves_the_mean_failing_fraction():
    damage = np.array([1e-12, 3e-12, 1e-11])
    images = images_to_failing_fraction(damage, 1e-4, DEFAULT_BREAKDOWN)
    mean = np.mean(-np.expm1(-((damage * images) ** DEFAULT_BREAKDOWN.weibull_shape)))
    assert mean == pytest.approx(1e-4, rel=5e-4)  # LAW: the definition, put back in


def test_no_wear_lasts_for_ever_and_zero_voltage_does_not_wear():
    assert images_to_failing_fraction(np.zeros(3), 1e-4, DEFAULT_BREAKDOWN) == np.inf
    assert failing_fraction(1e15, 0.0, 1e-8, DEFAULT_BREAKDOWN) == 0.0


def test_negative_voltage_is_refused():
    with pytest.raises(RangeError, match="voltage_v must be >= 0"):
        failing_fraction(1.0, -0.5, 1e-8, DEFAULT_BREAKDOWN)
