"""What a form carries beyond its own fields sets nothing: no state, no count, no flag."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select

from signing.core.db import db
from signing.signatures.models import Signature
from tests import make
from tests.conftest import Inbox

# Every column, as if the form had a field for it.
INVENTED = {
    "letter_id": "0" * 32,
    "id": "0" * 32,
    "state": "confirmed",
    "revision": "7",
    "link_version": "7",
    "sealed": "x",
    "public_name": "Invented",
    "locale": "fr",
    "entry": "api",
    "partner_id": "0" * 32,
    "reasons": "honeypot",
    "confirmed_at": "2020-01-01",
    "created_at": "2020-01-01",
    "bounced_at": "2020-01-01",
    "age": "3",
}


def stored() -> Signature:
    with db.engine.connect() as connection:
        row = connection.execute(select(*Signature.__table__.columns)).one()
    return Signature(**row._mapping)


def test_fields_that_no_form_has_set_nothing(client: FlaskClient, inbox: Inbox) -> None:
    make.letter()
    client.post("/en/open-roads/sign", data=make.sign_form() | INVENTED)

    row = stored()
    assert (row.state, row.revision, row.link_version, row.entry) == ("pending", 1, 1, "form")
    assert (row.public_name, row.partner_id, row.confirmed_at, row.bounced_at) == (None,) * 4
    assert (row.locale, row.reasons) == ("en", [])
    assert row.created_at.year > 2020

    client.post(inbox.link(), data={"revision": "1"})
    mine = inbox.link("my-signature")
    client.post(f"{mine}/name", data=INVENTED | {"name": "Zoë L.", "email": "eve@example.org"})

    row = stored()
    assert (row.state, row.locale, row.entry, row.reasons) == ("confirmed", "en", "form", [])
    assert row.public_name is None
    assert "zoe@example.org" in client.get(f"{mine}/data.json").text
