"""`dse report`: one page that says what the storage holds, loads nothing and changes nothing."""

import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import pytest

from device_models.library import DEVICES
from dse import (
    front,
    page,
    report,
    report_page,
    report_sources,
    sensitivity_table,
)
from dse import spec as spec_files
from dse.study import make_design
from dse.units import measured
from objectives.breakdown import PARTS
from objectives.scores import METRICS
from tests.dse.pages import EVIL, Read

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def asked(**more):
    return report.Asked(again="dse run fake -n 40", **more)


def page_of(record, **more):
    return report_page.to_html(report.make_report(record, asked(**more)))


@pytest.fixture(scope="module")
def written(finished):
    return page_of(finished)


@pytest.fixture(scope="module")
def read(written):
    return Read(written)


def test_the_sections_stand_in_order(finished):
    titles = [section.title for section in report.make_report(finished, asked()).sections]
    assert titles == [
        "Pareto front", "Recommended design", "Where the energy goes", "Convergence",
        "What decides", "Sensitivity", "What is fixed", "Sources and assumptions", "Provenance",
    ]  # fmt: skip


def test_every_member_of_the_front_is_there_with_the_figures_of_the_record(read, finished):
    members = front.front_rows(front.table(finished), finished.study)
    rows = read.table("trial", "role")
    assert [int(row[0]) for row in rows] == members["trial"].tolist()
    trials = {trial.number: trial for trial in finished.finished}
    for row in rows:
        values = trials[int(row[0])].values
        # LAW: % and nJ are factors of 100 and 1e9; four digits are shown
        assert float(row[2]) == pytest.approx(100 * values["accuracy"], rel=1e-3)
        assert float(row[3]) == pytest.approx(1e9 * values["learning_energy_j"], rel=1e-3)
        assert float(row[4]) == pytest.approx(values["lifetime_images"], rel=1e-3)
        assert int(row[7]) == trials[int(row[0])].params["neuron.count"]


def test_the_knee_is_marked_and_stands_beside_the_balanced_design(read, finished):
    knee, balanced = (front.pick(finished, choice) for choice in ("knee", "balanced"))
    assert [row[0] for row in read.strong if len(row) == 8] == [str(knee.number)]
    roles = {int(row[0]): row[1] for row in read.table("trial", "role")}
    assert roles[knee.number].startswith("knee")
    rows = {row[0]: row[1:] for row in read.table("parameter", f"knee, trial {knee.number}")}
    assert set(rows) == set(finished.study.space)
    # INDEPENDENT: the parameters of both trials
    assert rows["neuron.count"] == [str(t.params["neuron.count"]) for t in (knee, balanced)]
    for text, trial in zip(rows["potentiation.amplitude_v"], (knee, balanced), strict=True):
        number, unit = text.split()
        volts = float(number) * {"mV": 1e-3, "V": 1.0}[unit]
        assert volts == pytest.approx(trial.params["potentiation.amplitude_v"], rel=1e-3)


def test_margins_are_what_is_left_up_to_zero(read, finished):
    knee = front.pick(finished, "knee")
    rows = {row[0]: float(row[1]) for row in read.table("constraint")}
    # LAW: feasible at or below zero
    expected = {name: -value for name, value in knee.constraints.items()}
    assert rows == pytest.approx(expected, rel=1e-2)


def test_a_standard_error_is_shown_where_there_are_several_seeds(finished):
    trials = [
        replace(trial, seeds=(7, 8, 9, 10), spread={"accuracy": 0.02}) for trial in finished.trials
    ]
    shown = Read(page_of(replace(finished, trials=tuple(trials))))
    knee = front.pick(finished, "knee")
    (row,) = [r for r in shown.table("figure") if r[0] == METRICS["accuracy"].title]
    # LAW: 2 % over the root of four seeds is 1 %, and an error that begins with 1 has two digits
    assert row[1] == f"{100 * knee.values['accuracy']:.1f} ± 1.0 %"
    assert "standard error over 4 seeds" in shown.text


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [  # LAW: the error has one digit, two if it begins with 1; the mean ends where it ends
        (71.0, 0.8, "71.0 ± 0.8"),
        (71.0, 0.096, "71.00 ± 0.10"),
        (2.168, 0.13, "2.17 ± 0.13"),
        (888.3, 31.0, "890 ± 30"),
        (8.875e24, 4e23, "(8.9 ± 0.4)e24"),
        (0.0162, 0.0009, "0.0162 ± 0.0009"),
        (71.283, None, "71.28"),
        (71.283, 0.0, "71.28"),
        (float("inf"), 1.0, "inf"),
        (3.0, float("nan"), "3"),
    ],
)
def test_a_mean_has_the_digits_that_count(value, error, text):
    assert measured(value, error) == text


@pytest.mark.slow
def test_a_long_front_is_shown_evenly_and_the_rest_is_counted(study, run_fake):
    record = run_fake(replace(study, trials=60))
    members = front.front_rows(front.table(record), record.study)
    assert len(members) > 20  # or the test says nothing
    shown = Read(page_of(record))
    rows = shown.table("trial", "role")
    assert 20 <= len(rows) <= 22
    assert f"{len(members) - len(rows)} more are not shown" in shown.text
    assert {row[1] for row in rows} == {"", "knee", "balanced"}


def test_the_parameters_of_a_wide_study_go_into_tables_that_fit(study, run_fake):
    names = ("training.images", "training.label_images", "neuron.threshold")
    more = dict.fromkeys(names, study.space["neuron.count"])
    fixed = {name: value for name, value in study.fixed.items() if name not in more}
    record = run_fake(replace(study, fixed=fixed, space={**study.space, **more}))
    tables = [rows for rows in Read(page_of(record)).tables if rows[0][0] == "trial"]
    assert [len(rows[0]) for rows in tables] == [9, 3]
    assert [row[0] for row in tables[0]] == [row[0] for row in tables[1]]


def test_energy_by_component_adds_up_to_the_energy_of_the_design(finished):
    from dse.report_figures import energies

    knee = front.pick(finished, "knee")
    parts = energies(knee.values)
    assert {name for name, *_ in parts} == set(PARTS["learning_energy_j"])
    # LAW: the parts of a sum
    whole = sum(joules for *_, joules in parts)
    assert whole == pytest.approx(knee.values["learning_energy_j"])


def test_a_study_from_before_the_parts_and_with_few_trials_says_what_is_missing(study, run_fake):
    record = run_fake(study)
    known = {"accuracy", "learning_energy_j", "lifetime_images"}
    old = [
        replace(t, values={n: v for n, v in t.values.items() if n in known}) for t in record.trials
    ]
    shown = Read(page_of(replace(record, trials=tuple(old))))
    assert "no energies by component" in shown.text
    assert f"needs 20 trials with scores; this study has {len(record.complete)}" in shown.text


def test_the_page_loads_nothing_and_is_small(written, read):
    assert read.loaded
    assert all(address.startswith("data:image/svg+xml;base64,") for address in read.loaded)
    assert not {"link", "script", "iframe", "object", "embed"} & set(read.tags)
    assert "url(" not in written
    assert "@import" not in written
    pictures = [b64decode(address.partition(",")[2]).decode() for address in read.loaded]
    assert all(text.lstrip().startswith("<?xml") for text in pictures)
    for text in pictures:  # LAW: a picture in a picture is its own data
        assert not re.search(r'(href|src)="(?!data:|#)', text)
    assert len(written) < 1e6


def test_the_page_of_many_trials_is_small_too(finished):
    many = [
        replace(trial, number=20 * n + trial.number)
        for n in range(150)
        for trial in finished.trials
    ]
    from dse.report_figures import front_svg

    record = replace(finished, trials=tuple(many))
    assert len(front_svg(front.table(record), record.study, [])) < 5e5


@pytest.mark.parametrize("count", [2, 4])
def test_studies_of_two_and_four_objectives_have_a_page(study, run_fake, count):
    names = ("accuracy", "learning_energy_j", "lifetime_images", "area_m2")[:count]
    record = run_fake(replace(study, objectives=names))
    shown = Read(page_of(record))
    # LAW: trial and role, an objective a column, three parameters
    assert len(shown.tables[0][0]) == 2 + count + 3
    assert len(shown.loaded) == 3


def test_the_same_record_gives_the_same_page(written, finished):
    # LAW: no date of its own, no random names
    assert page_of(finished) == written


def test_what_a_user_wrote_is_text_and_never_markup(finished):
    stored = {**finished.configuration}
    stored["study"] = {**stored["study"], "question": EVIL, "name": "<b>x</b>", "device": EVIL}
    record = replace(finished, configuration=stored, data={EVIL: EVIL}, versions={EVIL: EVIL})
    text = page_of(record, sources={"barrier": EVIL})
    shown = Read(text)
    assert not {"script", "b"} & set(shown.tags)
    assert "onerror=alert(1)>" not in text
    assert not any(address == "x" for address in shown.loaded)
    assert shown.text.count(EVIL) >= 4
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(
    ("text", "address", "name"),
    [
        ("Sun 2013, doi 10.1103/PhysRevB.88.104426", "https://doi.org/10.1103/PhysRevB.88.104426",
         "doi 10.1103/PhysRevB.88.104426"),
        ("(Jullière, doi 10.1016/0375-9601(75)90174-7).",
         "https://doi.org/10.1016/0375-9601(75)90174-7", "doi 10.1016/0375-9601(75)90174-7"),
        ("Zhou 2025, arXiv 2308.11011; others", "https://arxiv.org/abs/2308.11011",
         "arXiv 2308.11011"),
        ("<b> doi 10.1/x", None, None),
        ('doi 10.1103/a"onclick="b', "https://doi.org/10.1103/a&quot;onclick=&quot;b",
         "doi 10.1103/a&quot;onclick=&quot;b"),
    ],
)  # fmt: skip
def test_a_source_becomes_a_link_that_still_shows_it(text, address, name):
    linked = page.linked(text)
    assert Read(linked).text == text
    if address:
        assert f'<a href="{address}">{name}</a>' in linked
    else:
        assert "<a" not in linked


def test_every_number_of_the_device_has_its_source_and_assumptions_are_marked(written, read):
    rows = {row[0]: row[2] for row in read.table("parameter", "value", "source")}
    sources = DEVICES["ut-austin-50nm"].sources
    assert set(rows) == {f"device.{name}" for name in sources}
    for name, source in sources.items():
        expected = report_sources.UNSOURCED if source == "assumption" else source
        assert rows[f"device.{name}"] == expected
    marked = f"<strong>{report_sources.UNSOURCED}</strong>"
    assert written.count(marked) == sum(text == "assumption" for text in sources.values()) > 0
    assert "https://doi.org/10.1103/PhysRevB.88.104426" in read.links
    assert "doi 10.1103/PhysRevB.88.104426" in read.text  # on paper


def test_every_assumption_of_the_exported_spec_is_on_the_page(read, finished):
    design = make_design(finished.study, front.pick(finished, "knee").params)
    listed_here = {
        f"{name}: {reason}"
        for names, reason in read.table("number", "what is known")
        for name in names.split(", ")
    }
    assert listed_here == set(spec_files.assumptions(finished.study.device, design))


def test_the_models_cite_what_the_readme_cites():
    texts = [*report_sources.MODELS.values(), report_sources.LEARNER, report_sources.MULTILEVEL]
    cited = {found.group() for text in texts for found in page.SOURCE.finditer(text)}
    assert len(cited) > 10
    for source in cited:
        assert source in README


def test_a_number_that_the_study_sets_or_searches_has_no_source_of_the_library(finished):
    stored, study = {**finished.configuration}, finished.study
    stored["fixed"] = {**stored["fixed"], "device.barrier": 60.0}
    changed = replace(finished, configuration=stored).study
    params = front.pick(finished, "knee").params
    rows = {row[0]: row[2] for row in report_sources.numbers(changed, params, {})}
    assert rows["device.barrier"] == "set in the study file"
    filed = replace(study, device="mine.toml")
    rows = {row[0]: row[2] for row in report_sources.numbers(filed, params, {"tmr": "measured"})}
    assert rows["device.tmr"] == "measured"
    assert rows["device.barrier"] == "device file mine.toml"


def test_what_is_fixed_is_there_once_and_apart_from_the_defaults(read, finished):
    own = {row[0]: row[1] for row in read.table("parameter", "value") if len(row) == 2}
    assert own["training.images"] == "2000"
    assert not set(own) & set(finished.study.space)
    defaults = {row[0]: row[1].split("; ") for row in read.table("part", "values")}
    named = [f"{part}.{text.split()[0]}" for part, texts in defaults.items() for text in texts]
    assert sorted([*own, *named]) == sorted(finished.study.fixed)


def test_the_page_says_how_to_repeat_the_study_and_go_on(read, finished):
    text = read.text
    for known in (finished.hash, "made with made", "data, set", "dse run fake -n 40"):
        assert known in text
    assert "UTC" in text


def test_without_the_option_sensitivity_says_what_it_takes(read, finished):
    from dse.sensitivity import moves

    count = len(moves(finished.study.space, front.pick(finished, "knee").params)) + 1
    assert f"takes {count * finished.study.repeats} more evaluations" in read.text


def test_the_table_of_a_sensitivity_is_that_of_the_command(finished):
    from dse.sensitivity import measure
    from tests.dse.conftest import submit_here

    knee = front.pick(finished, "knee")
    found = measure(finished.study, (knee.number, knee.params), (7, 8), submit_here())
    headers, rows = sensitivity_table.rows(found)
    table = Read(page_of(finished, sensitivity=found)).table(*headers)
    assert table == [[text for text, _ in row] for row in rows]
