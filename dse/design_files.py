"""The files of one design: its spec for programs and for people, and where its energy goes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from dse.datasheet import to_markdown
from dse.record import Record, Trial
from dse.report_figures import energies, energy_svg
from dse.spec import make_spec, to_json


@contextmanager
def design_files(record: Record, trial: Trial, role: str) -> Iterator[Path]:
    """A folder of spec.json, spec.md and, if its parts are known, energy.svg; gone afterwards."""
    spec = make_spec(record, trial, str(trial.number), role)
    parts = energies(trial.values)
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "spec.json").write_text(to_json(spec), encoding="utf-8")
        (folder / "spec.md").write_text(to_markdown(spec), encoding="utf-8")
        if parts:
            (folder / "energy.svg").write_bytes(energy_svg(parts))
        yield folder
