"""A spec is measured on images and dies no search has seen, and judged by printed rules."""

import ast
import gzip
import json
import math
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from dse import front, verdict, verify_run
from dse import spec as spec_files
from dse.verify import Run
from learner.datasets import MNIST_FOLDER, load
from tests.dse.conftest import ROOT
from tests.dse.test_command_page import documented

# What MLflow itself warns of.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


def write_idx(path, values):
    head = bytes([0, 0, 8, values.ndim]) + b"".join(n.to_bytes(4, "big") for n in values.shape)
    path.write_bytes(gzip.compress(head + values.tobytes(), 1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """600 training and 150 test images of MNIST."""
    place = tmp_path_factory.mktemp("images") / "few"
    place.mkdir()
    for prefix, split, count in (("train", "train", 600), ("t10k", "test", 150)):
        images = load("mnist", split)
        pixels = images.pixels[:count].reshape(count, 28, 28)
        write_idx(place / f"{prefix}-images-idx3-ubyte.gz", pixels)
        write_idx(place / f"{prefix}-labels-idx1-ubyte.gz", images.labels[:count])
    return place


@pytest.fixture(scope="module")
def spec(finished):
    trial = front.pick(finished, "knee")
    trial = replace(trial, params={**trial.params, "neuron.count": 20})
    made = spec_files.make_spec(finished, trial, "knee", "knee")
    design = dict(made.design)
    for name in ("training.images", "training.label_images"):
        design[name] = spec_files.Quantity(value=500)
    return made.model_copy(update={"design": design, "data": {}})


def promising(spec, **promises):
    """The spec with these promises and no others."""
    expected = {
        name: spec_files.Expected(title=name, value=value, spread=None, unit="")
        for name, value in promises.items()
    }
    return spec.model_copy(update={"expected": expected})


@pytest.fixture
def place(spec, tmp_path):
    """Writes a spec outside the folder the command stands in."""

    def write(changed=spec):
        path = tmp_path / "spec.json"
        path.write_text(spec_files.to_json(changed), encoding="utf-8")
        return path

    return write


class Here:
    """An executor that works in this process and counts."""

    def __init__(self):
        self.runs = []

    def submit(self, call, *arguments):
        """Call at once."""
        self.runs.append(arguments[-1])
        future = Future()
        try:
            future.set_result(call(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future


@pytest.fixture
def executor(monkeypatch):
    here = Here()

    @contextmanager
    def pool(_):
        yield here

    monkeypatch.setattr(verify_run.workers, "pool", pool)
    return here


@pytest.fixture
def call(dse, folder, executor):  # noqa: ARG001 (the workers of the command)
    few = ("--seeds", 2, "--dies", 2, "--temperature", "350 K", "--tracking", "none")

    def run(spec_file, *options):
        return dse("verify", spec_file, "--dataset", folder, *few, *options)

    return run


EASY = {"accuracy": 0.05, "learning_energy_j": 1.0, "lifetime_images": 1.0, "area_m2": 1.0}


def test_a_spec_whose_promises_are_kept_ends_with_0(call, place, spec, executor, tmp_path):
    answer = call(place(promising(spec, **EASY)), "--json")
    page = json.loads(answer.out)
    assert (answer.code, page["holds"], page["verification"]) == (0, True, True)
    assert page["data"]["dataset"] == "few"
    assert set(page) - {"schema_version", "command"} == documented("verify")[0]
    # LAW: 2 seeds × 2 dies × (own temperature and one corner)
    assert len(executor.runs) == len(page["runs"]) == 8
    assert {run["temperature_k"] for run in page["runs"]} == {300.0, 350.0}
    # LAW: one epoch over all 600 images, the 100 held out from a search too
    assert page["presentations"] == 600
    assert [run["exact"] for run in page["runs"]] == [True, False] * 2 + [False] * 4
    row = page["rows"][0]
    own = [r["figures"]["accuracy"] for r in page["runs"] if r["temperature_k"] == 300]
    # INDEPENDENT: numpy
    assert row["mean"] == pytest.approx(np.mean(own))
    assert row["sd"] == pytest.approx(np.std(own, ddof=1))
    seeds = np.reshape(own, (2, 2)).mean(axis=1)
    assert row["error"] == pytest.approx(np.std(seeds, ddof=1) / np.sqrt(2))
    assert len(set(own)) > 1
    for name in ("spec-verified.json", "spec-verified.md", "spec-verified.dies.jsonl"):
        assert (tmp_path / name).is_file()
    assert json.loads((tmp_path / "spec-verified.json").read_text()) == page


@pytest.mark.parametrize("broken", ["accuracy", "learning_energy_j", "lifetime_images", "area_m2"])
def test_one_promise_that_fails_ends_with_1_and_is_named(call, place, spec, broken):
    never = {"accuracy": 1.0, "lifetime_images": 1e300}.get(broken, 1e-30)
    answer = call(place(promising(spec, **{**EASY, broken: never})), "--seeds", 1, "--dies", 1)
    assert answer.code == 1
    assert "fails" in answer.out
    assert "rule: accuracy holds if mean >= promise - (1 point + 2 standard errors)" in answer.out


def test_a_run_that_was_cut_off_goes_on_where_it_was(call, place, spec, executor, tmp_path):
    path = place(promising(spec, **EASY))
    whole = json.loads(call(path, "--json").out)
    results = tmp_path / "spec-verified.dies.jsonl"
    lines = results.read_text().splitlines(keepends=True)
    results.write_text("".join(lines[:5]) + lines[5][:40])
    executor.runs.clear()
    again = json.loads(call(path, "--json").out)
    assert again == whole  # LAW: the same bits, whatever was kept
    assert len(executor.runs) == 3
    assert len(results.read_text().splitlines()) == 8
    executor.runs.clear()
    call(path)
    assert executor.runs == []  # LAW: nothing is measured twice
    call(path, "--seeds", 3)
    assert len(executor.runs) == 4  # LAW: more seeds keep those that are there


def test_results_of_another_design_are_not_taken(call, place, spec, executor):
    call(place(promising(spec, **EASY)), "--seeds", 1, "--dies", 1)
    executor.runs.clear()
    changed = dict(spec.design) | {"neuron.threshold": spec_files.Quantity(value=71.0)}
    call(place(spec.model_copy(update={"design": changed})), "--seeds", 1, "--dies", 1)
    assert len(executor.runs) == 2


def test_a_smoke_check_judges_nothing_and_says_so(call, place, spec):
    path = place(promising(spec, accuracy=1.0))
    answer = call(path, "--quick")
    assert answer.code == 0
    assert "this is not a verification" in answer.out
    assert "holds  " not in answer.out
    page = json.loads(call(path, "--quick", "--json").out)
    assert (page["holds"], page["verification"]) == (None, False)
    assert {row["verdict"] for row in page["rows"]} == {"not judged"}


def test_a_constraint_broken_at_a_corner_fails_there_only(call, place, spec):
    weak = dict(spec.design) | {"array.access_max_a": spec_files.Quantity(value=1e-6, unit="A")}
    changed = promising(spec, **EASY).model_copy(update={"design": weak})
    answer = call(place(changed), "--seeds", 1, "--dies", 1)
    assert answer.code == 1
    assert "broken: drive_current" in answer.out
    verdicts = {
        line.split("  ")[0]: "fails" in line
        for line in answer.out.splitlines()
        if line.startswith(("constraints", "test accuracy"))
    }
    # LAW: the transistor is too weak at every temperature, and accuracy is another matter
    assert verdicts["constraints at 300 K"]
    assert verdicts["constraints at 350 K"]
    assert not verdicts["test accuracy, fast IR drop"]


def test_what_was_scored_over_corners_is_promised_there_too(call, place, spec):
    rule = {"quantile": 0.1, "cold_k": 273.0, "hot_k": 360.0, "supply": 0.05}
    robust = spec_files.Corners(**rule, variability=1.5, dies=1)
    never = promising(spec, **{**EASY, "accuracy": 1.0})
    few = ("--seeds", 1, "--dies", 1, "--json")

    def verdicts(changed):
        rows = json.loads(call(place(changed), *few).out)["rows"]
        return {row["title"]: row["verdict"] for row in rows}

    assert verdicts(never)["test accuracy at 350 K"] == "not promised"
    for hot_k, wanted in ((360.0, "fails"), (345.0, "not promised")):
        scored = robust.model_copy(update={"hot_k": hot_k})
        origin = never.origin.model_copy(update={"robust": scored})
        found = verdicts(never.model_copy(update={"origin": origin}))
        assert found["test accuracy at 350 K"] == wanted


def test_the_exact_read_is_judged_by_its_own_promise_if_the_spec_has_one(call, place, spec):
    read = spec_files.ExactRead(accuracy=1.0, shift=0.95, spread=0.0, seeds=[1, 2, 3])
    easy = promising(spec, **EASY)
    answer = call(place(easy.model_copy(update={"exact_read": read})), "--json")
    fast, exact, *_ = json.loads(answer.out)["rows"]
    assert (fast["promise"], fast["verdict"]) == (EASY["accuracy"], "holds")
    assert (exact["promise"], exact["verdict"]) == (1.0, "fails")
    assert answer.code == 1


def test_cells_that_flip_by_themselves_are_told_at_every_temperature(call, place, spec):
    few = ("--seeds", 1, "--dies", 1, "--json")
    rows = json.loads(call(place(promising(spec, **EASY)), *few).out)["rows"]
    lost = {r["title"]: r for r in rows if r["title"].startswith("cells lost in ten years")}
    cool, hot = (lost[f"cells lost in ten years at {k} K"] for k in (300, 350))
    assert cool["mean"] == spec.derived["storage.lost_in_ten_years"].value
    assert cool["verdict"] == "not promised"
    # LAW: heat lowers the barrier
    assert hot["mean"] > cool["mean"]


BAD = {
    "no file": (lambda _: ("nowhere.json",), "nowhere.json: no such file"),
    "too hot": (lambda p: (p, "--temperature", "500 K"), "--temperature = 500 K"),
    "no unit": (lambda p: (p, "--temperature", "350"), "has no unit, but K is needed"),
    "other kind": (lambda p: (p, "-o", "x.txt"), "use a name ending in .json or .md"),
    "itself": (lambda p: (p, "-o", p), "is the spec itself"),
    "no folder": (lambda p: (p, "--dataset", "nowhere"), "no such folder"),
}


@pytest.mark.parametrize("case", list(BAD))
def test_bad_input_is_told_in_one_line_and_ends_with_2(dse, place, case):
    arguments, text = BAD[case]
    answer = dse("verify", *arguments(place()), "--tracking", "none")
    assert answer.code == 2
    assert len(answer.err) == 1
    assert text in answer.err[0]


def test_data_the_spec_was_not_found_on_are_refused(call, dse, place, spec):
    named = {"dataset": "few", "training_files_md5": "0"}
    path = place(spec.model_copy(update={"data": named}))
    answer = call(path)
    assert answer.code == 2
    assert "are not those the spec was found on (0)" in answer.err[0]
    assert "give it with --dataset FOLDER" in dse("verify", path).err[0]


@pytest.mark.parametrize(
    ("metric", "promise", "mean", "error", "held"),
    [
        # LAW: the printed rules
        ("accuracy", 0.9, 0.8901, 0.0, True),
        ("accuracy", 0.9, 0.8899, 0.0, False),
        ("accuracy", 0.9, 0.8801, 0.005, True),
        ("accuracy", 0.9, 0.8799, 0.005, False),
        ("accuracy", 0.9, 0.8901, math.nan, True),
        ("learning_energy_j", 1e-9, 1.049e-9, 0.0, True),
        ("learning_energy_j", 1e-9, 1.051e-9, 0.0, False),
        ("learning_energy_j", 1e-9, 1.051e-9, 1e-11, True),
        ("lifetime_images", 1e9, 0.951e9, 0.0, True),
        ("lifetime_images", 1e9, 0.949e9, 0.0, False),
        ("lifetime_images", math.inf, 1e30, math.nan, False),
        ("lifetime_images", math.inf, math.inf, math.nan, True),
        ("accuracy", 0.9, math.nan, math.nan, False),
    ],
)
def test_a_promise_is_judged_by_the_printed_rule(metric, promise, mean, error, held):
    assert verdict.holds(metric, promise, mean, error) is held


def test_the_error_of_one_seed_is_that_over_its_dies():
    runs = [Run(seed=0, die=n, temperature_k=300.0, exact=False) for n in range(4)]
    figures = {run: {"x": value} for run, value in zip(runs, (1.0, 2.0, 3.0, 4.0), strict=True)}
    # INDEPENDENT: numpy
    assert verdict.standard_error(figures, "x") == pytest.approx(np.std([1, 2, 3, 4], ddof=1) / 2)
    assert math.isnan(verdict.standard_error({runs[0]: {"x": 1.0}}, "x"))


def test_two_verifications_of_one_spec_do_not_write_into_each_other(tmp_path):
    from dse.errors import RunError
    from dse.storage import held

    lock = tmp_path / ".x.jsonl.lock"
    with (
        held(lock, "x is being written by another process"),
        pytest.raises(RunError, match="another process; wait"),
        held(lock, "x is being written by another process"),
    ):
        pass


def test_a_verification_is_an_mlflow_run_of_its_own(dse, place, spec, folder, executor, tmp_path):
    from mlflow import MlflowClient

    store = tmp_path / "mlflow.db"
    path = place(promising(spec, **EASY))
    answer = dse("verify", path, "--dataset", folder, "--seeds", 1, "--dies", 1,
                 "--temperature", "300 K", "--tracking", store)  # fmt: skip
    assert (answer.code, len(executor.runs)) == (0, 1)
    client = MlflowClient(f"sqlite:///{store}")
    experiment = client.get_experiment_by_name("mtj-dse")
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.data.tags["dse.role"] == "verification"
    assert run.data.tags["dse.holds"] == "true"
    assert run.data.metrics["verified.test_accuracy__exact_IR_drop"] > 0.05
    assert run.data.params["neuron.count"] == "20"
    names = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert names == {"spec.json", "spec-verified.json", "spec-verified.md"}


def splits_loaded(path):
    """Every constant "test" in a file that is not in a comparison or a type."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed = {
        constant
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare | ast.Subscript)
        for constant in ast.walk(node)
    }
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == "test" and node not in allowed
    ]


def test_only_a_verification_and_the_benchmarks_open_the_test_images():
    found = {
        path.relative_to(ROOT).as_posix()
        for part in ("device_models", "learner", "objectives", "dse", "benchmarks", "studies")
        for path in (ROOT / part).rglob("*.py")
        if splits_loaded(path) or "t10k" in path.read_text(encoding="utf-8")
    }
    # the loader names the files, it does not ask for them
    assert "dse/verify.py" in found  # LAW: the search finds what it looks for
    elsewhere = {name for name in found if not name.startswith(("dse/verify", "benchmarks/"))}
    assert elsewhere <= {"learner/datasets/__init__.py"}
    assert not splits_loaded(ROOT / "learner/datasets/__init__.py")


@pytest.mark.slow
def test_all_of_mnist_is_read_exactly_by_a_real_die(dse, place, spec, executor, tmp_path):
    changes = {
        "neuron.count": 100,
        "neuron.threshold": 150.0,
        "neuron.threshold_step": 0.05,
        "array.tile_rows": 98,
        "potentiation.amplitude_v": 0.75,
        "potentiation.duration_s": 8e-9,
        "depression.amplitude_v": 0.8,
        "depression.duration_s": 6e-9,
        "training.images": 50_000,
        "training.label_images": 10_000,
    }
    design = dict(spec.design)
    for name, value in changes.items():
        design[name] = spec_files.Quantity(value=value, unit=design[name].unit)
    path = place(promising(spec, **EASY).model_copy(update={"design": design}))
    answer = dse("verify", path, "--seeds", 1, "--dies", 1, "--json", "--tracking", "none")
    page = json.loads(answer.out)
    assert len(executor.runs) == 3  # LAW: own temperature, and two other corners of the three
    assert page["presentations"] == 60_000
    assert page["data"]["test"] == load("mnist", "test").checksum
    assert (MNIST_FOLDER / "t10k-images-idx3-ubyte.gz").is_file()
    figures = page["runs"][0]["figures"]
    # REGRESSION: the two reads of one die
    assert figures["accuracy"] > 0.8
    assert abs(figures["exact_accuracy"] - figures["accuracy"]) < 0.03
    assert figures["exact_same_answers"] > 0.85
    assert (tmp_path / "spec-verified.md").is_file()
