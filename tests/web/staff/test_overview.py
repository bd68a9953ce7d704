"""The overview of a letter: figures, charts with their tables, what waits, how mail fares."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlalchemy import event

from signing.core import clock, marks
from signing.core.db import db, transaction
from signing.counts.actions import Counted, note, roll_up
from signing.jobs import actions as jobs
from signing.jobs.models import Kind as JobKind
from signing.jobs.models import State
from signing.mail import tallies
from signing.mail.kinds import Kind as MailKind
from signing.mail.models import MailState, OutgoingMail
from signing.staff_accounts import queries
from signing.staff_accounts.roles import Held, Role
from signing.web.staff.overview import waiting as overview_waiting
from tests import make, staff
from tests.conftest import Inbox

HERE = "/staff/letters/open-roads"


def page(app: Flask, path: str = HERE, *, role: Role = Role.OWNER) -> BeautifulSoup:
    address = f"{role}@example.org"
    who = queries.find_by_address(address)
    who = who or staff.member(address, [Held(role, locales=("fr",))])
    answer = staff.browser(app, who).get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def words(part: Tag | BeautifulSoup) -> str:
    return " ".join(part.get_text(" ").split())


def tiles(soup: BeautifulSoup) -> dict[str, str]:
    return {
        words(one.dt): words(one.dd) for one in soup.select(".tiles > div") if one.dt and one.dd
    }


def rows(table: Tag) -> list[list[str]]:
    found = [[words(cell) for cell in row.select("th, td")] for row in table.select("tbody tr")]
    return [[cell for cell in row if cell] for row in found]


def test_a_letter_that_nobody_has_signed_says_so(app: Flask) -> None:
    make.letter()
    soup = page(app)
    assert tiles(soup)["Confirmed signatures"] == "0"
    assert "Nobody has confirmed a signature yet." in words(soup)
    assert not soup.select("#course, #funnel")  # nothing is drawn before there is something to see
    for query in ("?range=hours", "?range=all", "?range=nonsense", "?still=1"):
        page(app, HERE + query)


def test_what_was_confirmed_stands_in_figures_charts_and_tables(app: Flask, inbox: Inbox) -> None:
    letter = make.letter(goal=10)
    for number in range(3):
        make.signature(letter, email=f"a{number}@example.org", locale="fr", country="FR")
    make.signature(letter, country="SE")
    for is_rolled_up in (False, True):
        if is_rolled_up:
            with transaction():
                roll_up()
        soup = page(app)
        assert (tiles(soup)["Confirmed signatures"], tiles(soup)["Today"]) == ("4", "4")
        tables = {words(one.caption): rows(one) for one in soup.select(".shares") if one.caption}
        assert tables["By language"] == [["Français", "3", "75"], ["English", "1", "25"]]
        assert tables["By country"] == [["France", "3", "75"], ["Sweden", "1", "25"]]
        assert tables["By way of signing"] == [["On our own page", "4", "100"]]
        assert tables["By partner"] == [["Directly, through no partner", "4", "100"]]
        newest = rows(soup.select("#course-table table")[0])[0]
        assert newest[1:] == ["4", "4"]
        assert newest[0].endswith("so far")
        assert len(rows(soup.select("#course-table table")[0])) == 30  # every day, most as zero
        assert "No form has asked for a mail in these days." in words(soup)
        assert soup.select_one("svg.chart title").text == "Signatures over time"  # type: ignore[union-attr]


def test_days_are_those_of_the_letters_own_time_zone(app: Flask) -> None:
    letter = make.letter()
    letter.time_zone = "Pacific/Auckland"
    db.session.commit()
    with time_machine.travel("2026-11-20T10:30:00Z", tick=False), transaction():
        note(letter.id, Counted("en", "NZ", "form"), delta=2)  # 23:30 of the twentieth
    with time_machine.travel("2026-11-20T11:30:00Z", tick=False), transaction():
        note(letter.id, Counted("en", "NZ", "form"), delta=3)  # half past midnight
    with time_machine.travel("2026-11-20T11:45:00Z", tick=False):
        soup = page(app)
    assert tiles(soup)["Today"] == "3"
    newest = rows(soup.select("#course-table table")[0])[:2]
    assert [row[-2:] for row in newest] == [["3", "5"], ["2", "2"]]


def test_what_is_taken_back_is_subtracted_where_it_was_taken_back(app: Flask) -> None:
    letter = make.letter()
    with time_machine.travel(clock.now() - timedelta(days=2)), transaction():
        note(letter.id, Counted("en", "SE", "form"), delta=5)
    with transaction():
        note(letter.id, Counted("en", "SE", "form"), delta=-2)
    for query in ("", "?range=all", "?range=hours"):
        table = rows(page(app, HERE + query).select("#course-table table")[0])
        assert table[0][-2:] == ["-2", "3"]


def test_every_value_has_a_page_and_what_is_no_dimension_has_none(app: Flask) -> None:
    letter = make.letter()
    countries = ["SE", "FR", "DE", "IT", "ES", "PT", "NL", "BE", "AT", ""]
    with transaction():
        for number, country in enumerate(countries):
            note(letter.id, Counted("en", country, "form"), delta=number + 1)
    browser = staff.browser(app, staff.member())
    assert "All 10" in staff.words(browser.get(HERE))
    everything = BeautifulSoup(browser.get(f"{HERE}/by/country").text, "html.parser")
    assert rows(everything.select(".shares")[0])[0][:2] == ["Not asked", "10"]
    assert len(everything.select(".shares tbody tr")) == 10
    assert browser.get(f"{HERE}/by/shown_name").status_code == 404


def test_forms_mails_and_confirmations_by_day(app: Flask, inbox: Inbox) -> None:
    letter = make.letter()
    make.signature(letter, email="a@example.org", is_confirmed=False)
    make.signature(letter, email="b@example.org", is_confirmed=False)
    pressed = make.signature(letter, email="c@example.org", is_confirmed=False)
    assert len(inbox.mails) == 3
    make.confirm(pressed)
    with transaction():
        tallies.recount(tallies.LATELY)
    soup = page(app)
    assert tiles(soup)["Forms that asked for a mail"] == "3"
    assert tiles(soup)["Mails that a server took"] == "3"
    assert "33 % of the mails" in words(soup)
    assert rows(soup.select("#funnel-table table")[0])[0][1:] == ["3", "3", "0", "1"]


def test_mails_that_were_refused_are_named_by_what_the_server_said(app: Flask) -> None:
    letter = make.letter()
    make.signature(letter, is_confirmed=False)
    with transaction():
        mail = db.session.query(OutgoingMail).where(OutgoingMail.letter_id == letter.id).one()
        mail.state, mail.last_error = MailState.DEAD, "refused at RCPT: 550 5.1.1"
    for _twice in range(2):
        with transaction():
            tallies.recount(tallies.UNSETTLED)
    soup = page(app)
    assert "refused at RCPT: 550 5.1.1 : 1" in words(soup)
    assert rows(soup.select("#funnel-table table")[0])[0][1:] == ["1", "0", "1", "0"]
    assert mail.kind == MailKind.CONFIRM_SIGNATURE


def test_without_a_worker_the_page_says_that_no_mail_goes_out(app: Flask, inbox: Inbox) -> None:
    make.letter()
    assert "No worker has ever been seen" in words(page(app))
    _ = inbox.mails  # a worker at work
    assert marks.worker_seen() is not None
    assert "worker" not in words(page(app))
    with time_machine.travel(clock.now() + timedelta(minutes=30)):
        assert "No worker has been seen since" in words(page(app))


def test_a_mail_that_should_have_gone_long_ago_is_said(app: Flask) -> None:
    make.signature(make.letter(), is_confirmed=False)
    assert "A mail waits since" not in words(page(app))
    with time_machine.travel(clock.now() + timedelta(minutes=30)):
        assert "A mail waits since" in words(page(app))


def test_what_waits_is_shown_to_those_who_can_do_it(app: Flask) -> None:
    letter = make.letter(locales=("en", "fr"))
    make.signature(letter, locale="de")
    with transaction():
        job = jobs.put(JobKind.EXPORT, letter_id=letter.id, subject_id=letter.id)
        job.state = State.FAILED
    owners, viewers = words(page(app)), words(page(app, role=Role.VIEWER))
    assert "1 piece of long work has failed" in owners
    assert "1 piece of long work has failed" in viewers
    assert "People sign in these languages, and there is no text: Deutsch" in owners
    assert "Deutsch" not in viewers.partition("Signatures over time")[0]
    assert "have not been approved" in owners


def test_nothing_that_waits_is_said_in_words(app: Flask) -> None:
    make.letter()
    assert "Nothing, as far as you are concerned." in words(page(app, role=Role.VIEWER))


@pytest.mark.parametrize("number", [1, 40])
def test_a_page_costs_as_many_statements_however_many_signed(app: Flask, number: int) -> None:
    letter = make.letter()
    with transaction():
        for one in range(number):
            note(letter.id, Counted("en", ("SE", "FR")[one % 2], "form"), delta=1)
            jobs.put(JobKind.BULK, letter_id=letter.id, subject_id=letter.id)
    browser = staff.browser(app, staff.member())
    browser.get(HERE)
    seen: list[str] = []
    listener = lambda _c, _cur, statement, *_rest: seen.append(statement)  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    browser.get(HERE)
    event.remove(db.engine, "before_cursor_execute", listener)
    asked = [one for one in seen if not one.startswith(("BEGIN", "PRAGMA"))]
    assert len(asked) <= 36, "\n\n".join(asked)


def test_every_link_to_what_waits_leads_to_a_page_that_is_there(app: Flask) -> None:
    wanted = {item.endpoint for item in overview_waiting.ITEMS} | {overview_waiting.TEXTS}
    assert wanted <= app.view_functions.keys()


def test_counting_stops_at_a_thousand(app: Flask) -> None:
    with app.test_request_context("/staff"):
        app.preprocess_request()
        assert [overview_waiting.few(n) for n in (7, 1000, 1001)] == ["7", "1,000", "1,000+"]
