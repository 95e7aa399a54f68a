"""The pages of the MLflow UI: the form that MLflow 3.17 reads, pinned."""

import base64
import json
import zlib

import pytest

from dse import views
from objectives.scores import METRICS

OBJECTIVES = ("accuracy", "learning_energy_j", "lifetime_images")
SHOWN = views.Shown(objectives=OBJECTIVES, parameters=("array.tile_rows", "neuron.count"))


def decoded(text):
    """INDEPENDENT: what the page does, base64 behind a word, then zlib, then JSON."""
    word, _, packed = text.partition(";")
    assert word == "deflate"
    return json.loads(zlib.decompress(base64.b64decode(packed)))


@pytest.fixture
def states():
    return {tag: decoded(value) for tag, value in views.tags(SHOWN).items()}


@pytest.fixture
def fronts(states):
    return states["mlflow.sharedViewState.pareto-fronts"]


def test_there_is_a_tag_for_each_page(states):
    assert set(states) == {f"mlflow.sharedViewState.{key}" for key in views.TITLES}


def test_the_fronts_are_every_pair_of_objectives_and_parallel_coordinates(fronts):
    charts = fronts["compareRunCharts"]
    pairs = [
        (chart["xaxis"]["key"], chart["yaxis"]["key"])
        for chart in charts
        if chart["type"] == "SCATTER"
    ]
    assert pairs == [
        ("log10_learning_energy_j", "accuracy"),
        ("log10_lifetime_images", "accuracy"),
        ("log10_lifetime_images", "log10_learning_energy_j"),
    ]
    (parallel,) = [chart for chart in charts if chart["type"] == "PARALLEL"]
    assert parallel["selectedParams"] == ["array.tile_rows", "neuron.count"]
    assert parallel["selectedMetrics"] == [
        "accuracy", "log10_learning_energy_j", "log10_lifetime_images",
    ]  # fmt: skip


def test_every_chart_stands_in_a_section_that_is_there(states):
    for state in states.values():
        known = {section["uuid"] for section in state["compareRunSections"]}
        assert {chart["metricSectionId"] for chart in state["compareRunCharts"]} <= known
        names = [chart["uuid"] for chart in state["compareRunCharts"]]
        assert len(set(names)) == len(names)


def test_the_pages_choose_their_runs_and_hide_none(states, fronts):
    assert fronts["searchFilter"] == "tags.`dse.front` = 'yes'"
    assert fronts["orderByKey"] == "metrics.`accuracy`"
    assert fronts["orderByAsc"] is False
    convergence = states["mlflow.sharedViewState.convergence"]
    assert convergence["searchFilter"] == "tags.`dse.role` = 'study'"
    assert [chart["metricKey"] for chart in convergence["compareRunCharts"]] == [
        "hypervolume", "hypervolume_so_far",
    ]  # fmt: skip
    assert {state["runsHiddenMode"] for state in states.values()} == {"SHOW_ALL"}


def test_a_page_of_many_objectives_and_parameters_fits_into_a_tag():
    many = views.Shown(
        objectives=tuple(METRICS)[:6], parameters=tuple(f"part.name_{i}" for i in range(40))
    )
    for value in views.tags(many).values():
        assert len(value) <= 5000  # LAW: MLflow's limit of a tag of an experiment


def test_a_link_opens_a_page_with_its_charts():
    assert views.link("7", views.FRONTS) == (
        "/#/experiments/7/runs?viewStateShareKey=pareto-fronts&compareRunsMode=CHART"
        "&workflowType=machine_learning"
    )
