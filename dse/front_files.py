"""The files of a front: its table, its pictures, its page."""

from collections.abc import Callable
from pathlib import Path

from dse import breakdown_figure, figures, front
from dse.errors import RunError
from dse.record import Record, Trial
from dse.storage import whole


def picture_path(folder: Path, trial: Trial) -> Path:
    """Where the picture of what a design learned is kept."""
    return folder / f"learning-{trial.number}.png"


def write_front(record: Record, folder: Path) -> tuple[Path, ...]:
    """front.csv (every finished trial), and of those with scores front.png and front.html.

    With a front: breakdown.png and breakdown.html, the energy of its designs by component.
    """
    if not record.judged:
        return ()
    frame, study = front.table(record), record.study
    writers: dict[str, Callable[[Path], None]] = {
        "front.csv": lambda path: frame.to_csv(path, index=False)
    }
    if record.complete:
        writers["front.png"] = lambda path: figures.write_png(frame, study, path)
        writers["front.html"] = lambda path: figures.write_html(frame, study, path)
    if not breakdown_figure.members(frame, study).empty:
        writers["breakdown.png"] = lambda path: breakdown_figure.write_png(frame, study, path)
        writers["breakdown.html"] = lambda path: breakdown_figure.write_html(frame, study, path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, write in writers.items():
            with whole(folder / name) as part:
                write(part)
    except OSError as error:
        raise RunError(
            f"-o {folder}: the front cannot be written ({error.strerror or error}); every trial "
            "is kept: make room or give another -o, and run the same command again"
        ) from error
    return tuple(folder / name for name in writers)
