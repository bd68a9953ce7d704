"""After a mistake: the title says so first, and the summary has the focus without a script."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from signing import ROOT
from signing.core.ids import HOUSE, new_id
from signing.core.tokens import Purpose, tokens
from tests import staff
from tests.web.staff import furnished

LEAVING = {"staff.sign_in.leave", "staff.account.end_session", "staff.account.end_other_sessions"}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)  # pages alone are looked at
def test_every_form_that_is_sent_empty_begins_with_what_is_wrong(app: Flask) -> None:
    _letter, rows = furnished.letter()
    ids = rows | {
        "slug": "open-roads",
        "into": "fr",
        "group": "times",
        "sort": "report",
        "state": "off",
    }
    ids |= {"token": tokens.make(Purpose.INVITATION, staff.invitation()), "member_id": new_id()}
    browser = staff.browser(app, staff.member("zed@example.org"))
    wrong: list[str] = []
    seen = 0
    rules = [one for one in app.url_map.iter_rules() if one.rule.startswith("/staff")]
    for rule in sorted(rules, key=lambda one: one.rule):
        if "POST" not in (rule.methods or ()) or rule.endpoint in LEAVING:
            continue
        values = {name: ids.get(name, HOUSE) for name in rule.arguments}
        answer = browser.post(app.url_map.bind("").build(rule.endpoint, values))
        page = BeautifulSoup(answer.text, "html.parser")
        if answer.status_code != 422 or page.select_one("main form") is None:
            continue
        seen += 1
        title = page.title.get_text() if page.title else ""
        if not title.startswith("Error: "):
            wrong.append(f"{rule.endpoint}: {title!r}")
        if not _is_led_to_the_mistake(page):
            wrong.append(f"{rule.endpoint}: nothing leads to the mistake")
    assert not wrong, "\n".join(wrong)
    assert seen > 25, seen


def _is_led_to_the_mistake(page: BeautifulSoup) -> bool:
    """By the summary, each of whose links has its field; or at once, where there is one field."""
    first = page.select_one("[autofocus]")
    if first is None or first.get("aria-invalid") == "true":
        return first is not None
    fields = [page.find(id=str(it["href"])[1:]) for it in first.select("a")]
    return "summary" in first.get_attribute_list("class") and bool(fields) and all(fields)


def test_every_form_names_where_it_goes() -> None:
    """Else it goes to the address with its #fragment, and the summary does not get the focus."""
    for template in (ROOT / "templates").rglob("*.html"):
        for form in re.findall(r"<form[^>]*method=\"post\"[^>]*>", template.read_text()):
            assert "action=" in form, f"{template}: {form}"
