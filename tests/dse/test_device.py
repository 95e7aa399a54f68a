"""The curves of a device against single pulses, laws and what is published of the regimes."""

import dataclasses

import numpy as np
import pytest

from device_models.endurance import cycles_to_fraction
from device_models.library import DEVICES, device
from device_models.params import Array, Pulse, Variation
from device_models.temperature import at_temperature
from dse import device_curves
from dse.device import POLARITIES, pulse_numbers

ARRAY = Array()


@pytest.fixture(scope="module")
def junction():
    return device("ut-austin-50nm").mtj


@pytest.fixture(scope="module")
def grid(junction):
    return device_curves.probability_map(junction, ARRAY)


@pytest.fixture(scope="module")
def constant(grid):
    return device_curves.constant_probability(grid)


@pytest.mark.parametrize("polarity", POLARITIES)
def test_the_map_holds_what_single_pulses_do(junction, grid, polarity):
    rng = np.random.default_rng(1)
    for _ in range(20):
        d, v = rng.integers(grid.sizes["duration_s"]), rng.integers(grid.sizes["amplitude_v"])
        cell = grid.sel(polarity=polarity).isel(duration_s=d, amplitude_v=v)
        pulse = Pulse(amplitude_v=float(cell["amplitude_v"]), duration_s=float(cell["duration_s"]))
        alone = pulse_numbers(junction, ARRAY, pulse, polarity)
        # INDEPENDENT: one pulse at a time, through the cell's own functions
        assert float(cell["probability"]) == pytest.approx(alone["probability"][0], rel=1e-9)
        assert float(cell["energy_j"]) == pytest.approx(alone["energy_per_attempt_j"][0])


def test_a_polarity_beyond_the_switching_table_is_left_out():
    grid = device_curves.probability_map(device("tohoku-20nm").mtj, ARRAY)
    beyond = grid["overdrive"] > 5
    assert beyond.sel(polarity="AP→P").any()
    assert np.isnan(grid["probability"].where(beyond)).all()
    assert np.isfinite(grid["probability"].where(~beyond, 0.0)).all()


@pytest.mark.parametrize("polarity", POLARITIES)
def test_pulses_of_constant_probability_have_it(junction, constant, polarity):
    for target in device_curves.TARGETS:
        row = constant.sel(polarity=polarity, target=target)
        reached = np.isfinite(row["amplitude_v"].values)
        assert reached.sum() > 50
        for volts, seconds in zip(
            row["amplitude_v"].values[reached], row["duration_s"].values[reached], strict=True
        ):
            pulse = Pulse(amplitude_v=float(volts), duration_s=float(seconds))
            found = pulse_numbers(junction, ARRAY, pulse, polarity)["probability"][0]
            assert found == pytest.approx(target, abs=2e-3)  # LAW: the inverse of the map


@pytest.mark.parametrize("name", DEVICES)
def test_energy_at_constant_probability_is_least_in_the_intermediate_regime(name):
    grid = device_curves.probability_map(device(name).mtj, Array(access_ohm=0.0))
    constant = device_curves.constant_probability(grid)
    for polarity in POLARITIES:
        row = constant.sel(polarity=polarity, target=0.5)
        best = int(np.nanargmin(row["energy_j"].values))
        # PUBLISHED: Vincent et al. 2015: the least energy lies in the intermediate regime
        assert device_curves.regime(float(row["overdrive"][best])) == "intermediate"


def test_sensitivities_are_the_slopes_of_the_map(junction, grid):
    pulse = Pulse(amplitude_v=0.7, duration_s=10e-9)
    point = device_curves.operating_point(junction, ARRAY, pulse, "AP→P")
    near = grid["probability"].sel(polarity="AP→P")
    steps = near.interp(duration_s=10e-9, amplitude_v=[0.68, 0.72])
    # INDEPENDENT: difference over two nodes of the map, its curvature in between
    assert point.dp_dv == pytest.approx(float(np.diff(steps.values)[0]) / 0.04, rel=0.02)
    assert point.dp_dv == pytest.approx(point.dp_dlnv / 0.7)
    cold, hot = (
        pulse_numbers(at_temperature(junction, kelvin), ARRAY, pulse, "AP→P")["probability"][0]
        for kelvin in (295.0, 305.0)
    )
    assert point.dp_dtemperature == pytest.approx((hot - cold) / 10, rel=0.02)
    assert point.dp_dtemperature > 0  # LAW: a lower barrier


def test_short_pulses_forgive_amplitude_and_punish_duration(junction, constant):
    row = constant.sel(polarity="AP→P", target=0.5)
    points = []
    for seconds in (2e-9, 50e-9):
        volts = float(row["amplitude_v"].interp(duration_s=seconds))
        pulse = Pulse(amplitude_v=volts, duration_s=seconds)
        points.append(device_curves.operating_point(junction, ARRAY, pulse, "AP→P"))
    short, long = points
    # PUBLISHED: the order that Rehm, Kent and co-workers measured
    assert short.dp_dlnv < long.dp_dlnv
    assert short.dp_dlnt > long.dp_dlnt


def test_endurance_curves_hold_the_device_s_law_within_the_spread():
    breakdown = device("ut-austin-50nm").breakdown
    curves = device_curves.endurance_curves(breakdown, 20e-9, 1)
    volts = float(curves["junction_v"][20])
    # INDEPENDENT: one call at one voltage
    assert float(curves["cycles"][20]) == pytest.approx(
        float(cycles_to_fraction(1e-4, volts, 20e-9, breakdown))
    )
    assert (curves["lowest"] <= curves["cycles"]).all()
    assert (curves["cycles"] <= curves["highest"]).all()
    assert (np.diff(curves["cycles"].values) < 0).all()  # LAW: more volts, fewer pulses


def test_retention_is_worse_hot_and_worst_for_the_weakest_cells(junction):
    curves = device_curves.retention_curves(junction, Variation())
    early = curves.isel(storage_s=0)
    assert (np.diff(early["array"].values) > 0).all()  # LAW: hotter fails sooner
    assert (early["array"] > early["cell"]).all()  # LAW: convex in Δ
    alike = dataclasses.replace(Variation(), diameter=0.0, barrier=0.0)
    same = device_curves.retention_curves(junction, alike)
    np.testing.assert_allclose(same["array"], same["cell"], rtol=1e-6)
