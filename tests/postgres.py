"""A real PostgreSQL for tests and benchmarks: its own cluster, port and folder, gone afterwards."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

DEBIAN = Path("/usr/lib/postgresql")
SUPERUSER = "postgres"
PATIENCE_SECONDS = 10.0
FIRST_WITH_A_CHOICE = 15  # PostgreSQL's version; before, files were the only way


class NoPostgres(Exception):
    """There is no server program on this machine."""


SHAPE = """
SELECT md5(string_agg(concat_ws(' ', c.relname, c.relkind, a.attname, a.atttypid, a.attnotnull), ','
                      ORDER BY c.relname, a.attnum))
FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'public'::regnamespace
"""
ALONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
)
COUNTED = "SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL"


@dataclass(frozen=True)
class Copy:
    """What a database holds when nothing has happened yet: few rows in few tables."""

    shape: str
    tables: tuple[str, ...]
    rows: dict[str, bytes]

    @classmethod
    def of(cls, url: str) -> Copy:
        with _asking(url) as connection:
            tables = tuple(name for (name,) in connection.execute(TABLES))
            rows = {}
            for name in _filled(connection, tables):
                with connection.cursor().copy(_on("COPY {} TO STDOUT", name)) as copied:
                    rows[name] = b"".join(copied)
            return cls(_shape(connection), tables, rows)

    def restore(self, url: str) -> bool:
        """The database holds that and nothing else, and nobody is connected; if it has its shape.

        Triggers rest meanwhile: the application itself can empty no audit log.
        """
        with _asking(url) as connection:
            connection.execute(ALONE)
            if _shape(connection) != self.shape:
                return False
            connection.execute("SET session_replication_role = replica")
            for name in _filled(connection, self.tables):
                connection.execute(_on("DELETE FROM {}", name))
            for name, rows in self.rows.items():
                with connection.cursor().copy(_on("COPY {} FROM STDIN", name)) as copied:
                    copied.write(rows)
            for (name,) in connection.execute(COUNTED).fetchall():
                connection.execute(_on("ALTER SEQUENCE {} RESTART", name))
            return True


def _asking(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""))


def _shape(connection: psycopg.Connection) -> str:
    row = connection.execute(SHAPE).fetchone()
    assert row
    return str(row[0])


def _filled(connection: psycopg.Connection, tables: Sequence[str]) -> list[str]:
    asked = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(name, sql.Identifier(name))
        for name in tables
    ]
    return [name for (name,) in connection.execute(sql.SQL(" UNION ALL ").join(asked))]


def _on(statement: LiteralString, name: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(name))


@dataclass(frozen=True)
class Server:
    """A running cluster that listens on loopback alone; it can be killed and started again."""

    port: int
    folder: Path
    options: str
    copying: str  # how a template is copied: by files is five times as fast as by the log
    shelves: dict[str, list[str]] = field(default_factory=dict)
    copies: dict[str, Copy] = field(default_factory=dict)

    def start(self) -> None:
        """It answers afterwards; what it had committed when it was killed is there.

        While it was away somebody's call may have gone out from its port, so it tries again.
        """
        options = f"-p {self.port} {self.options}"
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self._control("-o", options, "-l", str(self.folder / "log"), "-w", "start")
            except subprocess.CalledProcessError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
            else:
                return

    def stop(self) -> None:
        self._control("-m", "immediate", "-w", "stop")

    def kill(self) -> None:
        """SIGKILL for all its processes at one moment, as when a machine loses its power."""
        first = self.pid
        os.kill(first, signal.SIGSTOP)  # so that it makes no more children while we count them
        processes = [*self.backends(), first]
        for pid in processes:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + PATIENCE_SECONDS
        while any(Path(f"/proc/{pid}").exists() for pid in processes):
            assert time.monotonic() < until, "nobody collects those who were killed"
            time.sleep(0.01)

    @property
    def pid(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().partition("\n")[0])

    def backends(self) -> list[int]:
        """Its children: one a connection, and those that write."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def _control(self, *arguments: str) -> None:
        data = str(self.folder / "data")
        _as_owner(self.folder, _programs() / "pg_ctl", "-D", data, *arguments)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str = "", *, template: str = "template0") -> str:
        """A new database, as its template is now; returns its address."""
        database = database or f"test_{secrets.token_hex(6)}"
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} {}").format(
                sql.Identifier(database), sql.Identifier(template), sql.SQL(self.copying)
            )
        )
        return self.url(database)

    def drop(self, url: str) -> None:
        """The database is gone afterwards, whoever is still connected."""
        name = url.rpartition("/")[2]
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def lent(self, template: str) -> Iterator[str]:
        """A database as its template is, for the time of a test.

        It is emptied afterwards and lent again, which takes a twentieth of making one: only a test
        that changed the tables themselves has its database dropped.
        """
        shelf = self.shelves.setdefault(template, [])
        url = shelf.pop() if shelf else self.create(template=template)
        yield url
        if self._copy_of(template).restore(url):
            shelf.append(url)
        else:
            self.drop(url)

    def _copy_of(self, template: str) -> Copy:
        if template not in self.copies:
            self.copies[template] = Copy.of(self.url(template))
        return self.copies[template]

    def _run(self, statement: sql.Composed) -> None:
        address = f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[Server]:
    """Start a cluster as a user that is not root; `durable` has commits reach the disk."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="signing-pg-"))
    if os.geteuid() == 0:
        owner = pwd.getpwnam(SUPERUSER)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    _as_owner(
        folder, programs / "initdb", "-D", str(folder / "data"), "-U", SUPERUSER, "-A", "trust",
        "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
    )  # fmt: skip
    options = (
        f"-k {folder} -c listen_addresses=127.0.0.1 -c max_connections=300 "
        f"-c fsync={'on' if durable else 'off'} -c log_min_messages=fatal"
    )
    version = programs.parts[-2]
    has_choice = version.isdigit() and int(version) >= FIRST_WITH_A_CHOICE
    copying = "STRATEGY FILE_COPY" if has_choice else ""
    server = Server(_free_port(), folder, options, copying)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Debian keeps the server programs of each version apart, off the PATH."""
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    if not found:
        raise NoPostgres("PostgreSQL's server is missing: apt install postgresql")
    return Path(found).parent


def _as_owner(folder: Path, program: Path, *arguments: str) -> None:
    """PostgreSQL refuses to run as root."""
    lower = ["runuser", "-u", SUPERUSER, "--"] if os.geteuid() == 0 else []
    subprocess.run(
        [*lower, str(program), *arguments], check=True, cwd=folder, stdout=subprocess.DEVNULL
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
