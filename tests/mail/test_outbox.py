"""The outbox: leases, pauses, dead letters; a real mail server that refuses on demand."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from signing.core import clock
from signing.core.db import transaction
from signing.mail import outbox
from signing.mail.models import MailState
from tests import make
from tests.books import Books
from tests.conftest import Inbox
from tests.mail.smtp_server import SmtpServer

WAITING = [("confirm_signature", "waiting")]
SENT = [("confirm_signature", "sent")]
DEAD = [("confirm_signature", "dead")]


@pytest.fixture
def pending(client: FlaskClient) -> None:
    """Somebody has signed; the mail waits."""
    make.letter()
    client.post("/en/open-roads/sign", data=make.sign_form())


@pytest.mark.usefixtures("pending")
def test_a_mail_is_claimed_by_one_worker_and_given_back_when_its_lease_ends(app: Flask) -> None:
    with transaction():
        first = outbox.claim(10)
    with transaction():
        assert outbox.claim(10) == []
    assert len(first) == 1
    with time_machine.travel(clock.now() + outbox.LEASE + timedelta(seconds=1)):
        with transaction():
            second = outbox.claim(10)
        assert [mail.id for mail in second] == [first[0].id]
        assert second[0].attempts == 2
        with transaction():
            outbox.settle_failed(first[0], "late", permanent=True)  # lost its lease, so its say
        with transaction():
            outbox.settle_sent(second[0])
    assert outbox.count_by_state() == {MailState.SENT: 1}


@pytest.mark.usefixtures("pending")
def test_a_temporary_refusal_is_tried_again_after_a_growing_pause(
    inbox: Inbox, mail_server: SmtpServer, books: Books
) -> None:
    mail_server.refuse(stage="rcpt", code=451, times=2)
    assert inbox.mails == []
    assert books.mails() == WAITING
    with inbox.later(timedelta(seconds=50)):
        assert inbox.mails == []
    with inbox.later(timedelta(minutes=1, seconds=5)):
        assert inbox.mails == []  # the second refusal
        with inbox.later(timedelta(minutes=4)):
            assert inbox.mails == []
        with inbox.later(timedelta(minutes=5, seconds=5)):
            assert len(inbox.mails) == 1
    assert books.mails() == SENT


@pytest.mark.usefixtures("pending")
def test_a_refusal_for_good_is_a_dead_letter_at_once(
    inbox: Inbox, mail_server: SmtpServer, books: Books
) -> None:
    mail_server.refuse(stage="rcpt", code=550, times=1)
    assert inbox.mails == []
    assert books.mails() == DEAD
    (_id, kind, error), *_others = outbox.list_dead()
    assert kind == "confirm_signature"
    assert error is not None
    assert "550" in error
    assert "zoe" not in error


@pytest.mark.usefixtures("pending")
def test_a_mail_that_never_gets_through_is_given_up_in_the_end(
    inbox: Inbox, mail_server: SmtpServer, books: Books
) -> None:
    mail_server.refuse(stage="data", code=451, times=100)
    for day in range(1, 2 * len(outbox.PAUSES)):
        with inbox.later(timedelta(days=day)):
            assert inbox.mails == []
    assert books.mails() == DEAD


@pytest.mark.usefixtures("pending")
def test_a_lost_answer_after_the_final_dot_is_retried_with_the_same_message_id(
    inbox: Inbox, mail_server: SmtpServer, books: Books
) -> None:
    mail_server.drop(stage="after_dot", times=1)
    assert len(inbox.mails) == 1
    assert books.mails() == WAITING
    with inbox.later(timedelta(minutes=2)):
        first, second = inbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() != b""
    assert books.mails() == SENT


@pytest.mark.usefixtures("pending")
def test_a_question_that_was_answered_meanwhile_is_not_asked(
    client: FlaskClient, inbox: Inbox, books: Books
) -> None:
    client.post(inbox.link(), data={"revision": "1"})
    letter = make.letter(slug="second")
    make.signature(letter, email="quick@example.org")  # confirmed before its mail was sent
    assert len(inbox.mails) == 1
    assert ("confirm_signature", "dropped") in books.mails()


@pytest.mark.usefixtures("pending")
def test_the_mail_is_from_the_campaign_in_the_signers_language_and_says_so(
    client: FlaskClient, inbox: Inbox
) -> None:
    client.post("/ar/open-roads/sign", data=make.sign_form(email="layla@example.org"))
    mail = inbox.mails[-1]
    assert mail["From"] == "Road Friends <letters@example.org>"
    assert mail["Reply-To"] == "hello@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "ar"
    assert mail["Message-ID"].endswith("@example.org>")
    assert 'dir="rtl"' in inbox.html(mail)
    assert "/ar/confirm/" in inbox.text(mail)
    assert (
        inbox.text(mail).count("http") == 3
    )  # confirm, one's own signature, not me; nothing to share


def test_many_mails_go_over_one_connection(
    client: FlaskClient, inbox: Inbox, mail_server: SmtpServer
) -> None:
    make.letter()
    for number in range(12):
        client.post("/en/open-roads/sign", data=make.sign_form(email=f"zoe{number}@example.org"))
    assert len(inbox.mails) == 12
    assert len({one.connection for one in mail_server.received}) == 1
