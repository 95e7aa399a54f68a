"""`-S key=value`: as if the file had said it, and named where it is wrong."""

import pytest

from dse import workers
from dse.errors import InputError
from dse.study import Choices, Interval, configuration
from dse.study_file import load
from tests.dse import fakes
from tests.dse.command import TINY, listed, refused


def conf(path, *changes, name=""):
    return configuration(load(str(path), changes, name))


def test_an_override_is_the_same_as_the_file_that_says_so(tiny):
    changes = (
        "fixed.neuron.count=30", "fixed.array.wire_ohm=2 ohm", "study.trials=5", "study.seed=4",
        "stop.after=200", "space.array.tile_rows=[28, 98]",
        'space.potentiation.amplitude_v={ low = "0.5 V", high = 0.7 }',
        'space.potentiation.duration_s.high=50 ns',
    )  # fmt: skip
    changed = conf(tiny, *changes)
    text = TINY.replace("count = 20", "count = 30").replace('"0.65 V"', "0.7")
    text = text.replace("trials = 19", "trials = 5\nseed = 4").replace('"40 ns"', '"50 ns"')
    text = text.replace("[fixed.neuron]", '[fixed.array]\nwire_ohm = "2 ohm"\n[fixed.neuron]')
    text += "\n[space.array]\ntile_rows = { choices = [28, 98] }\n[stop]\nafter = 200\n"
    other = tiny.with_name("other.toml")
    other.write_text(text)
    assert changed == conf(other)  # LAW
    assert load(str(tiny), ["study.trials=5"]).trials == 5


def test_what_is_fixed_leaves_the_space_and_the_other_way_round(tiny):
    study = load(str(tiny), ["fixed.potentiation.amplitude_v=0.6 V", "space.neuron.count=[20,40]"])
    assert study.fixed["potentiation.amplitude_v"] == 0.6
    assert "neuron.count" not in study.fixed
    assert list(study.space) == ["potentiation.duration_s", "neuron.count"]
    assert study.space["neuron.count"] == Choices(values=(20, 40))
    duration = study.space["potentiation.duration_s"]
    assert isinstance(duration, Interval)


def test_the_last_of_two_wins_and_a_name_may_be_given(tiny):
    study = load(str(tiny), ["study.seed=4", "study.seed=5"], "again")
    assert (study.seed, study.name) == (5, "again")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("neuron.count=20", "-S neuron.count: a key begins with study, fixed, space, reference, "),
        ("fixd.neuron.count=20", r"-S fixd.neuron.count: .*did you mean 'fixed'\?"),
        ("fixed.neuron.count", "-S fixed.neuron.count: not KEY=VALUE; write for example -S fixed"),
        ("fixed.neuron=3", r"-S fixed.neuron: not a key of \[fixed\]"),
        ("fixed.neuron.cont=3", r"fixed.neuron.cont: not a parameter .* did you mean 'neuron.c"),
        ("fixed.neuron.count=0", "fixed.neuron.count = 0 is outside"),
        ("fixed.array.wire_ohm=2 V", r'fixed.array.wire_ohm: "2 V" is not a quantity in ohm'),
        ("study.trails=3", r"study.trails: unknown key; did you mean 'trials'\?"),
        ("study.trials=many", "study.trials = 'many': input should be a valid integer"),
        ("space.neuron.count=20", "space.neuron.count = 20 is not an axis"),
        ("space.array.wire_ohm=[1 ohm, 2 ohm]", "-S space.array.wire_ohm: .* is not a list or"),
        ("stop.accuracy=0.5", "stop.after: missing"),
        ("reference.accuracy.wurst=0.5", "reference.accuracy.wurst: unknown key; did you mean"),
    ],
)
def test_a_wrong_override_is_one_line_that_names_its_key(tiny, change, message):
    with pytest.raises(InputError, match=message) as caught:
        load(str(tiny), [change])
    assert "\n" not in str(caught.value)


def test_a_path_is_relative_to_where_the_command_stands(tiny, here):
    assert load(str(tiny), ["study.dataset=images"]).dataset == str(here / "images")
    assert load(str(tiny), ["study.dataset=mnist"]).dataset == "mnist"


@pytest.mark.slow
def test_a_run_with_overrides_is_a_study_of_its_own(dse, tiny, here, monkeypatch):
    monkeypatch.setattr(workers, "evaluator", lambda _: fakes.evaluate)
    run = ("run", tiny, "-n", 3, "--tracking", "none", "--figures", "none")
    assert dse(*run).code == 0
    answer = dse(*run, "-S", "fixed.training.images=600")
    assert answer.code == 2
    assert answer.err[-1].endswith(
        "fixed.training.images is 600, was 500; undo that, or keep both with --force-new, --name "
        "or --storage"
    )
    other = dse(*run, "-S", "fixed.training.images=600", "--name", "other")
    assert other.code == 0
    assert (here / "runs/other/front.csv").is_file()
    assert dse("status", "other").code == 0
    again = dse(*run, "-S", "fixed.training.images=600", "--name", "other", "-n", 4)
    assert (again.code, "4 of 4 trials" in again.out) == (0, True)


def test_a_dry_run_and_a_check_take_overrides(dse, tiny, here):
    answer = dse("run", tiny, "-S", "fixed.neuron.count=30", "-n", 7, "-S", "study.trials=5",
                 "--dry-run")  # fmt: skip
    assert "fixed     neuron.count = 30\n" in answer.out
    assert answer.out.startswith("tiny: 7 trials")  # -n comes after -S
    answer = dse("validate", tiny, "-S", "space.neuron.count=[20, 30]")
    assert (answer.code, "2 combinations of 1 discrete axis" in answer.out) == (0, True)
    assert listed(here) == []
    line = "study.name = '../x': use letters, digits, . _ and - only"
    refused(dse("run", tiny, "--name", "../x"), f"{tiny}: {line}", here)
