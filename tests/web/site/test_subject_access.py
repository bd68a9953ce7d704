"""Everything that is held about a person, by the link in the mails (GDPR art. 15)."""

from __future__ import annotations

import hashlib

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from signing.core.db import db, transaction
from signing.letters import queries as letters
from signing.mail.kinds import Kind
from signing.signatures.models import Entry, Signature
from signing.signatures.screening import Reason
from signing.web.site import held
from tests import make
from tests.conftest import Inbox
from tests.exports import carrying_out


@pytest.fixture
def mine(client: FlaskClient, inbox: Inbox) -> str:
    """The link to a signature that was confirmed by mail, with news, and exported since."""
    letter = make.letter(fields=("country", "city", "comment"))
    form = make.sign_form(show_name="full", news="y", city="Malmö", comment="Roads are life.")
    client.post("/en/open-roads/sign", data=form)
    _export()
    client.post(inbox.link(), data={"revision": "1"})
    _export()
    with transaction():
        db.session.execute(
            update(Signature).where(Signature.letter_id == letter.id).values(reasons=["markup"])
        )
    return inbox.link("my-signature")


def _export() -> None:
    letter = letters.get_by_slug("open-roads")
    carrying_out.carry_out(carrying_out.choice(letter))


def test_the_page_tells_everything_in_plain_words(client: FlaskClient, mine: str) -> None:
    text = BeautifulSoup(client.get(mine).text, "html.parser").get_text(" ", strip=True)
    for told in (
        "zoe@example.org",
        "Malmö",
        "Roads are life.",
        "Road Friends, 1 Lane, Exampleton",  # the controller
        "The council of roads",  # the receiver
        "Open roads (en)",  # the text signed
        "The form on our own page",
        "The question whether it was you",
        "The name holds signs that are rare in names.",
        "I want news",
        "English",
    ):
        assert told in text


def test_the_download_holds_the_same_for_programs(client: FlaskClient, mine: str) -> None:
    data = client.get(f"{mine}/data.json").get_json()
    assert data["controller"].startswith("Road Friends")
    assert data["receivers"][1] == "The council of roads"
    assert data["entry"] == "form"
    assert data["reasons"] == ["markup"]
    assert [mail["kind"] for mail in data["mails"]] == ["confirm_signature"]
    assert len(data["exports"]) == 1  # the one before it was confirmed does not have it
    assert "email" in data["exports"][0]["columns"]
    sign = next(one for one in data["consents"] if one["purpose"] == "sign")
    assert sign["wording_version"] == 1
    assert sign["wording_language"] == "en"
    body = make.text("en")
    digest = hashlib.sha256(f"{body.title}\0{body.body}".encode()).hexdigest()
    assert data["text"]["digest"] == digest


def test_every_field_of_the_row_is_told_or_named_here_as_untold(
    client: FlaskClient, mine: str
) -> None:
    """A new column is shown to whom it is about, unless somebody decides otherwise."""
    ours = {
        "letter_id", "id", "address_digest", "comment_digest", "link_version", "revision",
        "sealed", "text_revision_id", "confirmed_by_mail_id",
    }  # fmt: skip
    named = {"locale": "language", "partner_id": "brought_by", "created_at": "signed_at"}
    columns = {column.name for column in Signature.__table__.columns} - ours
    told = set(client.get(f"{mine}/data.json").get_json())
    assert {named.get(name, name) for name in columns} - told == set()


def test_there_are_words_for_every_kind_entry_and_reason(app: Flask) -> None:
    about_no_signature = {
        Kind.INVITATION, Kind.EXPORT_WAITING, Kind.NEWS_TEST,
        Kind.PARTNER, Kind.WEBHOOK_FAILING, Kind.WEBHOOK_OFF,
    }  # fmt: skip
    assert set(held.MAILS) == set(Kind) - about_no_signature
    assert set(held.ENTRIES) == set(Entry)
    assert set(held.REASONS) == set(Reason)


def test_what_is_wrong_can_be_corrected_and_all_can_be_withdrawn(
    client: FlaskClient, mine: str
) -> None:
    client.post(f"{mine}/name", data={"name": "Zoé Lindqvist"})
    assert client.get(f"{mine}/data.json").get_json()["name"] == "Zoé Lindqvist"
    client.post(f"{mine}/withdraw")
    assert client.get(f"{mine}/data.json").status_code == 410


def test_a_pending_signature_says_that_nothing_was_handed_on(
    client: FlaskClient, inbox: Inbox
) -> None:
    make.letter()
    client.post("/en/open-roads/sign", data=make.sign_form())
    page = client.get(inbox.link("my-signature"))
    assert "Your signature is in no list that was taken out." in page.text
    assert "does not count" in page.text
