"""Every table that sorts does so by the heading that is pressed, and keeps its filters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlalchemy import event, insert, select, text, update

from signing.audit import queries as audit
from signing.audit.models import AuditEvent
from signing.audit.queries import Place, Wanted
from signing.collected import actions as collecting
from signing.collected.actions import About
from signing.collected.models import Kind
from signing.core import clock, keyset
from signing.core.db import db, dialect, let_go, transaction
from signing.core.ids import HOUSE, new_id
from signing.core.keyset import Order
from signing.exports import actions as exporting
from signing.exports.choice import Choice
from signing.exports.models import State
from signing.exports.purpose import Purpose
from signing.letters import queries as letters
from signing.letters.models import Letter, Translation
from signing.news.models import Audience
from signing.signatures.models import Signature
from signing.signatures.wanted import Wanted as Meant
from signing.staff_accounts.actions import Doer
from signing.web.staff import tables
from signing.web.staff.exports import pages as exports_page
from signing.web.staff.news import pages as news_page
from tests import make, staff
from tests.news import telling
from tests.staff import Browser
from tests.web.staff import furnished

LETTER = "/staff/letters/open-roads"
PAGES = (
    "/staff", "/staff/members", "/staff/audit", f"{LETTER}/history", f"{LETTER}/signatures",
    f"{LETTER}/exports", f"{LETTER}/news", f"{LETTER}/partners", f"{LETTER}/collected",
    f"{LETTER}/by/country",
)  # fmt: skip
EVENTS = 4000


@pytest.fixture
def owner(app: Flask) -> Browser:
    furnished.letter()
    return staff.browser(app, staff.member())


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_each_heading_sorts_and_turns_round_when_pressed_again(owner: Browser) -> None:
    for path in PAGES:
        heads = _heads(owner, path)
        assert heads, path
        assert sum(_direction(one) != "" for one in heads) >= 1, path
        for name in [one.get_text(strip=True) for one in heads]:
            once = _pressed(owner, path, name)
            twice = _pressed(owner, once, name)
            ways = {_direction(_head(owner, address, name)) for address in (once, twice)}
            assert ways == {"ascending", "descending"}, (path, name)


def _heads(owner: Browser, address: str) -> list[Tag]:
    answer = owner.get(address)
    assert answer.status_code == 200, address
    found = BeautifulSoup(answer.text, "html.parser").select("th:has(> a.sorts)")
    table = found[0].find_parent("table") if found else None
    return [one for one in found if one.find_parent("table") is table]


def _head(owner: Browser, address: str, name: str) -> Tag:
    return next(one for one in _heads(owner, address) if one.get_text(strip=True) == name)


def _direction(head: Tag) -> str:
    return str(head.get("aria-sort", ""))


def _pressed(owner: Browser, address: str, name: str) -> str:
    link = _head(owner, address, name).select_one("a")
    assert link is not None
    return str(link["href"])


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_nonsense_in_sort_and_place_is_the_first_page_in_the_usual_order(owner: Browser) -> None:
    for path in PAGES:
        usual = [(_direction(one), one.get_text(strip=True)) for one in _heads(owner, path)]
        for nonsense in ("x", "-", "--name", "-id;", "\x01", "é", "1" * 5000):
            values = {"sort": nonsense, "after": nonsense, "mailings_after": nonsense}
            answer = owner.get(path, query_string=values)
            assert answer.status_code == 200, (path, nonsense)
            soup = BeautifulSoup(answer.text, "html.parser")
            heads = soup.select("th:has(> a.sorts)")[: len(usual)]
            assert [(_direction(one), one.get_text(strip=True)) for one in heads] == usual, path


def test_pages_in_every_order_meet_each_row_once_and_keep_the_filter(
    owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (tables, exports_page, news_page):
        monkeypatch.setattr(module, "A_PAGE", 2)
    for i, name in enumerate(("Éa", "ab", "Zu", "ob", "Üb")):
        staff.member(f"m{i}@example.org", name=name)
        _call(make.letter(slug=f"letter-{i}", locales=("en",)), name)
    for path, sorts in (
        ("/staff/members?state=active", ("name", "-name", "state", "factor", "-seen")),
        ("/staff?state=open", ("letter", "-letter", "state", "-state", "-signatures")),
    ):
        expected = set(_walk(owner, path))
        assert len(expected) >= 5, path
        for sort in sorts:
            found = _walk(owner, f"{path}&sort={sort}")
            assert set(found) == expected, sort
            assert len(found) == len(expected), sort
            back = _walk(owner, f"{path}&sort={sort[1:] if sort[0] == '-' else '-' + sort}")
            assert back == found[::-1], sort
    named = _walk(owner, "/staff?state=open")
    assert [one for one in named if len(one) == 2] == ["ab", "Éa", "ob", "Üb", "Zu"]


def _call(letter: Letter, title: str) -> None:
    with transaction():
        mine = update(Translation).where(Translation.letter_id == letter.id)
        db.session.execute(mine.values(title=title))


def test_lists_of_a_letter_turn_round_whole_in_every_order(
    owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page: exports, posts, mailings, partners, what was collected."""
    _more(letters.get_by_any_slug("open-roads"))
    for module in (tables, exports_page, news_page):
        monkeypatch.setattr(module, "A_PAGE", 2)
    for path, name, sorts in (
        ("exports?state=asked", "", ("asked", "rows")),
        ("news?state=", "", ("made", "published")),
        ("news?state=", "mailings_", ("made", "begun", "audience")),
        ("partners?state=", "", ("state", "name", "code", "ever", "today", "again")),
        ("collected?state=", "", ("as_of", "source", "kind", "state", "number", "known")),
    ):
        for sort in sorts:
            ways = [f"{LETTER}/{path}&{name}sort={sign}{sort}" for sign in ("", "-")]
            up, down = (_rows(owner, address, name) for address in ways)
            assert up == down[::-1], (path, sort)
            assert len(set(up)) == len(up) >= 3, (path, sort)
    carried = _rows(owner, f"{LETTER}/exports?state=asked&sort=-rows", "", "td.number")
    assert carried == ["9", "7", "5"]
    assert "No export is in this state." in owner.get(f"{LETTER}/exports?state=refused").text


def _more(letter: Letter) -> None:
    """Of everything that there is one of by now, until there are three and more."""
    by = make.OPERATOR
    why, choice = Purpose("To hand over", "The council"), Choice(Meant(letter.id))
    for n in (9, 5, 7):
        with transaction():
            asked = exporting.ask(letter, choice, why, by=Doer.operator(), number=n)
            asked.state = State.ASKED.value
            asked.number, asked.expires_at = n, clock.now() + timedelta(days=1)
            day = date(2026, 3, n)
            collecting.begin_sheets(letter, About(Kind.PAPER, "", day), by=by)
        telling.prepared(telling.post(letter), Audience.NEWS)
        make.partner(letter, f"partner-{n}")


def _rows(owner: Browser, address: str, name: str, cell: str = "th a") -> list[str]:
    """Where the rows of one of the page's tables lead, or one of their cells, on all its pages."""
    found: list[str] = []
    while address:
        answer = owner.get(address)
        soup = BeautifulSoup(answer.text, "html.parser")
        marked = [one for one in soup.select("table") if f"{name}sort" in str(one.thead)]
        if not name:
            marked = [one for one in marked if "mailings_sort" not in str(one.thead)]
        bodies = [one.select(f"tbody {cell}") for one in marked[:1]]
        found += [str(one.get("href") or one.get_text(strip=True)) for one in bodies[0]]
        further = [str(one["href"]) for one in soup.select("a[rel=next]")]
        address = next(
            (one for one in further if f"{name}after" in parse_qs(urlsplit(one).query)), ""
        )
    return found


def _walk(owner: Browser, address: str) -> list[str]:
    kept = parse_qs(urlsplit(address).query)["state"]
    found: list[str] = []
    while address:
        soup = BeautifulSoup(owner.get(address).text, "html.parser")
        found += [one.get_text(strip=True) for one in soup.select("tbody th")]
        further = soup.select_one("a[rel=next]")
        address = str(further["href"]) if further else ""
        assert not address or parse_qs(urlsplit(address).query)["state"] == kept
    return found


def test_a_row_that_is_gone_leads_back_to_the_first_page(app: Flask) -> None:
    letter = make.letter()
    refs = [make.signature(letter, email=f"s{i}@example.org") for i in range(3)]
    rows = select(Signature).where(Signature.letter_id == letter.id)
    id_ = Signature.__table__.c.id
    found = keyset.list_page(rows, id_, id_, Order("id"), after=new_id(), limit=2)
    assert [one.id for one in found] == sorted(one.signature_id for one in refs)[:2]


def test_no_page_of_the_history_reads_or_sorts_all_of_it(app: Flask) -> None:
    """What the databases say that they would do, for each filter and both orders."""
    letter = make.letter()
    _happen(letter)
    at = audit.list_page(Wanted(verb="verb7"), after=None, limit=1)[0].at
    today = Wanted(day=at.astimezone(ZoneInfo("America/St_Johns")).date(), zone="America/St_Johns")
    some = (Wanted(verb="verb7"), Wanted(subject="x7"), Wanted(actor_id="actor7"))
    for sought in (Wanted(), *some, today):
        for within in (None, frozenset({letter.id})):
            for is_oldest_first in (False, True):
                these = replace(sought, letters=within)
                first = audit.list_page(these, after=None, limit=1, is_oldest_first=is_oldest_first)
                _is_walked(
                    "audit_events",
                    lambda s=these, f=first, o=is_oldest_first: audit.list_page(
                        s, after=Place.of(f[0]), limit=51, is_oldest_first=o
                    ),
                )


def _happen(letter: Letter) -> None:
    """Much, in this letter and elsewhere; and statistics, as databases keep them."""
    now = clock.now()
    rows = [
        {
            "letter_id": letter.id if i % 2 else HOUSE,
            "id": new_id(),
            "actor_kind": "member",
            "actor_id": f"actor{i % 89}",
            "verb": f"verb{i % 97}",
            "subject": f"x{i % 101}",
            "details": {},
            "at": now,
        }
        for i in range(EVENTS)
    ]
    with transaction():
        db.session.execute(insert(AuditEvent), rows)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    let_go()


def _is_walked(table: str, ask: Any) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, *_more: object) -> None:
        asked.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    word = "EXPLAIN" if dialect() == "postgresql" else "EXPLAIN QUERY PLAN"
    selects = [one for one in asked if one[0].startswith("SELECT")]
    assert selects
    with db.engine.connect() as connection:
        for statement, values in selects:
            rows = connection.exec_driver_sql(f"{word} {statement}", values)
            plan = "\n".join(str(tuple(row)) for row in rows)
            for wrong in ("Seq Scan", "TEMP B-TREE", f"SCAN {table}\n"):
                assert wrong not in plan, (statement, plan)
