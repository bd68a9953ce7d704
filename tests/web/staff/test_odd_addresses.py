"""Addresses and forms as no page of ours makes them: refused in words, and never a 500."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from signing.letters.models import Letter
from tests import make, staff
from tests.web.staff import furnished

LETTER = "/staff/letters/open-roads"


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


@pytest.fixture
def browser(app: Flask, letter: Letter) -> staff.Browser:
    return staff.browser(app, staff.member())


def test_next_with_a_control_character_leads_home(app: Flask, browser: staff.Browser) -> None:
    who = staff.member("pat@example.org", password=staff.PASSWORD, has_app=False)
    for typed in ("/staff/account?\r\nX-A: 1", "/staff/account?a\tb", "/staff/account?\x7f\u2028"):
        answer = browser.get("/staff/sign-in", query_string={"next": typed})
        assert answer.headers["Location"] == "/staff"
    sent = {
        "email": "pat@example.org",
        "password": staff.PASSWORD,
        "next": "/staff/account?\r\nX: y",
    }
    answer = app.test_client().post("/staff/sign-in", data=sent)
    assert answer.status_code == 303
    assert answer.headers["Location"].partition("?")[0] in {
        "/staff",
        "/staff/account/second-factor",
    }
    assert who is not None


def test_nul_in_an_address_or_a_form_is_refused_in_words(browser: staff.Browser) -> None:
    for address in (
        f"{LETTER}/signatures?country=%00", f"{LETTER}/signatures?locale=a%00",
        f"{LETTER}/signatures?%00=x", "/staff/audit?subject=%00", "/staff/audit?member=%00",
        "/staff/members?after=%00", "/staff?name=%00", "/staff/letters/open%00roads/signatures",
        f"{LETTER}/small-texts/f%00r", "/staff/sign-in?next=%00",
    ):  # fmt: skip
        answer = browser.get(address)
        assert answer.status_code == 400, address
        assert "cannot be read" in staff.words(answer)
    for address, values in (
        ("/staff/audit/export", {"subject": "\0"}),
        (f"{LETTER}/signatures/bulk", {"country": "\0", "which": "all", "deed": "keep"}),
        (f"{LETTER}/signatures/find", {"name": "a\0"}),
        ("/staff/sign-in", {"email": "a\0@example.org", "password": "x"}),
    ):
        assert browser.post(address, **values).status_code == 400, address


def test_the_first_and_the_last_day_there_are_filter_as_any_other(
    letter: Letter, browser: staff.Browser
) -> None:
    make.signature(letter, email="zoe@example.org")
    wide = "first=0001-01-01&last=9999-12-31"
    for query, found in (
        (wide, 1), ("first=0001-01-01", 1), ("last=9999-12-31", 1), ("last=0001-01-01", 0),
        ("first=9999-12-31", 0), ("last=9999-12-30", 1), ("last=1969-12-31", 0),
    ):  # fmt: skip
        page = browser.get(f"{LETTER}/signatures?{query}")
        assert page.status_code == 200, query
        assert page.text.count('name="tick"') == found, query
    asked = {
        "preset": "delivery", "consent": "news", "country": "", "locale": "", "format": "csv",
        "reason": "Handing over", "receiver": "Council",
        "first_day": "0001-01-01", "last_day": "9999-12-31",
    }  # fmt: skip
    assert browser.post(f"{LETTER}/exports/preview", **asked).status_code == 200
    assert browser.get("/staff/audit?day=9999-12-31").status_code == 200
    assert browser.get("/staff/audit?day=0001-01-01").status_code == 200


def test_a_place_in_the_picture_beyond_all_measure_is_refused_in_words(app: Flask) -> None:
    furnished.letter()
    browser = staff.browser(app, staff.member("pia@example.org"))
    browser.post(f"{LETTER}/settings/picture", file=(io.BytesIO(make.picture()), "x.png"))
    for x in ("9" * 5000, "101", "-1", "²", "", "x", "1" * 4):
        answer = browser.post(f"{LETTER}/settings/picture/focus", x=x, y="1")
        assert answer.status_code == 422, x[:9]
    answer = browser.post(f"{LETTER}/settings/picture/focus", x="100", y="0")
    assert answer.status_code == 303


def test_a_po_file_in_another_encoding_is_refused_in_words(browser: staff.Browser) -> None:
    for charset, text in (("iso-8859-1", "b"), ("UTF-8", "é"), ("punycode", "b")):
        head = f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset={charset}\\n"\n'
        content = f'{head}"Language: fr\\n"\n\nmsgid "a"\nmsgstr "{text}"\n'.encode("latin-1")
        answer = browser.post(f"{LETTER}/texts/files", file=(io.BytesIO(content), "x.po"))
        assert answer.status_code == 422
        assert "Save it as UTF-8" in staff.words(answer)
