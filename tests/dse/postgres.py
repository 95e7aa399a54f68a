"""A PostgreSQL server of its own for a test, in a temporary folder, on a socket only."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSTALLED = "/usr/lib/postgresql"
OWNERS = ("postgres", "nobody")
"""Who runs the server where the tests are run by root, whom initdb refuses."""


def program(name: str) -> str | None:
    """Path of a program of PostgreSQL, or None."""
    newest = sorted(Path(INSTALLED).glob(f"*/bin/{name}"), key=lambda p: int(p.parts[-3]))
    return shutil.which(name) or (str(newest[-1]) if newest else None)


@contextmanager
def server() -> Iterator[str]:
    """Address of an empty database; the server is stopped in the end."""
    owner = _owner()
    folder = Path(tempfile.mkdtemp(prefix="dse-pg-"))  # a socket's path must be short
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data, options = folder / "data", f"-c listen_addresses='' -c fsync=off -k {folder}"

    def call(name: str, *arguments: str) -> None:
        subprocess.run(
            [str(program(name)), *arguments],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
        )

    try:
        call("initdb", "-D", str(data), "-A", "trust", "-U", "dse", "--locale=C", "-E", "UTF8")
        call("pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql+psycopg://dse@/postgres?host={folder}"
        finally:
            call("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _owner() -> pwd.struct_passwd | None:
    """Another user if this one is root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next((known[name] for name in OWNERS if name in known), None)
