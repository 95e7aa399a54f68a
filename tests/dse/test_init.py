"""`dse init`: a study file that can be run as it is, and is never written over another."""

import re

import pytest

from dse.study import configuration
from dse.study_file import load, shipped
from tests.dse.command import TINY, listed, refused


def test_what_is_written_passes_the_check_and_has_comments(dse, here):
    answer = dse("init", "mine")
    assert (answer.code, answer.out) == (0, "mine.toml\n")
    assert answer.err[0].startswith("next: ")
    assert listed(here) == ["mine.toml"]
    text = (here / "mine.toml").read_text()
    assert load("mine.toml").name == "mine"
    assert "NAME" not in text
    for section in ("[study]", "[fixed.", "[space.", "[stop]", "[reference]"):
        assert section in text
    assert text.count("#") > 20
    assert max(map(len, text.splitlines())) <= 110
    checked = dse("validate", "mine.toml")
    assert checked.code == 0
    assert "all kept there" in checked.out


@pytest.mark.parametrize("source", list(shipped()))
def test_a_copy_is_the_same_study_under_another_name(dse, here, source):
    assert dse("init", "mine.toml", "--from", source).code == 0
    assert listed(here) == ["mine.toml"]
    copied, of = configuration(load("mine.toml")), configuration(load(source))
    assert copied["study"].pop("name") == "mine"
    assert of["study"].pop("name") == source
    assert copied == of  # LAW
    comments = shipped()[source].read_text().count("#")
    assert (here / "mine.toml").read_text().count("#") == comments + 1


def test_a_copy_of_a_file_elsewhere_finds_its_device_and_images(dse, here, tiny):
    device = tiny.with_name("own.toml")
    from device_models.library import DEVICES

    values = vars(DEVICES["ut-austin-50nm"].mtj)
    lines = [f"{k} = {v!r}" for k, v in values.items()]
    device.write_text('title = "own"\n[mtj]\n' + "\n".join(lines).replace("'", '"') + "\n")
    text = TINY.replace('"ut-austin-50nm"', '"own.toml"  # mine')
    tiny.write_text(text.replace("trials", 'dataset = "images"\ntrials'))
    assert dse("init", "mine", "--from", tiny).code == 0
    study = load("mine.toml")
    assert study.dataset == str(tiny.parent / "images")
    assert study.device == str(device)
    assert study.fixed == load(str(tiny)).fixed
    assert re.search(r'own.toml"  # mine$', (here / "mine.toml").read_text(), re.MULTILINE)


def test_a_file_that_is_there_is_not_written_over(dse, here):
    (here / "mine.toml").write_text("kept")
    answer = dse("init", "mine")
    line = "dse: mine.toml is there already; remove it or take another name"
    assert (answer.code, answer.err) == (2, [line])
    assert (here / "mine.toml").read_text() == "kept"


def test_a_name_that_cannot_be_is_refused(dse, here):
    line = "smoke is a study that ships; take another name"
    refused(dse("init", "smoke"), line, here)
    line = "'../x' is no name of a study; use letters, digits, . _ and -"
    refused(dse("init", "../x"), line, here)
    answer = dse("init", "mine", "--from", "smok")
    assert answer.code == 2
    assert "study 'smok' is unknown; did you mean 'smoke'?" in answer.err[0]
    assert listed(here) == []
