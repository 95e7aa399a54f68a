"""A known junction comes back from its switching counts, and what they leave open is said."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom, kstest

from dse.calibrate_counts import goodness, model
from dse.calibrate_files import read
from dse.calibrate_switching import calibrate
from dse.errors import InputError
from tests.dse.curves import (
    FIELDS,
    START,
    TRUE,
    cells,
    drawn,
    overdrive_of,
    planned,
    reduced_times,
    taken,
)

LENGTHS = 2e-9, 10e-9


@pytest.fixture(scope="module")
def plan():
    return planned(TRUE, LENGTHS, amplitudes=8, trials=150)


def inside(part, field: str) -> bool:
    found = part.estimates[field]
    return found.low <= getattr(TRUE, field) <= found.high


def test_counts_without_chance_give_the_junction_back(plan):
    p, _ = model(TRUE, plan, 0.0)
    found, part = calibrate(replace(plan, switched=plan.trials * p), START, 0.0)
    # LAW: the likelihood of its own expectations is largest at the true parameters
    for field in FIELDS:
        assert getattr(found, field) == pytest.approx(getattr(TRUE, field), rel=2e-4), field
    assert part.goodness.deviance == pytest.approx(0.0, abs=1e-4)
    assert not part.held


def test_the_junction_comes_back_from_behind_a_series_resistance():
    plan = planned(TRUE, LENGTHS, amplitudes=8, trials=150, series_ohm=3e3)
    p, _ = model(TRUE, plan, 3e3)
    found, _ = calibrate(replace(plan, switched=plan.trials * p), START, 3e3)
    # LAW: as without series resistance
    for field in FIELDS:
        assert getattr(found, field) == pytest.approx(getattr(TRUE, field), rel=2e-4), field


def assert_coverage(parts) -> None:
    low, high = binom.ppf([0.0005, 0.9995], len(parts), 0.95)
    for field in FIELDS:
        hits = sum(inside(part, field) for part in parts)
        # LAW: 95 % intervals, binomial 99.9 % bounds
        assert low <= hits <= high, (field, hits, len(parts))


def test_drawn_counts_bring_the_junction_back_within_its_intervals(plan):
    rng = np.random.default_rng(7)
    parts = [calibrate(drawn(plan, rng), START, 0.0)[1] for _ in range(6)]
    assert_coverage(parts)
    assert all(part.goodness.verdict == "good" for part in parts)


@pytest.mark.slow
def test_intervals_cover_the_truth_as_often_as_they_say(plan):
    rng = np.random.default_rng(11)
    parts = [calibrate(drawn(plan, rng), START, 0.0)[1] for _ in range(120)]
    assert_coverage(parts)
    # LAW: p-values of a model that is right are uniform
    assert kstest([part.goodness.p_value for part in parts], "uniform").pvalue > 1e-3


@pytest.mark.slow
def test_counts_of_the_llg_macrospin_bring_its_junction_back(plan):
    """The data come from another solver of another equation than the fit."""
    from device_models.macrospin import switching_counts

    rng = np.random.default_rng(13)
    drives, times = overdrive_of(TRUE, plan), reduced_times(plan)

    def simulated():
        # A call a cell: durations of one call share their trajectories.
        return np.array(
            [
                switching_counts(float(i), float(t), TRUE.barrier, TRUE.damping, int(n), rng)
                for i, t, n in zip(drives, times, plan.trials, strict=True)
            ],
            float,
        )

    parts = [calibrate(replace(plan, switched=simulated()), START, 0.0)[1] for _ in range(60)]
    assert_coverage(parts)


def test_one_pulse_length_leaves_the_time_scale_open():
    found, part = calibrate(
        drawn(planned(TRUE, (10e-9,), 8, 150), np.random.default_rng(3)), START, 0.0
    )
    (held,) = part.held
    assert held.name == "anisotropy_t"
    assert held.why == "all pulses last 10 ns"
    assert "other lengths" in held.remedy
    assert found.anisotropy_t == START.anisotropy_t
    assert set(part.estimates) == {"barrier", "torque_efficiency", "p_to_ap_ratio"}


def test_one_amplitude_leaves_the_barrier_open():
    plan = cells(np.full(2, 0.5), 1e-9, True, 200)
    plan = replace(plan, duration_s=np.array([5e-9, 10e-9]))
    found, part = calibrate(drawn(plan, np.random.default_rng(3)), START, 0.0)
    assert "barrier" in [held.name for held in part.held]
    assert found.barrier == START.barrier


def test_a_polarity_that_never_switched_leaves_the_ratio_open_and_bends_nothing(plan):
    data = drawn(plan, np.random.default_rng(3))
    alone, _ = calibrate(taken(data, data.from_ap), START, 0.0)
    weak = cells(np.array([0.05, 0.06]), 2e-9, False, 150)
    both = {
        name: np.concatenate([vars(taken(data, data.from_ap))[name], vars(weak)[name]])
        for name in vars(weak)
    }
    found, part = calibrate(type(data)(**both), START, 0.0)
    assert [held.name for held in part.held] == ["p_to_ap_ratio"]
    assert "upper end" in part.held[0].why
    assert found.p_to_ap_ratio == START.p_to_ap_ratio
    # LAW: cells that never switch say nothing about the others
    for field in ("barrier", "torque_efficiency", "anisotropy_t"):
        assert getattr(found, field) == pytest.approx(getattr(alone, field), rel=1e-3), field


@pytest.mark.parametrize("duration_ns", [5, 500])
def test_the_published_points_without_a_pulse_width_identify_no_barrier(tmp_path, duration_ns):
    path = tmp_path / "published.csv"
    # PUBLISHED: Nat. Commun. 2025, s41467-025-66864-9: 25, 48, 81 %, pulse width not given
    path.write_text(
        "amplitude_v,duration [ns],polarity,probability\n"
        f"0.275,{duration_ns},AP-P,0.25\n"
        f"0.282,{duration_ns},AP-P,0.48\n"
        f"0.288,{duration_ns},AP-P,0.81\n"
    )
    data = read([path], 100).switching
    found, part = calibrate(data, START, 0.0)
    open_fields = {held.name for held in part.held}
    assert {"anisotropy_t", "barrier", "p_to_ap_ratio"} <= open_fields
    assert found.barrier == START.barrier


def test_a_cell_that_scatters_too_much_or_a_curve_of_another_law_is_called_poor(plan):
    p, _ = model(TRUE, plan, 0.0)
    rng = np.random.default_rng(5)
    # A probability that changes between cells, then reads of which 8 % are wrong.
    spread = rng.beta(20 * p + 1e-9, 20 * (1 - p) + 1e-9)
    _, scattered = calibrate(replace(plan, switched=np.round(plan.trials * spread)), START, 0.0)
    assert scattered.goodness.verdict.startswith("overdispersed")
    # LAW: variance of a beta-binomial of 20 + 1 over the binomial one, (20 + 150)/21
    assert 4.0 < scattered.goodness.overdispersion < 16.0
    misread = rng.binomial(1000, 0.08 + 0.84 * p).astype(float)
    _, bent = calibrate(replace(plan, trials=10 * plan.trials / 1.5, switched=misread), START, 0.0)
    assert bent.goodness.verdict.startswith("poor: the model lacks something")


def test_cells_where_every_pulse_switches_add_nothing_to_the_test_of_the_fit(plan):
    data = drawn(plan, np.random.default_rng(3))
    sure = replace(cells(np.full(9, 0.9), 50e-9, False, 150), switched=np.full(9, 150.0))
    more = {k: np.concatenate([v, vars(sure)[k]]) for k, v in vars(data).items()}
    one, two = (goodness(d, *model(TRUE, d, 0.0), 4) for d in (data, type(data)(**more)))
    assert two.points == one.points + 9
    # LAW: their deviance is zero with certainty
    assert two.deviance == pytest.approx(one.deviance, abs=1e-6)
    assert two.expected == pytest.approx(one.expected, abs=1e-6)


def test_a_ratio_that_no_device_file_may_hold_is_refused_with_what_to_check(plan):
    data = drawn(plan, np.random.default_rng(3))
    lower = np.where(data.from_ap, data.amplitude_v, 0.7 * data.amplitude_v)
    with pytest.raises(InputError, match=r"p_to_ap_ratio = 0\.9.* outside 1 … 3 .*; check the po"):
        calibrate(replace(data, amplitude_v=lower), START, 0.0)


def test_pulses_beyond_the_table_are_refused_when_the_time_scale_is_open():
    plan = cells(np.linspace(0.2, 0.4, 5), 9e-7, True, 100)
    with pytest.raises(
        InputError, match=r"pulses of 900 ns are beyond the 710\.2 ns .* leave them"
    ):
        calibrate(plan, START, 0.0)
