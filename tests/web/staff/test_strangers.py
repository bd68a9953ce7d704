"""Rows of one letter by the addresses of another; pages of a letter that was erased."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Table, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from signing.core.db import Base, db
from signing.core.ids import new_id
from signing.letters.models import Letter
from signing.staff_accounts.roles import Held, Role
from signing.worker import retaining
from tests import make, staff
from tests.web.staff import furnished
from tests.web.staff.furnished import Ids


def rules(app: Flask) -> list[Rule]:
    """Those about one letter."""
    return [rule for rule in app.url_map.iter_rules() if "<slug>" in rule.rule]


def ask(app: Flask, browser: staff.Browser, rule: Rule, slug: str, ids: Ids) -> list[TestResponse]:
    """What the route says to each address that there is with these ids."""
    answers = []
    for sort in ("objection", "report", "screened") if "sort" in rule.arguments else ("",):
        values: dict[str, Any] = {"slug": slug, "into": "fr", "group": "who", "sort": sort}
        values |= {"dimension": "locale", "state": "off", **ids, "item_id": ids.get(sort, new_id())}
        address = app.url_map.bind("").build(
            rule.endpoint, {name: values.get(name, new_id()) for name in rule.arguments}
        )
        is_post = "POST" in (rule.methods or ())
        answers.append(browser.post(address, **FORM) if is_post else browser.get(address))
    return answers


# What makes most deeds of the staff's forms complete.
FORM = {
    "deed": "hide", "reason": "insult", "name": "Eve", "title": "Title", "body": "Text",
    "audience": "news", "pace": "0", "locale": "fr", "is_sure": "y", "when": "now",
}  # fmt: skip


def rows(letter_id: UUID) -> str:
    """All that is stored about the letter, but for what was written down about it."""
    staff.look_anew()
    kept = {}
    for table in Base.metadata.sorted_tables:
        if "letter_id" in table.c and table.name != "audit_events":
            kept[table.name] = _rows(table, letter_id)
    return json.dumps(kept, default=str, sort_keys=True, indent=1)


def _rows(table: Table, letter_id: UUID) -> list[str]:
    wanted = select(table).where(table.c.letter_id == letter_id).order_by(*table.primary_key)
    return [repr(tuple(row)) for row in db.session.execute(wanted)]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)  # hundreds of requests
def test_what_belongs_to_one_letter_is_nowhere_below_another(app: Flask) -> None:
    mine, _ids = furnished.letter("other")
    theirs, ids = furnished.letter()
    browser = staff.browser(app, staff.member(held=[Held(Role.OWNER, mine.id)]))
    before = rows(theirs.id)
    for rule in rules(app):
        own = rule.arguments - {"slug", "into", "group", "sort", "dimension", "locale", "state"}
        for answer in ask(app, browser, rule, "other", ids):
            assert answer.status_code < 500, rule.endpoint
            if own and "POST" not in (rule.methods or ()):
                assert answer.status_code in {404, 410}, rule.endpoint
        for answer in ask(app, browser, rule, "open-roads", ids):
            assert answer.status_code == 403, rule.endpoint
    assert rows(theirs.id) == before


@pytest.fixture
def erased(app: Flask) -> tuple[Letter, Ids]:
    letter, ids = furnished.letter()
    retaining.erase(letter, by=make.OPERATOR)
    return letter, ids


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)  # hundreds of requests
def test_the_pages_of_an_erased_letter_answer(app: Flask, erased: tuple[Letter, Ids]) -> None:
    browser = staff.browser(app, staff.member())
    for rule in rules(app):
        for answer in ask(app, browser, rule, "open-roads", erased[1]):
            assert answer.status_code < 500, rule.endpoint
