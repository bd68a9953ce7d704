"""Thousands of requests that mean no good, to every staff route, signed in and not: no 5xx."""

from __future__ import annotations

import io
import logging
import os
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
from tests import staff
from tests.fuzz.nonsense import HEADER, MARK, Attempt, Route, attempts, text
from tests.web.staff import furnished

INPUTS = int(os.environ.get("SIGNING_STAFF_INPUTS", "600"))
FIELDS = (
    "email", "password", "code", "name", "role", "letter", "into", "locale", "next", "credential",
    "verb", "subject", "member", "day", "after", "csrf_token",
    "opens_at", "closes_at", "time_zone", "seen", "slug", "x", "y", "to", "wording", "thanks",
    "reason", "deed", "tick", "which", "signature", "revision", "city", "address", "q", "partner",
    "country", "state", "entry", "noticed", "flagged", "first", "last", "sort", "range", "format",
    "preset", "columns", "consent", "receiver", "key", "first_day", "last_day", "has_names", "why",
    "title", "body", "summary", "based_on", "words", "version", "part", "whole", "rows", "paper",
    "sheet", "same", "back", "column-0", "column-1", "has_header", "without_faulty", "kind",
    "source", "link", "as_of", "basis", "number", "audience", "pace", "when", "due_at", "is_sure",
    "site", "origins", "locales", "contact", "accent", "work", "goal_grows_at", "goal",
    "correction", "sender_name", "reply_address", "delivery_note", "ended_on", "began_on",
    "privacy", "digest", "mailings_sort", "mailings_after", "sources_sort", "sources_after",
)  # fmt: skip
# What some field takes, so that a form is good but for a field or two.
GOOD = (
    "hide", "set_aside", "keep", "restore", "show", "insult", "invented", "Eve", "Ulm", "all", "1",
    "2026-03-01", "2026-12-01T12:00", "eve@example.org", "https://example.org", "en", "fr", "SE",
    "delivery", "mailing", "full", "shown", "csv", "xlsx", "jsonl", "news", "newsletter", "name",
    "paper", "openpetition", "figure", "none", "consent", "now", "later", "0", "objection",
    "-sent", "country", "-rows", "-made", "begun", "f" * 32,
    "signer", "confirmed", "pending", "owner", "translator", "green-web", "Europe/Berlin",
    "#112233",
)  # fmt: skip
values = st.one_of(text, st.sampled_from(GOOD), st.sampled_from(GOOD))


@pytest.fixture
def known(app: Flask) -> list[Route]:
    _letter, rows = furnished.letter()
    urls = app.url_map.bind("")
    ref = staff.invitation()
    ids = {"token": tokens.make(Purpose.INVITATION, ref), "member_id": new_id()}
    ids |= rows | {"slug": "open-roads", "into": "fr", "group": "times", "item_id": rows["report"]}
    ids |= {"sort": "report", "dimension": "locale", "state": "off"}
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
    app: Flask, known: list[Route], caplog: pytest.LogCaptureFixture, *, is_signed_in: bool
) -> None:
    who = staff.member("zed@example.org")
    with transaction():
        value = sessions.open_(queries.get(who.id), "")
    browser = staff.Browser(app.test_client())
    browser.client.set_cookie("signing", value, path="/")
    token = browser.token()
    served = PageCache(app.wsgi_app)
    caplog.set_level(logging.ERROR, "signing")
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
        fields = data.draw(st.dictionaries(st.sampled_from(FIELDS), values, max_size=9))
        made = _environ(attempt, {"csrf_token": token} | fields)
        if is_signed_in:
            made["HTTP_COOKIE"] = f"signing={value}"
        body, status, headers = Context().run(_send, served, made)
        seen[status] = seen.get(status, 0) + 1
        _check(body, status, headers)

    attack()
    assert 404 in seen, seen
    assert {200, 303} & seen.keys(), seen
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
