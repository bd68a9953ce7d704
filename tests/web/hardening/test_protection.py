"""The headers that protect a visitor, on every kind of answer; `tests/laws` walks the addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from signing import create_app
from signing.core.db import db, transaction
from signing.core.settings import Settings
from tests import make
from tests.conftest import Visitor, let_go
from tests.web.hardening import walk

Ask = Callable[[FlaskClient], TestResponse]
SIGN = f"/en/{walk.SLUG}/sign"

ANSWERS: dict[int, Ask] = {
    200: lambda client: client.get(f"/en/{walk.SLUG}"),
    302: lambda client: client.get("/"),
    303: lambda client: client.get(SIGN),
    304: lambda client: client.get("/en/", headers={"If-None-Match": "*"}),
    308: lambda client: client.get("/en"),
    403: lambda client: client.post(SIGN, headers={"Origin": "https://evil.example"}),
    404: lambda client: client.get("/en/nothing/there"),
    405: lambda client: client.put(SIGN),
    411: lambda client: client.post(SIGN, headers={"Transfer-Encoding": "chunked"}),
    413: lambda client: client.post(SIGN, data="x" * 70_000),
    422: lambda client: client.post(SIGN, data={}),
}


@pytest.fixture
def client(settings: Settings) -> Iterator[FlaskClient]:
    """Of a house that knows itself as https."""
    app = create_app(settings.model_copy(update={"base_url": "https://letters.example.org"}))
    app.test_client_class = Visitor
    with app.app_context():
        walk.letter()
        yield app.test_client()
    let_go(app)


def _check(answer: TestResponse) -> None:
    headers = answer.headers
    policy = dict(
        directive.strip().partition(" ")[::2]
        for directive in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert set(policy.values()) <= {"'none'", "'self'"}
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Set-Cookie" not in headers
    assert "Server" not in headers
    assert "X-Powered-By" not in headers


@pytest.mark.parametrize("status", ANSWERS)
def test_every_kind_of_answer_protects_its_visitor(client: FlaskClient, status: int) -> None:
    answer = ANSWERS[status](client)
    assert answer.status_code == status
    _check(answer)
    if status >= 400:
        assert answer.headers["Cache-Control"] == "no-store"
    if answer.location:
        assert answer.data == b""


def test_an_answer_about_a_mistake_of_ours_does_too_and_says_nothing_of_it(
    client: FlaskClient,
) -> None:
    with transaction():
        db.session.execute(text("ALTER TABLE consents RENAME TO elsewhere"))
    answer = client.post(SIGN, data=make.sign_form())
    assert answer.status_code in {500, 503}
    _check(answer)
    for word in ("consents", "elsewhere", "Error", "sqlalchemy", "psycopg", "Lindqvist"):
        assert word not in answer.text
    with transaction():
        db.session.execute(text("ALTER TABLE elsewhere RENAME TO consents"))


def test_no_page_needs_more_than_its_policy_allows(app: Flask, client: FlaskClient) -> None:
    for path in ("/en/", f"/en/{walk.SLUG}", f"/en/{walk.SLUG}/thanks", f"/embed/{walk.SLUG}/en"):
        soup = BeautifulSoup(client.get(path).data, "html.parser")
        assert not soup.find_all("style"), path
        assert not [tag for tag in soup.find_all("script") if not tag.get("src")], path
        for tag in soup.find_all(name=True):
            inline = [name for name in tag.attrs if name == "style" or name.startswith("on")]
            assert inline == [], (path, tag.name)


@pytest.mark.parametrize("kind", ["en.json", "en/by-locale.json", "en.svg", "en"])
def test_embeds_are_open_to_read_and_to_nothing_else(client: FlaskClient, kind: str) -> None:
    path = f"/embed/{walk.SLUG}/{kind}"
    answer = client.get(path, headers={"Origin": "https://partner.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    for name in ("Credentials", "Methods", "Headers"):
        assert f"Access-Control-Allow-{name}" not in answer.headers
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    refused = client.post(path, headers={"Origin": "https://partner.example"})
    assert refused.status_code in {403, 405}
    assert "Access-Control-Allow-Origin" not in refused.headers
