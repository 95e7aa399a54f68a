"""What a storage that does not work is told as: one line, and never a traceback."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import optuna
import sqlalchemy

from dse.errors import InputError, RunError
from dse.storage import readable_name

AGAIN = "finished trials are kept: {fix} and run the same command again"
TOLD = {
    sqlite3.SQLITE_BUSY: ("is locked by another process and stayed so", "wait until it is free"),
    sqlite3.SQLITE_FULL: ("cannot be written, the disk is full", "make room"),
    sqlite3.SQLITE_IOERR: ("cannot be read or written", "see whether the disk or a quota is full"),
    sqlite3.SQLITE_READONLY: ("cannot be written", "make the file and its folder writable"),
    sqlite3.SQLITE_CANTOPEN: ("cannot be written", "make the file and its folder writable"),
}
"""SQLite's primary result code -> what is wrong, and the fix."""
UNREACHED = ("cannot be reached", "see whether its server runs and lets you in")
OTHER = ("does not work", "see whether its disk or server does")
ERRORS = (sqlalchemy.exc.SQLAlchemyError, optuna.exceptions.StorageInternalError)


class StorageError(RunError):
    """The storage stopped working: nothing more can be written to it now."""


def known(error: BaseException) -> bool:
    """Whether it is trouble of the machine, not of the address that was given."""
    first = _first(error)
    return _code(first) in TOLD or _of_postgresql(first)


def as_storage_error(error: BaseException, url: str) -> StorageError:
    """The error of a storage as one line."""
    first = _first(error)
    wrong, fix = UNREACHED if _unreached(first) else TOLD.get(_code(first), OTHER)
    line = (str(first).strip() or type(first).__name__).splitlines()[0]
    return StorageError(f"storage {readable_name(url)} {wrong} ({line}); {AGAIN.format(fix=fix)}")


@contextmanager
def opened(url: str) -> Iterator[None]:
    """InputError if `url` is no storage; StorageError if its machine is in trouble."""
    try:
        yield
    except (*ERRORS, RuntimeError, ImportError) as error:
        if known(error):
            raise as_storage_error(error, url) from error
        line = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InputError(
            f"storage {readable_name(url)} cannot be opened ({line}); give another --storage"
        ) from error


@contextmanager
def told(url: str) -> Iterator[None]:
    """StorageError in place of any error of the storage at `url`."""
    try:
        yield
    except ERRORS as error:
        raise as_storage_error(error, url) from error


def told_at_once(engine: sqlalchemy.Engine, url: str) -> None:
    """Let trouble of an SQLite file through as StorageError.

    Optuna would try five times more, each waiting for the lock anew: minutes in place of one.
    """

    def handle(context: sqlalchemy.engine.ExceptionContext) -> None:
        if known(context.original_exception):
            raise as_storage_error(context.original_exception, url) from context.original_exception

    sqlalchemy.event.listen(engine, "handle_error", handle)


def _first(error: BaseException) -> BaseException:
    """The error of the database driver behind those that wrap it."""
    inner = getattr(error, "orig", None) or error.__cause__
    return _first(inner) if isinstance(inner, BaseException) else error


def _of_postgresql(error: BaseException) -> bool:
    """Whether a driver of PostgreSQL says that something is wrong with the server."""
    return any(
        kind.__name__ == "OperationalError" and kind.__module__.startswith("psycopg")
        for kind in type(error).__mro__
    )


def _unreached(error: BaseException) -> bool:
    """Whether the server could not be reached, or has let go of the connection."""
    code = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or ""
    return _of_postgresql(error) and (not code or code.startswith(("08", "57P")))


def _code(error: BaseException) -> int:
    """SQLite's primary result code; -1 for an error that is not SQLite's."""
    code = getattr(error, "sqlite_errorcode", None)
    return -1 if code is None else code & 0xFF
