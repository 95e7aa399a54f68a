"""The files of one design: its spec for programs and for people, and where its energy goes."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from dse.export import make_spec, to_json, to_markdown
from dse.record import Record, Trial
from dse.report_figures import energies, energy_svg


def write_design_files(
    record: Record, trial: Trial, role: str, keep: Callable[[Path], None]
) -> None:
    """Hand each file to `keep`, one after the other; they are gone afterwards."""
    spec = make_spec(record, trial, str(trial.number), role)
    contents = {"spec.json": to_json(spec).encode(), "spec.md": to_markdown(spec).encode()}
    if parts := energies(trial):
        contents["energy.svg"] = energy_svg(parts)
    with TemporaryDirectory() as folder:
        for name, content in contents.items():
            path = Path(folder) / name
            path.write_bytes(content)
            keep(path)
