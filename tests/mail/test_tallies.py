"""How mails fare, in numbers: the same however often they are counted; and which domains refuse."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from signing.core import clock, marks
from signing.core.db import db, transaction
from signing.mail import health, refusing, tallies
from signing.mail.models import MailState, MailTally
from signing.mail.refusing import FEWEST, Refusing
from signing.worker import counting
from tests import make
from tests.conftest import Inbox

A_DAY = timedelta(days=1)


def counted(letter_id: object) -> dict[str, int]:
    hours = health.list_hours(letter_id, clock.now() - A_DAY)  # type: ignore[arg-type]
    found: dict[str, int] = {}
    for one in hours:
        found[one.state] = found.get(one.state, 0) + one.n
    return found


def recount() -> None:
    with transaction():
        tallies.recount(tallies.UNSETTLED)


def test_mails_are_counted_by_how_they_fared_however_often(app: Flask, inbox: Inbox) -> None:
    letter = make.letter()
    refs = [
        make.signature(letter, email=f"a{one}@example.org", is_confirmed=False) for one in range(3)
    ]
    recount()
    assert counted(letter.id) == {MailState.WAITING: 3}
    assert sum(health.count_waiting(letter.id).values()) == 3
    make.confirm(refs[0])  # so that its mail has become pointless
    _ = inbox.mails
    for _again in range(3):
        recount()
    assert counted(letter.id) == {MailState.SENT: 2, MailState.DROPPED: 1}
    assert health.count_waiting(letter.id) == {}


def test_what_is_older_stays_as_it_was_counted(app: Flask, inbox: Inbox) -> None:
    letter = make.letter()
    make.signature(letter, is_confirmed=False)
    _ = inbox.mails
    recount()
    with time_machine.travel(clock.now() + timedelta(days=40)):
        recount()
    rows = db.session.execute(select(MailTally.state, MailTally.n)).all()
    assert [tuple(row) for row in rows] == [(MailState.SENT, 1)]


def test_one_worker_a_minute_counts_for_all(app: Flask) -> None:
    with time_machine.travel("2026-11-21T12:00:00Z", tick=False) as now:
        assert marks.worker_seen() is None
        with transaction():
            assert marks.note_worker()
            assert not marks.note_worker()
        now.shift(59)
        with transaction():
            assert not marks.note_worker()
        now.shift(1)
        counting.count_mails()
        assert marks.worker_seen() == clock.now()
        assert health.house().has_worker
        now.shift(600)
        assert not health.house().has_worker


def test_a_domain_that_refused_few_mails_is_never_named() -> None:
    seen = Refusing()
    for number in range(FEWEST - 1):
        seen.note(f"somebody{number}@jane-doe.example")
    assert seen.take()[1] == {}
    seen.note("somebody@JANE-DOE.example")
    assert seen.take()[1] == {"jane-doe.example": FEWEST}
    assert seen.take()[1] == {}  # nothing twice
    seen.note("one.more@jane-doe.example")
    assert seen.take()[1] == {"jane-doe.example": 1}


def test_a_new_day_begins_anew() -> None:
    seen = Refusing()
    with time_machine.travel("2026-11-21T23:59:00Z", tick=False) as now:
        for _number in range(FEWEST - 1):
            seen.note("a@full.example")
        now.shift(120)
        seen.note("a@full.example")
        assert seen.take()[1] == {}


def test_domains_that_refuse_are_added_up_and_forgotten(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _worker in range(2):
        mine = Refusing()
        for _number in range(FEWEST):
            mine.note("a@full.example")
        monkeypatch.setattr(refusing, "refusing", mine)
        with transaction():
            refusing.write()
    today = clock.now().date()
    assert refusing.list_since(today) == [("full.example", 2 * FEWEST)]
    assert health.house().refusing == (("full.example", 2 * FEWEST),)
    with time_machine.travel(clock.now() + timedelta(days=100)), transaction():
        assert refusing.delete_old() == 1
