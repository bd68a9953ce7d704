"""The page with the sign form's code for one partner: ready to paste, in each language."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from signing.letters.models import Letter
from signing.partners.models import Partner
from signing.staff_accounts.roles import Held, Role
from tests import make, staff

AT = "/staff/letters/open-roads/partners"
OURS = "http://localhost"


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


@pytest.fixture
def editor(app: Flask) -> staff.Browser:
    return staff.browser(app, staff.member(held=[Held(Role.EDITOR)], has_app=False))


def codes(text: str) -> list[str]:
    page = BeautifulSoup(text, "html.parser")
    return [one.get_text() for one in page.select("pre code")]


def form_of(partner: Partner, into: str) -> str:
    return f"{AT}/{partner.id}/form/{into}"


def test_the_code_carries_letter_language_and_code_and_every_address_answers(
    letter: Letter, editor: staff.Browser
) -> None:
    answer = editor.get(form_of(make.partner(letter), "fr"))
    assert answer.status_code == 200
    newest, checked, policy = codes(answer.text)
    assert policy == f"script-src {OURS}; frame-src {OURS}"
    for code in (newest, checked):
        snippet = BeautifulSoup(code, "html.parser")
        element = snippet.select_one("letter-form")
        assert element
        assert element.attrs == {"letter": "open-roads", "locale": "fr", "from": "green-web"}
        link, script = snippet.select_one("letter-form > a"), snippet.select_one("script")
        assert link
        assert script
        assert link["href"] == f"{OURS}/fr/open-roads?from=green-web"
        assert editor.get(str(script["src"]).removeprefix(OURS)).status_code == 200
    listed = editor.get("/embed/integrity.json").get_json()["scripts"]["v1-form"]
    assert listed["released"][listed["latest"]] in checked


def test_the_words_for_the_privacy_notice_name_who_answers_for_what(
    letter: Letter, editor: staff.Browser
) -> None:
    page = BeautifulSoup(editor.get(form_of(make.partner(letter), "en")).text, "html.parser")
    notice = page.select_one("p.written")
    assert notice
    assert notice["lang"] == "en"
    for word in (letter.controller, "localhost", f"{OURS}/en/open-roads/privacy", "Article 26"):
        assert word in notice.get_text()


def test_who_cannot_show_the_form_is_told_so(letter: Letter, editor: staff.Browser) -> None:
    invited = make.partner(letter, is_active=False)
    assert "not active" in editor.get(form_of(invited, "en")).text


def test_neither_sources_nor_other_languages_have_such_a_page(
    letter: Letter, editor: staff.Browser
) -> None:
    assert editor.get(form_of(make.source(letter), "en")).status_code == 404
    partner = make.partner(letter)
    assert editor.get(form_of(partner, "de")).status_code == 404
    assert editor.get(form_of(partner, "xx")).status_code == 404
    linked = editor.get(f"{AT}/{partner.id}").text
    assert form_of(partner, "fr") in linked
