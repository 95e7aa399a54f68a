"""The pictures of a study show every trial, and the page needs no network."""

import base64
import json
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from matplotlib import colors, image

from dse import figures, front
from dse.front_files import write_front
from dse.study import Interval
from tests.dse import fakes


class Page(HTMLParser):
    """What a page loads, and its scripts."""

    def __init__(self):
        super().__init__()
        self.loaded, self.scripts, self._in_script = [], [], False

    def handle_starttag(self, tag, attrs):
        """Keep what it loads."""
        self.loaded += [value for name, value in attrs if name in ("src", "href")]
        self._in_script = tag == "script"

    def handle_endtag(self, tag):
        """A script ends."""
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data):
        """Keep the text of a script."""
        if self._in_script:
            self.scripts.append(data)


def read(path):
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def traces(page):
    """The traces that the page hands to plotly.js."""
    _, _, call = page.scripts[-1].rpartition("Plotly.newPlot(")
    return json.JSONDecoder().raw_decode(call[call.index("[") :])[0]


def numbers(column):
    """A column as plotly 6 writes it: a list, or the bytes of an array."""
    if isinstance(column, dict):
        return np.frombuffer(base64.b64decode(column["bdata"]), column["dtype"]).tolist()
    return column


@pytest.fixture(scope="module")
def drawn(finished, tmp_path_factory):
    """CSV, PNG and HTML of twenty trials."""
    return write_front(finished, tmp_path_factory.mktemp("drawn") / "new" / "folder")


@pytest.fixture(scope="module")
def page(drawn):
    return read(drawn[2])


def test_the_page_embeds_plotly_and_loads_nothing(page):
    assert page.loaded == []
    assert max(len(script) for script in page.scripts) > 1e6
    assert any("plotly.js v" in script for script in page.scripts)


def test_every_panel_of_the_page_holds_every_trial_once(page, finished):
    found = traces(page)
    axes = {(trace["xaxis"], trace["yaxis"]) for trace in found}
    # LAW: three objectives make three pairs
    assert len(axes) == 3
    for pair in axes:
        panel = [trace for trace in found if (trace["xaxis"], trace["yaxis"]) == pair]
        texts = [text for trace in panel for text in trace["text"]]
        assert len(texts) == len(finished.complete) == 20
        assert {text.split("</b>")[0] for text in texts} == {
            f"<b>trial {trial.number}" for trial in finished.complete
        }
        assert sum(len(numbers(trace["x"])) for trace in panel) == 20
        assert sum(len(numbers(trace["y"])) for trace in panel) == 20


def test_points_of_the_page_stand_at_their_values_under_their_role(page, finished):
    roles = dict(zip((t.number for t in finished.finished), front.roles(finished), strict=True))
    panel = [trace for trace in traces(page) if (trace["xaxis"], trace["yaxis"]) == ("x", "y")]
    for trace in panel:
        role = next(r for r, look in figures.LOOKS.items() if look.title == trace["name"])
        trials = [trial for trial in finished.finished if roles[trial.number] == role]
        # LAW: nJ and % are factors of 1e9 and 100
        energies = [1e9 * trial.values["learning_energy_j"] for trial in trials]
        accuracies = [100 * trial.values["accuracy"] for trial in trials]
        assert numbers(trace["x"]) == pytest.approx(energies)
        assert numbers(trace["y"]) == pytest.approx(accuracies)
        assert trace["showlegend"]
    assert {trace["name"] for trace in panel} == {figures.LOOKS[r].title for r in roles.values()}


def test_a_point_tells_its_figures_and_parameters_with_units(page, finished):
    knee = front.pick(finished, "knee")
    trace = next(trace for trace in traces(page) if trace["name"] == "knee")
    assert trace["text"][0].startswith(f"<b>trial {knee.number}</b> (knee)<br>")
    accuracy = f"{100 * knee.values['accuracy']:.4g} %"
    assert f"validation accuracy, vote of ten: <b>{accuracy}</b>" in trace["text"][0]
    assert f"neuron.count = {knee.params['neuron.count']}" in trace["text"][0]
    assert " mV<br>" in trace["text"][0] or " V<br>" in trace["text"][0]


def test_axes_that_span_decades_are_logarithmic(drawn):
    text = drawn[2].read_text(encoding="utf-8")
    layout = text[text.rindex("Plotly.newPlot(") :]
    assert '"text":"learning energy an image [nJ]"},"type":"log"' in layout
    assert '"text":"validation accuracy, vote of ten [%]"},"type":"linear"' in layout


def pixels_of(picture, role):
    """How many pixels of the PNG have the colour of a role."""
    distance = np.abs(picture[..., :3] - colors.to_rgb(figures.LOOKS[role].color)).max(axis=2)
    return int((distance < 0.02).sum())


def test_the_png_shows_every_role_and_is_not_blank(drawn):
    picture = image.imread(drawn[1])
    height, width, _ = picture.shape
    # LAW: 150 dots an inch; three panels of 4.6 by 4.1 inches beside each other
    assert (width, height) == (3 * 690, 735)
    assert 0.01 < (picture[..., :3] < 0.9).any(axis=2).mean() < 0.5
    for role in ("infeasible", "dominated", "pareto", "knee"):
        assert pixels_of(picture, role) > 20


def test_the_table_beside_the_pictures_holds_every_finished_trial(drawn, finished):
    import pandas as pd

    frame = pd.read_csv(drawn[0])
    assert frame["trial"].tolist() == [trial.number for trial in finished.finished]
    assert frame["role"].tolist() == front.roles(finished)
    for name in finished.study.objectives:
        assert frame[name].tolist() == [trial.values[name] for trial in finished.finished]


@pytest.mark.parametrize(("count", "panels"), [(2, 1), (4, 6)])
def test_every_pair_of_objectives_has_a_panel(study, run_fake, tmp_path, count, panels):
    names = ("accuracy", "learning_energy_j", "lifetime_images", "area_m2")[:count]
    record = run_fake(replace(study, objectives=names))
    _, png, html, *_ = write_front(record, tmp_path)
    # LAW: n (n - 1) / 2 pairs
    assert len({trace["xaxis"] for trace in traces(read(html))}) == panels
    assert image.imread(png).std() > 0.01


def test_failed_trials_are_left_out_of_the_pictures_but_not_of_the_table(
    study, run_fake, tmp_path
):
    record = run_fake(study, fakes.evaluate_or_raise)
    csv, _, html, *_ = write_front(record, tmp_path)
    shown = [len(t["text"]) for t in traces(read(html)) if (t["xaxis"], t["yaxis"]) == ("x", "y")]
    assert sum(shown) == len(record.complete) < len(record.finished)
    assert len(csv.read_text().splitlines()) == 1 + len(record.finished)


def test_a_study_without_a_feasible_trial_is_drawn_without_a_front(study, run_fake, tmp_path):
    space = {**study.space, "potentiation.amplitude_v": Interval(low=0.95, high=1.0)}
    _, png, html, *_ = write_front(run_fake(replace(study, space=space)), tmp_path)
    assert {trace["name"] for trace in traces(read(html))} == {"infeasible"}
    assert pixels_of(image.imread(png), "knee") == 0


def test_a_study_without_a_score_writes_no_pictures(study, run_fake, tmp_path):
    record = run_fake(study, fakes.evaluate_never)
    assert write_front(record, tmp_path / "none") == ()
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [  # LAW: definition of percent and of the prefixes
        ("accuracy", 0.9123, "91.23 %"),
        ("learning_energy_j", 2.5e-8, "25 nJ"),
        ("lifetime_images", 1e12, "1e+12"),
        ("area_m2", 4.0624e-8, "4.062e+04 µm²"),
        ("attempts_per_cell", 2.74, "2.74"),
        ("inference_latency_s", 2.5, "2.5 s"),
        ("latency_sense_s", 3.56e-7, "356 ns"),
    ],
)
def test_a_figure_is_shown_in_the_unit_a_person_would_take(name, value, text):
    assert figures.show_metric(name, value) == text
