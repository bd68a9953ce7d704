"""Redirects stay in the house, and no header of a request finds its way into a link of ours."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from signing.letters import queries as letters
from tests import make
from tests.conftest import Inbox
from tests.web.hardening import walk

EVIL = "evil.example"
HOSTS = [
    EVIL, f"{EVIL}:80", f"localhost.{EVIL}", f"localhost:80@{EVIL}", f"{EVIL}/x", f"{EVIL}?", "..",
    ".", "", " ", "a b", "[::1", "[::1]", "[evil]", "localhost\\", f"localhost,{EVIL}", "ß.example",
    "x" * 64, "x" * 5_000, f"{EVIL}:99999", f"{EVIL}:x", "%00", "<zq>",
]  # fmt: skip
PATHS = [
    "/", "/en", "/open-roads", "/en/open-roads/", "/en//open-roads", "//evil.example/en", "///en",
    "/\\evil.example/en", "/%5cevil.example/en", "/%2f%2fevil.example/en", "/en/%2e%2e/%2e%2e/x",
    "/en/..%2f..%2fevil.example", "/en/open-roads/sign", "//evil.example/%2f..",
    "/https:evil.example",
    "/https://evil.example/en", "/.evil.example", "/@evil.example", "/en/open-roads/sent/",
    "/embed//open-roads/en.json", "/%09/evil.example", "/en%0d%0aLocation:%20//evil.example",
]  # fmt: skip
FORWARDED = {
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Forwarded-Server": EVIL,
    "X-Original-URL": f"//{EVIL}",
    "X-Rewrite-URL": f"//{EVIL}",
    "Forwarded": f"host={EVIL};proto=gopher",
    "Referer": f"https://{EVIL}/",
}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Without a jar for cookies, which cannot live with such hosts."""
    walk.letter()
    return app.test_client(use_cookies=False)


def _is_within(location: str) -> bool:
    """Whether every browser takes it for a path of the site that it came from."""
    parts = urlsplit(location)
    return (
        not parts.scheme
        and not parts.netloc
        and location.startswith("/")
        and location[1:2] not in {"/", "\\"}
        and all(32 < ord(character) < 127 for character in location)
    )


@pytest.mark.parametrize("host", HOSTS)
def test_a_redirect_stays_in_the_house_whatever_host_was_asked(
    client: FlaskClient, host: str
) -> None:
    for path in PATHS:
        answer = client.get(path, headers={"Host": host} | FORWARDED)
        assert answer.status_code < 500, path
        location = answer.headers.get("Location")
        assert location is None or _is_within(location), (path, location)
        assert EVIL not in answer.text, path
    sent = client.post("/en/open-roads/sign", data=make.sign_form(), headers={"Host": host})
    assert sent.status_code == 303
    assert _is_within(sent.headers["Location"])


@pytest.mark.parametrize("name", ["next", "url", "redirect", "return_to", "from", "t", "again"])
def test_no_query_says_where_a_redirect_leads(client: FlaskClient, name: str) -> None:
    for path in ("/", "/open-roads", "/en/open-roads/sign", "/en"):
        location = client.get(path, query_string={name: f"//{EVIL}/"}).headers["Location"]
        assert _is_within(location)
        assert EVIL not in urlsplit(location).path


def test_links_in_mails_and_embeds_come_from_the_settings_alone(
    client: FlaskClient, inbox: Inbox
) -> None:
    headers = {"Host": EVIL} | FORWARDED
    client.post("/en/open-roads/sign", data=make.sign_form(), headers=headers)
    client.post(inbox.link(), data={"revision": "1"}, headers=headers)
    client.post(f"{inbox.link('my-signature')}/fresh", headers=headers)

    assert len(inbox.mails) >= 1
    assert not any(EVIL in received.raw.decode() for received in inbox.server.received)
    for path in ("/en/open-roads", "/en/open-roads/thanks", "/embed/open-roads/en.json"):
        assert EVIL not in client.get(path, headers=headers).text


def test_a_host_that_is_none_gets_a_page_like_any_other(client: FlaskClient) -> None:
    for host in HOSTS:
        answer = client.get("/en/nothing/there", headers={"Host": host})
        assert answer.status_code == 404
        assert "Content-Security-Policy" in answer.headers
    assert letters.get_by_slug(walk.SLUG).slug == walk.SLUG
