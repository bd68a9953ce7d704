"""Thousands of requests that mean no good, to every staff route, signed in and not: no 5xx."""

from __future__ import annotations

import io
import logging
import re
from contextvars import Context
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import Headers
from werkzeug.test import run_wsgi_app

from signing.core.db import transaction
from signing.core.ids import HOUSE, new_id
from signing.core.tokens import Purpose, tokens
from signing.staff_accounts import queries, sessions
from signing.web.page_cache import PageCache
from tests import make, staff
from tests.fuzz.nonsense import HEADER, MARK, Attempt, Route, attempts, text

INPUTS = 600
FIELDS = (
    "email", "password", "code", "name", "role", "letter", "into", "locale", "next", "credential",
    "verb", "subject", "member", "day", "after", "csrf_token",
)  # fmt: skip


@pytest.fixture
def known(app: Flask) -> list[Route]:
    make.letter()
    urls = app.url_map.bind("")
    ref = staff.invitation()
    ids = {"token": tokens.make(Purpose.INVITATION, ref), "member_id": new_id()}
    rules = [one for one in app.url_map.iter_rules() if one.rule.startswith("/staff")]
    return [
        Route(
            method, urls.build(rule.endpoint, {one: ids.get(one, HOUSE) for one in rule.arguments})
        )
        for rule in rules
        for method in ("GET", "POST")
        if method in (rule.methods or ())
    ]


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_every_staff_route_answers_whatever_is_sent(
    app: Flask, known: list[Route], *, is_signed_in: bool
) -> None:
    who = staff.member("zed@example.org")
    with transaction():
        value = sessions.open_(queries.get(who.id), "")
    browser = staff.Browser(app.test_client())
    browser.client.set_cookie("signing", value, path="/")
    token = browser.token()
    served = PageCache(app.wsgi_app)
    logging.getLogger("signing").setLevel(logging.ERROR)
    seen: dict[int, int] = {}

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
        fields = data.draw(st.dictionaries(st.sampled_from(FIELDS), text, max_size=5))
        made = _environ(attempt, {"csrf_token": token} | fields)
        if is_signed_in:
            made["HTTP_COOKIE"] = f"signing={value}"
        body, status, headers = Context().run(_send, served, made)
        seen[status] = seen.get(status, 0) + 1
        _check(body, status, headers)

    attack()
    assert {303, 404} <= seen.keys(), seen
    assert not is_signed_in or seen.get(422, 0) + seen.get(200, 0) > 5, seen


def _environ(attempt: Attempt, fields: dict[str, str]) -> dict[str, Any]:
    """The attempt; or, where it sends a form anyway, one with the fields of the staff's forms."""
    made = attempt.environ()
    sent = urlencode({name: one.encode("utf-8", "replace") for name, one in fields.items()})
    if attempt.method == "POST" and "urlencoded" in attempt.content_type:
        body = sent.encode()
        made |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    elif attempt.method == "GET":
        made["QUERY_STRING"] = sent
    return made


def _send(served: PageCache, environ: dict[str, Any]) -> tuple[bytes, int, Headers]:
    body: Any
    body, status, headers = run_wsgi_app(served, environ, buffered=True)
    return b"".join(body), int(status.split(" ")[0]), headers


def _check(body: bytes, status: int, headers: Headers) -> None:
    assert status < 500
    assert HEADER not in headers
    assert b"Traceback" not in body
    assert all("\r" not in value and "\n" not in value for value in headers.values())
    assert re.match(r"/(?!/)|$", headers.get("Location", "")), headers["Location"]
    if headers.get("Content-Type", "").startswith(("text/html", "image/svg")):
        assert MARK.encode() not in body.lower()
