"""What designs gained from a look to the end decides which of the others are given up."""

from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import optuna
import pytest

from dse.front import roles
from dse.promise import LEAST, costs, promise, values
from dse.record import Trial
from dse.sampler import SeededSampler
from dse.space import ask
from dse.storage import storage_url
from dse.study import Reference
from dse.told import finish
from dse.workers import Outcome
from objectives.rules import Stop
from tests.dse import fakes

RULE = Stop(after=(1000,), front=True)
FINAL = {"accuracy": 0.8, "learning_energy_j": 1e-8, "lifetime_images": 1e9}


def seen(accuracy, energy_j=1e-8, life=1e9):
    return {"accuracy": accuracy, "learning_energy_j": energy_j, "lifetime_images": life}


def trained(number, look, end):
    return Trial(number=number, state="complete", params={}, values=end, looks={1000: look})


def halved(count):
    """Designs that halve their error from the look to the end, at other energies."""
    return [
        trained(i, seen(0.6, 1e-8 * 2**i, 1e9), seen(0.8, 1e-8 * 2**i, 1e9)) for i in range(count)
    ]


@pytest.fixture
def ruled(study):
    return replace(study, stop=RULE)


def test_costs_go_back_to_the_values_they_came_from(ruled):
    # LAW
    assert values(ruled, costs(ruled, [FINAL])[0]) == pytest.approx(FINAL, rel=1e-9, abs=0)


def test_a_lower_cost_is_a_better_figure(ruled):
    better = seen(0.81, 0.9e-8, 1.1e9)
    assert np.all(costs(ruled, [better]) < costs(ruled, [FINAL]))  # LAW


def test_nothing_is_judged_before_enough_designs_were_trained_to_their_end(ruled):
    hopeless = seen(0.1, 1.0, 1.0)
    assert promise(ruled, halved(LEAST - 1)).hopeless(1000, hopeless) == ""
    assert promise(ruled, halved(LEAST)).hopeless(1000, hopeless).startswith("after 1000 images")


def test_a_rule_that_does_not_ask_for_the_front_judges_nothing(ruled):
    plain = replace(ruled, stop=Stop(after=(1000,), accuracy=0.3))
    assert promise(plain, halved(LEAST)).hopeless(1000, seen(0.1, 1.0, 1.0)) == ""


def test_a_design_goes_on_if_the_usual_gain_takes_it_to_the_front(ruled):
    known = promise(ruled, halved(LEAST))
    # LAW: errors are halved, so 0.6 reaches 0.8, where the front is at this energy
    assert known.hopeless(1000, seen(0.61)) == ""
    assert known.hopeless(1000, seen(0.59)) == (
        "after 1000 images: behind the front even with a lucky training"
    )
    assert known.hopeless(1000, seen(0.59, energy_j=0.9e-8)) == ""  # nobody is below this energy


def test_the_gain_that_few_surpassed_is_given_as_credit(ruled):
    lucky = [trained(99 + i, seen(0.6, 1.0), seen(0.9, 1.0)) for i in range(6)]
    known = promise(ruled, [*halved(14), *lucky])  # 6 of 20 gained a factor of four
    assert known.hopeless(1000, seen(0.55)) == ""
    assert known.expected(1000, seen(0.55))["accuracy"] == pytest.approx(0.775)  # INDEPENDENT


def test_a_design_that_stays_beyond_a_worst_corner_is_given_up(ruled):
    corner = {"accuracy": Reference(worst=0.7, best=1.0)}
    known = promise(replace(ruled, reference=corner), halved(LEAST))
    cheap = seen(0.3, energy_j=1e-12)  # would be on the front, at an accuracy of 0.65
    assert known.hopeless(1000, cheap) == (
        "after 1000 images: accuracy stays beyond the worst corner of the study"
    )


def wasteful(flat):
    """The made-up objective, worse the higher the voltage: long weak pulses are better."""
    outcome = fakes.evaluate(flat)
    error = (1 - outcome.scores.values["accuracy"]) * 4 * flat["potentiation.amplitude_v"] ** 2
    scores = replace(outcome.scores, values={**outcome.scores.values, "accuracy": 1 - error})
    return replace(outcome, scores=scores)


def feasible(flat, judged):
    """The same, where designs beyond the drive current are not trained."""
    outcome = looked_at(flat, judged)
    constraints = fakes.evaluate(flat).scores.constraints
    if max(constraints.values()) > 0:
        return Outcome(scores="not trained", duration_s=1e-4, constraints=constraints)
    return outcome


def looked_at(flat, judged):
    """The same, seen with twice the error at the look."""
    outcome = wasteful(flat)
    end = {name: outcome.scores.values[name] for name in judged.study.objectives}
    early = {**end, "accuracy": 1 - 2 * (1 - end["accuracy"])}
    looks, reason = {1000: early}, judged.hopeless(1000, early)
    if reason:
        constraints = dict(outcome.scores.constraints)
        return Outcome(scores=reason, duration_s=1e-4, constraints=constraints, looks=looks)
    return replace(outcome, looks=looks)


@pytest.mark.slow
def test_a_search_gives_up_only_what_would_not_have_been_on_the_front(ruled, run_fake):
    found = run_fake(replace(ruled, trials=60), looked_at, judged=True)
    given_up = [t for t in found.finished if t.state == "stopped"]
    assert len(given_up) >= 10
    by_number = dict(zip((t.number for t in found.finished), roles(found), strict=True))
    assert {by_number[t.number] for t in given_up} == {"stopped"}
    best = costs(ruled, [t.values for t in found.complete if t.feasible])
    for trial in given_up:  # INDEPENDENT: what it would have scored
        end = wasteful({**ruled.fixed, **trial.params}).scores.values
        assert np.any(np.all(best <= costs(ruled, [end])[0], axis=1))
        assert not trial.values
        assert trial.looks[1000]["accuracy"] < end["accuracy"]


@pytest.mark.slow
def test_whatever_a_sampler_is_told_figures_of_has_the_same_constraints(ruled, run_fake, tmp_path):
    run_fake(replace(ruled, trials=60), feasible, judged=True)
    held = optuna.load_study(study_name="fake", storage=storage_url(str(tmp_path / "dse.db")))
    told = [t for t in held.trials if t.state == optuna.trial.TrialState.COMPLETE]
    assert sum("stopped" in t.user_attrs for t in told) > 5
    assert {tuple(t.constraints) for t in told} == {("drive_current", "read_margin")}


def test_a_sampler_that_fits_figures_is_told_the_worst_of_an_infeasible_design(
    ruled, run_fake, tmp_path
):
    corner = {"accuracy": Reference(worst=0.6, best=1.0)}
    url = storage_url(str(tmp_path / "dse.db"))
    study = replace(ruled, reference=corner, trials=1)
    run_fake(study, feasible, judged=True)
    held = optuna.load_study(study_name="fake", storage=url)
    trial = held.ask()
    ask(trial, study.space)
    held.sampler = SeededSampler(1, "gp")
    future = Future()
    future.set_result(
        Outcome(scores="not trained", duration_s=1e-3, constraints={"drive_current": 0.2})
    )
    told = finish(held, trial, promise(study, []), future)
    assert told.state == "infeasible"
    assert not told.values  # LAW: never reported
    stored = held.get_trials()[-1]
    assert stored.values == [0.6, float("inf"), float("-inf")]
    assert stored.constraints == {"drive_current": 0.2}
