"""A small study on a made-up objective, and a runner that stays in this process."""

import sys
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from dse import search
from dse.record import Record
from dse.storage import storage_url
from dse.study import Choices, Interval, Study
from dse.study_file import load
from dse.workers import Outcome

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # worker processes import the made-up objective by name

from tests.dse import fakes  # noqa: E402

SPACE = {
    "potentiation.amplitude_v": Interval(low=0.4, high=1.0),
    "potentiation.duration_s": Interval(low=1e-9, high=5e-8, log=True),
    "neuron.count": Choices(values=(100, 200, 400)),
}


@pytest.fixture(scope="session")
def study() -> Study:
    """Three axes, three objectives, eight trials."""
    smoke = load("smoke")
    fixed = {name: value for name, value in smoke.fixed.items() if name not in SPACE}
    fixed["array.tile_rows"] = 98
    return replace(smoke, name="fake", trials=8, fixed=fixed, space=SPACE)


def submit_here(
    evaluate: Callable[[Mapping[str, object]], Outcome] = fakes.evaluate,
) -> Callable[[Mapping[str, object]], "Future[Outcome]"]:
    """Evaluate at once, in this process."""

    def submit(flat: Mapping[str, object]) -> "Future[Outcome]":
        future: Future[Outcome] = Future()
        try:
            future.set_result(evaluate(flat))
        except Exception as error:
            future.set_exception(error)
        return future

    return submit


@pytest.fixture
def run_fake(tmp_path: Path) -> Callable[..., Record]:
    """Run a study on the made-up objective in a storage of its own."""

    def run(
        study: Study, evaluate: Callable[..., Outcome] = fakes.evaluate, name: str = "dse.db"
    ) -> Record:
        url = storage_url(str(tmp_path / name))
        held = search.open_study(study, url, {"versions": {"made": "up"}})
        search.recover(held)
        search.search(held, study, submit_here(evaluate), 1, lambda _: None)
        return search.record(held)

    return run


@pytest.fixture(scope="session")
def finished(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Record:
    """A record of twenty trials, made once."""
    url = storage_url(str(tmp_path_factory.mktemp("finished") / "dse.db"))
    longer = replace(study, trials=20)
    held = search.open_study(longer, url, {"versions": {"made": "up"}, "data": {"set": "none"}})
    search.search(held, longer, submit_here(), 1, lambda _: None)
    return search.record(held)
