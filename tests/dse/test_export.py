"""An exported design reads back to the last bit, and shows its units to people."""

import json
from dataclasses import replace

import pytest

from device_models.periphery import PRESETS, wire_ohm
from dse import datasheet, front
from dse import spec as spec_files
from dse.errors import InputError
from dse.study import make_design
from objectives.breakdown import PARTS
from objectives.design import allowed, field_names, flatten
from objectives.scores import METRICS


def spec_of(record, trial, pick="knee"):
    return spec_files.make_spec(record, trial, pick, front.role_of(record, trial))


@pytest.fixture(scope="module")
def knee(finished):
    return spec_of(finished, front.pick(finished, "knee"))


@pytest.fixture
def written(knee, tmp_path):
    path = tmp_path / "spec.json"
    path.write_text(spec_files.to_json(knee), encoding="utf-8")
    return path


def test_the_json_of_every_trial_reads_back_as_exactly_its_design(finished, tmp_path):
    path = tmp_path / "spec.json"
    for trial in finished.complete:
        path.write_text(spec_files.to_json(spec_of(finished, trial)), encoding="utf-8")
        design, built = spec_files.read_spec(path), make_design(finished.study, trial.params)
        assert design == built
        flat = flatten(design)
        # LAW: every bit, and whole numbers stay whole
        assert flat == {**finished.study.fixed, **trial.params}
        assert list(flat) == field_names()
        assert {n: type(v) for n, v in flat.items()} == {
            n: type(v) for n, v in flatten(built).items()
        }


def test_the_spec_says_where_the_design_comes_from_and_what_to_expect(finished, written):
    found, trial = json.loads(written.read_text()), front.pick(finished, "knee")
    assert found["schema_version"] == 1
    assert found["origin"] == {
        "study": "fake",
        "question": finished.study.question,
        "configuration_sha256": finished.hash,
        "trial": trial.number,
        "pick": "knee",
        "role": "knee",
        "seeds": [7],
        "robust": None,
    }
    assert {name: e["value"] for name, e in found["expected"].items()} == trial.values
    assert found["expected"]["learning_energy_j"]["unit"] == "J"
    for name, constraint in found["constraints"].items():
        # LAW: the margin is what is left up to zero
        assert constraint == {
            "value": trial.constraints[name],
            "margin": -trial.constraints[name],
        }
    assert found["versions"] == {"made": "up"}
    assert found["data"] == {"set": "none"}


def test_every_number_of_a_design_carries_the_unit_of_its_range(knee):
    assert list(knee.design) == field_names()
    for name, quantity in knee.design.items():
        # INDEPENDENT: the type of the parameter
        assert quantity.unit == getattr(allowed(name), "unit", "")
    assert knee.design["potentiation.duration_s"].unit == "s"
    assert knee.derived["potentiation.energy_per_attempt_j"].unit == "J"


def test_the_pulse_of_a_spec_obeys_ohm_and_joule(knee):
    design, derived = knee.design, knee.derived
    for part in ("potentiation", "depression"):
        volts = design[f"{part}.amplitude_v"].value
        seconds = design[f"{part}.duration_s"].value
        current = derived[f"{part}.current_a"].value
        over_access = current * design["array.access_ohm"].value
        # LAW: junction and access transistor share the driver's voltage
        assert derived[f"{part}.junction_v"].value + over_access == pytest.approx(volts)
        # LAW: energy of an attempt is between 0 and V·I·t of the state it starts from or ends in
        assert (
            0
            < derived[f"{part}.energy_per_attempt_j"].value
            <= volts * volts * seconds / (design["array.access_ohm"].value)
        )
        assert 0 <= derived[f"{part}.probability"].value <= 1


def test_a_spread_is_given_only_if_there_was_more_than_one_seed(finished):
    trial = front.pick(finished, "knee")
    assert spec_of(finished, trial).expected["accuracy"].spread is None
    assert "one seed" in datasheet.to_markdown(spec_of(finished, trial))
    twice = spec_of(finished, replace(trial, seeds=(7, 8)))
    assert twice.expected["accuracy"].spread == trial.spread["accuracy"]
    # LAW: 0.001 is 0.1 %
    assert "| 0.1 % |" in datasheet.to_markdown(twice)


def test_the_markdown_holds_every_value_with_its_unit(finished):
    trial = replace(
        front.pick(finished, "knee"),
        params={
            "potentiation.amplitude_v": 0.65,
            "potentiation.duration_s": 2e-8,
            "neuron.count": 400,
        },
        values={**dict.fromkeys(METRICS, 1.0), "accuracy": 0.9123, "learning_energy_j": 2.5e-9},
    )
    page = datasheet.to_markdown(spec_of(finished, trial))
    # LAW: definition of the prefixes
    for row in (
        "| `potentiation.amplitude_v` | 650 mV |",
        "| `potentiation.duration_s` | 20 ns |",
        "| `neuron.count` | 400 |",
        "| `device.diameter_m` | 50 nm |",
        "| `device.ra_ohm_m2` | 9.818 Ω·µm² |",
        "| `array.access_ohm` | 3 kΩ |",
        "| `encoding.kind` | rate |",
        "| learning energy an image | 2.5 nJ | one seed |",
        "| validation accuracy, vote of ten | 91.23 % | one seed |",
        "| read_margin | -0.3 | 0.3 |",
    ):
        assert row in page
    for name in field_names():
        assert f"| `{name}` | " in page


def component_rows(page, title):
    """The rows of one table of parts: name, value, share in %."""
    table = page.partition(f"## {title}\n\n")[2].partition("\n\n")[0]
    rows = [row.strip("| ").split(" | ") for row in table.splitlines()[2:]]
    return [(name, value, float(share.removesuffix(" %"))) for name, value, share in rows]


def test_the_markdown_splits_energy_time_and_area_largest_first(finished):
    trial = front.pick(finished, "knee")
    energies = dict(zip(PARTS["learning_energy_j"], (1, 2, 3, 4, 5, 6, 7, 0, 0, 12), strict=True))
    values = {**trial.values, **{part: e * 1e-12 for part, e in energies.items()}}
    page = datasheet.to_markdown(spec_of(finished, replace(trial, values=values)))
    rows = component_rows(page, "Energy of an image, by component")
    # LAW: 12 of 40 pJ, and everything is 100 %
    assert rows[0] == ("winner-take-all", "12 pJ", 30.0)
    assert sum(share for *_, share in rows) == pytest.approx(100)
    assert [share for *_, share in rows] == sorted((s for *_, s in rows), reverse=True)
    assert len(component_rows(page, "Time to learn an image, by component")) == 8
    assert len(component_rows(page, "Area, by component")) == 8
    expected = page.partition("## Expected")[2].partition("## ")[0]
    assert "winner-take-all" not in expected


def test_a_trial_from_before_the_parts_has_no_tables_of_them(finished):
    trial = front.pick(finished, "knee")
    parts = {part for parts in PARTS.values() for part in parts}
    old = {name: value for name, value in trial.values.items() if name not in parts}
    page = datasheet.to_markdown(spec_of(finished, replace(trial, values=old)))
    assert "by component" not in page
    assert "| learning energy an image |" in page


def test_the_spec_tells_the_wire_of_the_node_and_keeps_the_designs_own(knee):
    node = knee.design["periphery.node"].value
    # INDEPENDENT: the preset; LAW: the design's wire is its own
    assert knee.derived["periphery.wire_ohm"].value == wire_ohm(node)
    assert knee.derived["periphery.wire_ohm"].unit == "ohm"
    assert knee.derived["periphery.cell_m2"].value == PRESETS[node].cell_m2
    assert knee.design["array.wire_ohm"].value == 2.5
    assert "| `periphery.bit_line_f` | 150 aF |" in datasheet.to_markdown(knee)


def test_a_lifetime_nobody_lives_to_see_is_called_an_extrapolation(finished):
    trial = front.pick(finished, "knee")
    for lifetime, said in ((1e12, False), (1e30, True)):
        values = {**trial.values, "lifetime_images": lifetime}
        page = datasheet.to_markdown(spec_of(finished, replace(trial, values=values)))
        assert ("they agree only that it is no limit" in page) is said


def test_numbers_without_a_public_source_are_listed_in_both_files(knee):
    assert any(text.startswith("breakdown: ") for text in knee.assumptions)
    assert any(text.startswith("periphery.") for text in knee.assumptions)
    page = datasheet.to_markdown(knee)
    for text in knee.assumptions:
        assert f"* {text}\n" in page


def damage(text, *path, value=None):
    """The JSON with one entry replaced, or taken away if there is no value."""
    spec = json.loads(text)
    table = spec
    for key in path[:-1]:
        table = table[key]
    if value is None:
        del table[path[-1]]
    else:
        table[path[-1]] = value
    return json.dumps(spec)


DAMAGED = {
    "cut off": (lambda t: t[: len(t) // 2], "not valid JSON: "),
    "empty": (lambda _: "", "not valid JSON: "),
    "another version": (
        lambda t: damage(t, "schema_version", value=2),
        "schema_version = 2: input should be 1",
    ),
    "no design": (lambda t: damage(t, "design"), "design: missing; add it beside "),
    "an unknown table": (
        lambda t: damage(t, "desing", value={}),
        "desing: unknown key; did you mean 'design'?",
    ),
    "an unknown parameter": (
        lambda t: damage(t, "design", "neuron.cuont", value={"value": 5}),
        "'neuron.cuont' is not a parameter of a design; did you mean 'neuron.count'?",
    ),
    "a missing value": (
        lambda t: damage(t, "design", "device.barrier"),
        "design.device.barrier: missing; export the spec again",
    ),
    "a value that has a default": (
        lambda t: damage(t, "design", "training.images"),
        "design.training.images: missing; export the spec again",
    ),
    "another unit": (
        lambda t: damage(t, "design", "potentiation.amplitude_v", "unit", value="mV"),
        "design.potentiation.amplitude_v: unit is 'mV'; give it in 'V'",
    ),
    "half a neuron": (
        lambda t: damage(t, "design", "neuron.count", "value", value=50.5),
        "neuron.count = 50.5 is not a whole number; write 50",
    ),
    "a value outside its range": (
        lambda t: damage(t, "design", "potentiation.amplitude_v", "value", value=9),
        "potentiation.amplitude_v = 9 V is outside 0.05 … 2.5 V (bit-line driver)",
    ),
    "text for a number": (
        lambda t: damage(t, "design", "potentiation.amplitude_v", "value", value="high"),
        "potentiation.amplitude_v = 'high' V is outside 0.05 … 2.5 V",
    ),
    "an unknown choice": (
        lambda t: damage(t, "design", "encoding.kind", "value", value="rat"),
        "encoding.kind = 'rat' is not one of 'rate', 'one_shot'; did you mean 'rate'?",
    ),
    "true": (
        lambda t: damage(t, "design", "neuron.count", "value", value=True),
        "design.neuron.count.value = True: ",
    ),
    "not a number": (
        lambda t: damage(t, "design", "potentiation.amplitude_v", "value", value=float("nan")),
        "potentiation.amplitude_v = nan V is outside 0.05 … 2.5 V",
    ),
    "a list": (lambda _: "[1, 2]", ""),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_spec_is_refused_in_one_line_with_the_file(written, kind):
    change, message = DAMAGED[kind]
    written.write_text(change(written.read_text()))
    with pytest.raises(InputError) as caught:
        spec_files.read_spec(written)
    assert str(caught.value).startswith(f"{written}: {message}")
    assert "\n" not in str(caught.value)


def test_a_spec_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"lost.json: no such file; check the path"):
        spec_files.read_spec(tmp_path / "lost.json")


def test_a_spec_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe{}")
    for path in (tmp_path / "bytes.json", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            spec_files.read_spec(path)
