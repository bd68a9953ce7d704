"""What comes back changes what it should, once, and only with a tag of ours."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from click.testing import CliRunner, Result
from flask import Flask, appcontext_pushed
from sqlalchemy import select

from signing.cli import signing as commands
from signing.core import clock
from signing.core.db import db, transaction
from signing.core.settings import Settings
from signing.core.tokens import SignatureRef, tokens
from signing.mail import verp
from signing.mail.models import OutgoingMail, Suppression
from signing.signatures import access, actions, person
from signing.signatures.models import Signature
from signing.worker import retaining
from tests import make
from tests.conftest import Inbox, let_go
from tests.mail import returned
from tests.mail.dovecot import Dovecot

BOUNCES = "bounces@letters.example.org"
ZOE = "zoe@example.org"


@pytest.fixture
def pending(app: Flask) -> SignatureRef:
    """Somebody has signed, and was written to."""
    return make.signature(make.letter(), email=ZOE, is_confirmed=False)


@pytest.fixture
def mail_id(pending: SignatureRef) -> UUID:
    found = db.session.scalar(
        select(OutgoingMail.id).where(OutgoingMail.recipient_id == pending.signature_id)
    )
    assert found is not None
    db.session.commit()
    return found


@pytest.fixture
def address(mail_id: UUID) -> str:
    return verp.sender(BOUNCES, mail_id)


def _mail(kind: str) -> UUID:
    found = db.session.scalars(select(OutgoingMail.id).where(OutgoingMail.kind == kind)).one()
    db.session.rollback()
    return found


class Caller:
    """Runs commands in this process, on the installation of this test."""

    def __init__(self, settings: Settings, environment: dict[str, str]) -> None:
        self._environment: dict[str, str | None] = {
            **environment,
            "SIGNING_DATA_DIR": str(settings.data_dir),
            "SIGNING_DATABASE_URL": settings.database_url,
            "SIGNING_KEYSTORE_URL": settings.keystore_url,
        }

    def __call__(self, words: str, given: bytes = b"", /, **changed: str) -> Result:
        made: list[Flask] = []
        with appcontext_pushed.connected_to(made.append):
            done = CliRunner().invoke(
                commands, ["mail", *words.split()], input=given, env=self._environment | changed
            )
        for app in made:
            let_go(app)
        assert "example.org" not in done.output  # nor anybody's address
        return done


@pytest.fixture
def call(settings: Settings, environment: dict[str, str]) -> Caller:
    return Caller(settings, environment)


def bounced(ref: SignatureRef) -> bool:
    db.session.rollback()
    key = (ref.letter_id, ref.signature_id)
    found = db.session.get(Signature, key, populate_existing=True)
    assert found is not None
    db.session.commit()
    return found.bounced_at is not None


def suppressed() -> list[bytes]:
    db.session.rollback()
    found = list(db.session.scalars(select(Suppression.house_digest)))
    db.session.commit()
    return found


def test_a_failure_for_good_marks_the_signature_and_retention_forgets_it(
    call: Caller, pending: SignatureRef, address: str, settings: Settings
) -> None:
    done = call(f"bounce --to {address}", returned.dsn(BOUNCES))

    assert (done.exit_code, done.output) == (0, "failed 5.1.1 heeded\n")
    assert bounced(pending)
    with time_machine.travel(clock.now() + timedelta(days=89)):
        retaining.retain(settings.model_copy(update={"pending_days": 400}))
        assert bounced(pending)
    with time_machine.travel(clock.now() + timedelta(days=91)):
        retaining.retain(settings.model_copy(update={"pending_days": 400}))
        assert not bounced(pending)
    assert suppressed() == []


def test_a_delay_an_answer_and_a_forgery_change_nothing_and_the_server_need_not_know(
    call: Caller, pending: SignatureRef, address: str, mail_id: UUID
) -> None:
    forged = address.replace("bounces+", "bounces+a")
    harmless = [
        returned.dsn(address, action="delayed", status="4.4.1"),
        returned.answer(address),
        returned.dsn(forged),
        returned.dsn(BOUNCES, tag=tokens.tag(UUID(int=mail_id.int ^ 1))),  # genuine, of no mail
        returned.complaint(BOUNCES, tag=tokens.tag(mail_id), kind="not-spam"),
        b"",
        b"\0\xff" * 5000,
    ]
    for raw in harmless:
        assert call("bounce", raw).exit_code == 0
    assert not bounced(pending)
    assert suppressed() == []


def test_a_complaint_silences_the_address_everywhere(
    call: Caller, pending: SignatureRef, mail_id: UUID
) -> None:
    raw = returned.complaint("abuse@letters.example.org", tag=tokens.tag(mail_id))

    assert call("bounce", raw).output == "unwanted heeded\n"
    assert call("bounce", raw).output == "unwanted heeded\n"
    assert suppressed() == [person.house_digest(ZOE)]
    assert not bounced(pending)


def test_a_complaint_about_all_my_links_silences_the_address_though_no_row_holds_it(
    call: Caller, pending: SignatureRef, inbox: Inbox
) -> None:
    with transaction():
        access.send_links("Zoe@Example.ORG", "en")
    assert len(inbox.mails) == 2
    tag = tokens.tag(_mail("all_links"))
    with transaction():
        actions.withdraw(pending)  # nobody of that address is left

    assert call("bounce", returned.dsn(BOUNCES, tag=tag)).output == "failed 5.1.1 nothing to do\n"
    raw = returned.complaint("abuse@letters.example.org", tag=tag)
    assert call("bounce", raw).output == "unwanted heeded\n"
    assert suppressed() == [person.house_digest(ZOE)]
    make.signature(make.letter("night-trains"), email=ZOE, is_confirmed=False)
    assert len(inbox.mails) == 2


def test_what_comes_back_about_somebody_who_has_gone_is_no_trouble(
    call: Caller, pending: SignatureRef, address: str
) -> None:
    with transaction():
        actions.withdraw(pending)

    assert call("bounce", returned.dsn(address)).output == "failed 5.1.1 nothing to do\n"
    complaint = returned.complaint(address, tag="")
    assert call("bounce", complaint).output == "unwanted nothing to do\n"


def test_a_message_of_any_size_is_read_to_its_end(
    call: Caller, pending: SignatureRef, address: str
) -> None:
    raw = returned.dsn(address) + b"x" * 5_000_000

    assert call("bounce", raw).exit_code == 0
    assert bounced(pending)


def test_the_server_is_asked_to_come_again_while_the_database_is_away(
    call: Caller, address: str, tmp_path: Path
) -> None:
    away = {
        "SIGNING_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nowhere",
        "SIGNING_KEYSTORE_URL": f"sqlite:///{tmp_path}/other/keys.db",
    }
    raw = returned.dsn(address)

    assert call("bounce", raw, **away).exit_code == 75
    assert call("bounce", raw, SIGNING_MASTER_KEYS="nonsense").exit_code == 75
    assert call("bounce", raw).exit_code == 0


def test_a_maildir_is_emptied_and_what_is_not_ours_is_put_aside(
    call: Caller, pending: SignatureRef, address: str, tmp_path: Path
) -> None:
    box = mailbox.Maildir(tmp_path / "Mail dir", create=True)
    for raw in (returned.dsn(address), returned.answer(address), b"Subject: hello\n\nA letter.\n"):
        box.add(raw)
    url = f"maildir:{tmp_path}/Mail%20dir"

    done = call("fetch-bounces", SIGNING_BOUNCE_BOX=url)

    assert done.exit_code == 0
    assert "1\tfailed 5.1.1 heeded\n" in done.output
    assert "3 mails taken out.\n" in done.output
    assert bounced(pending)
    assert len(box) == 0
    (kept,) = box.get_folder("Other")
    assert kept["Subject"] == "hello"
    assert "0 mails taken out.\n" in call("fetch-bounces", SIGNING_BOUNCE_BOX=url).output


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as server:
        yield server


def test_an_imap_box_is_emptied_and_what_is_not_ours_is_put_aside(
    call: Caller, dovecot: Dovecot, pending: SignatureRef, address: str
) -> None:
    for n, raw in enumerate((returned.dsn(address), b"Subject: hello\n\nA letter.\n")):
        dovecot.put(f"{n}.mail", raw)

    done = call("fetch-bounces", SIGNING_BOUNCE_BOX=dovecot.url)

    assert "2 mails taken out.\n" in done.output, dovecot.log
    assert bounced(pending)
    assert list(dovecot.maildir.glob("[nc]*/*")) == []
    kept = list(dovecot.maildir.glob(".*Other/[nc]*/*"))
    assert [one.read_bytes() for one in kept] == [b"Subject: hello\n\nA letter.\n"] * len(kept)
    assert kept
    assert "0 mails" in call("fetch-bounces", SIGNING_BOUNCE_BOX=dovecot.url).output


def test_what_failed_stays_in_the_box(
    call: Caller, dovecot: Dovecot, pending: SignatureRef, address: str
) -> None:
    dovecot.put("3.mail", returned.dsn(address))
    away = {"SIGNING_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nowhere"}

    assert call("fetch-bounces", SIGNING_BOUNCE_BOX=dovecot.url, **away).exit_code == 1
    assert not bounced(pending)
    assert "1 mails" in call("fetch-bounces", SIGNING_BOUNCE_BOX=dovecot.url).output
    assert bounced(pending)


def test_a_box_is_read_over_tls_from_a_server_that_proves_its_name(
    call: Caller, dovecot: Dovecot, app: Flask
) -> None:
    box = {"SIGNING_BOUNCE_BOX": dovecot.tls_url}

    stranger = call("fetch-bounces", **box)
    assert "SSLCertVerificationError" in str(stranger.exception)
    known = call("fetch-bounces", **box, SSL_CERT_FILE=str(dovecot.certificate))
    assert known.output == "0 mails taken out.\n"
