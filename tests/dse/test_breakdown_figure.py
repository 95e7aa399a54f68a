"""The bars of a front add up, stand in order, and are left out where parts are not known."""

import numpy as np
import pytest
from matplotlib import colors, image

from dse import breakdown_figure, front
from dse.front_files import write_front
from objectives.breakdown import PARTS
from tests.dse import fakes
from tests.dse.test_figures import numbers, read, traces

ENERGIES = PARTS["learning_energy_j"]


@pytest.fixture(scope="module")
def drawn(finished, tmp_path_factory):
    """The PNG and the page of twenty trials."""
    return write_front(finished, tmp_path_factory.mktemp("bars"))[3:]


def test_every_part_of_every_total_has_a_colour_and_components_keep_theirs():
    looks = breakdown_figure.COMPONENTS
    for total in breakdown_figure.TOTALS:
        components = [breakdown_figure.component(part) for part in PARTS[total]]
        assert set(components) <= set(looks)
        assert len(set(components)) == len(PARTS[total])
    assert len({color for _, color in looks.values()}) == len(looks)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_bars_are_the_front_in_order_and_add_up_to_the_total(drawn, finished, place):
    page = read(drawn[1])
    assert page.loaded == []
    rows = front.front_rows(front.table(finished), finished.study)
    total_name = list(breakdown_figure.TOTALS)[place]
    axis = "y" if place == 0 else f"y{place + 1}"
    found = [trace for trace in traces(page) if trace.get("yaxis", "y") == axis]
    assert len(found) == len(PARTS[total_name])
    for trace in found:
        assert [name.rpartition(" ")[2] for name in trace["x"]] == [str(t) for t in rows["trial"]]
    total = np.sum([numbers(trace["y"]) for trace in found], axis=0)
    # LAW: the unit is a power of ten, the parts are the whole
    assert total / total[0] == pytest.approx(
        (rows[total_name] / rows[total_name].iloc[0]).tolist()
    )
    accuracies = [float(name.partition(" %")[0]) for name in found[0]["x"]]
    assert accuracies == sorted(accuracies, reverse=True)
    share = f"{100 / len(found):.3g} %"
    assert all(share in text for trace in found for text in trace["hovertext"])  # LAW: equal parts


def test_the_png_shows_every_part(drawn):
    picture = image.imread(drawn[0])[..., :3]
    for _, color in breakdown_figure.COMPONENTS.values():
        near = np.abs(picture - colors.to_rgb(color)).max(axis=2) < 0.02
        assert near.sum() > 100


def test_a_long_front_is_thinned_evenly_and_keeps_both_ends(finished):
    frame = front.table(finished)
    row = frame[frame["role"] == "knee"].iloc[[0]]
    long = row.loc[row.index.repeat(200)].assign(
        role="pareto", trial=range(200), accuracy=np.linspace(0.9, 0.5, 200)
    )
    shown = breakdown_figure.members(long, finished.study)
    assert len(shown) == breakdown_figure.MOST
    assert shown["trial"].iloc[[0, -1]].tolist() == [0, 199]
    assert set(np.diff(shown["trial"])) <= {5, 6}  # LAW: 199/39


def test_trials_from_before_the_parts_have_no_bars(finished):
    frame = front.table(finished)
    assert breakdown_figure.members(frame.drop(columns=list(ENERGIES)), finished.study).empty
    part = frame.copy()
    best = front.front_rows(frame, finished.study)["trial"].iloc[0]
    part.loc[part["trial"] == best, ENERGIES[0]] = np.nan
    shown = breakdown_figure.members(part, finished.study)
    assert len(shown) == len(front.front_rows(frame, finished.study)) - 1
    assert best not in set(shown["trial"])


def test_a_study_without_a_feasible_trial_has_no_bars(study, run_fake, tmp_path):
    def infeasible(flat):
        return fakes.evaluate({**flat, "potentiation.amplitude_v": 0.95})

    names = [file.name for file in write_front(run_fake(study, infeasible), tmp_path)]
    assert names == ["front.csv", "front.png", "front.html"]
