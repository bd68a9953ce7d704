"""A backup of the database (never of the key store), as an operator makes it and puts it back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy.engine import make_url

from signing.core.db import db
from tests.conftest import let_go
from tests.postgres import Server


@dataclass(frozen=True)
class Backup:
    """The state of one database at one moment."""

    put_back: Callable[[], None]


def take(app: Flask, url: str, server: Callable[[], Server], folder: Path) -> Backup:
    """By SQLite's own means, or a copy of the whole PostgreSQL database."""
    _leave(app)
    if url.startswith("sqlite"):
        return _of_file(app, Path(make_url(url).database or ""), folder / "backup.db")
    return _of_server(app, url, server())


def _leave(app: Flask) -> None:
    db.session.remove()  # of the test's own context
    let_go(app)


def _of_file(app: Flask, file: Path, copy: Path) -> Backup:
    with closing(sqlite3.connect(file)) as ours, closing(sqlite3.connect(copy)) as theirs:
        ours.backup(theirs)

    def put_back() -> None:
        _leave(app)
        for path in file.parent.glob(f"{file.name}*"):
            path.unlink()
        with closing(sqlite3.connect(copy)) as theirs, closing(sqlite3.connect(file)) as ours:
            theirs.backup(ours)
            ours.execute("PRAGMA journal_mode = WAL")

    return Backup(put_back)


def _of_server(app: Flask, url: str, server: Server) -> Backup:
    name = url.rpartition("/")[2]
    copy = server.create(template=name).rpartition("/")[2]

    def put_back() -> None:
        _leave(app)
        server.drop(url)
        server.create(name, template=copy)

    return Backup(put_back)
