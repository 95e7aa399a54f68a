"""Exit codes of docs/command.md: what a script can tell from them, and what goes where."""

import json
import signal

import pytest

from dse import errors, workers
from tests.dse import fakes
from tests.dse.command import TINY

INFEASIBLE = TINY.replace('low = "0.5 V", high = "0.65 V"', 'low = "0.95 V", high = "1 V"')
HALF_FAIL = TINY.replace('high = "0.65 V"', 'high = "1.2 V"')


@pytest.fixture
def run(dse, tiny, monkeypatch):
    """Run a study file on a made-up objective."""

    def call(evaluate, text=TINY, trials=6):
        tiny.write_text(text)
        monkeypatch.setattr(workers, "evaluator", lambda _: evaluate)
        return dse("run", tiny, "-n", trials, "--tracking", "none", "--figures", "none")

    return call


def test_codes_are_those_that_are_documented():
    # LAW: the list in docs/command.md
    codes = [errors.DONE, errors.FAILED, errors.BAD_INPUT, errors.NO_DESIGN, errors.PARTIAL]
    assert codes == [0, 1, 2, 3, 4]
    assert errors.INTERRUPTED == 128 + signal.SIGINT  # LAW: what a shell reports for Ctrl-C


def test_a_front_without_failures_is_0_and_its_table_is_data(run):
    answer = run(fakes.evaluate)
    assert answer.code == 0
    assert "hypervolume" in answer.out
    assert "hypervolume" not in "".join(answer.err)
    assert "preparing workers" not in answer.out  # progress is no data


def test_designs_that_are_stopped_or_infeasible_are_no_failures(run):
    # weak pulses stay below the bound of the made-up rule; above 0.9 V nothing is feasible
    many = HALF_FAIL.replace("count = 20", "count = 200").replace('"0.5 V"', '"0.1 V"')
    answer = run(fakes.evaluate_or_stop, many, 12)
    assert "stopped early" in answer.out
    assert "12 of 12" not in answer.out
    assert answer.code == 0


def test_everything_failed_is_1(run):
    assert run(fakes.evaluate_never).code == 1


def test_a_changed_study_is_2_and_names_the_difference(run):
    run(fakes.evaluate)
    answer = run(fakes.evaluate, TINY.replace("images = 500", "images = 600"))
    assert answer.code == 2
    assert "fixed.training.images is 600, was 500" in answer.err[-1]


def test_a_run_without_a_feasible_design_is_3_and_names_the_tightest_constraint(run, here):
    answer = run(fakes.evaluate, INFEASIBLE)
    assert answer.code == 3
    assert answer.err[-1].startswith("dse: no feasible design: no front. Broken most often: drive")
    assert "0 of 6 trials feasible" in answer.out
    assert (here / "runs/tiny/front.csv").is_file()  # what was tried is kept


def test_designs_that_were_all_ruled_out_untrained_are_3_and_name_what_they_break(dse, tiny, here):
    tiny.write_text(INFEASIBLE.replace('"0.95 V", high = "1 V"', '"2.2 V", high = "2.3 V"'))
    answer = dse("run", tiny, "-n", 3, "--tracking", "none")
    assert answer.code == 3
    assert answer.err[-1].startswith("dse: no feasible design: no front. Broken most often: drive")
    assert "in 3 of 3 trials" in answer.err[-1]
    assert "0 of 3 trials feasible" in answer.out
    assert [path.name for path in (here / "runs/tiny").iterdir()] == ["front.csv"]


def test_front_and_export_of_a_study_without_a_front_are_3(run, dse):
    run(fakes.evaluate, INFEASIBLE)
    table = dse("front", "tiny")
    assert (table.code, table.out) == (3, "")
    assert table.err[0].startswith("dse: study 'tiny' has no feasible design: no front.")
    answer = dse("front", "tiny", "--json")
    assert answer.code == 3
    assert json.loads(answer.out)["front"] == []
    answer = dse("export", "tiny")
    assert (answer.code, answer.out) == (3, "")
    assert "has no feasible trial" in answer.err[0]
    assert (
        dse("export", "tiny", "--pick", 0, "--no-tolerance").code == 0
    )  # a design that is named is exported


def test_front_of_a_study_in_which_everything_failed_is_3(run, dse):
    run(fakes.evaluate_never)
    answer = dse("front", "tiny", "--csv")
    assert answer.code == 3
    assert "No trial has been evaluated" in answer.err[0]


def test_a_front_beside_failed_trials_is_4_and_again_when_nothing_is_left_to_run(run):
    for _ in range(2):
        answer = run(fakes.evaluate_or_raise, HALF_FAIL, 8)
        assert answer.code == 4
        assert "trials failed, the last with: the model broke" in answer.err[-1]
        assert "Traceback" not in "".join(answer.err)
    assert "writing figures" in "".join(answer.err)


def test_an_interrupted_command_is_130(dse, tiny, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dse.run.run", interrupted)
    answer = dse("run", tiny, "--tracking", "none")
    assert answer.code == 130
    assert answer.err == ["interrupted: finished trials are saved; run it again to go on"]


def test_an_unexpected_error_is_1_and_shows_a_traceback_only_if_asked(dse, tiny, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr("dse.run.run", broken)
    answer = dse("run", tiny)
    assert answer.code == 1
    assert answer.err == ["dse: ZeroDivisionError: of all things; see dse --debug …"]
    answer = dse("--debug", "run", tiny)
    assert answer.code == 1
    assert answer.err[0].startswith("Traceback")
