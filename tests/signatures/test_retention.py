"""What goes when its time has come, and what stays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from sqlalchemy import select

from signing.audit import queries as audit
from signing.core import clock
from signing.core.db import db, transaction
from signing.core.settings import Settings
from signing.core.vault import Unreadable, vault
from signing.counts import queries as counts
from signing.counts.cells import OTHER
from signing.counts.models import Dimension
from signing.letters import queries as letters
from signing.mail.models import OutgoingMail
from signing.signatures import person, retention
from signing.signatures.models import Consent, RetiredCount, Show, Signature
from signing.worker import retaining
from tests import make
from tests.books import Books
from tests.conftest import Inbox


def test_unconfirmed_people_are_gone_after_fourteen_days(
    app: Flask, inbox: Inbox, books: Books
) -> None:
    letter = make.letter()
    make.signature(letter, email="pending@example.org", is_confirmed=False)
    make.signature(letter, email="confirmed@example.org")
    with inbox.later(timedelta(days=13)):
        retaining.retain(inbox.worker.settings)
        assert books.states() == ["confirmed", "pending"]
    with inbox.later(timedelta(days=14, minutes=1)):
        retaining.retain(inbox.worker.settings)
        assert books.states() == ["confirmed"]
    assert books.total("open-roads") == 1


def test_settled_mails_go_after_thirty_days(app: Flask, inbox: Inbox, books: Books) -> None:
    make.signature(make.letter(), is_confirmed=False)
    assert len(inbox.mails) == 1
    with inbox.later(timedelta(days=31)):
        retaining.retain(inbox.worker.settings)
        assert books.rows(OutgoingMail) == 0


def test_erasing_turns_people_into_numbers_and_keeps_the_count(app: Flask, books: Books) -> None:
    letter = make.letter()
    for number in range(12):
        make.signature(letter, email=f"se{number}@example.org", country="SE", show=Show.FULL)
    for number in range(3):
        make.signature(letter, email=f"fr{number}@example.org", country="FR", locale="fr")
    sealed = db.session.scalars(select(Signature.sealed)).first()
    assert sealed is not None
    digest = db.session.scalars(select(Signature.address_digest)).first()
    assert digest is not None

    retired = retaining.erase(letter, by=make.OPERATOR)

    assert retired == 15
    assert books.total("open-roads") == 15
    assert books.rows(Signature) == books.rows(Consent) == books.rows(OutgoingMail) == 0
    assert books.balance("open-roads")
    assert "letter.erased" in [event.verb for event in audit.list_of_letter(letter.id)]
    with pytest.raises(Unreadable):
        person.open_(letter.id, digest, sealed)


def test_cells_of_fewer_than_ten_people_cannot_be_told_apart(app: Flask) -> None:
    letter = make.letter()
    for number in range(11):
        make.signature(letter, email=f"se{number}@example.org", country="SE")
    make.signature(letter, email="fr@example.org", country="FR", locale="fr")
    retaining.erase(letter, by=make.OPERATOR)

    cells = {(row.locale, row.country): row.n for row in db.session.scalars(select(RetiredCount))}
    assert cells == {("en", "SE"): 11, (OTHER, OTHER): 1}
    assert counts.by_value(letter.id, Dimension.LOCALE) == {"en": 11, OTHER: 1}


def test_names_leave_the_page_on_the_date_that_their_wording_named(
    client: FlaskClient, inbox: Inbox, books: Books
) -> None:
    make.signature(make.letter(), show=Show.FULL)
    with inbox.later(timedelta(days=1)):
        retaining.retain(inbox.worker.settings)
        assert books.names("open-roads") == ["Zoë Lindqvist"]
    with time_machine.travel(make.NAMES_UNTIL + timedelta(days=2)):
        retaining.retain(inbox.worker.settings)
        assert books.names("open-roads") == []
        assert "Lindqvist" not in client.get("/en/open-roads").text
    assert books.total("open-roads") == 1
    assert books.balance("open-roads")


def test_a_year_after_closing_people_are_numbers_and_the_key_is_gone(
    app: Flask, inbox: Inbox, books: Books
) -> None:
    letter = make.letter()
    make.signature(letter)
    make.close("open-roads")
    with inbox.later(timedelta(days=364)):
        retaining.retain(inbox.worker.settings)
        assert books.states() == ["confirmed"]
    with inbox.later(timedelta(days=366)):
        retaining.retain(inbox.worker.settings)
        assert books.states() == []
        assert books.total("open-roads") == 1
        assert books.balance("open-roads")
        with pytest.raises(Unreadable):
            vault.digest(letter.id, "anything")


def test_erasing_that_was_interrupted_is_finished_by_running_it_again(
    app: Flask, books: Books
) -> None:
    letter = make.letter()
    for number in range(5):
        make.signature(letter, email=f"zoe{number}@example.org")
    with transaction():
        retention.begin_erasing(letter, by=make.OPERATOR)
    with transaction():
        retention.retire_batch(letter.id, limit=2)
    assert books.total("open-roads") == 5  # and here the process died
    assert books.balance("open-roads")

    retaining.erase(letter, by=make.OPERATOR)
    assert books.states() == []
    assert books.total("open-roads") == 5
    assert books.balance("open-roads")


def test_an_erased_letters_links_and_form_answer_kindly(client: FlaskClient, inbox: Inbox) -> None:
    make.letter()
    client.post("/en/open-roads/sign", data=make.sign_form())
    confirm, mine = inbox.link(), inbox.link("my-signature")
    retaining.erase(letters.get_by_slug("open-roads"), by=make.OPERATOR)

    assert client.get("/en/open-roads").status_code == 200
    assert client.post("/en/open-roads/sign", data=make.sign_form()).status_code == 410
    for link in (confirm, mine):
        assert client.get(link).status_code == 410
        assert client.post(link, data={"revision": "1"}).status_code in {405, 410}


def test_another_process_cannot_read_an_erased_letter_for_longer_than_a_minute(
    app: Flask,
) -> None:
    letter = make.letter()
    make.signature(letter)
    signature = db.session.scalars(select(Signature)).one()
    vault.store.destroy(letter.id)  # what another process's `erase` did
    assert person.of(signature).name == "Zoë Lindqvist"  # opened a moment ago
    with time_machine.travel(clock.now() + timedelta(seconds=61)), pytest.raises(Unreadable):
        person.of(signature)


def test_a_stolen_data_folder_names_nobody_who_did_not_choose_it(
    settings: Settings, client: FlaskClient, inbox: Inbox
) -> None:
    make.letter(fields=("country", "city", "comment"))
    form = make.sign_form(
        name="Xanthippe Quux", email="xanthippe@example.net", city="Quuxville", comment="Because Q"
    )
    client.post("/en/open-roads/sign", data=form)
    client.post(inbox.link(), data={"revision": "1"})
    client.post("/en/open-roads/sign", data=form)
    _ = inbox.mails

    stored = _everything_stored(settings)
    assert b"audit_events" in stored
    for secret in ("Xanthippe", "xanthippe", "Quuxville", "Because Q"):
        assert secret.encode() not in stored
        assert secret.encode().hex().encode() not in stored


def _everything_stored(settings: Settings) -> bytes:
    """What a thief carries away: every byte of the folder, every row of the databases."""
    files = [path for path in Path(settings.data_dir).rglob("*") if path.is_file()]
    stolen = [path.read_bytes() for path in files]
    for url in (settings.database_url, settings.keystore_url):
        if url.startswith("postgresql"):
            stolen += _rows(url.replace("+psycopg", ""))
    return b"".join(stolen)


def _rows(url: str) -> list[bytes]:
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = []
        for (table,) in tables.fetchall():
            every = sql.SQL("SELECT one::text FROM {} AS one").format(sql.Identifier(table))
            rows.append(table.encode())
            rows += [text.encode() for (text,) in connection.execute(every)]
        return rows
