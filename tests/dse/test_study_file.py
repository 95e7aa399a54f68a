"""Every kind of bad study file is refused with one line that names what is wrong and the fix."""

import json
from pathlib import Path

import pytest

from dse.errors import InputError
from dse.study import (
    Choices,
    Interval,
    Reference,
    configuration,
    corner,
    evaluation_seeds,
    from_configuration,
    make_design,
)
from dse.study_file import load, shipped
from objectives.design import field_names

GOOD = """
[study]
name = "mine"
question = "Which pulse?"
device = "ut-austin-50nm"
objectives = ["accuracy", "learning_energy_j"]

[fixed.encoding]
kind = "one_shot"

[space.potentiation]
amplitude_v = { low = "400 mV", high = 1.0 }
duration_s = { low = "2 ns", high = "50 ns", log = true }

[fixed.depression]
amplitude_v = 0.6
duration_s = "20 ns"

[space.array]
tile_rows = { choices = [28, 98] }

[space.neuron]
count = { low = 100, high = 400, step = 100 }
"""


def write(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text)
    return str(path)


def test_a_study_file_becomes_si_numbers_axes_and_defaults(tmp_path):
    study = load(write(tmp_path, GOOD + "[reference]\naccuracy = { worst = 0.5, best = 1 }\n"))
    # LAW: the file's own numbers in SI
    assert study.space["potentiation.amplitude_v"] == Interval(low=0.4, high=1.0)
    assert study.space["potentiation.duration_s"] == Interval(low=2e-9, high=5e-8, log=True)
    assert study.space["array.tile_rows"] == Choices(values=(28, 98))
    assert study.space["neuron.count"] == Interval(low=100, high=400, step=100, integer=True)
    assert study.fixed["depression.duration_s"] == 2e-8
    assert study.reference == {"accuracy": Reference(worst=0.5, best=1.0)}
    assert study.fixed.keys() | study.space.keys() == set(field_names())


def test_the_configuration_reads_back_as_the_same_study(tmp_path):
    study = load(write(tmp_path, GOOD))
    stored = json.loads(json.dumps(configuration(study)))
    assert from_configuration(stored, trials=study.trials) == study


def test_every_shipped_study_is_sound():
    assert {"quickstart", "smoke"} <= shipped().keys()
    for name in shipped():
        assert load(name).name == name


def test_seeds_of_an_evaluation_depend_on_study_seed_and_repeat_only(tmp_path):
    text = GOOD.replace('question = "Which pulse?"', 'question = "?"\nrepeats = 3\ntrials = 5')
    three, one = load(write(tmp_path, text)), load(write(tmp_path, GOOD))
    assert evaluation_seeds(three)[:1] == evaluation_seeds(one)
    assert len(set(evaluation_seeds(three))) == 3


REFUSED = [
    (
        'question = "Which pulse?"',
        'question = "Which pulse?"\npick = "kne"',
        "study.pick kne: not knee, balanced, best OBJECTIVE",
    ),
    (
        'question = "Which pulse?"',
        'question = "Which pulse?"\npick = "best area"',
        "study.pick = 'best area': area_m2 is not an objective; take one of accuracy",
    ),
    (
        'question = "Which pulse?"',
        'question = "Which pulse?"\npick = "trial 3"',
        "study.pick = 'trial 3': no trial has run; give a rule or limits",
    ),
    ("amplitude_v = { low", "amplitud_v = { low", "space.potentiation.amplitud_v: not a parameter "
     "of a design; did you mean 'potentiation.amplitude_v'?"),
    ("question =", "questions =", "study.questions: unknown key; did you mean 'question'?; "
     "allowed are name, question, device, objectives, dataset, trials, seed, repeats"),
    ('question = "Which pulse?"\n', "", "study.question: missing; add it"),
    ("high = 1.0", "high = 9.0", "space.potentiation.amplitude_v.high = 9 V is outside 0.05 … "
     "2.5 V (bit-line driver); lower it to 2.5 V or keep inside"),
    ('low = "2 ns"', 'low = "1 ps"', "space.potentiation.duration_s.low = 1e-12 s (1 ps) is "
     "outside 2e-10 … 1e-06 s (Fokker-Planck table); raise it to 2e-10 s or keep inside"),
    ('low = "2 ns"', 'low = "2 V"', 'space.potentiation.duration_s.low: "2 V" is not a quantity '
     'in s; write "10 ns"'),
    ('low = "2 ns"', 'low = "80 ns"', "space.potentiation.duration_s: low = 80 ns is above high = "
     "50 ns; swap them"),
    ('low = "2 ns"', "low = true", "space.potentiation.duration_s.low = True: "),
    ("[28, 98]", "[28, 9.5]", "space.array.tile_rows.choices = 9.5 is not a whole number; write "
     "10"),
    ("[28, 98]", "[28, 28]", "space.array.tile_rows.choices: a value is given twice; remove one"),
    ("{ choices = [28, 98] }", "98", "space.array.tile_rows = 98 is not an axis; write { low = …, "
     "high = … } or { choices = […] }, or move it to [fixed]"),
    ("choices = [28", "choises = [28", "space.array.tile_rows = {'choises': [28, 98]} is not an "
     "axis; write"),
    ("log = true", "logarithmic = true", "space.potentiation.duration_s.logarithmic: unknown key; "
     "did you mean 'log'?"),
    ("step = 100", "step = 0.5", "space.neuron.count.step = 0.5: must be above 0"),
    ('"one_shot"', '"oneshot"', "fixed.encoding.kind = 'oneshot' is not one of 'rate', "
     "'one_shot'; did you mean 'one_shot'?"),
    ('"ut-austin-50nm"', '"ut-austin-5nm"', "device 'ut-austin-5nm' is unknown; did you mean "
     "'ut-austin-50nm'?; the library has ut-austin-50nm,"),
    ('"ut-austin-50nm"', '"lost.toml"', "device file "),
    ('"accuracy", ', '"acuracy", ', "study.objectives: 'acuracy' is not a figure of a design; did "
     "you mean 'accuracy'?; allowed are accuracy,"),
    ('"accuracy", ', '"learning_energy_j", ', "study.objectives: 'learning_energy_j' is given "
     "twice; remove one"),
    ("[space.array]", "[fixed.potentiation]\namplitude_v = 1\n[space.array]",
     "potentiation.amplitude_v is in [fixed] and in [space]; remove one of the two"),
    ('amplitude_v = 0.6\n', "", "depression.amplitude_v has no value and no default; set it in "
     "[fixed] or [space]"),
    ("[study]", "[study", "not valid TOML: "),
    ('name = "mine"', 'name = "a/b"', "study.name = 'a/b': use letters, digits, . _ and - only"),
    ("[study]", "[reference]\nacuracy = { worst = 0, best = 1 }\n[study]", "reference: 'acuracy' "
     "is not a figure of a design; did you mean 'accuracy'?"),
    ("[study]", "[reference]\naccuracy = { worst = 1, best = 0 }\n[study]", "reference.accuracy: "
     "best = 0 must be above worst = 1; swap them"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), REFUSED)
def test_a_wrong_study_file_is_refused_with_the_key_and_the_fix(tmp_path, old, new, message):
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        load(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: {message}")
    assert "\n" not in text


def test_an_unknown_study_or_file_is_refused_with_the_nearest_name(tmp_path):
    with pytest.raises(InputError, match=r"study 'quikstart' is unknown; did you mean 'quickst"):
        load("quikstart")
    write(tmp_path, GOOD)
    with pytest.raises(InputError, match=r"mime.toml: no such file; did you mean 'mine.toml'?"):
        load(str(tmp_path / "mime.toml"))


DEVICE = """
title = "my junction"
[mtj]
diameter_m = "40 nm"
ra_ohm_m2 = "6 ohm um^2"
tmr = 1.1
barrier = 60
anisotropy_t = 0.26
damping = 0.02
polarisation = 0.6
"""


def test_a_device_file_is_found_beside_the_study(tmp_path):
    (tmp_path / "my.toml").write_text(DEVICE)
    study = load(write(tmp_path, GOOD.replace("ut-austin-50nm", "my.toml")))
    # LAW: the file's own number in SI
    assert study.fixed["device.diameter_m"] == 4e-8
    design = make_design(study, corner(study.space))
    assert design.device.temperature_k == 300.0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("tmr = 1.1", "tmr = 11", "mtj.tmr = 11 is outside 0.05 … 6"),
        ("tmr = 1.1", "tmrr = 1.1", "mtj.tmrr: unknown key; did you mean 'tmr'?"),
        ("tmr = 1.1", "", "no value for 'tmr'; add it"),
        ('"40 nm"', '"40 ns"', 'mtj.diameter_m: "40 ns" is not a quantity in m; write "50 nm"'),
    ],
)
def test_a_wrong_device_file_is_refused_with_its_key(tmp_path, old, new, message):
    (tmp_path / "my.toml").write_text(DEVICE.replace(old, new))
    path = write(tmp_path, GOOD.replace("ut-austin-50nm", "my.toml"))
    with pytest.raises(InputError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: device file {tmp_path}/my.toml: {message}")


def test_rows_per_write_is_an_axis_within_its_range(tmp_path):
    axis = "rows_per_write = {{ low = 1, high = {}, log = true }}\ntile_rows ="
    good = GOOD.replace("tile_rows =", axis.format(64))
    found = load(write(tmp_path, good)).space["array.rows_per_write"]
    assert found == Interval(low=1, high=64, log=True, integer=True)  # LAW: the file's own
    with pytest.raises(InputError, match=r"rows_per_write.*1 … 4096"):
        load(write(tmp_path, GOOD.replace("tile_rows =", axis.format(5000))))
