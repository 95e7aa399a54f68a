"""The files of one design: its spec for programs, and for people with where its energy goes."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from dse.export import make_spec, to_json, to_markdown
from dse.record import Record, Trial


def write_design_files(
    record: Record, trial: Trial, role: str, keep: Callable[[Path], None]
) -> None:
    """Hand each file to `keep`, one after the other; they are gone afterwards."""
    spec = make_spec(record, trial, str(trial.number), role)
    with TemporaryDirectory() as folder:
        for name, text in {"spec.json": to_json(spec), "spec.md": to_markdown(spec)}.items():
            path = Path(folder) / name
            path.write_text(text, encoding="utf-8")
            keep(path)
