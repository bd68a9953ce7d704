"""One reminder at most, for whoever signed and has not answered, where a letter wants it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from signing.audit.models import AuditEvent
from signing.core import clock
from signing.core.db import db, transaction
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.letters.switches import switch_reminders
from signing.mail.models import OutgoingMail
from signing.signatures import reminders
from signing.signatures.models import Signature
from signing.worker import reminding, retaining
from tests import make
from tests.books import Books
from tests.conftest import Inbox


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter that has reminders sent."""
    made = make.letter()
    _switch(made, is_on=True)
    return made


def _switch(letter: Letter, *, is_on: bool) -> None:
    with transaction():
        switch_reminders(letters.get(letter.id), is_on=is_on, by=make.OPERATOR)


@pytest.fixture
def days(inbox: Inbox) -> Iterator[Days]:
    made = Days(inbox)
    yield made
    made.end()


class Days:
    """Days that pass, with the worker at work on each."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox, self.passed = inbox, 0
        self.began = clock.now()
        self._later: time_machine.travel | None = None

    def pass_by(self, number: int) -> None:
        _ = self.inbox.mails
        for _day in range(number):
            self.passed += 1
            self.end()
            later = self.began + timedelta(days=self.passed, minutes=1)
            self._later = time_machine.travel(later, tick=False)
            self._later.start()
            reminding.remind(self.inbox.worker.settings)
            _ = self.inbox.mails

    def end(self) -> None:
        if self._later is not None:
            self._later.stop()
            self._later = None


def _reminders(books: Books) -> list[str]:
    return [state for kind, state in books.mails() if kind == "reminder"]


def test_one_goes_out_after_four_days_and_none_after_that(
    letter: Letter, inbox: Inbox, books: Books, days: Days
) -> None:
    make.signature(letter, is_confirmed=False)
    days.pass_by(3)
    assert _reminders(books) == []
    days.pass_by(1)
    assert _reminders(books) == ["sent"]
    days.pass_by(9)
    assert _reminders(books) == ["sent"]


def test_it_repeats_the_question_and_can_be_unsubscribed_with_one_click(
    client: FlaskClient, letter: Letter, inbox: Inbox, books: Books, days: Days
) -> None:
    make.signature(letter, is_confirmed=False)
    days.pass_by(4)
    mail = inbox.mails[-1]
    assert "the second and last time" in inbox.text(mail)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = str(mail["List-Unsubscribe"]).strip("<>")
    assert link.startswith("http://localhost/u/")
    assert client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200

    client.post(inbox.link(), data={"revision": "1"})
    assert books.total("open-roads") == 1


def test_other_mails_carry_no_such_header(letter: Letter, inbox: Inbox) -> None:
    make.signature(letter, is_confirmed=False)
    assert inbox.mails[-1]["List-Unsubscribe"] is None


def test_it_is_the_mail_named_as_evidence_if_its_button_was_pressed(
    client: FlaskClient, letter: Letter, inbox: Inbox, days: Days
) -> None:
    make.signature(letter, is_confirmed=False)
    days.pass_by(4)
    client.post(inbox.link(), data={"revision": "1"})
    named = select(OutgoingMail.kind).join(
        Signature, Signature.confirmed_by_mail_id == OutgoingMail.id
    )
    assert db.session.scalars(named).all() == ["reminder"]


def test_letters_have_none_unless_switched_on(app: Flask, books: Books, days: Days) -> None:
    make.signature(make.letter(), is_confirmed=False)
    days.pass_by(5)
    assert _reminders(books) == []


def test_switching_is_written_down(letter: Letter, books: Books, days: Days) -> None:
    _switch(letter, is_on=False)
    make.signature(letter, is_confirmed=False)
    days.pass_by(5)
    assert _reminders(books) == []
    switched = select(AuditEvent.details).where(AuditEvent.verb == "letter.reminders_switched")
    assert [one["on"] for one in db.session.scalars(switched.order_by(AuditEvent.id))] == [
        True,
        False,
    ]


def test_none_for_those_who_answered_bounced_or_want_no_mail(
    client: FlaskClient, letter: Letter, inbox: Inbox, books: Books, days: Days
) -> None:
    make.signature(letter, email="confirmed@example.org")
    bounced = make.signature(letter, email="bounced@example.org", is_confirmed=False)
    with transaction():
        dead = update(Signature).where(Signature.id == bounced.signature_id)
        db.session.execute(dead.values(bounced_at=clock.now()))
    make.signature(make.letter(slug="other-roads"), email="never@example.org", is_confirmed=False)
    client.post(inbox.link("not-me"))
    make.signature(letter, email="never@example.org", is_confirmed=False)
    days.pass_by(4)
    assert _reminders(books) == ["dropped"]


def test_none_once_the_letter_is_closed(letter: Letter, books: Books, days: Days) -> None:
    make.signature(letter, is_confirmed=False)
    make.close("open-roads")
    days.pass_by(5)
    assert _reminders(books) == []


def test_none_within_two_days_of_deletion(letter: Letter, inbox: Inbox, books: Books) -> None:
    make.signature(letter, is_confirmed=False)
    with inbox.later(timedelta(days=12, minutes=1)):
        reminding.remind(inbox.worker.settings)
    assert _reminders(books) == []


def test_none_again_after_its_note_was_deleted(letter: Letter, inbox: Inbox, books: Books) -> None:
    settings = inbox.worker.settings.model_copy(update={"settled_mail_days": 2})
    make.signature(letter, is_confirmed=False)
    for day in range(1, 14):
        with inbox.later(timedelta(days=day, minutes=1)):
            reminding.remind(settings)
            retaining.retain(settings)
            _ = inbox.mails
    assert sum("the second and last time" in inbox.text(mail) for mail in inbox.mails) == 1


def test_two_workers_put_one(letter: Letter, inbox: Inbox, books: Books) -> None:
    make.signature(letter, is_confirmed=False)
    with inbox.later(timedelta(days=5)):
        reminding.remind(inbox.worker.settings)
        reminding.remind(inbox.worker.settings)
    assert _reminders(books) == ["waiting"]


def test_it_is_told_how_many_were_put_batch_by_batch(letter: Letter, inbox: Inbox) -> None:
    for number in range(3):
        make.signature(letter, email=f"number{number}@example.org", is_confirmed=False)
    with inbox.later(timedelta(days=5)) as now, transaction():
        put = [
            reminders.put_due(
                signed_after=now - timedelta(days=12),
                signed_before=now - timedelta(days=4),
                limit=2,
            )
            for _round in range(3)
        ]
    assert put == [2, 1, 0]
