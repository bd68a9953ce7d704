"""A server that refuses while we send: who is to blame decides what follows, as with bounces."""

from __future__ import annotations

from sqlalchemy import select

from signing.core.db import db, transaction
from signing.core.tokens import SignatureRef
from signing.signatures import access, bounced
from signing.signatures.models import Signature
from tests import make
from tests.books import Books
from tests.conftest import Inbox
from tests.mail.smtp_server import Refusing, SmtpServer

ZOE = "zoe@example.org"


def _dead(*refs: SignatureRef) -> list[bool]:
    db.session.rollback()
    ids = [one.signature_id for one in refs]
    found = select(Signature.id).where(Signature.id.in_(ids), Signature.bounced_at.is_not(None))
    dead = set(db.session.scalars(found))
    db.session.rollback()
    return [id_ in dead for id_ in ids]


def test_only_a_server_that_accuses_the_address_has_it_marked_as_dead(
    inbox: Inbox, mail_server: SmtpServer
) -> None:
    """What is about us, the sender, the content or nobody in particular, says nothing of it."""
    letter = make.letter()
    answers: list[tuple[Refusing, int, str, bool]] = [
        ("rcpt", 550, "5.1.1", True),  # no such mailbox
        ("rcpt", 556, "5.1.10", True),  # its domain says that it takes no mail
        ("data", 554, "5.2.1", True),  # closed, said after the dot
        ("rcpt", 550, "5.7.1", False),  # relaying denied: by policy, to everybody
        ("rcpt", 554, "5.7.26", False),
        ("rcpt", 550, "", False),  # may be policy as well
        ("rcpt", 550, "5.1.0", False),  # Postfix, about a sender it does not know
        ("rcpt", 550, "5.1.8", False),  # our own domain
        ("rcpt", 552, "5.2.2", False),  # the box is full
        ("data", 554, "5.6.0", False),
        ("mail", 550, "5.1.1", False),  # before it knows for whom
        ("rcpt", 450, "4.1.1", False),
    ]
    for number, (stage, code, enhanced, is_dead) in enumerate(answers):
        ref = make.signature(letter, email=f"n{number}@example.org", is_confirmed=False)
        mail_server.refuse(stage, code, enhanced=enhanced)
        assert inbox.mails == []
        assert _dead(ref) == [is_dead], (stage, code, enhanced)
    assert bounced.count(letter.id) == 3  # as the overview has it


def test_a_dead_address_stays_signed_and_its_next_mail_is_not_sent(
    inbox: Inbox, mail_server: SmtpServer, books: Books
) -> None:
    letter = make.letter()
    mail_server.refuse("rcpt", 550)
    ref = make.signature(letter, is_confirmed=False)
    assert inbox.mails == []
    assert [state for _kind, state in books.mails()] == ["dead"]
    inbox.let_time_pass()
    make.signature(letter, is_confirmed=False)
    assert inbox.mails == []
    assert [state for _kind, state in books.mails()] == ["dead", "dropped"]
    assert _dead(ref) == [True]


def test_a_refused_mail_with_all_links_marks_each_signature_of_its_address(
    inbox: Inbox, mail_server: SmtpServer
) -> None:
    mine = [make.signature(make.letter(slug=slug)) for slug in ("open-roads", "night-trains")]
    other = make.signature(make.letter(), email="other@example.org")
    with transaction():
        access.send_links(ZOE, "en")
    mail_server.refuse("rcpt", 550)
    assert inbox.mails == []
    assert _dead(*mine, other) == [True, True, False]
    inbox.let_time_pass()
    with transaction():
        access.send_links(ZOE, "en")
    assert inbox.mails == []  # nothing is left there to be mailed about
