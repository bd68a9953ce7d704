"""The page that partners copy from: what it shows is what they get."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import make

PATH = "/fr/open-roads/embed"


@pytest.fixture
def page(client: FlaskClient) -> BeautifulSoup:
    make.signature(make.letter())
    answer = client.get(PATH)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def _codes(page: BeautifulSoup) -> list[BeautifulSoup]:
    return [BeautifulSoup(one.get_text(), "html.parser") for one in page.select("pre code")]


def test_every_address_in_the_code_answers(client: FlaskClient, page: BeautifulSoup) -> None:
    addresses = [
        str(one[name]).removeprefix("http://localhost")
        for code in _codes(page)
        for name in ("src", "href")
        for one in code.select(f"[{name}]")
    ]
    assert len(addresses) == 7
    for address in addresses:
        assert address.startswith("/")
        assert client.get(address).status_code == 200


def test_the_code_has_the_language_and_the_number_with_its_day(page: BeautifulSoup) -> None:
    element = _codes(page)[0].select_one("letter-counter")
    assert element is not None
    assert (element["letter"], element["locale"]) == ("open-roads", "fr")
    link = element.get_text(strip=True)
    assert re.match(r"1 .+ \(\d+ \w+ \d{4}\)", link), link


def test_the_hash_is_that_of_the_script(client: FlaskClient, page: BeautifulSoup) -> None:
    script = _codes(page)[1].select_one("script")
    assert script is not None
    listed = client.get("/embed/integrity.json").get_json()["scripts"]["v1"]["released"]
    assert listed[str(script["src"]).removeprefix("http://localhost")] == script["integrity"]
    assert script["crossorigin"] == "anonymous"


def test_the_page_shows_itself_under_our_own_policy(client: FlaskClient) -> None:
    make.letter()
    answer = client.get(PATH)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'; connect-src 'self'; frame-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"].startswith("public")
    assert "Set-Cookie" not in answer.headers


def test_the_letter_leads_there(client: FlaskClient) -> None:
    make.letter()
    assert f'href="{PATH}"' in client.get("/fr/open-roads").text
    assert client.get("/fr/none/embed").status_code == 404
