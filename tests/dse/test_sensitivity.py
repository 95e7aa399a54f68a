"""Sensitivity: finite differences of a made-up objective whose derivative is known."""

from dataclasses import replace

import pytest

from dse import front, sensitivity, sensitivity_table, workers
from dse.errors import RunError
from dse.study import Choices, Interval, evaluation_seeds
from dse.study_file import load
from dse.workers import Outcome
from objectives.scores import Scores
from tests.dse import fakes
from tests.dse.conftest import submit_here
from tests.dse.test_json import read

AMPLITUDE, DURATION, COUNT = "potentiation.amplitude_v", "potentiation.duration_s", "neuron.count"
POINT = {AMPLITUDE: 0.6, DURATION: 1e-8, COUNT: 200}


def seeded(noise):
    """The made-up objective; a seed adds noise[seed] to the energy, and to a change twice that."""

    def submit(flat, seed):
        outcome = fakes.evaluate(flat)
        assert isinstance(outcome.scores, Scores)
        moved = flat[AMPLITUDE] != POINT[AMPLITUDE]
        energy_j = outcome.scores.values["learning_energy_j"] + noise[seed] * (1 + moved)
        values = outcome.scores.values | {"learning_energy_j": energy_j}
        return submit_here(lambda _: Outcome(
            scores=replace(outcome.scores, values=values), duration_s=0.0))(flat)  # fmt: skip

    return submit


def test_moves_go_to_neighbours_and_by_one_and_five_percent(study):
    found = sensitivity.moves(study.space, POINT)
    assert [m.after for m in found if m.name == COUNT] == [100, 400]
    relative = [m.relative for m in found if m.name == AMPLITUDE]
    assert relative == [-0.05, -0.01, 0.01, 0.05]
    after = [m.after for m in found if m.name == DURATION]
    assert after == pytest.approx([0.95e-8, 0.99e-8, 1.01e-8, 1.05e-8], rel=1e-12, abs=0)


def test_moves_stay_on_grids_and_within_the_models():
    space = {
        "sense.adc_bits": Interval(low=3, high=8, integer=True),
        "array.read_scheme": Choices(values=("reference", "raw", "pair")),
        "array.tile_rows": Choices(values=(98, 28, 56)),
        AMPLITUDE: Interval(low=0.5, high=2.5),
        "variation.diameter": Interval(low=0.0, high=0.1),
    }
    params = {"sense.adc_bits": 8, "array.read_scheme": "raw", "array.tile_rows": 28,
              AMPLITUDE: 2.5, "variation.diameter": 0.0}  # fmt: skip
    found = [(m.name, m.after) for m in sensitivity.moves(space, params)]
    # LAW: 8 bits are the top of the axis, 2.5 V that of the driver, no share of nothing
    assert found[:4] == [("sense.adc_bits", 7), ("array.read_scheme", "reference"),
                         ("array.read_scheme", "pair"), ("array.tile_rows", 56)]  # fmt: skip
    assert [name for name, _ in found[4:]] == [AMPLITUDE, AMPLITUDE]


def test_changes_are_the_derivative_and_their_error_that_of_paired_differences(study):
    noise = {1: 0.0, 2: 1e-9, 3: 5e-9}
    found = sensitivity.measure(study, (4, POINT), (1, 2, 3), seeded(noise))
    energy_j = 1e-9 * 0.36 * 10 * 200  # LAW: of the made-up objective, V² t N
    assert found.base["learning_energy_j"] == pytest.approx(energy_j + 2e-9, rel=1e-9, abs=0)
    by = {(a.move.name, a.move.relative or a.move.after): a.changes for a in found.answers}
    up = by[AMPLITUDE, 0.01]["learning_energy_j"]
    assert up.mean == pytest.approx(energy_j * (1.01**2 - 1) + 2e-9, rel=1e-6, abs=0)
    # LAW: differences are off by 0, 1 and 5 nJ: SD √7 nJ, over √3
    assert up.se == pytest.approx(1e-9 * (7 / 3) ** 0.5, rel=1e-6, abs=0)
    other = by[DURATION, 0.05]["learning_energy_j"]
    # LAW: noise that both share cancels
    assert other.mean == pytest.approx(energy_j * 0.05, rel=1e-6, abs=0)
    assert other.se == pytest.approx(0.0, abs=1e-20)
    assert by[COUNT, 400]["learning_energy_j"].mean == pytest.approx(energy_j, rel=1e-6, abs=0)
    one = sensitivity.measure(study, (4, POINT), (1,), seeded(noise))
    assert one.answers[0].changes["accuracy"].se is None


def test_a_move_that_breaks_a_constraint_or_the_model_says_so(study):
    def submit(flat, _):
        if flat[COUNT] == 400:
            return submit_here(fakes.evaluate_never)(flat)
        return submit_here()(flat)

    found = sensitivity.measure(study, (0, {**POINT, AMPLITUDE: 0.895}), (1,), submit)
    broken = {a.move.relative: a.broken for a in found.answers if a.move.name == AMPLITUDE}
    assert broken == {-0.05: (), -0.01: (), 0.01: ("drive_current",), 0.05: ("drive_current",)}
    errors = [a.error for a in found.answers if a.move.after == 400]
    assert errors[0].startswith("no model knows")
    with pytest.raises(RunError, match="trial 0 itself cannot be evaluated: no model knows"):
        sensitivity.measure(study, (0, {**POINT, COUNT: 400}), (1,), submit)


def never_at_400(flat):
    """The made-up objective with a hole; at module level, for the workers."""
    return fakes.evaluate_never(flat) if flat[COUNT] == 400 else fakes.evaluate(flat)


def test_the_command_uses_the_seeds_of_the_study_and_prints_both_forms(dse, stored, monkeypatch):
    record, storage = stored
    asked = []
    monkeypatch.setattr(
        workers, "with_seeds", lambda _, seeds: asked.extend(seeds) or fakes.evaluate
    )
    answer = dse("sensitivity", "fake", "--storage", storage, "--repeats", 2)
    assert answer.code == 0
    assert set(asked) == set(evaluation_seeds(replace(record.study, repeats=2)))
    knee = front.pick(record, "knee")
    assert f"trial {knee.number}: change against the design itself" in answer.out
    assert "(+5 %)" in answer.out
    assert "standard error over 2 seeds" in answer.out
    assert answer.err[-1].endswith("evaluations")
    answer = dse("sensitivity", "fake", "--storage", storage, "--json", "--pick", knee.number)
    assert answer.code == 0
    found = read(replace(answer, err=[]), "sensitivity")
    assert found["trial"] == knee.number
    assert found["base"]["accuracy"] == knee.values["accuracy"]
    assert len(found["moves"]) >= 8 + 1
    assert found["moves"][0]["changes"]["accuracy"]["se"] is None


def test_a_move_that_cannot_be_evaluated_ends_the_command_with_4(dse, stored, monkeypatch):
    record, storage = stored
    trial = next(t for t in record.complete if t.params[COUNT] == 200)
    monkeypatch.setattr(workers, "with_seeds", lambda *_: never_at_400)
    answer = dse("sensitivity", "fake", "--storage", storage, "--pick", trial.number)
    assert answer.code == 4
    assert "no model knows" in answer.out


@pytest.mark.slow
def test_the_base_is_the_stored_score_bit_for_bit(dse, tiny):
    """REGRESSION and LAW: one seed at a time gives what the search got with all."""
    run = dse("run", tiny, "-n", 2, "--tracking", "none", "--figures", "none",
              "-S", "study.repeats=2")  # fmt: skip
    assert run.code == 0
    from dse.search import load_record
    from dse.storage import storage_url

    record = load_record(storage_url("runs/dse.db"), "tiny")
    trial = record.complete[0]
    found = sensitivity_table.run(record, trial, 1, None)
    assert found.seeds == trial.seeds
    for name, value in found.base.items():
        assert value == pytest.approx(trial.values[name], rel=1e-12, abs=0)
    assert load(str(tiny)).repeats == 1
