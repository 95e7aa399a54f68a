"""Fronts of several studies over one another, against laws and small fronts done by hand."""

import csv
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from dse import attainment, compare_page, front
from dse.compare import compare, coverage
from dse.compare_run import write
from dse.errors import InputError, NoDesignError
from dse.record import Record
from dse.study import Reference, configuration
from objectives.rules import Robust

# MLflow's models use a way of SQLAlchemy that is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


def renamed(record, name, **changes):
    """The same trials as another study."""
    study = replace(record.study, name=name, **changes)
    return replace(record, id=name, configuration=configuration(study))


def half(record, name, first):
    """A study of every second trial."""
    return replace(renamed(record, name), trials=record.trials[first::2])


@pytest.fixture
def halves(finished):
    return {name: half(finished, name, place) for place, name in enumerate(("even", "odd"))}


def test_coverage_of_fronts_done_by_hand():
    front_a = np.array([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]])
    assert coverage(front_a, front_a) == 0  # LAW: nothing beats itself
    assert coverage(front_a, front_a - 0.1) == 1
    assert coverage(front_a, front_a + 0.1) == 0
    assert coverage(front_a, np.array([[0.5, 0.4]])) == pytest.approx(1 / 3)


def test_together_they_reach_what_one_study_of_all_trials_reaches(finished):
    whole = renamed(finished, "whole", reference=front.corners(finished))
    found = compare({name: half(whole, name, place) for place, name in enumerate("ab")})
    assert found.shared_corners
    # INDEPENDENT: the curve of one study with all trials
    assert found.together == pytest.approx(front.hypervolume_curve(whole)[-1][1])
    for entry in found.entries:
        assert 0 <= entry.alone <= entry.hypervolume <= found.together  # LAW
    even = found.entries[0]
    rows = front.front_rows(front.table(even.record), even.record.study)
    assert [trial.number for trial in even.members] == list(rows["trial"])


def test_a_study_beside_itself_adds_nothing_and_beats_nothing(finished):
    found = compare({"a": finished, "b": renamed(finished, "b")})
    assert not found.covered.any()
    assert [entry.alone for entry in found.entries] == [0, 0]


def test_corners_that_differ_are_those_of_all_members(finished):
    given = front.corners(finished)
    other = {**given, "accuracy": Reference(worst=0.1, best=0.2)}
    found = compare(
        {
            "a": renamed(finished, "a", reference=given),
            "b": renamed(finished, "b", reference=other),
        }
    )
    assert not found.shared_corners
    accuracies = [t.values["accuracy"] for entry in found.entries for t in entry.members]
    assert found.corners["accuracy"] == Reference(worst=min(accuracies), best=max(accuracies))


def test_what_is_reached_at_a_level_is_the_best_member_that_is_so_good(halves):
    found = compare(halves)
    assert found.objectives[0] == "accuracy"
    assert found.levels[0].least == min(e.values[:, 0].min() for e in found.entries)
    for level in found.levels:
        for entry, best in zip(found.entries, level.best, strict=True):
            good = [t for t in entry.members if t.values["accuracy"] >= level.least]
            if not good:
                assert np.isnan(best).all()
                continue
            # INDEPENDENT: looked up member by member
            assert best[0] == min(t.values["learning_energy_j"] for t in good)
            assert best[1] == max(t.values["lifetime_images"] for t in good)


def test_studies_that_differ_in_name_and_seed_are_a_group(finished):
    studies = {
        "a": finished,
        "b": renamed(finished, "b", seed=99),
        "c": renamed(finished, "c", repeats=7),
    }
    assert [entry.group for entry in compare(studies).entries] == [0, 0, 1]


def test_attainment_of_three_fronts_done_by_hand():
    pair = ("accuracy", "learning_energy_j")
    fronts = [np.array([[0.9, energy]]) for energy in (1e-9, 2e-9, 3e-9)]
    found = attainment.surfaces(fronts, pair)
    assert {name: points.tolist() for name, points in found.items()} == {
        "best": [[0.9, 1e-9]],
        "median": [[0.9, 2e-9]],
        "worst": [[0.9, 3e-9]],
    }


def test_two_seeds_have_a_best_and_a_worst():
    pair = ("accuracy", "lifetime_images")
    fronts = [np.array([[0.9, 1e9]]), np.array([[0.8, 1e8]])]
    found = attainment.surfaces(fronts, pair)
    assert {name: points.tolist() for name, points in found.items()} == {
        "best": [[0.9, 1e9]],
        "worst": [[0.8, 1e8]],
    }


def test_what_one_study_attains_is_its_front():
    pair = ("accuracy", "learning_energy_j")
    points = np.array([[0.9, 1e-9], [0.8, 1e-10], [0.7, 5e-10]])
    found = attainment.surfaces([points], pair)["front"]
    assert found.tolist() == [[0.8, 1e-10], [0.9, 1e-9]]  # the third is beaten by the second


def test_figures_of_bad_corners_beside_nominal_ones_are_told_apart(finished):
    robust = renamed(finished, "b", robust=Robust())
    assert "Not like for like: b has" in compare_page.about(compare({"a": finished, "b": robust}))
    for alike in ({"a": finished, "c": finished}, {"b": robust, "d": robust}):
        assert "Not like" not in compare_page.about(compare(alike))


def test_studies_of_other_objectives_are_refused(finished):
    other = renamed(finished, "b", objectives=("accuracy", "area_m2"))
    with pytest.raises(InputError, match=r"fake has the objectives accuracy, .*, b has accuracy,"):
        compare({"a": finished, "b": other})


def test_a_study_without_a_front_is_refused(finished):
    empty: Record = replace(renamed(finished, "b"), trials=())
    with pytest.raises(NoDesignError, match="study 'b' has no feasible design"):
        compare({"a": finished, "b": empty})


def test_the_page_loads_nothing_and_has_every_study(halves, tmp_path):
    files = write(compare(halves), tmp_path)
    assert [path.name for path in files] == [
        "compare.html", "compare.csv", "compare-fronts.png", "compare-attainment.png",
    ]  # fmt: skip
    page = files[0].read_text()
    own = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r'(src|href)="(?!data:|https://doi\.org)', own)
    assert not re.search(r"<(script|link|iframe)[^>]*(src|href)=", page)
    assert page.count("plotly.js v") == 1
    for name in halves:
        assert f"<td>{name}</td>" in page
    rows = list(csv.DictReader(io.StringIO(files[1].read_text())))
    assert {row["study"] for row in rows} == set(halves)


def test_the_body_for_scripts_is_complete(halves):
    found = compare(halves)
    body = json.loads(json.dumps(compare_page.as_json(found)))
    assert [study["study"] for study in body["studies"]] == ["even", "odd"]
    assert [len(s["members"]) for s in body["studies"]] == [len(e.members) for e in found.entries]


@pytest.fixture
def two(dse, study, run_fake, tmp_path):
    """Two studies in two storages; the command."""
    run_fake(study)
    run_fake(replace(study, name="other", seed=5), name="other.db")
    return dse, ("compare", "fake", f"other@{tmp_path / 'other.db'}"), tmp_path / "dse.db"


def test_the_command_writes_its_files_and_an_mlflow_run(two, here):
    from mlflow import MlflowClient

    dse, words, storage = two
    answer = dse(*words, "--storage", storage)
    assert answer.code == 0, answer.err
    lines = answer.out.splitlines()
    assert lines[1].startswith("fake")
    assert lines[2].startswith("other")
    assert "runs/compare/compare.html" in lines
    client = MlflowClient(f"sqlite:///{here}/runs/mlflow.db")
    experiment = client.get_experiment_by_name("mtj-dse")
    runs = client.search_runs([experiment.experiment_id])
    assert [run.data.tags["dse.compared"] for run in runs] == ["fake, other"]
    listed = {file.path for file in client.list_artifacts(runs[0].info.run_id)}
    assert {"compare.html", "compare-fronts.png", "compare-attainment.png"} <= listed


def test_the_command_for_scripts(two):
    dse, words, storage = two
    answer = dse(*words, "--storage", storage, "--tracking", "none", "--json")
    body = json.loads(answer.out)
    assert (body["command"], body["schema_version"]) == ("compare", 1)
    assert len(body["studies"]) == 2


@pytest.mark.parametrize("words", [("fake",), ("fake", "fake")])
def test_one_study_alone_is_an_error_of_use(dse, words):
    answer = dse("compare", *words)
    assert answer.code == 2
    assert answer.err == [
        "dse: compare takes two studies or more, each once: dse compare one other"
    ]
