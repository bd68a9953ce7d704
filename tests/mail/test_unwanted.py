"""Mail that is put and not sent: to addresses that want none, are dead, or had enough."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import update

from signing.core import clock
from signing.core.db import db, transaction
from signing.core.ids import new_id
from signing.mail import suppressions
from signing.mail.models import Suppression
from signing.signatures import actions, person
from signing.signatures.models import Signature
from signing.worker import allowance
from tests import make
from tests.books import Books
from tests.conftest import Inbox

ZOE = "zoe@example.org"


def _states(books: Books) -> list[str]:
    return [state for _kind, state in books.mails()]


def test_a_suppressed_address_is_mailed_about_no_letter(inbox: Inbox, books: Books) -> None:
    with transaction():
        suppressions.suppress(person.house_digest(ZOE), reason="complaint")
        suppressions.suppress(person.house_digest(ZOE), reason="not_me")
    assert books.rows(Suppression) == 1
    for slug in ("open-roads", "other-roads"):
        make.signature(make.letter(slug=slug), email="Zoe@Example.ORG", is_confirmed=False)
    make.signature(make.letter(), email="other@example.org", is_confirmed=False)
    assert [mail["To"] for mail in inbox.mails] == ["other@example.org"]
    assert sorted(_states(books)) == ["dropped", "dropped", "sent"]


def test_suppressed_for_one_letter_it_is_mailed_about_others(inbox: Inbox) -> None:
    letter = make.letter()
    digest = person.house_digest(ZOE)
    with transaction():
        suppressions.suppress(digest, reason="unsubscribed", scope=letter.id)
    make.signature(letter, is_confirmed=False)
    make.signature(make.letter(slug="other-roads"), is_confirmed=False)
    assert len(inbox.mails) == 1
    assert suppressions.list_suppressed([digest]) == {(digest, letter.id)}
    with transaction():
        suppressions.lift(digest)
    assert suppressions.list_suppressed([digest]) == set()


def test_a_dead_address_gets_no_mail_of_any_kind(inbox: Inbox, books: Books) -> None:
    letter = make.letter()
    ref = make.signature(letter, is_confirmed=False)
    assert len(inbox.mails) == 1
    with transaction():
        dead = update(Signature).where(Signature.id == ref.signature_id)
        db.session.execute(dead.values(bounced_at=clock.now()))
    inbox.let_time_pass()
    with transaction():
        actions.sign(letter, make.declaration(letter))
    assert len(inbox.mails) == 1
    assert sorted(_states(books)) == ["dropped", "sent"]


def test_an_address_is_mailed_only_so_often_over_all_letters(inbox: Inbox, books: Books) -> None:
    most = inbox.worker.settings.mails_a_day
    for number in range(most + 3):  # all in one batch
        make.signature(make.letter(slug=f"letter-{number}"), is_confirmed=False)
    make.signature(make.letter(), email="other@example.org", is_confirmed=False)
    to_zoe = [mail for mail in inbox.mails if mail["To"] == ZOE]
    assert len(to_zoe) == most
    assert len(inbox.mails) == most + 1
    assert sorted(_states(books)) == ["dropped"] * 3 + ["sent"] * (most + 1)


def test_whoever_had_enough_today_is_mailed_tomorrow(app: Flask, inbox: Inbox) -> None:
    most = inbox.worker.settings.mails_a_day
    for number in range(most):
        make.signature(make.letter(slug=f"letter-{number}"), is_confirmed=False)
    assert len(inbox.mails) == most
    inbox.let_time_pass(minutes=24 * 60 + 1)
    make.signature(make.letter(slug="tomorrow"), is_confirmed=False)
    assert len(inbox.mails) == most + 1


def test_a_mail_counts_once_however_often_it_is_tried(app: Flask) -> None:
    """While the server is away, a worker takes every mail in hand again and again."""
    digest = person.house_digest(ZOE)
    first, second = {new_id(): digest}, {new_id(): digest}
    for _try in range(50):
        assert allowance.list_spent(first, 1) == set()
    assert allowance.list_spent(second, 1) == set(second)
    assert allowance.list_spent({}, 1) == set()
