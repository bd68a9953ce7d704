"""Bodies, paths and fields that no browser sends: too long, packed, cut, doubled, poisoned."""

from __future__ import annotations

import gzip
import io
import tempfile
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from signing.application import LARGEST_REQUEST_BYTES
from tests import make
from tests.books import Books
from tests.conftest import Inbox
from tests.web.hardening import walk

SIGN = f"/en/{walk.SLUG}/sign"
FORM = "application/x-www-form-urlencoded"
TOO_MUCH = 413


@pytest.fixture(autouse=True)
def _letter(app: Flask, inbox: Inbox) -> None:
    walk.letter()
    _ = inbox.mails
    inbox.server.received.clear()  # the partner's invitation


def _form_of(length: int) -> bytes:
    """A good form of exactly so many bytes."""
    good = urlencode(make.sign_form()).encode() + b"&padding="
    return good + b"x" * (length - len(good))


def test_a_request_of_64_kb_is_read_and_one_byte_more_is_not(
    client: FlaskClient, books: Books
) -> None:
    longest = _form_of(LARGEST_REQUEST_BYTES)
    assert client.post(SIGN, data=longest + b"x", content_type=FORM).status_code == TOO_MUCH
    assert books.states() == []
    assert client.post(SIGN, data=longest, content_type=FORM).status_code == 303


def test_a_body_whose_length_nobody_says_is_refused_instead_of_cut(
    client: FlaskClient, books: Books
) -> None:
    for length in (100, LARGEST_REQUEST_BYTES + 1):
        answer = client.post(
            SIGN,
            input_stream=io.BytesIO(_form_of(length)),
            content_type=FORM,
            headers={"Transfer-Encoding": "chunked"},
            environ_overrides={"wsgi.input_terminated": True},
        )
        assert answer.status_code == 411
    assert books.states() == []


def test_a_packed_body_is_not_unpacked(client: FlaskClient, books: Books) -> None:
    bomb = gzip.compress(urlencode(make.sign_form()).encode() + b"&x=" + bytes(20_000_000))
    assert len(bomb) < LARGEST_REQUEST_BYTES
    for encoding in ("gzip", "deflate", "br", "gzip, gzip", "identity"):
        headers = {"Content-Encoding": encoding}
        answer = client.post(SIGN, data=bomb, content_type=FORM, headers=headers)
        assert answer.status_code == 422, encoding
    assert books.states() == []


def test_a_file_is_kept_nowhere(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    for field in ("name", "file", "comment", "../../evil"):
        form = make.sign_form() | {field: (io.BytesIO(b"MARKED" * 9_000), "../../evil.html")}
        answer = client.post(SIGN, data=form, content_type="multipart/form-data")
        assert answer.status_code in {303, 422}
        assert "MARKED" not in answer.text
        assert "evil" not in answer.text
    assert list(folder.iterdir()) == []


def test_ten_thousand_fields_are_passed_over_and_a_thousand_parts_are_too_many(
    client: FlaskClient, books: Books
) -> None:
    plain = urlencode(make.sign_form()) + "&a=" * 10_000
    assert client.post(SIGN, data=plain, content_type=FORM).status_code == 303
    parts = b"--b\r\nContent-Disposition:form-data;name=a\r\n\r\n\r\n" * 1_001 + b"--b--\r\n"
    assert len(parts) < LARGEST_REQUEST_BYTES
    answer = client.post(SIGN, data=parts, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == TOO_MUCH
    assert books.states() == ["pending"]


def test_a_field_that_comes_twice_is_read_once(
    client: FlaskClient, inbox: Inbox, books: Books
) -> None:
    twice = (
        urlencode(make.sign_form()) + "&email=eve@example.org&name=Eve&country=DE&show_name=full"
    )
    assert client.post(SIGN, data=twice, content_type=FORM).status_code == 303
    assert [mail["To"] for mail in inbox.mails] == ["zoe@example.org"]
    page = client.get(inbox.link())
    assert "Zoë Lindqvist" in page.text
    assert "Eve" not in page.text
    assert books.states() == ["pending"]


def test_a_form_is_read_from_the_body_and_never_from_the_address(
    client: FlaskClient, books: Books
) -> None:
    assert client.post(f"{SIGN}?{urlencode(make.sign_form())}").status_code == 422
    assert client.get(f"{SIGN}?{urlencode(make.sign_form())}").status_code == 303
    assert books.states() == []


BREAKS = (
    "\r\n",
    "\n",
    "\r",
    "\x0b",
    "\x0c",
    "\x85",
    "\u2028",
    "\u2029",
    "%0d%0a",
    "\\r\\n",
    "\x00",
)


@pytest.mark.parametrize("broken", BREAKS, ids=ascii)
def test_no_field_adds_a_line_to_the_head_of_an_answer_or_a_mail(
    client: FlaskClient, inbox: Inbox, broken: str
) -> None:
    for field in ("name", "email", "country", "city", "comment", "show_name"):
        _inject(client, field, broken)
    for mail in inbox.mails:
        assert mail["Bcc"] is None
        assert mail["X-Evil"] is None
        assert [one.defects for one in mail.walk() if one.defects] == []
    for received in inbox.server.received:
        assert received.to == (received.message["To"],)
        assert received.to[0].endswith("@in.example.org")


def _inject(client: FlaskClient, field: str, broken: str) -> None:
    good = make.sign_form(email=f"{field}@in.example.org")
    injected = (
        f"{good.get(field, 'x')}{broken}Bcc: eve@example.org{broken}X-Evil: 1{broken}{broken}x"
    )
    answer = client.post(SIGN, data=good | {field: injected})
    assert answer.status_code in {303, 422}
    assert "X-Evil" not in answer.headers
    assert not any(mark in answer.headers.get("Location", "") for mark in "\r\n")


PATHS = [
    "/%00", "/en/%00", "/en/open-roads%00", "/static/%00.css", "/static/../settings.py",
    "/static/..%2f..%2f__init__.py", "/static/%2e%2e/%2e%2e/__init__.py", "/static//etc/passwd",
    "/static/..\\..\\__init__.py", "/static/%2fetc%2fpasswd", "/static/embed/../../web/wsgi.py",
    "/static/.", "/static/", "/static/embed", "/static/site.css/", "/static/site.css%20",
    "/en/%ff%fe", "/en/%ed%a0%80", "/en/%c0%ae%c0%ae/", "/%e2%80%ae", "/en/" + "a" * 8_000,
    "/" * 500, "/en/" + "../" * 500, "/en;x=1/open-roads", "/EN/open-roads", "/pt_PT/open-roads",
    "/en/OPEN-ROADS", "/en/open-roads.json", "/.git/config", "/.env", "/data/keys.db",
    "/embed/open-roads/en.json/", "/embed/open-roads/xx.json", "/embed/open-roads/en.exe",
    "/embed/open-roads/%65n.json%00", "/en/open-roads/sent%0d%0aX-Evil:%201", "/%E0%A4%A",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
def test_a_strange_path_finds_a_page_or_nothing_and_no_file_of_ours(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path, buffered=True)
    assert answer.status_code in {200, 301, 302, 308, 404}
    assert "X-Evil" not in answer.headers
    assert "from __future__" not in answer.text
    assert "root:x:" not in answer.text
    assert "SQLite format" not in answer.text
    if answer.status_code == 200:  # a second spelling of a page that is there
        assert "Open roads" in answer.text or answer.mimetype in {"text/css", "application/json"}


def test_a_query_of_any_length_or_letters_changes_no_page(client: FlaskClient) -> None:
    for path in (f"/en/{walk.SLUG}", f"/embed/{walk.SLUG}/en.svg", f"/en/{walk.SLUG}/sent"):
        plain = client.get(path)
        for query in ("t=" + "A" * 10_000, "t=%ff%fe", "t=%00", "&" * 5_000, "t[]=1", "t=1&t=2"):
            answer = client.get(f"{path}?{query}")
            assert answer.status_code == plain.status_code
            assert len(answer.data) <= len(plain.data) + 200


def test_a_resent_address_that_is_none_of_ours_is_not_carried_along(client: FlaskClient) -> None:
    """A header as long as a form would be more than nginx takes from us: its 502 is our fault."""
    for sealed in ("A" * 60_000, "\u202e" * 1_000, "\r\nX-Evil: 1"):
        answer = client.post(f"/en/{walk.SLUG}/sent", data={"t": sealed})
        assert answer.status_code == 303
        assert len(answer.headers["Location"]) < 200
        assert "X-Evil" not in answer.headers


@pytest.mark.parametrize(
    "path", ["nothing.css", "../../../../../../../../dev/zero", "embed", "%00"]
)
def test_options_of_a_file_opens_no_file(client: FlaskClient, path: str) -> None:
    """Whoever asks what may be asked has named no file that was found."""
    answer = client.options(f"/static/{path}")
    assert answer.status_code == 200
    assert "max-age" not in answer.headers["Cache-Control"]
    assert client.get(f"/static/{path}").status_code == 404
