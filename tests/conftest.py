"""What tests stand on: both databases, the application, a real mail server, the worker."""

from __future__ import annotations

import gc
import os
import re
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from datetime import datetime, timedelta
from email.message import EmailMessage
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.pool import ConnectionPoolEntry
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from signing import create_app
from signing.cli import keys
from signing.core import clock, migrating
from signing.core.db import db
from signing.core.settings import Settings, read_settings
from signing.core.vault import vault
from signing.mail import smtp
from signing.worker.loop import Worker
from tests.books import Books
from tests.mail.smtp_server import SmtpServer
from tests.postgres import NoPostgres, Server, cluster

DATABASES = ("sqlite", "postgresql")
SECONDS_OF_A_TEST = 10
TEMPLATE, KEYS_TEMPLATE = "template_signing", "template_keys"


def pytest_configure() -> None:
    """A run that is told to end ends its servers too, as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def missing(reason: str) -> None:
    """A test whose real part is missing is skipped; where everything must be there, it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """Settings that all tests of a run share."""
    return keys.fresh() | {
        "SIGNING_BASE_URL": "http://localhost",
        "SIGNING_MAIL_FROM": "letters@example.org",
        "SIGNING_OPERATOR": "Example Association",
        "SIGNING_NAMESERVERS": "off",
    }


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """A folder with migrated databases and the house's keys, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    _prepare(read_settings(environment | {"SIGNING_DATA_DIR": str(folder)}))
    return folder


@pytest.fixture(scope="session")
def postgresql(environment: dict[str, str]) -> Iterator[Server]:
    """A cluster for the run, with migrated template databases."""
    try:
        with cluster() as server:
            urls = {
                "SIGNING_DATABASE_URL": server.create(TEMPLATE),
                "SIGNING_KEYSTORE_URL": server.create(KEYS_TEMPLATE),
            }
            _prepare(read_settings(environment | urls))
            yield server
    except NoPostgres as absent:
        missing(str(absent))


def _prepare(settings: Settings) -> None:
    migrating.upgrade(settings)
    with (app := create_app(settings)).app_context():
        vault.make_keys()
        let_go(app)


@event.listens_for(Engine, "connect")
def _reverse_what_has_no_order(connection: object, _entry: ConnectionPoolEntry) -> None:
    """Rows that nobody ordered come in the other order: who leans on chance is found here."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects = ON").close()


def let_go(app: Flask) -> None:
    """No connection of this application stays open."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
        vault.store.engine.dispose()


@pytest.fixture(params=DATABASES)
def settings(
    request: pytest.FixtureRequest, tmp_path: Path, environment: dict[str, str]
) -> Iterator[Settings]:
    """Settings of a fresh installation, on each database in turn."""
    data = {"SIGNING_DATA_DIR": str(tmp_path / "data")}
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("sqlite_template"), tmp_path / "data")
        yield read_settings(environment | data)
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.lent(TEMPLATE) as database, server.lent(KEYS_TEMPLATE) as keystore:
        urls = {"SIGNING_DATABASE_URL": database, "SIGNING_KEYSTORE_URL": keystore}
        yield read_settings(environment | data | urls)


class Visitor(FlaskClient):
    """Every request in a context of its own, as on a server, whatever the test has pushed.

    And each from another network, unless the test says from which (`environ_base`).
    """

    asked = 0

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        Visitor.asked += 1
        elsewhere = {"REMOTE_ADDR": str(IPv4Address("10.0.0.0") + Visitor.asked)}
        kwargs["environ_base"] = elsewhere | kwargs.get("environ_base", {})
        return Context().run(super().open, *args, **kwargs)


@pytest.fixture(scope="session", autouse=True)
def _garbage_looked_for_seldom() -> None:
    """What is imported stays: looking through all of it again and again was half of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def _rules_compiled_once() -> Iterator[None]:
    """Each application compiles hundreds of addresses into functions: most of what it costs.

    They follow from the rule alone, so that thousands of applications may have the same.
    """
    compile_, kept = Rule._compile_builder, dict[Any, Any]()

    def compiled(rule: Rule, append_unknown: bool = True) -> Any:
        key = rule.rule, str(rule.defaults), append_unknown
        if key not in kept:
            kept[key] = compile_(rule, append_unknown)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compiled)
        yield


@pytest.fixture(scope="session", autouse=True)
def statements() -> Iterator[dict[Any, Any]]:
    """Statements compiled for an earlier test: they follow from the kind of database alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DefaultDialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(DefaultDialect, "__hash__", lambda one: hash(type(one)))
        yield {}


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Templates as they were compiled for an earlier test: each has an application of its own."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("compiled")))


@pytest.fixture
def app(settings: Settings, compiled: BytecodeCache, statements: dict[Any, Any]) -> Iterator[Flask]:
    """The application, with a context pushed; requests have contexts of their own."""
    made = create_app(settings)
    made.jinja_env.bytecode_cache = compiled
    made.test_client_class = Visitor
    with made.app_context():
        db.engine.update_execution_options(compiled_cache=statements)
        yield made
    let_go(made)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def books(app: Flask) -> Books:
    return Books(app)


@pytest.fixture
def mail_server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _not_across_midnight() -> None:
    """Many tests ask what came today, or in this hour: none begins in its last seconds."""
    left = 3600 - time.time() % 3600
    if left < SECONDS_OF_A_TEST:
        time.sleep(left)


class Inbox:
    """Everybody's inbox: what waits in the outbox is sent by real SMTP before each look."""

    def __init__(self, app: Flask, server: SmtpServer) -> None:
        self.app = app
        self.server = server
        self.worker = Worker(app)
        self._later: time_machine.travel | None = None

    @property
    def mails(self) -> list[EmailMessage]:
        """Every mail that has arrived, oldest first."""
        url = smtp.SmtpUrl.parse(self.server.url)
        with smtp.Connection(url) as connection, self.app.app_context():
            while self.worker.round(connection):
                pass
        return [one.message for one in self.server.received]

    def link(self, kind: str = "confirm", *, to: str = "") -> str:
        """The path of the newest such link, mailed to anybody or to one address."""
        for mail in reversed(self.mails):
            if to in mail["To"] and (found := re.search(rf"\S+/{kind}/\S+", self.text(mail))):
                return urlsplit(found[0]).path
        raise AssertionError(f"no link to {kind} has arrived")

    @staticmethod
    def text(mail: EmailMessage) -> str:
        return _part(mail, "plain")

    @staticmethod
    def html(mail: EmailMessage) -> str:
        return _part(mail, "html")

    def let_time_pass(self, minutes: int = 6) -> None:
        """From now on it is later; mails that wait are sent first."""
        _ = self.mails
        now = clock.now()
        self.end()
        self._later = time_machine.travel(now + timedelta(minutes=minutes))
        self._later.start()

    def end(self) -> None:
        if self._later is not None:
            self._later.stop()
            self._later = None

    @contextmanager
    def later(self, by: timedelta) -> Iterator[datetime]:
        """Inside it is later."""
        _ = self.mails
        with time_machine.travel(clock.now() + by):
            yield clock.now()


def _part(mail: EmailMessage, subtype: str) -> str:
    body = mail.get_body((subtype,))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def inbox(app: Flask, mail_server: SmtpServer) -> Iterator[Inbox]:
    made = Inbox(app, mail_server)
    yield made
    made.end()
