"""The frame of a letter's pages: where one can go, in two calm rows."""

from __future__ import annotations

from bs4 import BeautifulSoup
from flask import Flask

from signing.core.db import transaction
from signing.letters import queries, slugs
from signing.staff_accounts.roles import Held, Role
from tests import make, staff

HERE = "/staff/letters/open-roads"


def _rows(app: Flask, role: Role, path: str = "") -> list[dict[str, str]]:
    """What each row offers, with what is marked as the place where one is."""
    make.letter()
    held = [Held(role, locales=("fr",) if role is Role.TRANSLATOR else ())]
    answer = staff.browser(app, staff.member(held=held)).get(HERE + path)
    lists = BeautifulSoup(answer.text, "html.parser").select("nav.tabs > ul")
    return [
        {link.text: str(link.get("aria-current", "")) for link in one.select("a")} for one in lists
    ]


def test_the_second_row_belongs_to_what_is_chosen_in_the_first(app: Flask) -> None:
    first, second = _rows(app, Role.OWNER, "/settings/who")
    assert first == {
        "Overview": "", "Letter": "true", "News": "", "Signatures": "", "Partners": "",
    }  # fmt: skip
    assert second == {
        "Texts": "", "Small texts": "", "Settings": "page", "Wordings": "", "State": "",
    }  # fmt: skip


def test_a_group_of_one_page_has_no_second_row(app: Flask) -> None:
    (only,) = _rows(app, Role.OWNER, "/news")
    assert only["News"] == "page"


def test_nobody_is_offered_what_would_not_open(app: Flask) -> None:
    first, second = _rows(app, Role.VIEWER, "/work")
    assert list(first) == ["Overview", "Letter", "News", "Signatures"]
    assert list(second) == ["Overview", "Long work"]


def test_who_only_translates_finds_that_and_nothing_else(app: Flask) -> None:
    first, second = _rows(app, Role.TRANSLATOR, "/texts")
    assert list(first) == ["Letter", "News"]
    assert list(second) == ["Texts", "Small texts"]
    both = [Held(Role.TRANSLATOR, locales=("fr",)), Held(Role.VIEWER)]
    translator = staff.browser(app, staff.member("fr@example.org", both[:1]))
    reader = staff.browser(app, staff.member("both@example.org", both))
    for browser, begins in ((translator, f"{HERE}/texts"), (reader, HERE)):
        links = BeautifulSoup(browser.get("/staff").text, "html.parser").select("tbody th a")
        assert [str(one["href"]).removesuffix("/overview") for one in links] == [begins]


def test_a_page_that_was_open_when_the_slug_changed_goes_on_working(app: Flask) -> None:
    made = make.letter()
    with transaction():
        letter = queries.get_to_change(made.id)
        slugs.rename(letter, "quiet-roads", reserved=(), by=make.OPERATOR)
    browser = staff.browser(app, staff.member())
    begun = browser.post(f"{HERE}/news/write", title="We met", body="Soon.")
    assert begun.status_code == 303
    assert "We met" in browser.get(begun.location).text
    assert "/quiet-roads/news" in browser.get(f"{HERE}/news?sort=title").text
    sorts = BeautifulSoup(browser.get(f"{HERE}/news").text, "html.parser").select("thead a")
    assert {str(one["href"]).partition("?")[0] for one in sorts} == {f"{HERE}/news"}
    assert browser.get("/staff/letters/no-such-letter/news").status_code == 404
