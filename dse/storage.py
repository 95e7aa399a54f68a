"""Where a study is kept: paths and addresses of storages, and the lock of a run."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from dse.errors import InputError, RunError

SQLITE = "sqlite:///"
NONE = "none"
"""The tracking address of a run that is not logged."""


def storage_url(text: str, option: str = "--storage") -> str:
    """A path becomes the address of an SQLite file; an address stays."""
    if "://" in text:
        return text
    path = Path(text).expanduser().resolve()
    if path.is_dir():
        raise InputError(f"{option} {text} is a folder; name a file in it, as {text}/dse.db")
    check_folder(option, path.parent)
    return f"{SQLITE}{path}"


def check_folder(option: str, folder: Path) -> None:
    """InputError unless `folder` is a folder or can be made one."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not there.is_dir():
        raise InputError(f"{option}: {there} is a file, but a folder is needed; give another path")


def check_writable(option: str, folder: Path) -> None:
    """InputError unless files can be made in `folder`, or in the one it will be made in."""
    check_folder(option, folder)
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        raise InputError(f"{option}: {there} is read-only; make it writable or give another path")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file beside `path` to write, which takes its place once it is complete."""
    part = path.with_name(f".part-{path.name}")
    try:
        yield part
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def make_place(path: Path) -> None:
    """Make the folder of an output file; InputError if the file cannot be there."""
    check_writable("-o", path.parent)
    if path.is_dir():
        raise InputError(f"-o {path} is a folder; name a file in it")
    path.parent.mkdir(parents=True, exist_ok=True)


def sqlite_path(url: str) -> Path | None:
    """The file behind an SQLite address, or None for a server."""
    return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None


def write_ahead(database: Path) -> None:
    """Let readers of an SQLite file go on while it is written, with fewer waits for the disk.

    A wish: a file that is busy, or on a file system that cannot, stays as it is.
    """
    with suppress(sqlite3.Error), closing(sqlite3.connect(database)) as connection:
        connection.execute("pragma journal_mode = wal")


def readable_name(url: str) -> str:
    """The address without its password."""
    path = sqlite_path(url)
    if path is not None:
        return str(path)
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":***@") if parts.password else url


def has_password(url: str) -> bool:
    """Whether a password can be read in the address."""
    return bool(urlsplit(url).password)


@contextmanager
def run_lock(url: str, name: str) -> Iterator[None]:
    """Hold the study for one run; the system lets go of it even after kill -9.

    A storage on a server is not locked.
    """
    path = sqlite_path(url)
    if path is None:
        yield
        return
    check_writable("--storage", path.parent)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        raise InputError(f"--storage {path} is read-only; make it writable or give another")
    with held(
        _lock_place(path, name), f"study {name!r} is being run by another process in {path}"
    ):
        yield


def _lock_place(database: Path, name: str) -> Path:
    return database.with_name(f".{database.stem}.{name}.lock")


def is_run(url: str, name: str) -> bool | None:
    """Whether a process runs the study now; None if nobody can tell, on a server."""
    path = sqlite_path(url)
    if path is None:
        return None
    place = _lock_place(path, name)
    if not place.is_file():
        return False
    with place.open("r") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


@contextmanager
def one_after_another(url: str) -> Iterator[None]:
    """Hold the folder of an SQLite file for a moment: two that make its tables at once fail."""
    path = sqlite_path(url)
    if path is None or not path.parent.is_dir():
        yield
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        with suppress(OSError):  # a wish: not every file system has locks
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@contextmanager
def held(place: Path, taken: str) -> Iterator[None]:
    """Hold the lock file `place` for one process; RunError that begins with `taken` if it is."""
    with place.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunError(f"{taken}; wait for it to end") from error
        yield
