"""The front against an obvious oracle; hypervolume and knee against geometry."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from dse import front
from dse.errors import InputError, NoDesignError
from dse.study import Reference, rewarded
from objectives.scores import METRICS

OBJECTIVES = ("accuracy", "learning_energy_j", "lifetime_images")
UP = np.array([METRICS[name].direction == "maximize" for name in OBJECTIVES])


def oracle(values):
    """Row by row: no other row is at least as good everywhere and better somewhere."""
    gain = np.where(UP, values, -values)
    return [not any((b >= a).all() and (b > a).any() for b in gain) for a in gain]


@pytest.mark.parametrize("seed", range(5))
def test_the_front_is_what_brute_force_finds(seed):
    values = np.random.default_rng(seed).integers(1, 9, (60, 3)).astype(float)
    values = np.unique(values, axis=0)
    # INDEPENDENT: comparison of every pair
    assert front.nondominated(values, OBJECTIVES).tolist() == oracle(values)


def test_of_two_equal_designs_the_first_is_on_the_front():
    values = np.array([[0.9, 1e-9, 1e9], [0.9, 1e-9, 1e9]])
    assert front.nondominated(values, OBJECTIVES).tolist() == [True, False]


def test_infeasible_and_failed_trials_are_never_on_the_front(finished):
    frame = front.table(finished)
    assert set(frame["role"]) <= {"pareto", "knee", "dominated", "infeasible"}
    assert (frame["role"] == "knee").sum() == 1
    infeasible = frame["constraint.drive_current"] > 0
    assert infeasible.any()
    assert (frame.loc[infeasible, "role"] == "infeasible").all()
    feasible = frame[~infeasible]
    on_front = feasible["role"].isin(front.ON_FRONT).tolist()
    # INDEPENDENT: comparison of every pair
    assert on_front == oracle(feasible[list(OBJECTIVES)].to_numpy())


BOX = {
    "accuracy": Reference(worst=0.5, best=1.0),
    "learning_energy_j": Reference(worst=1e-6, best=1e-9),
    "lifetime_images": Reference(worst=1e6, best=1e12),
}


def test_costs_are_0_at_the_best_corner_and_1_at_the_worst_by_decades():
    values = np.array([[1.0, 1e-9, 1e12], [0.5, 1e-6, 1e6], [0.75, 1e-8, 1e9]])
    # LAW: linear in accuracy, in the logarithm elsewhere
    expected = np.array([[0, 0, 0], [1, 1, 1], [0.5, 1 / 3, 0.5]])
    np.testing.assert_allclose(front.costs(values, OBJECTIVES, BOX), expected, atol=1e-12)


def test_hypervolume_is_the_share_of_the_box():
    # LAW: volumes of boxes
    assert front.hypervolume(np.array([[0.5, 0.5, 0.5]])) == pytest.approx(1 / 8)
    assert front.hypervolume(np.array([[0.5, 0.5], [0.25, 0.75]])) == pytest.approx(0.25 + 1 / 16)
    assert front.hypervolume(np.array([[-1.0, -1.0]])) == 1.0
    assert front.hypervolume(np.array([[1.5, 0.0]])) == 0.0


def test_hypervolume_over_trials_never_falls_and_ends_at_that_of_the_front(finished):
    curve = front.hypervolume_curve(finished)
    values = [value for _, value in curve]
    assert [number for number, _ in curve] == [trial.number for trial in finished.finished]
    assert all(b >= a for a, b in itertools.pairwise(values))
    frame, study = front.table(finished), finished.study
    members = front.front_rows(frame, study)[list(study.objectives)].to_numpy()
    cost = front.costs(members, study.objectives, front.corners(finished))
    # INDEPENDENT: one call on the final front
    assert values[-1] == pytest.approx(front.hypervolume(cost))


def test_the_knee_is_the_bulge_and_the_balanced_pick_has_the_smallest_worst_cost():
    cost = np.array([[0.0, 1.0], [0.1, 0.45], [0.4, 0.4], [1.0, 0.0]])
    # LAW: sums 1, 0.55, 0.8, 1; largest 1, 0.45, 0.4, 1
    assert front.knee(cost) == 1
    assert front.balanced(cost) == 2


def test_the_knee_does_not_trade_beyond_the_corners():
    cost = np.array([[-9.0, 1.2], [0.6, 0.6], [0.9, -5.0]])
    # LAW: the first is beyond a worst corner; 0.9 + 0 < 0.6 + 0.6
    assert front.knee(cost) == 2


def test_corners_of_the_study_file_win_over_those_of_the_trials(finished, study, run_fake):
    own = front.corners(finished)["accuracy"]
    feasible = [t.values["accuracy"] for t in finished.complete if t.feasible]
    assert own == Reference(worst=min(feasible), best=max(feasible))
    record = run_fake(replace(study, reference=BOX))
    assert front.corners(record) == BOX


def test_a_trial_is_picked_by_name_or_number(finished):
    frame = front.table(finished)
    knee = int(frame.loc[frame["role"] == "knee", "trial"].iloc[0])
    assert front.pick(finished, "knee").number == knee
    assert front.pick(finished, "3").number == 3
    assert front.role_of(finished, front.pick(finished, "balanced")) in front.ON_FRONT
    with pytest.raises(InputError, match=r"--pick kne: not knee, balanced or the number .*'knee'"):
        front.pick(finished, "kne")


def test_without_a_feasible_trial_there_is_no_front_and_no_pick(study, run_fake):
    from dse.study import Interval

    space = {**study.space, "potentiation.amplitude_v": Interval(low=0.95, high=1.0)}
    record = run_fake(replace(study, space=space))
    frame = front.table(record)
    assert set(frame["role"]) == {"infeasible"}
    assert front.front_rows(frame, record.study).empty
    assert front.hypervolume_curve(record)[-1][1] == 0.0
    with pytest.raises(NoDesignError, match="has no feasible trial"):
        front.pick(record, "knee")


def test_what_is_enough_does_not_buy_a_place_on_the_front(study, run_fake):
    enough = Reference(worst=1e6, best=1e8, enough=True)
    capped = replace(study, reference={**BOX, "lifetime_images": enough})
    better = {"accuracy": 0.9, "learning_energy_j": 1e-9, "lifetime_images": 1e9}
    longer = {"accuracy": 0.8, "learning_energy_j": 1e-9, "lifetime_images": 1e20}
    for asked, on_front in ((capped, [True, False]), (study, [True, True])):
        values = np.array([list(rewarded(asked, found).values()) for found in (better, longer)])
        # LAW: both last long enough, so the one that is better elsewhere dominates
        assert front.nondominated(values, OBJECTIVES).tolist() == on_front
    record = run_fake(capped)
    counted = front.objective_values(record.complete, record.study)
    assert counted[:, 2].max() == 1e8
    assert max(trial.values["lifetime_images"] for trial in record.complete) > 1e8


def test_what_is_enough_must_not_change_under_one_name(study, run_fake):
    run_fake(replace(study, reference=BOX))
    enough = Reference(worst=1e6, best=1e8, enough=True)
    with pytest.raises(InputError, match=r"enough.lifetime_images is 1.*, was not given"):
        run_fake(replace(study, reference={**BOX, "lifetime_images": enough}))
