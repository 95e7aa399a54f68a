"""Windows and boxes end where a made-up design breaks, and nothing that was found is lost."""

import json
import math
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest

from dse import front, tolerance, tolerance_run
from dse.errors import NoDesignError
from dse.study import make_design
from dse.tolerance import Verdict
from objectives.design import flatten


@pytest.fixture
def plan(finished):
    design = make_design(finished.study, front.pick(finished, "knee").params)
    return tolerance_run.Plan(design=design, dataset="mnist", seeds=(1, 2), data={"set": "none"})


class Bench:
    """Evaluates in this process: accuracy falls with the sum of all moves, linearly."""

    def __init__(self, plan, slope=0.1, wall=0.9):
        self.nominal, self.slope, self.wall = flatten(plan.design), slope, wall
        self.calls = 0

    def moves(self, flat):
        """Relative moves of a design from the nominal one."""
        return {n: flat[n] / self.nominal[n] - 1 for n in tolerance.DEVICE + tolerance.CIRCUIT}

    def __call__(self, function, *arguments):
        """What an executor's submit does, at once."""
        future = Future()
        if function is tolerance_run.broken_corner:
            future.set_result("")
            return future
        self.calls += 1
        _, _, least, flat = arguments
        moves = self.moves(flat)
        if moves["array.read_v"] > self.wall:
            future.set_result({"limit": "read_disturb", "accuracy": None})
            return future
        lost = self.slope * sum(abs(by) for by in moves.values())
        limit = "accuracy" if 0.9 - lost < least else ""
        future.set_result({"limit": limit, "accuracy": 0.9 - lost})
        return future


def test_a_window_ends_within_a_fifth_of_where_the_accuracy_has_dropped_by_a_point(plan, tmp_path):
    found = tolerance_run.measure(plan, tmp_path / "t.jsonl", Bench(plan))
    # LAW: 1 point lost at a slope of 0.1 is a move of 10 %
    for window in found.windows.values():
        for edge in (window.low, window.high):
            assert 0.1 / tolerance.CLOSE <= abs(edge.relative) <= 0.1 + 1e-9
            assert edge.limit == "accuracy"
            assert edge.value == pytest.approx(window.nominal * (1 + edge.relative))
    assert set(found.windows) == set(tolerance.quantities(plan.design))


def test_a_box_holds_where_all_moves_together_lose_less_than_a_point(plan, tmp_path):
    found = tolerance_run.measure(plan, tmp_path / "t.jsonl", Bench(plan))
    # LAW: n windows of w lose a point alone, so together a share of about 1/n
    widest = sum(max(-w.low.relative, w.high.relative) for w in found.windows.values())
    assert found.box.share <= 0.1 / widest * 1.2
    assert found.box.worst_drop <= 0.01 + 1e-9
    assert found.box.limit == "accuracy"
    assert found.box.trained_corners == 33
    for name, (low, high) in found.box.sides.items():
        assert found.windows[name].low.value <= low < high <= found.windows[name].high.value


def test_a_constraint_ends_a_window_and_the_narrowest_comes_first(plan, tmp_path):
    bench = Bench(plan, slope=0.01, wall=0.05)
    found = tolerance_run.measure(plan, tmp_path / "t.jsonl", bench)
    first = next(iter(found.windows))
    assert first == "array.read_v"
    assert found.windows[first].high.limit == "read_disturb"
    assert 0.05 / tolerance.CLOSE <= found.windows[first].high.relative <= 0.05
    others = [w for n, w in found.windows.items() if n != first]
    # LAW: a slope of 0.01 loses half a point at the last step: open
    assert {w.low.limit for w in others} == {"none"}
    narrow = [tolerance.narrowest(w) for w in found.windows.values()]
    assert narrow == sorted(narrow)


def test_what_was_found_is_not_looked_for_again_even_after_a_cut(plan, tmp_path):
    place, bench = tmp_path / "t.jsonl", Bench(plan)
    first = tolerance_run.measure(plan, place, bench)
    calls = bench.calls
    assert tolerance_run.measure(plan, place, bench) == first
    assert bench.calls == calls
    lines = place.read_text().splitlines()
    place.write_text("\n".join(lines[:-3]) + "\n" + lines[-3][:20])
    assert tolerance_run.measure(plan, place, bench) == first
    assert bench.calls == calls + 3
    other = replace(plan, seeds=(3,))
    tolerance_run.measure(other, place, bench)
    assert bench.calls == 2 * calls + 3
    assert {len(json.loads(line)["key"]) for line in place.read_text().splitlines()} == {64}


def test_a_design_that_breaks_a_constraint_has_no_tolerance(plan, tmp_path):
    with pytest.raises(NoDesignError, match="breaks read_disturb: it has no tolerance"):
        tolerance_run.measure(plan, tmp_path / "t.jsonl", Bench(plan, wall=-1.0))


def test_the_corners_of_a_box_meet_every_pair_of_sides_equally(plan, tmp_path):
    found = tolerance_run.measure(plan, tmp_path / "t.jsonl", Bench(plan))
    signs = (tolerance.trained_corners(found.windows)[1:] > 0) * 2 - 1
    gram = signs.T @ signs
    # LAW: columns of a Hadamard matrix are orthogonal
    assert (gram == len(signs) * (gram > 0)).all()
    assert gram.trace() == len(signs) * len(found.windows)


def walked(bad_from):
    """Moves that are asked for, and the edge, where all moves from `bad_from` on are bad."""
    walk, asked = tolerance.edge("array.read_v", 0.1, 1), []
    try:
        moves = next(walk)
        while True:
            asked.append(moves["array.read_v"])
            moves = walk.send(Verdict(limit="accuracy" if asked[-1] >= bad_from else ""))
    except StopIteration as ended:
        return asked, ended.value


def test_an_end_is_found_in_few_points_wherever_it_is():
    asked, edge = walked(math.inf)
    assert (asked, edge.relative, edge.limit) == ([0.08, 0.3, 0.5], 0.5, "none")
    for bad_from in np.geomspace(0.004, 0.5, 40):
        asked, edge = walked(bad_from)
        # LAW: bisection; the last move that holds is near the first that does not
        assert edge.relative < bad_from <= edge.relative * tolerance.CLOSE
        assert len(asked) <= 8
        assert len(set(asked)) == len(asked)


@pytest.mark.slow
def test_on_real_images_a_small_move_holds_and_a_large_one_does_not(finished):
    design = make_design(finished.study, front.pick(finished, "knee").params)
    flat = flatten(design)
    own = tolerance_run.judge("mnist", (1,), -1.0, flat)
    assert own["limit"] == ""
    dead = {**flat, "potentiation.amplitude_v": 0.05, "depression.amplitude_v": 0.05}
    assert tolerance_run.judge("mnist", (1,), own["accuracy"] - 0.01, dead)["limit"] == "accuracy"
