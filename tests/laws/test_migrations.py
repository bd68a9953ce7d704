"""Migrations on both databases: up, down, up again; what they make is what the models say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import Connection, MetaData, create_engine, delete, inspect, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from signing.audit import Verb, log
from signing.audit.models import AuditEvent
from signing.core import clock, marks, migrating
from signing.core.db import Base, db, transaction
from signing.core.keystore_tables import KeyStoreBase
from signing.core.settings import Settings, read_settings
from tests import make
from tests.conftest import DATABASES
from tests.postgres import Server

METADATA = {"database": Base.metadata, "keystore": KeyStoreBase.metadata}
STORES = tuple(METADATA)
assert marks.Mark.metadata is Base.metadata
LIMITS = "limits"  # on PostgreSQL alone, and no model: see signing.core.limits
YOUNG, OLD = timedelta(days=700), timedelta(days=740)  # on either side of 24 months


@pytest.fixture(params=DATABASES)
def empty(
    request: pytest.FixtureRequest, tmp_path: Path, environment: dict[str, str]
) -> Iterator[Settings]:
    """Settings of an installation without a single table, on each database in turn."""
    data = {"SIGNING_DATA_DIR": str(tmp_path)}
    if request.param == "sqlite":
        yield read_settings(environment | data)
        return
    server: Server = request.getfixturevalue("postgresql")
    names = ("SIGNING_DATABASE_URL", "SIGNING_KEYSTORE_URL")
    urls = {name: server.create() for name in names}
    yield read_settings(environment | data | urls)
    for url in urls.values():
        server.drop(url)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def connection(empty: Settings, store: str) -> Iterator[Connection]:
    url = migrating.urls(empty)[store]
    with create_engine(url, poolclass=NullPool).connect() as connection:
        yield connection


def tables(connection: Connection) -> set[str]:
    found = set(inspect(connection).get_table_names())
    connection.rollback()
    return found - {"alembic_version", LIMITS}


def test_up_down_and_up_again(connection: Connection, store: str) -> None:
    config, wanted = migrating.config(store, connection), set(METADATA[store].tables)
    command.upgrade(config, "head")
    assert tables(connection) == wanted
    command.downgrade(config, "base")
    assert tables(connection) == set()
    command.upgrade(config, "head")
    assert tables(connection) == wanted


def test_the_newest_version_is_what_the_models_say(connection: Connection, store: str) -> None:
    command.upgrade(migrating.config(store, connection), "head")
    metadata: MetaData = METADATA[store]

    def is_ours(_object: object, name: str | None, kind: str, *_more: object) -> bool:
        return not (kind == "table" and name == LIMITS)

    opts = {"compare_type": True, "include_object": is_ours}
    context = MigrationContext.configure(connection, opts=opts)
    assert compare_metadata(context, metadata) == []


def test_what_is_behind_is_named_until_it_is_upgraded(empty: Settings) -> None:
    assert migrating.list_behind(empty) == list(STORES)
    migrating.upgrade(empty)
    assert migrating.list_behind(empty) == []


def test_the_audit_log_is_never_rewritten(app: Flask) -> None:
    with time_machine.travel(clock.now() - OLD), transaction():
        log.record(Verb.LETTER_OPENED, by=make.OPERATOR, subject="open-roads")

    with pytest.raises(DBAPIError, match="only added to"), transaction():
        db.session.execute(update(AuditEvent).values(subject="another"))


@pytest.mark.parametrize(("age", "may_go"), [(timedelta(), False), (YOUNG, False), (OLD, True)])
def test_what_is_old_may_leave_the_audit_log(app: Flask, age: timedelta, *, may_go: bool) -> None:
    with time_machine.travel(clock.now() - age), transaction():
        log.record(Verb.LETTER_OPENED, by=make.OPERATOR, subject="open-roads")

    if may_go:
        with transaction():
            db.session.execute(delete(AuditEvent))
    else:
        with pytest.raises(DBAPIError, match="only added to"), transaction():
            db.session.execute(delete(AuditEvent))

    assert db.session.query(AuditEvent).count() == (0 if may_go else 1)
