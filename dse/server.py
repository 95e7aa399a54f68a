"""A storage on a PostgreSQL server: how it is reached, and how its workers take turns."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from typing import Any

import sqlalchemy

from dse.errors import InputError
from dse.storage import readable_name, sqlite_path
from dse.storage_errors import opened

SQLITE_WAIT_S = 60
CONNECT_WAIT_S = 10
LOCKS = 20250142
"""First half of every advisory lock of this program; the second is the number of a study."""
OPENING = 0
"""No study has this number: the lock of a storage that is being made."""


def is_postgresql(url: str) -> bool:
    """Whether it is the address of a PostgreSQL server."""
    return url.partition(":")[0].partition("+")[0] == "postgresql"


def check_postgresql(url: str) -> None:
    """InputError unless several machines can share the storage, and its driver is here."""
    if sqlite_path(url) is not None:
        raise InputError(
            f"storage {readable_name(url)} is a file, which workers on several machines break; "
            "give --storage postgresql+psycopg://USER@HOST/DATABASE, or on one machine: dse run -j"
        )
    if not is_postgresql(url):
        raise InputError(
            f"storage {readable_name(url)}: workers share a PostgreSQL server; "
            "give --storage postgresql+psycopg://USER@HOST/DATABASE"
        )
    if not has_driver(url):
        raise without_driver(url)


def has_driver(url: str) -> bool:
    """Whether the Python module that speaks to the server is installed."""
    return find_spec(driver(url)) is not None


def driver(url: str) -> str:
    """Name of that module; without one in the address it is SQLAlchemy's choice."""
    return url.partition(":")[0].partition("+")[2] or "psycopg2"


def without_driver(url: str) -> InputError:
    """What to install, or to write."""
    return InputError(
        f"storage {readable_name(url)} needs the module {driver(url)}, which is not installed; "
        "pip install 'mtj-dse[cluster]' and begin the address with postgresql+psycopg://"
    )


def settings(url: str) -> dict[str, Any]:
    """Arguments of SQLAlchemy's engine for a storage.

    The time zone of a session is UTC, for heartbeats are stored as local times: those of a server
    that changes to summer time would all be an hour old at once.
    """
    if sqlite_path(url) is not None:
        return {"connect_args": {"timeout": SQLITE_WAIT_S}}
    found: dict[str, Any] = {"pool_pre_ping": True}
    if is_postgresql(url) and driver(url) in ("psycopg", "psycopg2"):
        given = _options(url)
        options = f"{given.get('options', '')} -c timezone=UTC".strip()
        wait_s = given.get("connect_timeout", str(CONNECT_WAIT_S))
        found["connect_args"] = {"options": options, "connect_timeout": wait_s}
    return found


def _options(url: str) -> Mapping[str, Any]:
    """What stands after the question mark of an address."""
    try:
        return sqlalchemy.make_url(url).query
    except (ValueError, sqlalchemy.exc.ArgumentError) as error:
        raise InputError(
            f"storage {readable_name(url)} is no address ({error}); "
            "write postgresql+psycopg://USER@HOST:PORT/DATABASE"
        ) from error


@contextmanager
def in_turn(engine: sqlalchemy.Engine, study: int) -> Iterator[None]:
    """Alone among all processes that take turns at a study, or at OPENING.

    The server lets the next one in when this process dies, however it dies.
    """
    with engine.begin() as connection:
        lock = sqlalchemy.text("SELECT pg_advisory_xact_lock(:program, :study)")
        connection.execute(lock, {"program": LOCKS, "study": study})
        yield


@contextmanager
def opening(url: str) -> Iterator[None]:
    """In turn at making the tables and the study, which are not made in one step."""
    with ExitStack() as stack:
        with opened(url):
            engine = sqlalchemy.create_engine(
                url, poolclass=sqlalchemy.pool.NullPool, **settings(url)
            )
            stack.enter_context(in_turn(engine, OPENING))
        yield
