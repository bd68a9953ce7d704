"""The audit log as staff read it: newest first, filtered, page by page, carried out as CSV."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import time_machine
from bs4 import BeautifulSoup
from flask import Flask

from signing.audit import Verb, log
from signing.core import clock
from signing.core.db import transaction
from signing.staff_accounts.roles import Held, Role
from tests import make, staff


def note(number: int, subject: str = "flood{}.example") -> None:
    with transaction():
        for n in range(number):
            log.record(Verb.DOMAIN_RULED, by=make.OPERATOR, subject=subject.format(n))


def rows(page: str) -> list[list[str]]:
    """The table's cells, without its head."""
    found = BeautifulSoup(page, "html.parser").select("tbody tr")
    return [[" ".join(cell.get_text(" ").split()) for cell in row.select("td")] for row in found]


def test_the_newest_comes_first_and_each_event_once_over_all_pages(app: Flask) -> None:
    note(120)
    browser = staff.browser(app, staff.member())
    address, seen = "/staff/audit?verb=domain.ruled", []
    while address:
        page = browser.get(address).text
        seen += [row[3] for row in rows(page)]
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"flood{n}.example" for n in reversed(range(120))]


def test_it_is_filtered_by_verb_subject_member_and_day(app: Flask) -> None:
    yesterday = clock.now() - timedelta(days=1)
    with time_machine.travel(yesterday):
        note(1, "old.example")
    note(1, "new.example")
    who = staff.member()
    browser = staff.browser(app, who)

    def subjects(query: str) -> list[str]:
        return [row[3] for row in rows(browser.get(f"/staff/audit?{query}").text)]

    assert subjects("verb=domain.ruled") == ["new.example", "old.example"]
    assert subjects("subject=old.example") == ["old.example"]
    assert subjects(f"day={yesterday.date()}") == ["old.example"]
    assert set(subjects(f"member={who.id}")) == {"Ada Quist"}
    assert subjects(f"member={who.id}&verb=domain.ruled") == []
    assert len(subjects("day=nonsense&after=nonsense&verb=")) > 2


def test_members_are_shown_by_name_and_never_by_address(app: Flask) -> None:
    page = staff.browser(app, staff.member()).get("/staff/audit").text
    assert "Ada Quist" in page
    assert "ada@example.org" not in page


def test_an_owner_of_one_letter_reads_about_that_letter_alone(app: Flask) -> None:
    mine, _other = make.letter("mine"), make.letter("other")
    note(1)
    browser = staff.browser(app, staff.member(held=[Held(Role.OWNER, mine.id)]))
    subjects = {row[3].partition(" ")[0] for row in rows(browser.get("/staff/audit").text)}
    assert "mine" in subjects
    assert not {"other", "flood0.example"} & subjects
    carried = browser.post("/staff/audit/export").text
    assert "mine" in carried
    assert "flood0.example" not in carried


def test_an_owner_carries_it_out_as_csv_which_is_written_down(app: Flask) -> None:
    note(600)
    note(1, "=cmd()")
    browser = staff.browser(app, staff.member())
    answer = browser.post("/staff/audit/export", verb="domain.ruled")
    assert answer.mimetype == "text/csv"
    table = list(csv.reader(io.StringIO(answer.text)))
    assert table[0] == ["at", "actor", "actor_id", "verb", "subject", "letter_id", "details"]
    assert len(table) == 602
    assert table[1][4] == "'=cmd()"
    assert rows(browser.get("/staff/audit").text)[0][2] == "Audit log downloaded"
