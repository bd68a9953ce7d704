"""With a real mail server between us and the world: what arrives, what waits, what comes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import parseaddr

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from signing.core import clock
from signing.core.db import db
from signing.core.settings import Settings, read_settings
from signing.core.tokens import tokens
from signing.mail import outbox, smtp, verp
from signing.mail.dkim_signing import Signer
from signing.mail.models import MailState, OutgoingMail
from signing.signatures.models import Signature
from signing.worker.loop import Worker
from signing.worker.sending import Envelope
from tests import make
from tests.mail.command import run
from tests.mail.cutting import Moment, Wire
from tests.mail.postfix import TO_COMMAND, TO_MAILDIR, Postfix
from tests.mail.smtp_server import SmtpServer
from tests.mail.test_dkim_signing import is_good, pem

ZOE = "zoe@example.org"
Round = Callable[[], None]


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def next_hop() -> Iterator[SmtpServer]:
    """The server of everybody whom Postfix delivers to."""
    with SmtpServer() as server:
        yield server


@pytest.fixture(scope="module")
def running(next_hop: SmtpServer) -> Iterator[Postfix]:
    with Postfix(next_hop=next_hop.port) as postfix:
        yield postfix


@pytest.fixture
def postfix(running: Postfix, next_hop: SmtpServer) -> Postfix:
    next_hop.clear()
    running.turn_the_page()
    return running


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"bounce_address": f"bounces@{TO_COMMAND}"})


@pytest.fixture
def worker(app: Flask) -> Worker:
    return Worker(app)


@pytest.fixture
def send(app: Flask, worker: Worker, postfix: Postfix) -> Round:
    """What is due goes to Postfix, as a worker does it that has just begun."""

    def work() -> None:
        with smtp.Connection(smtp.SmtpUrl.parse(postfix.url)) as connection:
            while worker.round(connection):
                pass
        db.session.commit()

    return work


@pytest.fixture
def signed(client: FlaskClient) -> None:
    make.letter()
    client.post("/en/open-roads/sign", data=make.sign_form(email=ZOE))


def bounced() -> bool:
    db.session.commit()
    found = db.session.scalar(select(Signature).execution_options(populate_existing=True))
    db.session.commit()
    assert found is not None
    return found.bounced_at is not None


@pytest.mark.usefixtures("signed")
def test_a_mail_goes_out_once_with_a_return_address_of_its_own(
    send: Round, next_hop: SmtpServer
) -> None:
    send()

    (arrived,) = next_hop.wait_for(1)
    (mail_id,) = db.session.scalars(select(OutgoingMail.id))
    assert arrived.envelope_from == verp.sender(f"bounces@{TO_COMMAND}", mail_id)
    assert arrived.message[verp.HEADER] == tokens.tag(mail_id)
    assert arrived.message["From"].endswith("<letters@example.org>")
    assert outbox.count_by_state() == {MailState.SENT: 1}


@pytest.mark.usefixtures("signed")
def test_our_signature_stays_good_through_a_real_server(
    send: Round, worker: Worker, next_hop: SmtpServer, key: rsa.RSAPrivateKey
) -> None:
    signer = Signer("example.org", "s1", pem(key))
    worker.envelope = Envelope("letters@example.org", f"bounces@{TO_COMMAND}", signer)
    send()

    (arrived,) = next_hop.wait_for(1)
    assert is_good(arrived.raw, signer)


@pytest.mark.usefixtures("signed")
def test_a_greylisted_mail_arrives_once_whoever_says_later(
    send: Round, postfix: Postfix, next_hop: SmtpServer
) -> None:
    postfix.answer(ZOE, "450 4.2.0 greylisted, come again")
    send()
    (waiting,) = db.session.scalars(select(OutgoingMail))
    assert (waiting.state, waiting.last_error) == ("waiting", "refused at rcpt: 450 4.2.0")
    postfix.answer(ZOE, "")
    next_hop.refuse("rcpt", 451)  # the next one says so as well
    with time_machine.travel(clock.now() + timedelta(seconds=65)):
        send()

    assert len(next_hop.wait_for(1)) == 1
    assert outbox.count_by_state() == {MailState.SENT: 1}


def test_a_refusal_comes_back_and_ends_all_mail_to_the_signature(
    send: Round,
    postfix: Postfix,
    next_hop: SmtpServer,
    client: FlaskClient,
    settings: Settings,
    environment: dict[str, str],
    signed: None,
) -> None:
    next_hop.refuse("rcpt", 550)
    send()
    away = {"SIGNING_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nowhere"}

    def bounce(to: str, raw: bytes, **changed: str) -> int:
        words = ("mail", "bounce", "--to", to)
        done = run(settings, environment, *words, given=raw, **changed)
        assert ZOE.encode() not in done.stdout + done.stderr
        return done.returncode

    # While the database is away, Postfix keeps it and comes again.
    assert postfix.take(lambda to, raw: bounce(to, raw, **away)) == 75
    assert not bounced()
    assert postfix.take(bounce) == 0
    assert bounced()

    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        client.post("/en/open-roads/sign", data=make.sign_form(email=ZOE))
        send()
    assert outbox.count_by_state() == {MailState.SENT: 1, MailState.DROPPED: 1}
    assert next_hop.received == []


def test_a_refusal_is_fetched_from_a_maildir_too(
    send: Round,
    worker: Worker,
    postfix: Postfix,
    next_hop: SmtpServer,
    settings: Settings,
    environment: dict[str, str],
    signed: None,
) -> None:
    worker.envelope = Envelope("letters@example.org", f"bounces@{TO_MAILDIR}")
    next_hop.refuse("data", 554)
    send()
    postfix.wait_for("delivered to maildir")

    box = f"maildir:{postfix.maildir}"
    done = run(settings, environment, "mail", "fetch-bounces", SIGNING_BOUNCE_BOX=box)

    assert b"1 mails taken out." in done.stdout
    assert bounced()


@pytest.mark.usefixtures("signed")
def test_nothing_is_lost_and_nothing_doubled_while_the_server_is_away_for_minutes(
    send: Round, worker: Worker, postfix: Postfix, next_hop: SmtpServer, client: FlaskClient
) -> None:
    client.post("/en/open-roads/sign", data=make.sign_form(email="yan@example.org"))
    postfix.stop()
    try:
        for minutes in (0, 2, 5):
            with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
                worker._resume_at = float("-inf")  # its pause is over
                send()
        assert outbox.count_by_state() == {MailState.WAITING: 2}
        assert set(db.session.scalars(select(OutgoingMail.attempts))) == {0}  # not to blame
    finally:
        postfix.start()
    with time_machine.travel(clock.now() + timedelta(minutes=7)):
        worker._resume_at = float("-inf")
        send()

    arrived = next_hop.wait_for(2)
    assert Counter(parseaddr(one.message["To"])[1] for one in arrived) == {
        ZOE: 1,
        "yan@example.org": 1,
    }
    assert len({one.message["Message-ID"] for one in arrived}) == 2
    assert outbox.count_by_state() == {MailState.SENT: 2}


def test_settings_make_the_envelope(environment: dict[str, str], key: rsa.RSAPrivateKey) -> None:
    signs = {"SIGNING_DKIM_SELECTOR": "s1", "SIGNING_DKIM_KEY": pem(key)}
    bounces = {"SIGNING_BOUNCE_ADDRESS": f"bounces@{TO_COMMAND}"}

    assert Envelope.of(read_settings(environment)) == Envelope("letters@example.org")
    made = Envelope.of(read_settings(environment | signs | bounces))
    assert made.bounce_address == f"bounces@{TO_COMMAND}"
    assert made.signer is not None


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize(("moment", "copies"), [("before the dot", 1), ("after the dot", 2)])
def test_a_wire_that_breaks_at_the_dot_loses_nothing(
    worker: Worker, postfix: Postfix, send: Round, next_hop: SmtpServer, moment: Moment, copies: int
) -> None:
    """Whether Postfix took it cannot be known: it is sent again, and is the same mail."""
    with Wire(postfix.port, moment) as wire:
        with smtp.Connection(smtp.SmtpUrl.parse(wire.url)) as connection:
            worker.round(connection)
        db.session.commit()
    assert outbox.count_by_state() == {MailState.WAITING: 1}

    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        send()

    arrived = next_hop.wait_for(copies)
    assert len(arrived) == copies
    assert len({one.message["Message-ID"] for one in arrived}) == 1
    assert outbox.count_by_state() == {MailState.SENT: 1}
