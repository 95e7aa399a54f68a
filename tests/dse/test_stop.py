"""Designs that are stopped early: kept, counted, told to the sampler, never on a front."""

from dataclasses import replace

import optuna
import pytest

from dse.errors import InputError
from dse.front import roles, table
from dse.search import record
from dse.storage import storage_url
from dse.study import configuration, from_configuration, identity_hash
from dse.study_file import load
from objectives.rules import Stop
from tests.dse import fakes
from tests.dse.command import TINY

RULE = Stop(after=(50,), accuracy=0.6)


def test_a_stopped_design_keeps_its_reason_and_is_never_on_the_front(study, run_fake):
    found = run_fake(replace(study, trials=20, stop=RULE), fakes.evaluate_or_stop)
    stopped = [t for t in found.finished if t.state == "stopped"]
    assert 0 < len(stopped) < 20
    assert len(found.finished) == 20  # LAW: they count
    for trial in stopped:
        assert trial.error == "after 50 images the accuracy is low"
        assert not trial.values
        assert not trial.feasible
        assert trial.duration_s == 0.0005
    by_number = dict(zip((t.number for t in found.finished), roles(found), strict=True))
    assert {by_number[t.number] for t in stopped} == {"stopped"}
    assert list(table(found)["role"]).count("stopped") == len(stopped)


@pytest.mark.slow
def test_the_sampler_turns_away_from_designs_that_were_stopped(study, run_fake):
    found = run_fake(replace(study, trials=60, stop=RULE), fakes.evaluate_or_stop)
    states = [t.state == "stopped" for t in found.finished]
    assert sum(states[-20:]) < sum(states[:20])  # LAW


def test_stopped_designs_are_told_as_pruned_and_infeasible(study, run_fake, tmp_path):
    run_fake(replace(study, stop=RULE), fakes.evaluate_or_stop)
    held = optuna.load_study(study_name="fake", storage=storage_url(str(tmp_path / "dse.db")))
    pruned = [t for t in held.trials if t.state == optuna.trial.TrialState.PRUNED]
    assert len(pruned) == sum(t.state == "stopped" for t in record(held).finished)


def test_a_rule_is_stored_with_the_study_and_is_part_of_its_identity(study):
    ruled = replace(study, stop=RULE)
    assert from_configuration(configuration(ruled)).stop == RULE
    assert "stop" not in configuration(study)  # studies from before the rule stay the same
    assert identity_hash(configuration(ruled)) != identity_hash(configuration(study))


def test_a_rule_is_read_from_the_study_file(tmp_path):
    file = tmp_path / "tiny.toml"
    file.write_text(TINY + "\n[stop]\nafter = 200\naccuracy = 0.4\n")
    assert load(str(file)).stop == Stop(after=(200,), accuracy=0.4)
    file.write_text(TINY + "\n[stop]\nafter = 200\naccuracy = 40\n")
    with pytest.raises(InputError, match=r"stop.accuracy = 40  ?is outside .*; keep inside"):
        load(str(file))
    file.write_text(TINY + "\n[stop]\nafter = 200\nacuracy = 0.4\n")
    with pytest.raises(InputError, match=r"stop.acuracy: unknown key; did you mean 'accuracy'\?"):
        load(str(file))


@pytest.mark.slow
def test_a_run_says_how_many_were_stopped(dse, tmp_path):
    file = tmp_path / "tiny.toml"
    file.write_text(TINY + "\n[stop]\nafter = 200\nneurons_used = 1.0\n")
    answer = dse("run", file, "-n", 3, "--tracking", "none")
    # LAW: twenty neurons do not all win within 200 images; nothing failed
    assert answer.code == 3
    assert answer.err[-1].startswith("dse: every trial was stopped early: no front; loosen [stop]")
    assert not any("trials failed, the last with" in line for line in answer.err)
