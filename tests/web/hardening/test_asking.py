"""Asking changes nothing, and other people's websites can send nothing: every route, one by one."""

from __future__ import annotations

from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient

from signing.core.tokens import SignatureRef
from signing.letters import queries as letters
from tests import make
from tests.conftest import Inbox
from tests.web.hardening import walk
from tests.web.hardening.dumps import Rows, dump

# How often somebody knocked is no state of ours: it is gone after a day, and so is its key.
COUNTERS = {"limits"}
NETWORK = "network"


@pytest.fixture(params=["pending", "confirmed"])
def ref(app: Flask, request: pytest.FixtureRequest) -> SignatureRef:
    walk.letter()
    letter = letters.get_by_slug(walk.SLUG)
    return make.signature(letter, is_confirmed=request.param == "confirmed")


def _state(app: Flask) -> dict[str, Rows]:
    return {
        name: [row for row in rows if row.get("purpose") != NETWORK]
        for name, rows in dump(app).items()
        if name not in COUNTERS
    }


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_no_address_changes_anything_when_it_is_only_asked(
    app: Flask, client: FlaskClient, inbox: Inbox, ref: SignatureRef, method: str
) -> None:
    _ = inbox.mails
    before = _state(app)
    for address in walk.addresses(app, "GET", ref):
        for query in ("", "?t=x&again=1&done=1&revision=1&from=x&without_news=1"):
            answer = client.open(address.path + query, method=method, buffered=True)
            assert answer.status_code < 500, address
            assert "Set-Cookie" not in answer.headers, address

    assert _state(app) == before
    arrived = len(inbox.server.received)
    assert len(inbox.mails) == arrived


# How a browser marks what another site has it send: the new way, the old, and both.
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "no-such-word"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:81"},
    {"Origin": "http://localhost/"},
    {"Origin": "https://localhost"},
]


def test_no_address_takes_a_post_that_another_site_had_sent(
    app: Flask, client: FlaskClient, ref: SignatureRef
) -> None:
    before = _state(app)
    walked = walk.addresses(app, "POST", ref)
    assert len(walked) >= 8  # the walk saw the forms

    for address, marks in product(walked, FOREIGN):
        if address.is_one_click:
            continue
        answer = client.post(address.path, headers=marks, data=make.sign_form(revision="1"))
        assert answer.status_code == 403, (address, marks)
        assert "Set-Cookie" not in answer.headers, address
    assert _state(app) == before


def test_one_click_in_a_webmail_is_the_only_exception(
    app: Flask, client: FlaskClient, ref: SignatureRef
) -> None:
    for marks in FOREIGN:
        taken = []
        for address in walk.addresses(app, "POST", ref):
            form = {"List-Unsubscribe": "One-Click"}
            if client.post(address.path, headers=marks, data=form).status_code != 403:
                taken.append(address.endpoint)
        assert taken == ["site.unsubscribe.press"], marks


@pytest.mark.parametrize(
    "marks",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
        {},
    ],
    ids=repr,
)
def test_our_own_forms_come_through(
    app: Flask, client: FlaskClient, ref: SignatureRef, marks: dict[str, str]
) -> None:
    form = make.sign_form(email="somebody@example.org")
    answer = client.post(f"/en/{walk.SLUG}/sign", headers=marks, data=form)
    assert answer.status_code == 303


BY_TOKEN = {("DELETE", "api.imports.get_import")}  # there is such a deed, and it asks for a token


def test_other_methods_do_nothing_whatever_a_header_says_about_them(
    app: Flask, client: FlaskClient, ref: SignatureRef
) -> None:
    before = _state(app)
    for address in walk.addresses(app, "GET", ref):
        overridden = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST"}
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "ANYTHING"):
            status = 401 if (method, address.endpoint) in BY_TOKEN else 405
            assert client.open(address.path, method=method).status_code == status, address
        answer = client.open(address.path, method="GET", headers=overridden, buffered=True)
        assert answer.status_code < 500, address
    assert _state(app) == before
