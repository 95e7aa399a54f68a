"""A small study on a made-up objective, and a runner that stays in this process."""

import sys
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from dse import cli, search
from dse.record import Record
from dse.storage import storage_url
from dse.study import Choices, Interval, Study
from dse.study_file import load
from dse.workers import Outcome

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # worker processes import the made-up objective by name

from tests.dse import fakes  # noqa: E402
from tests.dse.command import TINY, Answer, signals_kept  # noqa: E402

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
    return replace(smoke, name="fake", trials=8, confirm=1, fixed=fixed, space=SPACE)


def submit_here(
    evaluate: Callable[..., Outcome] = fakes.evaluate, *, judged: bool = False
) -> Callable[..., "Future[Outcome]"]:
    """Evaluate at once, in this process."""

    def submit(flat: Mapping[str, object], *known: object) -> "Future[Outcome]":
        future: Future[Outcome] = Future()
        try:
            future.set_result(evaluate(flat, *(known if judged else ())))
        except Exception as error:
            future.set_exception(error)
        return future

    return submit


@pytest.fixture
def run_fake(tmp_path: Path) -> Callable[..., Record]:
    """Run a study on the made-up objective in a storage of its own."""

    def run(
        study: Study,
        evaluate: Callable[..., Outcome] = fakes.evaluate,
        name: str = "dse.db",
        *,
        judged: bool = False,
    ) -> Record:
        url = storage_url(str(tmp_path / name))
        held = search.open_study(study, url, {"versions": {"made": "up"}})
        search.recover(held)
        submit = submit_here(evaluate, judged=judged)
        search.search(held, study, submit, 1, lambda _: None)
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


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("DSE_STORAGE", "DSE_TRACKING"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def dse(
    here: Path,  # noqa: ARG001 (the folder the command stands in)
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Answer]:
    """The command, in this process."""

    def call(*arguments: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["dse", *map(str, arguments)])
        with signals_kept(), pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return Answer(code=left.value.code or 0, out=said.out, err=said.err.splitlines())

    return call


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A study file outside the folder the command stands in."""
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    return path


@pytest.fixture
def stored(study: Study, run_fake: Callable[..., Record], tmp_path: Path) -> tuple[Record, Path]:
    """A finished study in a storage outside the folder the command stands in."""
    return run_fake(study), tmp_path / "dse.db"
