"""Two specs are told apart by what is built, what it costs and what is left to the limits."""

import pytest

from dse.diff import diff
from dse.pick import parse
from dse.recommend import recommend
from objectives.breakdown import PARTS


@pytest.fixture(scope="module")
def pair(finished):
    feasible = [trial for trial in finished.complete if trial.feasible][:2]
    return [recommend(finished, parse(str(t.number)), str(t.number))[1] for t in feasible]


def test_a_spec_does_not_differ_from_itself(pair):
    found = diff(pair[0], pair[0])
    assert (found.design, found.costs, found.margins) == ((), (), ())


def test_every_number_that_differs_is_there_once_with_both_values(pair):
    first, second = pair
    found = diff(first, second)
    moved = {n for n, q in first.design.items() if second.design[n].value != q.value}
    assert {change.name for change in found.design} == moved
    for change in found.costs:
        assert change.before == first.expected[change.name].value
        assert change.after == second.expected[change.name].value
    parts = {part for group in PARTS.values() for part in group}
    assert not parts & {change.name for change in found.costs}


def test_better_and_worse_change_places_with_the_specs(pair):
    there, back = diff(*pair), diff(*pair[::-1])
    assert there.costs
    for one, other in zip(there.costs, back.costs, strict=True):
        # LAW: antisymmetry
        assert one.better is not other.better
        assert (one.before, one.after) == (other.after, other.before)
    by_name = {change.name: change for change in there.costs}
    accuracy = by_name.get("accuracy")
    if accuracy is not None:
        assert accuracy.better == (accuracy.after > accuracy.before)


def test_two_files_are_told_apart_on_the_command_line(dse, stored):
    _, storage = stored
    for pick, name in (("2", "a.json"), ("1", "b.json")):
        dse("export", "fake", "--storage", storage, "--no-tolerance", "--pick", pick, "-o", name)
    answer = dse("diff", "a.json", "b.json")
    assert (answer.code, answer.err) == (0, [])
    assert "design: potentiation.amplitude_v" in answer.out
    assert "no difference" in dse("diff", "a.json", "a.json").out
    assert dse("diff", "a.json", "lost.json").err == [
        "dse: lost.json: no such file; check the path"
    ]
