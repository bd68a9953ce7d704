"""Sheets of paper, typed in line by line; and numbers that others answer for."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from signing.collected import queries
from signing.core import clock
from signing.core.db import transaction
from signing.letters import paper
from signing.letters import queries as letters
from signing.letters.models import Field, Letter
from signing.staff_accounts.roles import Held, Role
from tests import make, staff
from tests.collected import elsewhere
from tests.collected.elsewhere import PLACE, WITH_BASIS

SHEETS = {"source": "Market square", "code": "", "basis": "", "wording": ""}
FIGURE = {
    "source": "WeMove Europe",
    "link": "https://wemove.example/roads",
    "number": "600 000",
    "as_of": "2026-03-01",
}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter(fields=["city"])


@pytest.fixture
def browser(app: Flask, letter: Letter) -> staff.Browser:
    return staff.browser(app, staff.member())


def begin(browser: staff.Browser, **values: str) -> UUID:
    answer = browser.post(f"{PLACE}/paper", **{**SHEETS, **values})
    return elsewhere.id_of(answer)


def test_a_line_counts_at_once_and_the_next_can_be_typed_on_the_same_sheet(
    letter: Letter, browser: staff.Browser, client: FlaskClient
) -> None:
    id_ = begin(browser)
    for name in ("Zoë Lindqvist", "Ada Quist"):
        answer = browser.post(f"{PLACE}/{id_}/enter", sheet="12", name=name, city="Ulm")
        assert answer.headers["Location"].endswith("/enter?sheet=12")
    page = browser.get(answer.headers["Location"])
    assert "2 lines in all · 2 on this sheet" in staff.words(page)
    assert (
        'name="name" type="text" dir="auto" autocomplete="off" value="" maxlength="254" auto'
        in (page.text)
    )
    assert "plus 2 signatures on paper" in client.get("/en/open-roads").text


def test_the_same_name_and_town_is_said_at_once_and_can_be_taken_back(
    letter: Letter, browser: staff.Browser
) -> None:
    id_ = begin(browser)
    browser.post(f"{PLACE}/{id_}/enter", sheet="3", name="Ada Quist", city="Ulm")
    again = browser.post(f"{PLACE}/{id_}/enter", sheet="4", name="ada  quist", city="ULM")
    page = browser.get(again.headers["Location"])
    assert "typed in before" in staff.words(page)
    assert "Sheet: 3" in staff.words(page)
    newest = queries.list_rows(letter.id, id_, limit=1)[0]
    back = browser.post(f"{PLACE}/{id_}/rows/{newest.id}/remove", back="enter", sheet="4")
    assert back.headers["Location"].endswith("/enter?sheet=4")
    assert elsewhere.get(letter, id_).number == 1


def test_what_is_typed_in_is_what_the_sheet_asks_in_its_order(
    app: Flask, browser: staff.Browser
) -> None:
    asks = {
        ("city", "country", "postcode"): ["postcode", "city", "country"],
        ("country",): ["country"],
        ("organisation",): [],
    }
    for number, (fields, columns) in enumerate(asks.items()):
        letter = make.letter(f"letter-{number}", fields=[*fields])
        with transaction():
            printed = paper.write(letters.read(letter, "en"), url="", address="", privacy_url="")
        labels = [str(paper.LABELS[Field(one)]) for one in columns]
        assert [*printed.columns] == labels
        assert "organisation" not in printed.consent
        place = f"/staff/letters/{letter.slug}/collected"
        id_ = elsewhere.id_of(browser.post(f"{place}/paper", **SHEETS | WITH_BASIS))
        page = browser.get(f"{place}/{id_}/enter").text
        asked = re.findall(r'<input id="(\w+)" name="\1"', page)
        assert asked == ["sheet", "name", *columns, "email"]
        assert re.findall('<label for="(?:postcode|city|country)">(.*?)<', page) == labels


def test_a_country_is_known_by_name_or_letters_and_else_asked_again(
    app: Flask, browser: staff.Browser
) -> None:
    letter = make.letter("countries", fields=["country", "postcode"])
    place = "/staff/letters/countries/collected"
    id_ = elsewhere.id_of(browser.post(f"{place}/paper", **SHEETS))
    for typed in ("de", "Deutschland", "germany"):
        answer = browser.post(f"{place}/{id_}/enter", name=typed, country=typed, postcode="89073")
        assert answer.status_code == 303
    rows = queries.list_rows(letter.id, id_, limit=9)
    assert {(row.country, row.person.postcode) for row in rows} == {("DE", "89073")}
    page = browser.get(f"{place}/{id_}/enter")
    assert "<td><bdi>89073</bdi></td><td><bdi>Germany</bdi></td>" in page.text
    wrong = browser.post(f"{place}/{id_}/enter", name="Ada", country="Narnia", postcode="1")
    assert wrong.status_code == 422
    assert "No country is called that." in staff.words(wrong)
    assert 'value="Narnia"' in wrong.text
    long = browser.post(f"{place}/{id_}/enter", name="Ada", postcode="1" * 21)
    assert "This is too long." in staff.words(long)


def test_an_address_that_counts_already_is_not_entered_and_nothing_typed_is_lost(
    letter: Letter, browser: staff.Browser
) -> None:
    make.signature(letter, email="zoe@example.org")
    id_ = begin(browser, **WITH_BASIS)
    line = {"sheet": "1", "name": "Zoë", "city": "Ulm", "email": "Zoe@example.org"}
    answer = browser.post(f"{PLACE}/{id_}/enter", **line)
    assert answer.status_code == 422
    assert "counted already" in answer.text
    assert 'value="Zoe@example.org"' in answer.text
    collection = elsewhere.get(letter, id_)
    assert (collection.number, collection.duplicates) == (0, 1)


def test_without_a_basis_no_address_is_asked_or_stored(
    letter: Letter, browser: staff.Browser
) -> None:
    id_ = begin(browser)
    assert 'name="email"' not in browser.get(f"{PLACE}/{id_}/enter").text
    browser.post(f"{PLACE}/{id_}/enter", name="Ada", email="ada@example.org")
    assert queries.list_rows(letter.id, id_, limit=1)[0].person.email == ""


def test_a_line_that_is_no_use_says_why(letter: Letter, browser: staff.Browser) -> None:
    id_ = begin(browser, **WITH_BASIS)
    for line, words in (
        ({"name": ""}, "There is no name."),
        ({"name": "Ada", "email": "ada@"}, "no complete e-mail address"),
        ({"name": "Ada", "city": "x" * 101}, "name of the town is too long"),
        ({"name": "Ada", "sheet": "x" * 21}, "This is too long."),
    ):
        answer = browser.post(f"{PLACE}/{id_}/enter", **line)
        assert answer.status_code == 422
        assert words in staff.words(answer)
    assert elsewhere.get(letter, id_).number == 0


def test_sheets_of_ours_bring_their_wording_by_the_code(
    letter: Letter, browser: staff.Browser
) -> None:
    browser.post("/staff/letters/open-roads/sheets/pdf", language="fr")
    assert 'value="fr-1"' in browser.get(f"{PLACE}/paper").text
    collection = elsewhere.get(letter, begin(browser, code="fr-1", basis="consent"))
    assert "Road Friends" in collection.wording
    assert collection.keeps_addresses


def test_nothing_is_typed_into_what_was_removed(letter: Letter, browser: staff.Browser) -> None:
    id_ = begin(browser)
    browser.post(f"{PLACE}/{id_}/undo")
    assert browser.get(f"{PLACE}/{id_}/enter").status_code == 409
    assert browser.post(f"{PLACE}/{id_}/enter", name="Ada").status_code == 409


def test_the_form_of_sheets_says_what_is_wrong(letter: Letter, browser: staff.Browser) -> None:
    for values, words in (
        ({"source": ""}, "Say where."),
        ({"basis": "interest"}, "Without this wording"),
        ({"began_on": "2026-02-02", "ended_on": "2026-02-01"}, "before the first"),
        ({"source": "x" * 121}, "This is too long."),
    ):
        answer = browser.post(f"{PLACE}/paper", **SHEETS | values)
        assert answer.status_code == 422
        assert words in staff.words(answer)


@pytest.mark.parametrize("written", ["600 000", "600,000", "٦٠٠٬٠٠٠", "600000"])
def test_a_number_from_elsewhere_stands_beside_with_its_link(
    letter: Letter, browser: staff.Browser, client: FlaskClient, written: str
) -> None:
    assert browser.post(f"{PLACE}/figure", **FIGURE | {"number": written}).status_code == 303
    page = client.get("/en/open-roads").text
    assert "plus 600,000 signatures collected elsewhere" in page
    assert 'href="https://wemove.example/roads"' in page


def test_a_newer_number_takes_the_place_of_the_older_which_stays_in_sight(
    letter: Letter, browser: staff.Browser, client: FlaskClient
) -> None:
    browser.post(f"{PLACE}/figure", **FIGURE)
    (first,) = queries.list_all(letter.id)
    assert 'value="WeMove Europe"' in browser.get(f"{PLACE}/{first.id}/figure").text
    browser.post(f"{PLACE}/figure", **FIGURE | {"number": "640000", "as_of": "2026-04-01"})
    newest = queries.list_all(letter.id)[0]
    assert "600,000" in staff.words(browser.get(f"{PLACE}/{newest.id}"))
    assert [(one.number, one.as_of.month) for one in queries.list_shown(letter.id)] == [(640000, 4)]
    browser.post(f"{PLACE}/{newest.id}/undo")
    assert queries.list_shown(letter.id) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "0"}, {"number": "many"}, {"number": "-5"[1:] + "x"}, {"number": "9" * 30},
        {"link": ""}, {"link": "wemove"}, {"as_of": "soon"}, {"source": ""},
        {"as_of": (clock.now() + timedelta(days=3)).date().isoformat()},
    ],
)  # fmt: skip
def test_a_number_without_source_link_or_date_is_refused(
    letter: Letter, browser: staff.Browser, wrong: dict[str, str]
) -> None:
    assert browser.post(f"{PLACE}/figure", **FIGURE | wrong).status_code == 422
    assert queries.list_all(letter.id) == []


def test_viewers_see_the_numbers_and_no_names(app: Flask, letter: Letter) -> None:
    owner = staff.browser(app, staff.member())
    id_ = begin(owner)
    owner.post(f"{PLACE}/{id_}/enter", name="Zoë Hidden", city="Ulm")
    viewer = staff.browser(app, staff.member("vi@example.org", [Held(Role.VIEWER)]))
    page = viewer.get(PLACE)
    assert page.status_code == 200
    assert "Zoë" not in page.text
    assert f"{id_}" not in page.text
