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
    newest, checked, style, policy = codes(answer.text)
    assert "--letter-font: inherit;" in style
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


def test_the_form_is_shown_as_it_will_look_under_our_own_policy(
    letter: Letter, editor: staff.Browser
) -> None:
    here = form_of(make.partner(letter), "fr")
    answer = editor.get(f"{here}?accent=%23FC0&font=serif")
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "frame-src" not in editor.get(AT).headers["Content-Security-Policy"]
    page = BeautifulSoup(answer.text, "html.parser")
    (shown,) = page.select("main letter-form")
    assert shown.attrs == {"letter": "open-roads", "locale": "fr", "from": "green-web"}
    sheet, script = page.select_one("link[href*=theme]"), page.select_one("script[type=module]")
    assert sheet
    assert script
    assert editor.get(str(script["src"])).status_code == 200
    style = editor.get(str(sheet["href"]))
    assert style.content_type == "text/css; charset=utf-8"
    for said in ("--letter-accent: #ffcc00", "--letter-on-accent: #000000", "Georgia, serif"):
        assert said in style.text
        assert said in answer.text  # to copy
    framed = editor.get("/embed/open-roads/fr/sign/from/green-web").headers
    assert OURS in framed["Content-Security-Policy"].partition("frame-ancestors")[2]


def test_what_is_no_colour_is_said_so_and_never_becomes_style(
    letter: Letter, editor: staff.Browser
) -> None:
    here, bad = form_of(make.partner(letter), "en"), "red;} body{display:none"
    answer = editor.get(here, query_string={"accent": bad, "font": "url(x)"})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one(".summary a[href='#accent']")
    typed = page.select_one("#accent[aria-invalid=true]")
    assert typed
    assert typed["value"] == bad
    style = editor.get(f"{here}/theme.css", query_string={"accent": bad, "font": "url(x)"})
    assert "display" not in style.text
    assert "url" not in style.text
    assert editor.get(f"{here}x/theme.css").status_code == 404


def test_who_cannot_show_the_form_is_told_so(letter: Letter, editor: staff.Browser) -> None:
    invited = make.partner(letter, is_active=False)
    page = editor.get(form_of(invited, "en")).text
    assert "not active" in page
    assert "<letter-form" not in page


def test_neither_sources_nor_other_languages_have_such_a_page(
    letter: Letter, editor: staff.Browser
) -> None:
    assert editor.get(form_of(make.source(letter), "en")).status_code == 404
    partner = make.partner(letter)
    assert editor.get(form_of(partner, "de")).status_code == 404
    assert editor.get(form_of(partner, "xx")).status_code == 404
    linked = editor.get(f"{AT}/{partner.id}").text
    assert form_of(partner, "fr") in linked
