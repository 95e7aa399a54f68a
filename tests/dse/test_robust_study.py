"""A study whose scores are what bad corners and dies reach."""

from dataclasses import replace

import pytest

from dse import search, workers
from dse.storage import storage_url
from dse.study import configuration, differences, from_configuration
from dse.study_file import load
from objectives.rules import Robust
from tests.dse import fakes
from tests.dse.command import TINY, refused


def test_the_option_is_the_quantile_of_the_file(dse, tiny, monkeypatch):
    monkeypatch.setattr(workers, "evaluator", lambda _: fakes.evaluate)
    answer = dse(
        "run", tiny, "-n", 2, "--robust", "q20", "--tracking", "none", "--figures", "none"
    )
    assert answer.code == 0
    stored = search.load_record(storage_url("runs/dse.db"), "tiny").study
    assert stored.robust == Robust(quantile=0.2)
    assert "figures are what all but 20 % of 6 corners reach" in answer.out


def test_what_a_file_says_of_its_corners_stays(dse, tiny):
    tiny.write_text(TINY + '\n[robust]\nhot_k = "398 K"\ndies = 4\n')
    answer = dse("run", tiny, "--robust", "q0", "--dry-run")
    assert answer.code == 0
    assert "the worst of 6 corners reach, 4 dies each: nominal, 273 and 398 K" in answer.out


@pytest.mark.parametrize("text", ["10", "q", "q101", "q-5", "q1.5"])
def test_what_is_no_quantile_is_refused(dse, tiny, here, text):
    answer = dse("run", tiny, "--robust", text)
    line = f"--robust {text}: not a quantile; write q10, or q0 for the worst corner"
    refused(answer, line, here)


def test_another_quantile_is_another_study(study):
    ten, five = (replace(study, robust=Robust(quantile=q)) for q in (0.1, 0.05))
    found = differences(configuration(ten), configuration(five))
    assert found == ["robust.quantile is 0.05, was 0.1"]


def test_a_study_stored_before_a_field_of_the_rule_existed_goes_on(study):
    now = configuration(replace(study, robust=Robust()))
    before = {**now, "robust": {k: v for k, v in now["robust"].items() if k != "dies"}}
    assert differences(before, now) == []
    assert from_configuration(before).robust == Robust()


def test_corners_out_of_range_are_refused_with_the_key(tmp_path):
    file = tmp_path / "tiny.toml"
    file.write_text(TINY)
    with pytest.raises(
        ValueError, match=r"robust.supply = 0.5  ?is outside 0 … 0.2 .*keep inside"
    ):
        load(str(file), ["robust.supply=0.5"])


def test_the_text_names_every_corner():
    found = Robust(quantile=0.1, supply=0.1, variability=2.0).text
    assert "all but 10 % of" in found
    assert "273 and 358 K with the supply 10 % low and high, and variability times 2" in found
