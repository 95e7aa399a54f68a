"""A design is chosen by hard limits first, then by a rule that more designs cannot turn round."""

from dataclasses import replace

import numpy as np
import pytest

from dse import choose, front, other_rules
from dse.errors import InputError, NoDesignError
from dse.pick import parse as pick_of
from dse.recommend import recommend
from objectives.scores import METRICS


def test_a_pick_is_read_with_short_names_and_units():
    pick = pick_of("accuracy>=0.92, lifetime >= 1e9, learning_energy<=500 pJ", ["accuracy=2"])
    assert pick.rule == "balanced"
    # LAW: definition of the prefix
    assert [(x.name, x.at_least, x.bound) for x in pick.limits] == [
        ("accuracy", True, 0.92),
        ("lifetime_images", True, 1e9),
        ("learning_energy_j", False, pytest.approx(500e-12)),
    ]
    assert pick.weights == {"accuracy": 2.0}
    assert pick_of("knee, area<=1e-8").rule == "knee"
    assert pick_of("trial 12").trial == 12


@pytest.mark.parametrize(
    ("text", "weights", "line"),
    [
        ("kne", [], "--pick kne: not knee, balanced, best OBJECTIVE, the number"),
        ("lifetme>=1", [], "--pick lifetme: not a figure of a design; did you mean 'lifetime'?"),
        ("knee, balanced", [], "give one rule, limits, or both"),
        ("", [], "give one rule, limits, or both"),
        ("best speed", [], "--pick best speed: not a figure of a design"),
        ("area<=3 V", [], '"3 V" is not a quantity in m^2'),
        ("knee", ["accuracy"], "--weight accuracy: write for example accuracy=2, above 0"),
        ("knee", ["accuracy=-1"], "--weight accuracy=-1: write for example accuracy=2, above 0"),
        ("trial 3", ["accuracy=2"], "a trial by its number is not weighed"),
    ],
)
def test_a_pick_that_cannot_be_read_is_refused(text, weights, line):
    with pytest.raises(InputError) as caught:
        pick_of(text, weights)
    assert line in str(caught.value)


def test_without_limits_the_pick_is_that_of_the_front(finished):
    for rule in ("knee", "balanced"):
        pick = pick_of(rule)
        # INDEPENDENT: the older function, on roles
        assert choose.choose(finished, pick) == front.pick(finished, rule)


def test_limits_hold_before_the_rule_chooses(finished):
    accuracies = sorted(t.values["accuracy"] for t in finished.complete if t.feasible)
    bound = accuracies[-2]
    pick = pick_of(f"accuracy>={bound!r}")
    among = choose.candidates(finished, pick)
    assert 1 <= len(among.trials) <= 2
    # LAW: definition of a limit
    assert all(trial.values["accuracy"] >= bound for trial in among.trials)
    assert choose.choose(finished, pick) in among.trials


def test_the_best_in_one_objective_is_taken_among_those_that_keep_the_limits(finished):
    among = [t for t in finished.complete if t.feasible and t.values["accuracy"] >= 0.3]
    name = next(n for n in finished.study.objectives if n != "accuracy")
    chosen = choose.choose(finished, pick_of(f"accuracy>=0.3, best {name}"))
    best = max if METRICS[name].direction == "maximize" else min
    # LAW: definition of the rule
    assert chosen.values[name] == best(t.values[name] for t in among)
    with pytest.raises(InputError, match="--pick best area_m2: not an objective of study"):
        choose.choose(finished, pick_of("best area"))


def test_designs_of_one_seed_are_passed_over_where_others_were_confirmed(finished):
    lucky, *others = (t for t in finished.complete if t.feasible)
    others = [replace(t, seeds=(1, 2, 3)) for t in others]
    better = {**lucky.values, "learning_energy_j": 1e-30, "accuracy": 1.0}
    lucky = replace(lucky, values=better, seeds=(1,))
    head = {**finished.configuration["study"], "confirm": 3}
    record = replace(
        finished,
        configuration={**finished.configuration, "study": head},
        trials=(lucky, *others),
    )
    assert choose.choose(record, pick_of("accuracy>=0")).number != lucky.number
    alone = replace(record, trials=(lucky,))
    # LAW: where no other is left, it is taken
    assert choose.choose(alone, pick_of("accuracy>=0")).number == lucky.number


def test_a_trial_that_is_named_stands_beside_the_choice_even_if_it_is_infeasible(finished):
    first, *others = finished.trials
    broken = replace(first, constraints={**first.constraints, "drive_current": 0.1})
    text = str(broken.number)
    beside = replace(finished, trials=(broken, *others))
    trial, spec = recommend(beside, pick_of(text), text)
    assert (trial.feasible, spec.origin.role) == (False, "infeasible")
    assert spec.choice is not None
    assert broken.number not in {each.trial for each in spec.choice.alternatives}
    # nothing feasible: nothing to choose among
    assert recommend(replace(beside, trials=(broken,)), pick_of(text), text)[1].choice is None


def test_limits_that_leave_nothing_name_the_one_and_the_best(finished):
    with pytest.raises(NoDesignError, match=r"accuracy >= 99.99 %: the best is"):
        choose.choose(finished, pick_of("accuracy>=0.9999"))


def test_a_trial_that_is_added_changes_no_order_among_the_others(finished):
    """No rank reversal: Belton & Gear 1983, doi 10.1016/0305-0483(83)90047-6."""
    fixed = front.corners(finished)
    study = replace(finished.study, reference=fixed)
    record = replace(
        finished, configuration={**finished.configuration, "reference": {
            name: dict(vars(corner)) for name, corner in fixed.items()
        }},
    )  # fmt: skip
    assert set(study.objectives) <= set(record.study.reference)
    for rule in choose.RULES:
        pick = pick_of(rule)
        chosen = choose.choose(record, pick)
        others = [t for t in record.trials if t.number != chosen.number]
        rng = np.random.default_rng(3)
        for _ in range(20):
            kept = [t for t in others if rng.random() < 0.5]
            some = replace(record, trials=(*kept, chosen))
            # LAW: independence of irrelevant alternatives
            assert choose.choose(some, pick).number == chosen.number


def test_a_weight_draws_the_choice_towards_its_objective(finished):
    plain = choose.choose(finished, pick_of("knee"))
    heavy = choose.choose(finished, pick_of("knee", ["accuracy=1e6"]))
    assert heavy.values["accuracy"] >= plain.values["accuracy"]
    best = max(t.values["accuracy"] for t in finished.complete if t.feasible)
    # LAW: all weight on one objective takes its best
    assert heavy.values["accuracy"] == best


def test_other_rules_agree_where_one_design_is_best_in_everything():
    cost = np.array([[0.1, 0.1, 0.1], [0.5, 0.4, 0.9], [0.9, 0.8, 0.2]])
    among = choose.Field(objectives=("a", "b", "c"), trials=(), cost=cost, weights=np.ones(3))
    # LAW: whatever is best in all is the choice of every rule that looks at distances
    assert other_rules.chosen(among)["TOPSIS"] == 0
    assert other_rules.chosen(among)["SPOTIS"] == 0
    one = choose.Field(objectives=("a", "b", "c"), trials=(), cost=cost[:1], weights=np.ones(3))
    assert set(other_rules.chosen(one).values()) == {0}


def test_spotis_is_the_smallest_weighted_sum_of_costs(finished):
    among = choose.candidates(finished, pick_of("knee"))
    cost = np.clip(among.cost, 0, 1)
    # INDEPENDENT: with fixed corners SPOTIS is the mean cost (Dezert 2020, eq. 4)
    assert other_rules.chosen(among)["SPOTIS"] == int(np.argmin(cost.sum(axis=1)))


def test_the_spec_tells_how_it_was_chosen_and_what_others_would_take(finished):
    trial, spec = recommend(finished, pick_of("knee"), "knee")
    rules = [other.rule for other in spec.choice.alternatives]
    assert rules[:2] == ["knee", "balanced"]
    assert rules[-3:] == list(other_rules.TITLES)
    best = {f"best {METRICS[n].title}" for n in finished.study.objectives}
    assert best <= set(rules)
    assert spec.choice.alternatives[0].trial == trial.number
