"""RA, TMR and V_h come back from R(V) as another least-squares code finds them."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import curve_fit
from scipy.stats import binom, kstest, t

from device_models.library import DEVICES
from dse.calibrate_data import Resistance
from dse.calibrate_resistance import calibrate, of_device
from dse.errors import InputError

TRUE = replace(DEVICES["reference-40nm"].mtj, tmr_half_v=0.6)
START = replace(TRUE, ra_ohm_m2=9e-12, tmr=2.0, tmr_half_v=0.4)
FIELDS = "ra_ohm_m2", "tmr", "tmr_half_v"


def sweep(error=0.0, seed=0, series_ohm=0.0, high=0.5) -> Resistance:
    volts = np.tile(np.linspace(-high, high, 11), 2)
    data = Resistance(
        voltage_v=volts, resistance_ohm=np.ones(22), antiparallel=np.arange(22) >= 11
    )
    noise = np.exp(error * np.random.default_rng(seed).standard_normal(22))
    return replace(data, resistance_ohm=of_device(data, TRUE, series_ohm) * noise)


@pytest.mark.parametrize("series_ohm", [0.0, 2e3])
def test_exact_readings_give_the_junction_back(series_ohm):
    found, part = calibrate(sweep(series_ohm=series_ohm), START, series_ohm)
    for field in FIELDS:
        # LAW: least squares is zero at the truth
        assert getattr(found, field) == pytest.approx(getattr(TRUE, field), rel=1e-4), field
    assert part.goodness.verdict.startswith("good")


def test_values_and_intervals_are_those_of_an_independent_least_squares():
    data = sweep(error=0.01, seed=2)
    _, part = calibrate(data, START, 0.0)

    def log_r(_, ra, tmr, half):
        x = np.exp(half)
        rolled = np.exp(tmr) / (1 + (data.voltage_v / x) ** 2)
        area = np.pi * TRUE.diameter_m**2 / 4
        return ra - np.log(area) + np.log(np.where(data.antiparallel, 1 + rolled, 1.0))

    y = np.log(data.resistance_ohm)
    guess = np.log([9e-12, 2.0, 0.4])
    # INDEPENDENT: Levenberg-Marquardt with its own formula and Student's t; 1 % of a width
    best, covariance = curve_fit(log_r, np.arange(22), y, p0=guess)
    half = t.isf(0.025, 22 - 3) * np.sqrt(np.diag(covariance))
    for place, field in enumerate(FIELDS):
        estimate = part.estimates[field]
        assert np.log(estimate.value) == pytest.approx(best[place], abs=0.01 * half[place])
        # The profile is not quite a parabola: a tenth of the half width.
        assert np.log(estimate.high) == pytest.approx(best[place] + half[place], abs=0.1 * half[2])
        assert np.log(estimate.low) == pytest.approx(best[place] - half[place], abs=0.1 * half[2])
    assert part.derived["r_p_ohm"].value == pytest.approx(
        part.estimates["ra_ohm_m2"].value / (np.pi * TRUE.diameter_m**2 / 4)  # LAW: R = RA/A
    )


@pytest.mark.slow
def test_intervals_cover_the_truth_as_often_as_they_say():
    parts = [calibrate(sweep(error=0.01, seed=seed), START, 0.0)[1] for seed in range(40)]
    low, high = binom.ppf([0.0005, 0.9995], len(parts), 0.95)
    for field in FIELDS:
        hits = sum(
            p.estimates[field].low <= getattr(TRUE, field) <= p.estimates[field].high
            for p in parts
        )
        assert low <= hits <= high, (field, hits)  # LAW: 95 %, binomial 99.9 % bounds
    # LAW: p-values of a model that is right are uniform
    assert kstest([part.goodness.p_value for part in parts], "uniform").pvalue > 1e-3


def test_readings_at_small_bias_leave_the_roll_off_open():
    found, part = calibrate(sweep(error=0.01, seed=1, high=0.02), START, 0.0)
    (held,) = part.held
    assert held.name == "tmr_half_v"
    assert "no upper end" in held.why
    assert found.tmr_half_v == START.tmr_half_v


@pytest.mark.parametrize(("state", "fields"), [(True, ["ra_ohm_m2"]), (False, list(FIELDS[1:]))])
def test_a_state_without_readings_is_named(state, fields):
    data = sweep(error=0.01)
    one = Resistance(**{k: v[data.antiparallel == state] for k, v in vars(data).items()})
    _, part = calibrate(one, START, 0.0)
    assert sorted(held.name for held in part.held) == fields


def test_another_roll_off_is_called_poor():
    data = sweep()
    x = np.abs(data.voltage_v) / 0.5
    ohm = 5e3 * np.where(data.antiparallel, 1 + 1.2 * np.exp(-x), 1.0)
    _, part = calibrate(replace(data, resistance_ohm=ohm), START, 0.0)
    assert part.goodness.verdict.startswith("poor: the model lacks something")
    half = {k: v[data.voltage_v >= 0] for k, v in vars(replace(data, resistance_ohm=ohm)).items()}
    _, alone = calibrate(Resistance(**half), START, 0.0)
    assert np.isnan(alone.goodness.deviance)  # no repeats: only the pattern is tested


def test_three_readings_are_too_few():
    data = sweep()
    few = Resistance(**{k: v[[0, 11, 15]] for k, v in vars(data).items()})
    with pytest.raises(InputError, match="3 readings for 3 parameters"):
        calibrate(few, START, 0.0)
