"""A backup is put back: what people took back in between stays taken back, and no mail goes out."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from signing.audit.models import AuditEvent
from signing.core import marks
from signing.core.db import db, transaction
from signing.core.ids import HOUSE
from signing.core.keystore import KeyPurpose, OwnedKey
from signing.core.keystore_tables import WrappedKey
from signing.core.settings import Settings
from signing.core.tokens import SignatureRef
from signing.core.vault import vault
from signing.letters import queries as letters
from signing.letters.models import ConsentPurpose, State
from signing.mail import suppressions
from signing.mail.suppressions import Reason
from signing.signatures import actions, person
from signing.signatures.models import Consent, Show, Signature
from signing.worker import retaining
from signing.worker.loop import Worker
from tests import make
from tests.books import Books
from tests.cli.conftest import Signing, Taken
from tests.conftest import Inbox

SLUG = "open-roads"
SHOWN = (ConsentPurpose.SIGN, ConsentPurpose.SHOW_NAME, ConsentPurpose.NEWS)


def sign(name: str, **more: object) -> SignatureRef:
    """Somebody whose name is shown, who wants news, and who is confirmed."""
    chosen = {"email": f"{name}@example.org", "name": name, "show": Show.FULL, "consents": SHOWN}
    return make.signature(letters.get_by_slug(SLUG), **chosen | more)  # type: ignore[arg-type]


def withdraw(ref: SignatureRef) -> None:
    with transaction():
        actions.withdraw(ref)


def hide(ref: SignatureRef) -> None:
    with transaction():
        actions.show_name(ref, Show.NO, HOUSE)


def stop_news(ref: SignatureRef) -> None:
    with transaction():
        actions.stop_mail(ref, ConsentPurpose.NEWS)


def consents(ref: SignatureRef) -> dict[str, bool]:
    """Every consent there is, and whether it still holds."""
    db.session.rollback()
    rows = db.session.scalars(select(Consent).where(Consent.signature_id == ref.signature_id))
    return {row.purpose: row.withdrawn_at is None for row in rows}


def start_worker(app: Flask, inbox: Inbox) -> None:
    """As after a restart; it has looked at the marks once and sent what it may."""
    inbox.worker = Worker(app)
    _ = inbox.mails


def test_all_that_was_taken_back_stays_taken_back(
    app: Flask, inbox: Inbox, books: Books, back_up: Taken, signing: Signing
) -> None:
    make.letter(SLUG)
    for number in range(3):
        make.signature(make.letter("old-roads"), email=f"old{number}@example.org")
    people = ("stays", "withdraws", "hides", "stops", "never")
    refs = {name: sign(name) for name in people}
    pending = sign("pending", is_confirmed=False)
    start_worker(app, inbox)
    before = back_up()
    start_worker(app, inbox)
    withdraw(refs["withdraws"])
    withdraw(pending)
    hide(refs["hides"])
    stop_news(refs["stops"])
    never = person.house_digest("never@example.org")
    with transaction():
        suppressions.suppress(never, reason=Reason.NOT_ME)
        actions.withdraw(refs["never"])
    retaining.erase(letters.get_by_slug("old-roads"), by=make.OPERATOR)
    _ = inbox.mails

    before.put_back()
    assert books.total(SLUG) == 5
    assert "hides" in books.names(SLUG)
    told = signing("restore", "check")

    assert told.returncode == 0, told.stderr
    assert "withdrawn: 3 done again" in told.stdout
    assert "old-roads: erased again" in told.stdout
    assert books.names(SLUG) == ["stops", "stays"]
    assert books.total(SLUG) == 3
    assert books.total("old-roads") == 3
    assert books.balance(SLUG)
    assert books.balance("old-roads")
    assert books.states() == ["confirmed"] * 3
    assert consents(refs["hides"]) == {"sign": True, "news": True}
    assert consents(refs["stops"]) == {"sign": True, "news": False, "show_name": True}
    hidden = db.session.get(Signature, (letters.get_by_slug(SLUG).id, refs["hides"].signature_id))
    assert hidden is not None
    assert person.of(hidden).show is Show.NO
    assert suppressions.list_suppressed([never]) == {(never, HOUSE)}
    assert letters.get_by_slug("old-roads").state == State.ARCHIVED

    again = signing("restore", "check")
    assert again.returncode == 0, again.stderr
    assert "done again" not in again.stdout
    assert "erased" not in again.stdout
    db.session.rollback()
    checks = select(AuditEvent).where(AuditEvent.verb == "restore.checked").order_by(AuditEvent.at)
    assert [event.details.get("withdrawn") for event in db.session.scalars(checks)] == [3, None]


def test_no_mail_goes_out_before_the_restore_was_checked(
    app: Flask, inbox: Inbox, back_up: Taken, signing: Signing, caplog: pytest.LogCaptureFixture
) -> None:
    make.letter(SLUG)
    start_worker(app, inbox)
    gone = sign("gone", is_confirmed=False)
    sign("there", is_confirmed=False)
    before = back_up()
    start_worker(app, inbox)
    assert len(inbox.mails) == 2
    withdraw(gone)

    before.put_back()
    with caplog.at_level(logging.ERROR):
        start_worker(app, inbox)
    assert "`signing restore check`" in caplog.text
    assert len(inbox.mails) == 2
    sick = signing("doctor", SIGNING_SMTP_URL=inbox.server.url)
    assert sick.returncode == 1
    assert "Run `signing restore check`" in sick.stdout

    assert signing("restore", "check").returncode == 0
    inbox.worker._gate.look_again()  # as it does every few seconds
    assert [mail["To"] for mail in inbox.mails[2:]] == ["there@example.org"]
    assert signing("doctor", SIGNING_SMTP_URL=inbox.server.url).returncode == 0


def test_a_worker_that_runs_on_while_its_database_is_put_back_notices(
    app: Flask, inbox: Inbox, back_up: Taken, caplog: pytest.LogCaptureFixture
) -> None:
    make.letter(SLUG)
    start_worker(app, inbox)
    before = back_up()
    start_worker(app, inbox)

    before.put_back()
    sign("there", is_confirmed=False)
    inbox.worker._gate.look_again()  # as after an error of the database, or a minute
    assert inbox.mails == []
    assert "`signing restore check`" in caplog.text


def test_a_choice_made_anew_after_hiding_is_not_taken_back(
    app: Flask, inbox: Inbox, books: Books, back_up: Taken, signing: Signing
) -> None:
    make.letter(SLUG)
    ref = sign("again", is_confirmed=False)
    hide(ref)
    sign("again", is_confirmed=False)
    make.confirm(ref, revision=3)
    before = back_up()

    before.put_back()
    assert signing("restore", "check").returncode == 0
    assert books.names(SLUG) == ["again"]
    assert books.balance(SLUG)


def test_a_name_is_hidden_again_also_where_its_key_is_gone(
    app: Flask, books: Books, back_up: Taken, signing: Signing
) -> None:
    letter = make.letter(SLUG)
    ref = sign("hides")
    before = back_up()
    hide(ref)
    vault.store.add(
        letter.id, KeyPurpose.SEAL, vault.masters.wrap(letter.id, KeyPurpose.SEAL, 2, bytes(32))
    )
    vault.store.destroy_version(letter.id, KeyPurpose.SEAL, 1)
    vault.forget_opened()

    before.put_back()
    assert signing("restore", "check").returncode == 0
    assert books.names(SLUG) == []
    assert books.total(SLUG) == 1
    assert books.balance(SLUG)


def test_a_key_store_that_was_put_back_is_noticed_and_erased_letters_stay_erased(
    app: Flask, inbox: Inbox, books: Books, signing: Signing
) -> None:
    letter = make.letter(SLUG)
    sign("there")
    keys = vault.store.list_living()
    start_worker(app, inbox)
    retaining.erase(letter, by=make.OPERATOR)
    with transaction():
        marks.count_up(beyond=1440)
    _put_back(keys)

    start_worker(app, inbox)
    sick = signing("doctor", SIGNING_SMTP_URL=inbox.server.url)
    assert sick.returncode == 1
    assert "the key store was restored" in sick.stdout
    checked = signing("restore", "check")
    assert f"{SLUG}: erased again" in checked.stdout
    assert vault.store.list_erased() == [letter.id]
    assert signing("doctor", SIGNING_SMTP_URL=inbox.server.url).returncode == 0
    assert books.total(SLUG) == 1


def _put_back(keys: list[OwnedKey]) -> None:
    """What an older backup of the key store has."""
    with vault.store.engine.connect().execution_options(writes=True) as connection:
        connection.execute(delete(WrappedKey))
        connection.commit()
    for one in keys:
        vault.store.add(one.owner_id, one.purpose, one.key)


def test_what_was_taken_back_is_forgotten_after_a_year(
    app: Flask, inbox: Inbox, settings: Settings
) -> None:
    make.letter(SLUG)
    withdraw(sign("gone"))
    for days, left in ((300, 1), (370, 0)):
        with inbox.later(timedelta(days=days)):
            retaining.retain(settings)
            assert len(vault.store.list_forgotten(None, limit=10)) == left
