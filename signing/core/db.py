"""The database: the base of all tables, column types, and the one way to write."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, g, has_app_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    CursorResult,
    Date,
    DateTime,
    Dialect,
    Engine,
    LargeBinary,
    MetaData,
    Result,
    Table,
    TypeDecorator,
    Uuid,
    cast,
    event,
    extract,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql import ColumnElement, Select, SQLColumnExpression

from signing.core.clock import SECONDS_AN_HOUR

BUSY_SECONDS = 15
# For an UPDATE or DELETE of many rows: what the session holds of them need not learn of it.
PLAIN = {"synchronize_session": False}
_SQLITE_WRITER = threading.Lock()
Piece = TypeVar("Piece")


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC, in and out; SQLite itself knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every table of the database (the key store has its own)."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: Moment, date: Date, UUID: Uuid, bytes: LargeBinary},
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def install(app: Flask) -> None:
    """Each request and each round of a worker has a session of its own, closed with it."""
    db.init_app(app)
    app.teardown_appcontext(_let_go_of_the_lost)  # runs before the session is closed


def _let_go_of_the_lost(_error: BaseException | None) -> None:
    """A database that dies once the answer is made does not take the answer with it."""
    if db.session.registry.has():
        try:
            db.session.rollback()
        except DBAPIError:
            db.session().invalidate()


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: object, _entry: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver begins nothing by itself: `_begin` does
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """On SQLite, take the write lock at the beginning: a snapshot cannot be upgraded later."""
    options = connection.get_execution_options()
    if connection.dialect.name == "sqlite" and options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")


@contextmanager
def transaction(*, of_one_moment: bool = False) -> Iterator[None]:
    """What happens inside is durable afterwards, whole, or has not happened.

    `of_one_moment` has all statements see the data as of the first (SQLite always does).
    """
    session = db.session()
    begins_anew = of_one_moment or dialect() == "sqlite"
    if begins_anew:
        # Ends what was only read: a snapshot from before cannot be written to. PostgreSQL's
        # statements each see what is there by then, so what was begun can go on: two trips fewer.
        session.commit()
    with _turn():
        if begins_anew:
            session.connection(
                execution_options={"writes": True} | _isolation(of_one_moment=of_one_moment)
            )
        try:
            yield
            for check in list(_checks().values()):
                check()
        except BaseException:
            session.rollback()
            raise
        finally:
            _checks().clear()
        session.commit()


def check_before_commit(key: Hashable, check: Callable[[], None]) -> None:
    """Have the next transaction here ask once more before it is durable; it fails if this raises.

    The first check of a key is the one that stays.
    """
    if has_app_context():  # without one there is no transaction either
        _checks().setdefault(key, check)


def _checks() -> dict[Hashable, Callable[[], None]]:
    checks: dict[Hashable, Callable[[], None]] = g.setdefault("checks_before_commit", {})
    return checks


def _turn() -> AbstractContextManager[object]:
    """On SQLite, one writer of this process at a time.

    There is one write lock for all anyway; waiting for it in a queue is fair, while SQLite itself
    has everybody sleep and try again.
    """
    return _SQLITE_WRITER if dialect() == "sqlite" else nullcontext()


@contextmanager
def snapshot() -> Iterator[None]:
    """What is read inside is read as of one moment, whatever others write meanwhile."""
    session = db.session()
    session.commit()
    session.connection(execution_options=_isolation(of_one_moment=True))
    try:
        yield
    finally:
        session.rollback()


def _isolation(*, of_one_moment: bool) -> dict[str, Any]:
    is_needed = of_one_moment and dialect() == "postgresql"
    return {"isolation_level": "REPEATABLE READ"} if is_needed else {}


def count_rows(result: Result[Any]) -> int:
    """How many rows an UPDATE or DELETE touched."""
    assert isinstance(result, CursorResult)  # noqa: S101  # what every such statement returns
    return result.rowcount


def count_few(rows: Select[Any], *, most: int = 1000) -> int:
    """How many there are, but no further than one more than `most`: it costs no more than that."""
    return db.session.scalar(select(func.count()).select_from(rows.limit(most + 1).subquery())) or 0


def hour_of(moment: SQLColumnExpression[datetime]) -> ColumnElement[int]:
    """`clock.hour_of` in SQL."""
    epoch = extract("epoch", moment)
    whole = cast(epoch, BigInteger).op("/")(SECONDS_AN_HOUR)
    return cast(whole if dialect() == "sqlite" else func.floor(epoch / SECONDS_AN_HOUR), BigInteger)


def let_go() -> None:
    """End a transaction that only read, before something slow is done."""
    db.session.commit()


def unheld(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same; while one of them leaves, however slowly, no transaction is open.

    For answers that are read as they are sent: whoever takes hours holds up nobody for so long.
    """
    for piece in pieces:
        if db.session().in_transaction():
            let_go()
        yield piece


def scrub() -> None:
    """What was deleted is gone from SQLite's files too (on PostgreSQL, VACUUM sees to it)."""
    let_go()
    if dialect() == "sqlite":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def dialect() -> str:
    """`sqlite` or `postgresql`."""
    return db.session.get_bind().dialect.name


def insert(table: type[Base]) -> postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the dialect at hand."""
    return insert_for(dialect(), table)


def insert_for(dialect_name: str, table: type[Base] | Table) -> postgresql.Insert:
    """An INSERT that knows ON CONFLICT, for statements that are built once.

    SQLite's construct has the same methods, so that one type stands for both.
    """
    speaks: Any = postgresql if dialect_name == "postgresql" else sqlite
    statement: postgresql.Insert = speaks.insert(table)
    return statement
