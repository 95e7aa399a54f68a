"""The sampler of a study: chosen by trials, seconds of a trial and what is installed."""

import optuna
import pytest

from dse import run, sampler_choice, workers
from dse.sampler_choice import TPE_TRIALS, choose, time_decides, tpe_asks_s
from dse.search import SAMPLER
from dse.storage import storage_url
from tests.dse import fakes
from tests.dse.command import TINY, refused

MANY = 4 * TPE_TRIALS


@pytest.mark.parametrize(
    ("trials", "trial_s", "kind"),
    [
        (TPE_TRIALS, 0.0, "tpe"),
        (MANY, 1.01 * tpe_asks_s(MANY), "tpe"),
        (MANY, 0.99 * tpe_asks_s(MANY), "nsga2"),
    ],
)
def test_a_new_study_gets_the_sampler_that_serves_its_length(trials, trial_s, kind):
    found, why = choose("auto", None, trials, trial_s, torch=True)
    assert found == kind
    assert str(trials) in why


def test_a_trial_is_timed_only_where_that_decides():
    assert time_decides("auto", None, TPE_TRIALS + 1)
    assert not time_decides("auto", None, TPE_TRIALS)
    assert not time_decides("auto", "tpe", TPE_TRIALS + 1)
    assert not time_decides("nsga2", None, TPE_TRIALS + 1)


def test_a_stored_study_keeps_its_sampler_unless_another_is_given():
    assert choose("auto", "nsga2", 10, 1.0, torch=True) == ("nsga2", "as before")
    assert choose("random", "nsga2", 10, 1.0, torch=True) == ("random", "as given")


def test_a_study_whose_sampler_cannot_run_here_goes_on_with_tpe_and_says_why():
    kind, why = choose("auto", "gp", 10, 1.0, torch=False)
    assert kind == "tpe"
    assert "torch" in why


@pytest.fixture
def stored(monkeypatch):
    """The kind that the study tiny has stored, after a run on a made-up objective."""
    monkeypatch.setattr(workers, "evaluator", lambda _: fakes.evaluate)

    def kind():
        held = optuna.load_study(study_name="tiny", storage=storage_url("runs/dse.db"))
        return held.user_attrs[SAMPLER]

    return kind


@pytest.mark.slow
def test_a_run_says_its_sampler_and_the_next_one_keeps_it(dse, tiny, stored):
    quiet = ("--tracking", "none", "--figures", "none")
    answer = dse("run", tiny, "-n", 3, "--sampler", "random", *quiet)
    assert "sampler random: as given" in answer.err
    assert stored() == "random"
    answer = dse("run", tiny, "-n", 4, *quiet)
    assert "sampler random: as before" in answer.err
    dse("run", tiny, "-n", 5, "--sampler", "nsga2", *quiet)
    assert stored() == "nsga2"


def test_a_long_study_is_timed(dse, tiny, stored, monkeypatch):
    monkeypatch.setattr(sampler_choice, "TPE_TRIALS", 2)
    monkeypatch.setattr(run, "check", fakes.slow_check)
    answer = dse("run", tiny, "-n", 3, "--tracking", "none", "--figures", "none")
    assert any("3 trials, one every" in line for line in answer.err)
    assert stored() == "tpe"


def test_a_nominal_design_that_cannot_be_timed_does_not_stop_a_run(dse, tiny, stored, monkeypatch):
    monkeypatch.setattr(sampler_choice, "TPE_TRIALS", 2)
    monkeypatch.setattr(run, "check", fakes.evaluate_never)
    answer = dse("run", tiny, "-n", 3, "--tracking", "none", "--figures", "none")
    assert answer.code == 0
    assert "timing a trial" in answer.err
    assert stored() == "nsga2"


def test_gp_without_torch_is_refused_before_anything_is_written(dse, tiny, here, monkeypatch):
    monkeypatch.setattr(sampler_choice, "has_torch", lambda: False)
    answer = dse("run", tiny, "--sampler", "gp")
    refused(
        answer,
        "--sampler gp needs torch, which is not installed: pip install torch, or leave the "
        "choice to --sampler auto",
        here,
    )


def test_an_unknown_sampler_is_refused_with_the_known_ones(dse, tiny):
    tiny.write_text(TINY)
    answer = dse("run", tiny, "--sampler", "cmaes")
    assert answer.code == 2
    assert all(kind in answer.err[-1] for kind in ("auto", "tpe", "gp", "nsga2", "random"))
