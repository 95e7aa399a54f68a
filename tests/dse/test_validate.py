"""`dse validate`: what is wrong with a study, how large it is, about how long it takes."""

from dataclasses import replace

import pytest

from dse import validate
from dse.errors import InputError
from dse.study import Choices, Interval, middle, size
from dse.workers import Outcome
from objectives.rules import Stop
from tests.dse import fakes
from tests.dse.command import TINY, listed, refused
from tests.dse.test_json import read


def use(monkeypatch, evaluate):
    monkeypatch.setattr(validate, "evaluator", lambda _: evaluate)


def timed(flat):
    """Takes 1 s, and 1 ms an image."""
    return replace(fakes.evaluate(flat), duration_s=1 + 1e-3 * flat["training.images"])


def test_the_middle_of_an_axis_is_on_it():
    # LAW: halfway in the measure of the axis, on its grid
    axes = {
        "a": Interval(low=1.0, high=100.0, log=True),
        "b": Interval(low=0.0, high=1.0, step=0.4),
        "c": Interval(low=3, high=8, integer=True),
        "d": Choices(values=("x", "y", "z")),
    }
    assert middle(axes) == {"a": 10.0, "b": 0.4, "c": 5, "d": "y"}
    assert isinstance(middle(axes)["c"], int)
    assert [size(axis) for axis in axes.values()] == [None, 3, 6, 3]
    assert size(Interval(low=2.0, high=2.0)) == 1


def test_time_is_scaled_by_images_repeats_and_trials(study, monkeypatch):
    use(monkeypatch, timed)
    fixed = {**study.fixed, "training.images": 50_000}
    found = validate.check(replace(study, fixed=fixed, repeats=3, trials=10))
    assert found.evaluation_s == pytest.approx(3 * (1 + 50))  # LAW
    assert found.study_s == pytest.approx(10 * found.evaluation_s)
    assert (found.discrete, found.combinations, found.continuous) == (1, 3, 2)


def test_a_study_that_trains_on_few_images_is_timed_on_those(study, monkeypatch):
    use(monkeypatch, timed)
    found = validate.check(replace(study, fixed={**study.fixed, "training.images": 300}))
    assert found.evaluation_s == pytest.approx(1.3)  # LAW


def test_a_rule_that_stops_designs_does_not_stop_the_check(study, monkeypatch):
    asked = []
    monkeypatch.setattr(validate, "evaluator", lambda s: asked.append(s) or fakes.evaluate)
    validate.check(replace(study, stop=Stop(after=(50,), accuracy=0.9), repeats=3))
    assert [s.repeats for s in asked] == [1]  # no promise is given, so the rule is not asked


def test_constraints_of_the_nominal_design_are_told(study, monkeypatch):
    use(monkeypatch, fakes.evaluate)
    space = {**study.space, "potentiation.amplitude_v": Interval(low=0.9, high=1.1)}
    found = validate.check(replace(study, space=space))
    assert found.broken == ("drive_current",)  # LAW: 1 V of 0.9 V
    assert "broken: drive_current there; tightest is drive_current" in validate.as_text(found, "")


def test_a_middle_that_is_no_design_gives_way_to_the_corner(study, monkeypatch):
    from device_models.ranges import RangeError

    def picky(flat) -> Outcome:
        if flat["neuron.count"] != 100:
            raise RangeError("four are the most")
        return fakes.evaluate(flat)

    use(monkeypatch, picky)
    assert validate.check(study).nominal["neuron.count"] == 100
    space = {**study.space, "neuron.count": Choices(values=(200, 400))}
    with pytest.raises(InputError, match="nominal design cannot be evaluated: four are the most"):
        validate.check(replace(study, space=space))


def test_a_study_is_validated_for_real_and_nothing_is_written(dse, tiny, here):
    answer = dse("validate", tiny)
    assert (answer.code, answer.err) == (0, [])
    assert answer.out.startswith(f"tiny is valid ({tiny})\n")
    assert "1 combination of 0 discrete axes, 2 continuous" in answer.out
    assert "an estimate" in answer.out
    found = read(dse("validate", tiny, "--json"), "validate")
    assert found["space"] == {"discrete_axes": 0, "combinations": 1, "continuous_axes": 2}
    assert found["estimate"]["study_s"] == pytest.approx(19 * found["estimate"]["evaluation_s"])
    assert found["feasible"] == all(v <= 0 for v in found["constraints"].values())
    assert listed(here) == []


def test_what_is_wrong_is_one_line_with_2(dse, tiny, here):
    tiny.write_text(TINY.replace("trials = 19", "trials = 0"))
    line = "study.trials = 0: input should be greater than or equal to 1; correct it"
    refused(dse("validate", tiny), f"{tiny}: {line}", here)


def test_a_model_that_breaks_is_1(dse, tiny, monkeypatch):
    use(monkeypatch, fakes.evaluate_never)
    answer = dse("validate", tiny)
    assert answer.code == 1
    assert answer.err[0].startswith("dse: the nominal design cannot be evaluated: no model knows")
