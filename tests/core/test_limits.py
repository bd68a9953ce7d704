"""Counting knocks: on both databases and in Redis, by any number of processes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from signing import create_app
from signing.core import clock
from signing.core.limits import Limits, SqlStorage, limits
from signing.core.settings import Settings
from tests.conftest import let_go
from tests.redis_server import Redis

HOUR = 3600


@pytest.fixture(params=["its database", "Redis"])
def store(request: pytest.FixtureRequest, app: Flask, settings: Settings) -> Iterator[Limits]:
    if request.param == "its database":
        yield limits._get_current_object()  # type: ignore[attr-defined]
        return
    with Redis() as redis:
        other = create_app(settings.model_copy(update={"redis_url": redis.url}))
        yield other.extensions["signing.limits"]
        let_go(other)


def test_each_key_is_counted_for_itself(store: Limits) -> None:
    assert store.hit_all([("a", HOUR), ("b", HOUR)]) == [1, 1]
    assert store.hit_all([("b", HOUR), ("c", HOUR)]) == [2, 1]
    assert [store.count(key) for key in "abcd"] == [1, 2, 1, 0]


def test_a_window_ends(app: Flask) -> None:
    limits.hit_all([("a", 60), ("a day", 86_400)])

    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert limits.count("a") == 0
        assert limits.hit_all([("a", 60), ("a day", 86_400)]) == [1, 2]


def test_what_is_over_is_deleted(app: Flask) -> None:
    limits.hit_all([("a", 60), ("a day", 86_400)])

    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert limits.forget_expired() == 1
        assert limits.forget_expired() == 0
        assert limits.count("a day") == 1


def test_no_knock_is_lost_where_many_knock_at_once(store: Limits) -> None:
    orders = [[("a", HOUR), ("b", HOUR), ("c", HOUR)], [("c", HOUR), ("b", HOUR), ("a", HOUR)]]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(store.hit_all, orders * 50))

    assert [store.count(key) for key in "abc"] == [100, 100, 100]


def test_a_store_that_is_away_limits_nobody(
    app: Flask, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    away = create_app(settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}))
    store: Limits = away.extensions["signing.limits"]

    assert store.hit_all([("a", HOUR)]) == [0]
    assert store.count("a") == 0
    assert not store.is_there()
    assert "limits: ConnectionError" in caplog.text
    let_go(away)


def test_the_store_is_not_in_the_database_that_is_backed_up(app: Flask) -> None:
    """SQLite: a file of its own. PostgreSQL: unlogged, so on no replica; see docs for dumps."""
    storage = limits.storage
    assert isinstance(storage, SqlStorage)
    with storage.engine.connect() as connection:
        if storage.engine.dialect.name == "postgresql":
            kind = "SELECT relpersistence FROM pg_class WHERE relname = 'limits'"
            assert connection.exec_driver_sql(kind).scalar_one() in {"u", b"u"}
        else:
            assert str(storage.engine.url.database).endswith("limits.db")
