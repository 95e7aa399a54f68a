"""Importance: parameters that decide are told from one that does nothing."""

import json
from dataclasses import replace

import numpy as np
import pytest

from dse import front, importance, search
from dse.errors import InputError
from dse.storage import storage_url
from dse.study import Interval
from tests.dse.conftest import submit_here
from tests.dse.test_json import read

IDLE = "depression.amplitude_v"


@pytest.fixture(scope="module")
def long(study, tmp_path_factory):
    """A hundred trials with an axis that the made-up objective does not read."""
    space = {**study.space, IDLE: Interval(low=0.4, high=1.0)}
    fixed = {name: value for name, value in study.fixed.items() if name != IDLE}
    longer = replace(study, trials=100, space=space, fixed=fixed)
    path = tmp_path_factory.mktemp("long") / "dse.db"
    held = search.open_study(longer, storage_url(str(path)), {})
    search.search(held, longer, submit_here(), 1, lambda _: None)
    return search.record(held), path


def test_shares_add_up_and_what_does_nothing_has_little(long):
    record, _ = long
    shares = importance.importance(record)
    assert list(shares) == [*record.study.objectives, "front"]
    for goal, found in shares.items():
        assert list(found) == list(record.study.space)
        assert sum(one.share for one in found.values()) == pytest.approx(1)  # LAW
        assert found[IDLE].share < 0.1, goal  # LAW: no objective reads it
    life = shares["lifetime_images"]
    # LAW: lifetime goes with the dose of the pulse and nothing else
    pulse = [life[f"potentiation.{leaf}"] for leaf in ("amplitude_v", "duration_s")]
    assert sum(one.share for one in pulse) > 0.8
    assert all(one.above_chance for one in pulse)


def test_the_same_record_has_the_same_shares(long):
    record, _ = long
    assert importance.importance(record) == importance.importance(record)


def test_the_cost_of_the_front_is_its_layers_and_infeasible_last(long):
    record, _ = long
    cost = importance.front_cost(record.complete, record.study)
    roles = front.roles(record)
    on_front = np.array([role in front.ON_FRONT for role in roles])
    feasible = np.array([trial.feasible for trial in record.complete])
    # INDEPENDENT: the roles of the front's table
    assert np.array_equal(cost[on_front], np.zeros(on_front.sum()))
    assert cost[feasible & ~on_front].min() >= 0
    assert set(cost[~feasible]) == {cost[feasible].max() + 1}


def test_a_cost_that_says_nothing_gives_no_shares(long):
    record, _ = long
    for cost in (np.ones(100), np.full(100, np.inf)):
        shares = importance._shares(record.study, record.complete, cost)
        assert {one.share for one in shares.values()} == {0.0}


def test_few_trials_are_refused(finished):
    short = replace(finished, trials=finished.trials[:19])
    with pytest.raises(InputError, match=r"has 19 trials with scores, .* needs 20; run"):
        importance.importance(short)


def test_the_command_prints_both_forms(dse, long):
    record, path = long
    answer = dse("importance", "fake", "--storage", path)
    assert (answer.code, answer.err) == (0, [])
    assert all(name in answer.out for name in record.study.space)
    assert "reaching the front [%]" in answer.out
    assert "in brackets: no more than chance gives" in answer.out
    found = read(dse("importance", "fake", "--storage", path, "--json"), "importance")
    shares = importance.importance(record)
    assert found["importance"] == json.loads(
        json.dumps(importance.as_json(record, shares)["importance"])
    )
