"""From draft to archive in the browser, each step said before it is taken."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from signing.audit import queries as audit
from signing.core import clock
from signing.core.db import transaction
from signing.letters import queries, settings
from signing.letters.models import Letter, State
from signing.letters.settings import Signed
from signing.signatures import queries as signatures
from signing.worker import retaining
from tests import make, staff
from tests.staff import Browser

HERE = "/staff/letters/open-roads/state"


@pytest.fixture
def owner(app: Flask) -> Browser:
    return staff.browser(app, staff.member())


def letter() -> Letter:
    staff.look_anew()
    return queries.get_by_any_slug("open-roads")


def do(browser: Browser, what: str, **values: str) -> int:
    return browser.post(f"{HERE}/{what}", **values).status_code


def today(days: int = 0) -> str:
    return (clock.now() + timedelta(days=days)).date().isoformat()


def test_a_draft_says_what_it_lacks_and_where_to_mend_it(app: Flask, owner: Browser) -> None:
    make.letter(state="draft", controller="", contact="")
    page = owner.get(HERE)
    assert "who is responsible" in staff.words(page)
    assert "/settings/who#controller" in page.text
    assert do(owner, "open") == 422
    assert letter().state == State.DRAFT
    values = {"controller": "Friends, 1 Lane", "contact": "a@example.org"}
    with transaction():
        settings.change(letter(), values, Signed(has_signatures=False), by=make.OPERATOR)
    assert owner.get("/en/open-roads").status_code == 404
    assert do(owner, "open") == 303
    assert owner.get("/en/open-roads").status_code == 200
    assert make.signature(letter())


def test_from_open_to_archive_and_what_visitors_see(app: Flask, owner: Browser) -> None:
    make.letter(locales=("en", "ar"))
    make.signature(letter())
    make.signature(letter(), email="late@example.org", is_confirmed=False)
    page = staff.words(owner.get(HERE))
    assert "1 person has signed and not pressed the button yet." in page
    assert do(owner, "close") == 303
    assert "closed" in staff.words(owner.get("/en/open-roads"))
    assert "data of 1 signer is deleted after" in staff.words(owner.get(HERE))
    with transaction():
        note = {"delivery_note": "سلّمنا **كل** التواقيع."}
        settings.phrase(letter(), "ar", note, by=make.OPERATOR)
    assert do(owner, "deliver", day=today(), to="Ms Mayor <x>") == 303
    assert letter().state == State.DELIVERED
    assert "Delivered to Ms Mayor <x> on" in staff.words(owner.get("/en/open-roads"))
    arabic = owner.get("/ar/open-roads").text
    assert "Ms Mayor &lt;x&gt;" in arabic
    assert "<strong>كل</strong>" in arabic
    assert '"state":"delivered"' in owner.get("/api/v1/letters/open-roads").text
    assert do(owner, "open") == 409
    assert do(owner, "archive") == 303
    assert "is archived" in staff.words(owner.get(HERE))
    assert owner.get("/en/open-roads").status_code == 200
    assert do(owner, "take-out") == 303
    assert letter().state == State.DELIVERED
    assert do(owner, "deliver/take-back") == 303
    assert (letter().state, letter().delivered_at) == (State.CLOSED, None)
    assert do(owner, "open") == 303
    assert make.signature(letter(), email="new@example.org")
    verbs = [one.verb for one in audit.list_of_letter(letter().id)]
    for verb in ("closed", "delivered", "archived", "taken_out", "delivery_taken_back", "opened"):
        assert f"letter.{verb}" in verbs


def test_twice_and_out_of_order_changes_nothing_and_says_so(app: Flask, owner: Browser) -> None:
    make.letter()
    assert do(owner, "deliver", day=today(), to="") == 409
    assert do(owner, "archive") == 409
    assert do(owner, "take-out") == 409
    assert do(owner, "deliver/take-back") == 409
    assert do(owner, "close") == 303
    closed_at = letter().closes_at
    assert do(owner, "close") == 303
    assert letter().closes_at == closed_at
    assert do(owner, "archive") == 303
    assert do(owner, "archive") == 409
    assert do(owner, "deliver", day=today(), to="") == 409


def test_a_day_that_cannot_be_is_refused_with_what_was_typed(app: Flask, owner: Browser) -> None:
    make.letter()
    do(owner, "close")
    for day in ("", "soon", today(2), today(-2), "0001-01-01", "9999-12-31"):
        answer = owner.post(f"{HERE}/deliver", day=day, to="The mayor")
        assert answer.status_code == 422, day
        assert 'class="error"' in answer.text
        assert 'value="The mayor"' in answer.text
    assert letter().state == State.CLOSED


def test_a_letter_that_opens_later_can_be_read_and_not_signed(app: Flask, owner: Browser) -> None:
    make.letter(state="draft", locales=("en", "ar"))
    opens_at = clock.now() + timedelta(days=3)
    times = {"opens_at": opens_at, "closes_at": opens_at + timedelta(days=9)}
    values = times | {"time_zone": "Asia/Tokyo"}
    with transaction():
        settings.change(letter(), values, Signed(has_signatures=False), by=make.OPERATOR)
    assert do(owner, "open") == 303
    page = staff.words(owner.get("/en/open-roads"))
    assert "does not take signatures yet" in page
    assert "It opens on" in page
    assert "is closed" not in page
    assert "<form" not in owner.get("/ar/open-roads").text
    sent = owner.client.post("/en/open-roads/sign", data=make.sign_form())
    assert sent.status_code == 410
    assert '"call":"To the letter"' in owner.get("/embed/open-roads/en.json").text
    with time_machine.travel(opens_at + timedelta(minutes=1)):
        assert "<form" in owner.client.get("/en/open-roads").text
    with time_machine.travel(opens_at + timedelta(days=10)):
        assert "is closed" in owner.client.get("/en/open-roads").text
    assert do(owner, "open", now="1") == 303
    assert letter().opens_at is None
    assert "<form" in owner.get("/en/open-roads").text


def test_what_is_archived_is_still_erased_in_time_and_then_stays_so(
    app: Flask, owner: Browser
) -> None:
    make.letter()
    make.signature(letter())
    do(owner, "close")
    do(owner, "archive")
    config = app.extensions["signing.settings"]
    with time_machine.travel(clock.now() + timedelta(days=config.sealed_days_after_closing + 1)):
        retaining.retain(config)
    assert letter().erased_at
    assert not signatures.has_any(letter().id)
    owner.sign_in(staff.member("later@example.org"))
    assert "was erased" in staff.words(owner.get(HERE))
    assert do(owner, "take-out") == 409
    assert '"count":1' in owner.get("/embed/open-roads/en.json").text
