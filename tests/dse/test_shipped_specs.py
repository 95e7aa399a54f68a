"""The specs that ship are those of the studies that ship, and their verifications hold."""

import json
import re
from pathlib import Path

import pytest

from dse.export import FORMATS
from dse.pick import parse
from dse.spec import Spec, read_whole_spec
from dse.study import configuration, identity_hash
from dse.study_file import load

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "studies/specs"
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
NAMES = re.findall(r"spec-([a-z-]+)", re.search(r"^SPECS := (.*)$", MAKEFILE, re.M)[1])
SHIPPED = (".json", ".md", ".toml", ".sp", ".va", ".csv")
"""The page with pictures is left to dse export."""


def spec_of(name: str) -> Spec:
    return read_whole_spec(SPECS / name / "spec.json")[0]


def test_every_use_case_that_make_repeats_ships_and_no_other():
    assert {path.name for path in SPECS.iterdir()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_spec_is_the_pick_of_the_study_as_it_ships(name):
    spec, study = spec_of(name), load(name)
    assert (spec.origin.study, spec.origin.pick) == (study.name, study.pick)
    # a default that changes asks for new specs: make spec-NAME
    assert spec.origin.configuration_sha256 == identity_hash(configuration(study))
    for limit in parse(study.pick).limits:
        assert limit.met(spec.expected[limit.name].value), limit
    assert all(found.margin >= 0 for found in spec.constraints.values())
    assert spec.tolerance is not None
    assert spec.tolerance.box is not None
    assert len(spec.origin.seeds) == study.confirm
    assert not spec.versions["commit"].endswith("-dirty")


@pytest.mark.parametrize("name", NAMES)
def test_its_verification_is_of_this_design_and_holds(name):
    found = json.loads((SPECS / name / "verified.json").read_text(encoding="utf-8"))
    spec = spec_of(name)
    assert found["verification"] is found["holds"] is True
    assert found["origin"] == spec.origin.model_dump()
    runs = {(run["temperature_k"], run["seed"], run["die"]) for run in found["runs"]}
    assert len(runs) == 3 * 5 * 2  # temperatures, seeds, dies
    promised = [row["promise"] for row in found["rows"] if row["metric"] == "accuracy"]
    assert promised[:2] == [spec.expected["accuracy"].value, spec.exact_read.accuracy]
    text = (SPECS / name / "verified.md").read_text(encoding="utf-8")
    assert text.rstrip().endswith("**Every promise holds.**")


@pytest.mark.parametrize("kind", SHIPPED)
@pytest.mark.parametrize("name", NAMES)
def test_its_files_are_what_an_export_writes(name, kind):
    spec, design = read_whole_spec(SPECS / name / "spec.json")
    text = (SPECS / name / f"spec{kind}").read_text(encoding="utf-8")
    assert text == FORMATS[kind](spec, design)
