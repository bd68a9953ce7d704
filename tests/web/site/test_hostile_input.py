"""Whatever is sent, the answer is a sentence and never a 500."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.books import Books
from tests.conftest import Inbox

FIELDS = ("name", "email", "country", "city", "comment", "show_name", "news", "wording")


@pytest.fixture
def letter(app: Flask) -> None:
    make.without_work(make.letter(fields=("country", "city", "comment")))


@pytest.mark.usefixtures("letter")
@pytest.mark.parametrize("field", FIELDS)
def test_a_file_where_text_is_expected(client: FlaskClient, field: str) -> None:
    form: dict[str, Any] = make.sign_form() | {field: (io.BytesIO(b"x"), "file.txt")}
    answer = client.post("/en/open-roads/sign", data=form, content_type="multipart/form-data")
    assert answer.status_code in {303, 422}


@pytest.mark.usefixtures("letter")
@pytest.mark.parametrize(
    "body", ["[]", "1", "null", '{"name": 1}', '{"email": {}}', '{"name": "\\ud800"}', "[" * 30_000]
)
def test_json_where_a_form_is_expected(client: FlaskClient, body: str) -> None:
    answer = client.post("/en/open-roads/sign", data=body, content_type="application/json")
    assert answer.status_code == 422


@pytest.mark.usefixtures("letter")
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=300)))
def test_any_text_in_any_field(client: FlaskClient, typed: dict[str, str]) -> None:
    answer = client.post("/en/open-roads/sign", data=make.sign_form() | typed)
    assert answer.status_code in {303, 422}


@pytest.mark.usefixtures("letter")
def test_more_than_a_form_ever_holds_is_413(client: FlaskClient) -> None:
    answer = client.post("/en/open-roads/sign", data=make.sign_form(comment="x" * 100_000))
    assert answer.status_code == 413


@pytest.mark.usefixtures("letter")
def test_a_name_that_carries_a_link_is_refused(client: FlaskClient, books: Books) -> None:
    for name in ("Win 500: http://evil.example", "www.evil.example", "a@evil.example", "x.io/win"):
        answer = client.post("/en/open-roads/sign", data=make.sign_form(name=name))
        assert answer.status_code == 422
    assert books.states() == []
    for name in ("J. R. R. Tolkien", "Dr. O’Neill, MD", "A.B."):
        assert client.post("/en/open-roads/sign", data=make.sign_form(name=name)).status_code == 303


@pytest.mark.usefixtures("letter")
def test_a_name_is_never_shown_without_a_consent(
    client: FlaskClient, inbox: Inbox, books: Books
) -> None:
    client.post("/en/open-roads/sign", data=make.sign_form())
    client.post(inbox.link(), data={"revision": "1"})
    mine = inbox.link("my-signature")

    assert client.post(f"{mine}/show", data={}).status_code == 422
    assert client.post(f"{mine}/show", data={"show": "nonsense"}).status_code == 422
    assert books.names("open-roads") == []
    wrong = {"show": "full", "wording": "01234567-89ab-cdef-0123-456789abcdef"}
    assert client.post(f"{mine}/show", data=wrong).status_code == 303
    assert books.names("open-roads") == ["Zoë Lindqvist"]
    consents = client.get(f"{mine}/data.json").get_json()["consents"]
    assert [one["purpose"] for one in consents] == ["sign", "show_name"]


def test_the_host_of_a_request_leads_nowhere(client: FlaskClient) -> None:
    make.letter()
    for path in ("/en", "/en//open-roads", "//evil.example/en", "/open-roads"):
        answer = client.get(path, headers={"Host": "evil.example"})
        assert "evil.example/" not in answer.headers.get("Location", "").removeprefix("/")
        assert not answer.headers.get("Location", "").startswith("//")


def test_a_query_changes_nothing_of_a_public_page(client: FlaskClient) -> None:
    make.letter()
    for path in ("/en/open-roads", "/en/", "/embed/open-roads/en.json", "/en/open-roads/privacy"):
        plain, queried = client.get(path), client.get(f"{path}?utm_source=x&name=Mallory")
        assert plain.data == queried.data
