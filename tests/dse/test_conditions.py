"""Axes under a condition, as a file gives them: what they resolve to, and what is refused."""

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from dse.errors import InputError
from dse.study import (
    Case,
    Cases,
    Choices,
    Interval,
    axes_at,
    configuration,
    corner,
    differences,
    from_configuration,
    make_design,
    middle,
    settings,
    stored_name,
)
from dse.study_file import load, study_of
from dse.validate import counts
from dse.values import axis_text
from learner.params import Neuron

AMPLITUDE, DURATION, COUNT = "potentiation.amplitude_v", "potentiation.duration_s", "neuron.count"
TOPOLOGY, JUNCTIONS = "synapse.topology", "synapse.junctions"

STRINGS = """
[study]
name = "strings"
question = "Do voltages follow the string?"
device = "ut-austin-50nm"
trials = 40
objectives = ["accuracy", "learning_energy_j"]

[fixed.potentiation]
duration_s = "10 ns"

[fixed.depression]
amplitude_v = "0.6 V"
duration_s = "20 ns"

[space.synapse]
topology = { choices = ["single", "series", "parallel"] }
junctions = { choices = [2, 3] }

[space.potentiation]
amplitude_v = [
    { when = { synapse.topology = "series", synapse.junctions = 3 }, low = "1.5 V", high = "2 V" },
    { low = "0.4 V", high = "0.8 V" },
    { when = { "synapse.topology" = "series", synapse = { junctions = 2 } }, choices = [1, 1.2] },
]
duration_s = { when = { synapse.topology = ["parallel", "single"] }, low = "5 ns", high = "9 ns" }

[space.neuron]
count = { choices = [100, 200], when = { synapse.topology = "parallel" } }
"""
LOW = Interval(low=0.4, high=0.8)
SERIES_3 = Case(when={TOPOLOGY: ("series",), JUNCTIONS: (3,)}, axis=Interval(low=1.5, high=2.0))
SERIES_2 = Case(when={TOPOLOGY: ("series",), JUNCTIONS: (2,)}, axis=Choices(values=(1.0, 1.2)))


@pytest.fixture(scope="session")
def strings():
    return study_of(tomllib.loads(STRINGS), Path())


def resolved(*replacements, changes=()):
    text = STRINGS
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return study_of(tomllib.loads(text), Path(), changes)


def test_ranges_of_a_file_are_cases_with_elsewhere_last(strings):
    assert strings.space[AMPLITUDE] == Cases(cases=(SERIES_3, SERIES_2, Case(when={}, axis=LOW)))
    assert strings.space[DURATION] == Cases(
        cases=(Case(when={TOPOLOGY: ("single", "parallel")}, axis=Interval(low=5e-9, high=9e-9)),)
    )


def test_every_combination_of_choices_has_one_axis_or_the_fixed_value(strings):
    assert len(settings(strings.space)) == 6  # LAW: 3 × 2
    for choices in settings(strings.space):
        axes = axes_at(strings.space, choices)
        series = choices[TOPOLOGY] == "series"
        wanted = {2: SERIES_2.axis, 3: SERIES_3.axis}[choices[JUNCTIONS]] if series else LOW
        assert axes[AMPLITUDE] == wanted
        assert (DURATION in axes) == (not series)
        assert (COUNT in axes) == (choices[TOPOLOGY] == "parallel")
    assert strings.fixed[DURATION] == 1e-8  # from [fixed]
    assert strings.fixed[COUNT] == Neuron().count  # the default
    assert AMPLITUDE not in strings.fixed


def test_corner_and_middle_are_designs_of_the_space(strings):
    for point in (corner(strings.space), middle(strings.space)):
        axes = axes_at(strings.space, point)
        assert point.keys() == axes.keys()
        assert make_design(strings, point).synapse.topology == point[TOPOLOGY]
    assert middle(strings.space) == {TOPOLOGY: "series", JUNCTIONS: 3, AMPLITUDE: 1.75}
    assert make_design(strings, middle(strings.space)).potentiation.duration_s == 1e-8


def test_the_configuration_comes_back_from_the_storage_with_its_conditions(strings):
    kept = json.loads(json.dumps(configuration(strings)))
    assert replace(from_configuration(kept), trials=strings.trials) == strings
    assert differences(kept, configuration(strings)) == []
    other = resolved(("choices = [1, 1.2]", "choices = [1, 1.3]"))
    (line,) = differences(kept, configuration(other))
    assert line.startswith(f"space.{AMPLITUDE} is ")


def test_a_study_without_conditions_is_stored_as_it_was_before_there_were_any():
    stored = configuration(load("quickstart"))["space"]
    # REGRESSION: what an earlier version wrote
    assert stored["array.tile_rows"].keys() == {"choices"}
    assert stored[AMPLITUDE].keys() == {"low", "high", "log", "step", "integer"}


def test_names_in_the_storage_do_not_hang_on_the_order_in_the_file():
    turned = Case(when=dict(reversed(SERIES_3.when.items())), axis=SERIES_3.axis)
    wanted = f"{AMPLITUDE}@synapse.junctions=3,synapse.topology=series"
    assert stored_name(AMPLITUDE, SERIES_3) == stored_name(AMPLITUDE, turned) == wanted
    assert stored_name(AMPLITUDE, Case(when={}, axis=LOW)) == AMPLITUDE


def test_combinations_are_counted_over_what_each_choice_leaves(strings):
    # LAW: single 2, parallel 2 × 2 counts, series of 2 its 2 voltages, of 3 one
    assert counts(strings.space) == (3, 2, 2 + 4 + 2 + 1)


def test_an_axis_is_told_with_its_conditions(strings):
    assert axis_text(AMPLITUDE, strings.space[AMPLITUDE]) == (
        "1.5 V … 2 V if synapse.topology is series and synapse.junctions is 3; 1 V, 1.2 V if "
        "synapse.topology is series and synapse.junctions is 2; 400 mV … 800 mV elsewhere"
    )


WHEN_3 = 'when = { synapse.topology = "series", synapse.junctions = 3 }'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (WHEN_3, "when = { synapse.topology = \"series\" }",
         f"space.{AMPLITUDE}: two conditions hold at synapse.topology = series, "
         "synapse.junctions = 2; make them exclude each other"),
        (WHEN_3, "when = { synapse.junctions = 4 }",
         f"space.{AMPLITUDE} (table 1).when.synapse.junctions = 4 is not among its choices: "
         "2, 3; use those"),
        (WHEN_3, "when = { synapse.topology = \"serie\" }",
         "synapse.topology = 'serie' is not one of"),
        (WHEN_3, "when = { neuron.count = 100 }",
         "neuron.count has a condition itself; use an axis that has none"),
        (WHEN_3, "when = { neuron.threshold = 100 }",
         "neuron.threshold is not searched, but a condition needs an axis with choices; there "
         "are synapse.topology, synapse.junctions"),
        (WHEN_3, "when = { synapse.topologi = \"series\" }", "did you mean 'synapse.topology'?"),
        (WHEN_3, "when = { synapse.topology = [] }", "synapse.topology = []: no value"),
        (WHEN_3, "when = {}", "when = {} is no condition; write"),
        (WHEN_3, "when = \"series\"", "when = 'series' is no condition; write"),
        (WHEN_3 + ",", "", f"space.{AMPLITUDE}: two tables without when; leave one"),
        (WHEN_3 + ", low = \"1.5 V\"", WHEN_3 + ", low = \"2.5 V\"",
         f"space.{AMPLITUDE} (table 1): low = 2.5 V is above high = 2 V; swap them"),
        (WHEN_3 + ", low", WHEN_3 + ", lo", f"space.{AMPLITUDE} (table 1).lo: unknown key"),
        ("{ low = \"0.4 V\", high = \"0.8 V\" },", "3,",
         f"space.{AMPLITUDE} (table 2) = 3 is not an axis"),
        ("{ low = \"0.4 V\", high = \"0.8 V\" },", "",
         "potentiation.amplitude_v has no value and no default; set it in [fixed]"),
        ("duration_s = { when = { synapse.topology = [\"parallel\", \"single\"] },",
         "duration_s = {", f"{DURATION} is in [fixed] and in [space]; remove one"),
        ("[fixed.potentiation]", "[fixed.potentiation]\namplitude_v = 0.5",
         f"{AMPLITUDE} is in [fixed] and in [space]; remove one"),
        ("[\"parallel\", \"single\"] }, low = \"5 ns\"",
         "[\"parallel\", \"single\", \"series\"] }, low = \"5 ns\"",
         f"{DURATION} is in [fixed] and in [space]; remove one"),
        ("{ when = { synapse.topology = [\"parallel\", \"single\"] }, low = \"5 ns\"",
         "[{ when = { synapse.junctions = [2, 3] }, choices = [\"5 ns\"] }, "
         "{ low = \"5 ns\"", ""),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused_in_one_line(old, new, message):
    close = "]" if new.startswith("[{ when") else ""
    text = STRINGS.replace(old, new)
    assert text != STRINGS
    if close:
        text = text.replace('high = "9 ns" }', 'high = "9 ns" }]')
        message = f"space.{DURATION}: the table without when never applies; remove it"
    with pytest.raises(InputError) as refused:
        study_of(tomllib.loads(text), Path())
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_condition_on_what_is_fixed_is_decided_at_once():
    series = resolved(changes=["fixed.synapse.topology=series"])
    assert TOPOLOGY not in series.space
    assert DURATION not in series.space  # fixed, as no string searches it
    assert series.fixed[DURATION] == 1e-8
    assert series.space[AMPLITUDE] == Cases(
        cases=(
            replace(SERIES_3, when={JUNCTIONS: (3,)}),
            replace(SERIES_2, when={JUNCTIONS: (2,)}),
        )
    )
    single = resolved(changes=["fixed.synapse.topology=single"])
    assert single.space == {
        JUNCTIONS: Choices(values=(2, 3)),
        AMPLITUDE: LOW,
        DURATION: Interval(low=5e-9, high=9e-9),
    }
    assert DURATION not in single.fixed


def test_an_axis_with_conditions_is_changed_from_the_command_line(strings):
    text = "[{ low = 0.5, high = 0.6 }, { when = { synapse.junctions = 3 }, choices = [0.7] }]"
    changed = resolved(changes=[f"space.{AMPLITUDE}={text}"])
    three = Case(when={JUNCTIONS: (3,)}, axis=Choices(values=(0.7,)))
    elsewhere = Case(when={}, axis=Interval(low=0.5, high=0.6))
    assert changed.space[AMPLITUDE] == Cases(cases=(three, elsewhere))
    # the value of designs without the axis can be changed, and the axis be given up
    assert resolved(changes=[f"fixed.{DURATION}=6 ns"]).space == strings.space
    assert resolved(changes=[f"fixed.{DURATION}=6 ns"]).fixed[DURATION] == 6e-9
    assert COUNT not in resolved(changes=[f"fixed.{COUNT}=300"]).space
    with pytest.raises(InputError, match="amplitude_v is no table; give it as a whole"):
        resolved(changes=[f"space.{AMPLITUDE}.low=0.5"])
