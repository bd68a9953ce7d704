"""Thousands of requests that mean no good, to every route: no 5xx, no trace back, no markup back.

`SIGNING_FUZZ_INPUTS` says how many (`make fuzz`: 100,000), half of them on each database.
"""

from __future__ import annotations

import logging
import os
import time
from contextvars import Context
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import Headers
from werkzeug.test import run_wsgi_app

from signing.letters import queries as letters
from signing.web.page_cache import PageCache
from tests import make
from tests.fuzz.nonsense import HEADER, MARK, Attempt, Route, attempts
from tests.web.hardening import walk

INPUTS = int(os.environ.get("SIGNING_FUZZ_INPUTS", "2000"))
SECONDS = 10.0  # on a machine with much else to do; most take a hundredth
MARKUP = {"text/html", "image/svg+xml"}


@pytest.fixture
def known(app: Flask) -> list[Route]:
    walk.letter()
    ref = make.signature(letters.get_by_slug(walk.SLUG), is_confirmed=False)
    return [
        Route(method, one.path)
        for method in ("GET", "POST")
        for one in walk.addresses(app, method, ref)
    ]


@pytest.mark.timeout(0 if INPUTS > 10_000 else 300)
def test_every_route_answers_whatever_is_sent(
    app: Flask, known: list[Route], caplog: pytest.LogCaptureFixture
) -> None:
    served = PageCache(app.wsgi_app)
    seen: dict[int, int] = {}
    caplog.set_level(logging.ERROR, "signing")

    @settings(
        max_examples=INPUTS // 2,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def attack(data: st.DataObject) -> None:
        attempt = data.draw(attempts(known))
        began = time.monotonic()
        body, status, headers = Context().run(_send, served, attempt)
        assert time.monotonic() - began < SECONDS
        seen[status] = seen.get(status, 0) + 1
        _check(body, status, headers)

    attack()
    assert {200, 303, 404, 405, 422} <= seen.keys(), seen  # the fuzz got behind the door


def _send(served: PageCache, attempt: Attempt) -> tuple[bytes, int, Headers]:
    body: Any
    body, status, headers = run_wsgi_app(served, attempt.environ(), buffered=True)
    return b"".join(body), int(status.split(" ")[0]), headers


def _check(body: bytes, status: int, headers: Headers) -> None:
    assert status < 500
    assert HEADER not in headers
    assert "Set-Cookie" not in headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    if status != 304:
        assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert all("\r" not in value and "\n" not in value for value in headers.values())
    assert b"Traceback" not in body
    assert b"site-packages" not in body
    if headers.get("Content-Type", "").partition(";")[0] in MARKUP:
        assert MARK.encode() not in body.lower()
