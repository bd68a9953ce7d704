"""A day in the staff area is a day where the letter lives, however it is asked for."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from signing.audit import Verb, log
from signing.core import clock, days, locales
from signing.core.db import db, let_go, transaction
from signing.exports.models import Export
from signing.letters import queries as letters
from signing.letters.models import Letter
from tests import make, staff
from tests.news import telling
from tests.staff import Browser, words

HERE, ELSEWHERE = "Europe/Athens", "America/St_Johns"
DESK = "/staff/letters/open-roads"
A_MINUTE = timedelta(minutes=1)
FORM = {
    "preset": "delivery", "consent": "news", "country": "", "locale": "", "format": "csv",
    "reason": "To hand over", "receiver": "The council",
}  # fmt: skip
# A few days ago, whatever is the day by now in any of the zones.
DAY = clock.now().date() - timedelta(days=5)


def edges(zone: str) -> dict[str, datetime]:
    """Moments around the begin and the end of the day there, by the name of who signs then."""
    begin, end = days.span(DAY, DAY, ZoneInfo(zone))
    assert begin
    assert end
    return {
        "Before": begin - A_MINUTE,
        "First": begin + A_MINUTE,
        "Last": end - A_MINUTE,
        "After": end + A_MINUTE,
    }


@pytest.fixture
def letter(app: Flask) -> Letter:
    made = make.letter(time_zone=HERE)
    for name, at in edges(HERE).items():
        with time_machine.travel(at):
            make.signature(made, name=name, email=f"{name}@example.org")
    return made


@pytest.fixture
def browser(app: Flask, letter: Letter) -> Browser:
    return staff.browser(app, staff.member())


def move(letter: Letter, zone: str) -> None:
    with transaction():
        letters.get_to_change(letter.id).time_zone = zone


def cells(page: str, which: str) -> list[str]:
    found = BeautifulSoup(page, "html.parser").select(which)
    return [" ".join(cell.get_text(" ").split()) for cell in found]


def test_a_day_of_signatures_is_the_day_that_the_page_shows(
    browser: Browser, letter: Letter
) -> None:
    page = browser.get(f"{DESK}/signatures?first={DAY}&last={DAY}&sort=sent").text
    shown = cells(page, "td.when.further time")
    assert len(shown) == 2
    assert [" 00:01 +0" in shown[0], " 23:59 +0" in shown[1]] == [True, True], shown
    assert f"First sent from ({HERE})" in words(browser.get(f"{DESK}/signatures"))
    move(letter, ELSEWHERE)
    assert f"({ELSEWHERE})" in words(browser.get(f"{DESK}/signatures"))
    later = browser.get(f"{DESK}/signatures?first={DAY}&last={DAY}&sort=sent").text
    assert cells(later, "td.when.further time")[0] != shown[0]


def test_a_change_to_all_of_a_day_touches_those_that_the_preview_meant(
    browser: Browser, letter: Letter
) -> None:
    """Also if the letter moves to another time zone before the button is pressed."""
    wanted = {"which": "all", "deed": "set_aside", "reason": "repeated", "first": f"{DAY}"}
    answer = browser.post(f"{DESK}/signatures/bulk", **wanted, last=f"{DAY}")
    assert answer.status_code == 303, words(answer)
    move(letter, ELSEWHERE)
    browser.post(f"{answer.headers['Location']}/start")
    page = browser.get(f"{DESK}/signatures?state=set_aside").text
    aside = cells(page, "td.when.further time")
    assert len(aside) == 2
    move(letter, HERE)
    page = browser.get(f"{DESK}/signatures?first={DAY}&last={DAY}").text
    assert page.count("Set aside</td>") == 2


def test_an_export_of_a_day_goes_on_meaning_the_day_that_was_meant(
    browser: Browser, letter: Letter
) -> None:
    dated = FORM | {"first_day": f"{DAY}", "last_day": f"{DAY}"}
    assert HERE in words(browser.get(f"{DESK}/exports/new?for=delivery"))
    assert "2 rows fit" in words(browser.post(f"{DESK}/exports/preview", **dated))
    page = browser.post(f"{DESK}/exports", **dated).headers["Location"]
    move(letter, ELSEWHERE)
    assert HERE in words(browser.get(page))
    assert names(browser, page) == {"First", "Last"}


def names(browser: Browser, page: str) -> set[str]:
    table = csv.DictReader(io.StringIO(browser.post(f"{page}/fetch").text))
    return {row["name"] for row in table}


def test_an_export_that_an_older_version_noted_has_days_of_utc(
    browser: Browser, letter: Letter
) -> None:
    dated = FORM | {"first_day": f"{DAY}", "last_day": f"{DAY}"}
    page = browser.post(f"{DESK}/exports", **dated).headers["Location"]
    with transaction():
        export = db.session.scalars(select(Export)).one()
        wanted = {key: one for key, one in export.choice["wanted"].items() if key != "zone"}
        export.choice = export.choice | {"wanted": wanted}
    let_go()
    assert "UTC" in words(browser.get(page))
    assert names(browser, page) == {"Last", "After"}


def test_the_history_of_a_letter_has_its_days_and_the_log_of_the_house_those_of_utc(
    browser: Browser, letter: Letter
) -> None:
    for zone in (HERE, "UTC"):
        for name, at in edges(zone).items():
            with time_machine.travel(at), transaction():
                log.record(
                    Verb.LETTER_PHRASED, by=make.OPERATOR, subject=f"{zone} {name}",
                    letter_id=letter.id,
                )  # fmt: skip
    query = f"?verb={Verb.LETTER_PHRASED.value}&day={DAY}"
    history, house = (browser.get(f"{one}{query}") for one in (f"{DESK}/history", "/staff/audit"))
    assert {f"{HERE} First", f"{HERE} Last"} <= {*subjects(history.text)}
    assert not {f"{HERE} Before", f"{HERE} After"} & {*subjects(history.text)}
    assert {"UTC First", "UTC Last"} <= {*subjects(house.text)}
    assert not {"UTC Before", "UTC After"} & {*subjects(house.text)}
    assert f"Day ({HERE})" in words(history)
    assert "Day (UTC)" in words(house)
    assert all("UTC" in one for one in cells(house.text, "td.when"))
    assert all(" +0" in one for one in cells(history.text, "td.when"))


def subjects(page: str) -> list[str]:
    return cells(page, "tbody td:nth-of-type(4) > bdi")


def test_visitors_see_the_day_of_a_post_that_staff_see(browser: Browser, letter: Letter) -> None:
    with time_machine.travel(edges(HERE)["First"]):
        post = telling.post(letter)
    day = locales.day(DAY, locales.languages()["en"])
    for page in ("/en/open-roads", "/en/open-roads/news", f"/en/open-roads/news/{post.number}"):
        assert day in browser.get(page).text, page
    assert f"Published on {day}" in words(browser.get(f"{DESK}/news"))


def test_a_number_from_elsewhere_may_be_of_today_where_the_letter_lives(
    app: Flask, letter: Letter
) -> None:
    """Where it is tomorrow already, and where it is still yesterday."""
    noon = datetime.combine(clock.now().date(), datetime.min.time(), ZoneInfo("UTC"))
    for hour, zone in ((13, "Pacific/Auckland"), (2, "Pacific/Honolulu")):
        move(letter, zone)
        with time_machine.travel(noon + timedelta(hours=hour)):
            browser = staff.browser(app, staff.member(f"{hour}@example.org"))
            today = clock.now().astimezone(ZoneInfo(zone)).date()
            assert today != clock.now().date()
            page = browser.get(f"{DESK}/collected/figure").text
            assert re.search(
                rf'name="as_of"[^>]*value="{today}"|value="{today}"[^>]*name="as_of"', page
            )
            for day, status in ((today, 303), (today + timedelta(days=1), 422)):
                assert bring(browser, day) == status, (zone, day)


def bring(browser: Browser, day: date) -> int:
    figure = {"source": "WeMove", "link": "https://wemove.example/x", "number": "7"}
    return browser.post(f"{DESK}/collected/figure", **figure, as_of=f"{day}").status_code
