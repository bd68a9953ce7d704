"""How often one may knock: the arithmetic of the library `limits`, in a store that all share.

On PostgreSQL an unlogged table, on SQLite a file of its own, or Redis: nothing of it stands in a
backup, and it may be lost at any moment. A store that is away limits nobody: better a flood for a
while than a signature lost.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

from flask import current_app
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from sqlalchemy import Engine, Row, TextClause, bindparam, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry
from werkzeug.local import LocalProxy

from signing.core import clock
from signing.core.settings import Settings

SCHEME = "signing"
REDIS = {"wrap_exceptions": True, "socket_connect_timeout": 1, "socket_timeout": 1}  # seconds
CREATE_ON_SQLITE = """
    CREATE TABLE IF NOT EXISTS limits (
        key VARCHAR PRIMARY KEY, n BIGINT NOT NULL, expires_at DOUBLE NOT NULL
    ) WITHOUT ROWID
"""

log = logging.getLogger(__name__)

READ = text(
    "SELECT key, n, expires_at FROM limits WHERE key IN :keys AND expires_at > :now"
).bindparams(bindparam("keys", expanding=True))

Knock = tuple[str, int]  # a key, and for how many seconds its first knock opens a window


class SqlStorage(Storage):
    """Fixed windows that begin with the first knock, as rows of the table `limits`."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012  # as the library wants it

    def __init__(self, uri: str | None = None, *, engine: Engine) -> None:
        super().__init__(uri, wrap_exceptions=True)
        self.engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    @property
    def base_exceptions(self) -> type[Exception]:
        return DBAPIError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return self.add([(key, expiry)], amount)[0]

    def add(self, knocks: Sequence[Knock], amount: int = 1) -> list[int]:
        """Count all knocks in one statement; how many each window has seen by now, in order.

        Rows are locked in the order of their keys, so that two requests never wait for each other.
        """
        windows = sorted(dict(knocks).items())
        now = clock.now().timestamp()
        values: dict[str, object] = {"now": now, "amount": amount}
        for i, (key, seconds) in enumerate(windows):
            values |= {f"key_{i}": key, f"until_{i}": now + seconds}
        with self.engine.connect() as connection:
            counted = {row.key: row.n for row in connection.execute(_add(len(windows)), values)}
        return [counted[key] for key, _seconds in knocks]

    def get(self, key: str) -> int:
        return self.get_all([key])[0]

    def get_all(self, keys: Sequence[str]) -> list[int]:
        """How many knocks each window has seen, in order, in one statement."""
        seen = {row.key: row.n for row in self._read(keys)}
        return [seen.get(key, 0) for key in keys]

    def get_expiry(self, key: str) -> float:
        ends = (row.expires_at for row in self._read([key]))
        return max(ends, default=clock.now().timestamp())

    def _read(self, keys: Sequence[str]) -> Sequence[Row[Any]]:
        values = {"keys": keys, "now": clock.now().timestamp()}
        with self.engine.connect() as connection:
            return connection.execute(READ, values).all()

    def check(self) -> bool:
        with self.engine.connect() as connection:
            connection.execute(text("SELECT n FROM limits LIMIT 1"))
        return True

    def reset(self) -> int | None:
        return self._delete("TRUE", {})

    def clear(self, key: str) -> None:
        self._delete("key = :key", {"key": key})

    def forget_expired(self) -> int:
        """Delete windows that are over; returns how many."""
        return self._delete("expires_at <= :now", {"now": clock.now().timestamp()})

    def _delete(self, condition: str, values: dict[str, object]) -> int:
        with self.engine.connect() as connection:
            gone = text(f"DELETE FROM limits WHERE {condition}")  # noqa: S608  # words of ours
            return connection.execute(gone, values).rowcount


@cache
def _add(number: int) -> TextClause:
    """So many knocks in one statement: `key_0`, `until_0`, …"""
    rows = ", ".join(f"(:key_{i}, :amount, :until_{i})" for i in range(number))
    return text(
        f"INSERT INTO limits (key, n, expires_at) VALUES {rows} "  # noqa: S608  # words of ours
        "ON CONFLICT (key) DO UPDATE SET "
        "n = CASE WHEN limits.expires_at <= :now THEN 0 ELSE limits.n END + :amount, "
        "expires_at = CASE WHEN limits.expires_at <= :now "
        "THEN excluded.expires_at ELSE limits.expires_at END RETURNING key, n"
    )


class Limits:
    """Counts knocks. `uri` and `options` are what others need to count in the same store."""

    def __init__(self, settings: Settings, database: Engine) -> None:
        self.uri = settings.redis_url or f"{SCHEME}://"
        self.options: dict[str, Any] = (
            REDIS if settings.redis_url else {"engine": _engine(database)}
        )
        self.storage = cast(Storage, storage_from_string(self.uri, **self.options))

    def hit_all(self, knocks: Sequence[Knock]) -> list[int]:
        """Count the knocks; how many each window has seen by now. Zeros if the store is away."""
        try:
            if isinstance(self.storage, SqlStorage):
                return self.storage.add(knocks)
            return [self.storage.incr(key, seconds) for key, seconds in knocks]
        except StorageError as error:
            _tell(error)
            return [0] * len(knocks)

    def hit(self, key: str, seconds: int) -> int:
        return self.hit_all([(key, seconds)])[0]

    def count_all(self, keys: Sequence[str]) -> list[int]:
        """How many knocks each window has seen; zeros if the store is away."""
        try:
            if isinstance(self.storage, SqlStorage):
                return self.storage.get_all(keys)
            return [self.storage.get(key) for key in keys]
        except StorageError as error:
            _tell(error)
            return [0] * len(keys)

    def count(self, key: str) -> int:
        return self.count_all([key])[0]

    def is_there(self) -> bool:
        try:
            return self.storage.check()
        except StorageError:
            return False

    def forget_expired(self) -> int:
        """What is over is gone afterwards (Redis sees to it by itself); returns how many."""
        return self.storage.forget_expired() if isinstance(self.storage, SqlStorage) else 0


def _tell(error: StorageError) -> None:
    log.warning("limits: %s", type(error.storage_error).__name__)


def _engine(database: Engine) -> Engine:
    """PostgreSQL's own; beside an SQLite file another one, so that counting waits for no disk."""
    if database.dialect.name == "postgresql":
        return database
    path = Path(str(database.url.database)).with_name("limits.db")
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)

    def prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        path.chmod(0o600)
        for line in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF", CREATE_ON_SQLITE):
            connection.execute(line).close()

    event.listen(engine, "connect", prepare)
    return engine


limits = cast(Limits, LocalProxy(lambda: current_app.extensions["signing.limits"]))
