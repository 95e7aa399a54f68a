"""Members of a front are trained again with seeds of their own before they are called members."""

import math
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest

from dse import choose, search
from dse.confirm import confirm
from dse.front import roles, table, unconfirmed
from dse.pick import parse
from dse.record import Trial, merged
from dse.storage import storage_url
from dse.study import configuration, differences, evaluation_seeds, from_configuration
from dse.workers import Outcome
from objectives.scores import over_seeds
from tests.dse import fakes
from tests.dse.conftest import submit_here


def noisy(flat, seeds):
    """The made-up objective, with an accuracy that depends on the seed."""
    true = fakes.evaluate(flat).scores
    drawn = [float(np.random.default_rng(seed).normal(0, 0.02)) for seed in seeds]
    runs = [{**true.values, "accuracy": true.values["accuracy"] + noise} for noise in drawn]
    return Outcome(scores=over_seeds(runs, true.constraints, seeds), duration_s=0.001)


def at_once(evaluate, asked):
    def submit(flat, seeds):
        future = Future()
        asked.append(tuple(seeds))
        try:
            future.set_result(evaluate(flat, seeds))
        except ValueError as error:
            future.set_exception(error)
        return future

    return submit


@pytest.fixture
def searched(study, tmp_path):
    """A study that asks for three seeds, after its trials with one."""
    asks = replace(study, trials=20, confirm=3)
    held = search.open_study(asks, storage_url(str(tmp_path / "dse.db")), {})
    own = evaluation_seeds(asks)
    search.search(held, asks, submit_here(lambda flat: noisy(flat, own)), 1, lambda _: None)
    return held, asks


def test_nobody_is_a_member_before_it_has_its_seeds(searched):
    held, _ = searched
    found = search.record(held)
    assert set(roles(found)) <= {"candidate", "dominated", "infeasible"}
    assert len(unconfirmed(found)) >= 3


def test_every_member_has_its_seeds_and_nobody_else_is_trained_again(searched):
    held, study = searched
    asked, seeds = [], evaluation_seeds(replace(study, repeats=3))
    count = confirm(held, study, at_once(noisy, asked), lambda _: None)
    found = search.record(held)
    pairs = list(zip(found.finished, roles(found), strict=True))
    assert unconfirmed(found) == []
    assert {t.seeds for t, role in pairs if role in ("pareto", "knee")} == {seeds}
    assert asked == [seeds[1:]] * count  # only what is missing
    assert sum(len(t.seeds) == 3 for t, _ in pairs) == count < 20


def test_what_the_pick_of_the_study_looks_at_has_its_seeds_too(searched, tmp_path):
    held, study = searched
    confirm(held, study, at_once(noisy, []), lambda _: None)
    before = search.record(held)
    assert choose.unconfirmed(before) == []
    # a limit from above cuts members off that beat what is left
    bounds = (f"accuracy<={t.values['accuracy']!r}" for t in before.complete if t.feasible)
    picks = [replace(study, pick=bound) for bound in bounds]
    limited = next(
        asks
        for asks in picks
        if choose.unconfirmed(replace(before, configuration=configuration(asks)))
    )
    count = confirm(held, study, at_once(noisy, []), lambda _: None)
    assert count == 0  # not asked for yet
    held = search.open_study(limited, storage_url(str(tmp_path / "dse.db")), {})
    confirm(held, limited, at_once(noisy, []), lambda _: None)
    found = search.record(held)
    assert choose.unconfirmed(found) == []
    assert {len(t.seeds) for t in choose.candidates(found, parse(limited.pick)).trials} == {3}


def test_the_scores_are_those_of_all_seeds_together(searched):
    held, study = searched
    confirm(held, study, at_once(noisy, []), lambda _: None)
    seeds = evaluation_seeds(replace(study, repeats=3))
    member = next(t for t in search.record(held).finished if len(t.seeds) == 3)
    whole = noisy({**study.fixed, **member.params}, seeds).scores  # INDEPENDENT: all at once
    assert member.values == pytest.approx(whole.values, rel=1e-12, abs=0)
    assert member.spread["accuracy"] == pytest.approx(whole.spread["accuracy"], rel=1e-9)
    row = table(search.record(held)).set_index("trial").loc[member.number]
    assert row["se.accuracy"] == pytest.approx(whole.spread["accuracy"] / math.sqrt(3))


def test_a_study_that_asks_for_more_seeds_later_trains_only_those(searched, tmp_path):
    held, study = searched
    confirm(held, study, at_once(noisy, []), lambda _: None)
    asked, more = [], replace(study, confirm=5)
    seeds = evaluation_seeds(replace(study, repeats=5))
    held = search.open_study(more, storage_url(str(tmp_path / "dse.db")), {})
    confirm(held, more, at_once(noisy, asked), lambda _: None)
    found = search.record(held)
    members = [t for t, role in zip(found.finished, roles(found), strict=True) if role == "pareto"]
    assert {t.seeds for t in members} == {seeds}
    assert seeds[3:] in asked
    whole = noisy({**study.fixed, **members[0].params}, seeds).scores  # INDEPENDENT: all at once
    assert members[0].values == pytest.approx(whole.values, rel=1e-12, abs=0)


def test_a_confirmation_of_an_older_storage_is_read(searched):
    held, study = searched
    confirm(held, study, at_once(noisy, []), lambda _: None)
    before = search.record(held)
    for name, kept in held.user_attrs.items():
        if name.startswith("more:"):
            held.set_user_attr(name, kept[0])  # as it was stored before more could be asked for
    assert search.record(held) == before


def test_a_confirmation_that_was_cut_off_is_gone_on_with(searched):
    held, study = searched
    asked = []

    def cut(flat, seeds):
        if len(asked) > 2:
            raise KeyboardInterrupt
        return noisy(flat, seeds)

    with pytest.raises(KeyboardInterrupt):
        confirm(held, study, at_once(cut, asked), lambda _: None)
    before = len(unconfirmed(search.record(held)))
    confirm(held, study, at_once(noisy, []), lambda _: None)
    assert before > 0
    assert unconfirmed(search.record(held)) == []


def test_a_design_that_fails_when_it_is_confirmed_is_no_member(searched):
    held, study = searched
    first = unconfirmed(search.record(held))[0].number

    def picky(flat, seeds):
        if flat == {**study.fixed, **search.record(held).trials[first].params}:
            raise ValueError("this die broke\nsecond line")
        return noisy(flat, seeds)

    confirm(held, study, at_once(picky, []), lambda _: None)
    failed = search.record(held).trials[first]
    assert (failed.state, failed.error) == ("failed", "this die broke")


def test_seeds_that_give_no_finite_figure_leave_no_spread():
    trial = Trial(
        number=0, state="complete", params={}, values={"lifetime_images": math.inf}, seeds=(1,)
    )
    more = {"values": {"lifetime_images": math.inf}, "spread": {}, "seeds": [2, 3]}
    both = merged(trial, more)
    assert both.values["lifetime_images"] == math.inf
    assert both.spread == {}


def test_the_number_of_seeds_may_change_between_runs(study):
    more = replace(study, confirm=5)
    assert differences(configuration(study), configuration(more)) == []
    assert from_configuration(configuration(more)).confirm == 5
    old = configuration(study)
    del old["study"]["confirm"]  # a study from before
    assert from_configuration(old).confirm == 1
