"""What a partner's program may: read who agreed to hear from the partner, and have people sign."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from signing.core import clock
from signing.core.db import db, transaction
from signing.letters.models import Letter
from signing.partners import tokens
from signing.partners.models import OF_PARTNER, Partner, Scope, Token
from signing.signatures import actions
from signing.signatures.models import Consent, Signature
from tests import make
from tests.books import Books
from tests.conftest import Inbox
from tests.programs.asking import TEXT, agreeing, asking, lines

AT = "/api/v1/letters/open-roads"
FEED = f"{AT}/partners/green-web/signatures"
A_DAY = timedelta(days=1)


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


@pytest.fixture
def partner(letter: Letter) -> Partner:
    return asking(letter)


def token(partner: Partner, *scopes: Scope) -> str:
    with transaction():
        return tokens.make(partner, "CRM", scopes or OF_PARTNER, A_DAY, by=make.OPERATOR)


def get(client: FlaskClient, address: str, plain: str) -> TestResponse:
    return client.get(address, headers={"Authorization": f"Bearer {plain}"})


def test_the_feed_is_read_page_by_page_and_on_from_there(
    letter: Letter, partner: Partner, client: FlaskClient
) -> None:
    plain = token(partner)
    first = agreeing(letter, partner, email="a@example.org")
    for who in "bc":
        agreeing(letter, partner, email=f"{who}@example.org")
    lines(partner)
    answer = get(client, f"{FEED}?limit=2", plain)
    assert answer.headers["Cache-Control"] == "no-store"
    read = answer.get_json()
    assert [one["data"]["email"] for one in read["events"]] == ["a@example.org", "b@example.org"]
    assert read["events"][0]["data"]["wording"] == TEXT
    assert read["more"]
    rest = get(client, f"{FEED}?cursor={read['cursor']}", plain).get_json()
    assert [one["data"]["email"] for one in rest["events"]] == ["c@example.org"]
    with transaction():
        actions.withdraw(first)
    lines(partner)
    later = get(client, f"{FEED}?cursor={rest['cursor']}", plain).get_json()
    (gone,) = later["events"]
    assert (gone["type"], gone["signature"], gone["data"]) == (
        "signature.withdrawn",
        str(first.signature_id),
        None,
    )
    assert get(client, FEED, plain).get_json()["events"][0]["data"] is None


def test_nobody_else_is_in_it(letter: Letter, partner: Partner, client: FlaskClient) -> None:
    make.signature(letter, email="not@example.org", partner_id=partner.id)
    lines(partner)
    assert get(client, FEED, token(partner)).get_json()["events"] == []


def test_another_letters_or_partners_token_opens_nothing(
    letter: Letter, partner: Partner, client: FlaskClient
) -> None:
    other = make.partner(letter, "red-web")
    elsewhere = asking(make.letter(slug="night-trains"))
    assert get(client, FEED, token(other)).status_code == 403
    assert get(client, FEED, token(elsewhere)).status_code == 403
    assert get(client, FEED, token(partner, Scope.SIGN)).status_code == 403
    assert get(client, FEED, token(partner, Scope.SIGNATURES)).status_code == 200


def test_no_token_is_a_no_that_programs_understand(partner: Partner, client: FlaskClient) -> None:
    good = token(partner)
    for shown in ("", "Bearer ", "Bearer nonsense", f"Basic {good}", "Bearer é", good):
        answer = client.get(FEED, headers={"Authorization": shown})
        assert answer.status_code == 401, shown
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.content_type == "application/problem+json"
    assert (
        client.get(f"{FEED}?cursor=1", headers={"Authorization": f"Bearer {good}"}).status_code
        == 400
    )


def test_a_token_ends_by_itself_and_at_once_when_revoked(
    letter: Letter, partner: Partner, client: FlaskClient
) -> None:
    plain = token(partner)
    (kept,) = tokens.list_all(letter.id, partner.id)
    assert plain.encode() not in kept.digest
    assert get(client, FEED, plain).status_code == 200
    with db.engine.connect() as connection:
        assert connection.scalar(select(Token.last_used)) == clock.now().date()
    with time_machine.travel(clock.now() + A_DAY * 1.1):
        assert get(client, FEED, plain).status_code == 401
    with transaction():
        tokens.revoke(partner, kept.id, by=make.OPERATOR)
    assert get(client, FEED, plain).status_code == 401


def body(form: dict[str, Any], **more: Any) -> dict[str, Any]:
    digest = form["wordings"]["sign"]["digest"]
    consents = {"sign": digest} | more.pop("consents", {})
    known = {"name": "Zoë Lindqvist", "email": "zoe@example.org", "locale": "en", "country": "SE"}
    return known | {"consents": consents} | more


@pytest.fixture
def plain(partner: Partner) -> str:
    return token(partner)


@pytest.fixture
def form(client: FlaskClient, plain: str) -> dict[str, Any]:
    read: dict[str, Any] = get(client, f"{AT}/form", plain).get_json()
    return read


def post(client: FlaskClient, plain: str, sent: Any) -> TestResponse:
    head = {"Authorization": f"Bearer {plain}"}
    return client.post(f"{AT}/signatures", json=sent, headers=head)


def test_people_sign_by_the_partners_form_and_mail_confirms(
    client: FlaskClient, plain: str, form: dict[str, Any], inbox: Inbox, books: Books
) -> None:
    agreed = {"partner": form["wordings"]["partner"]["digest"]}
    answer = post(client, plain, body(form, consents=agreed))
    assert (answer.status_code, answer.get_json()) == (202, {"status": "mailed"})
    client.post(inbox.link(), data={"revision": "1"})
    again = post(client, plain, body(form))
    assert (again.status_code, again.data) == (202, answer.data)
    with db.engine.connect() as connection:
        row = connection.execute(select(Signature.state, Signature.entry)).one()
        purposes = set(connection.scalars(select(Consent.purpose)))
    assert tuple(row) == ("confirmed", "api")
    assert purposes == {"sign", "partner"}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": " "}, "name"),
    ({"name": "x" * 101}, "name"),
    ({"name": "see https://evil.example"}, "name"),
    ({"email": "zoe"}, "email"),
    ({"country": ""}, "country"),
    ({"country": "XX"}, "country"),
    ({"locale": "xx"}, "locale"),
    ({"show_name": "full"}, "consents.show_name"),
    ({"consents": {"sign": "0" * 64}}, "consents.sign"),
    ({"consents": {"news": "0" * 64}}, "consents.news"),
    ({"consents": {"newsletter": "0" * 64}}, "consents.newsletter"),
    ({"consents": {"sign": "short"}}, "consents.sign"),
    ({"organisation": "not asked"}, "organisation"),
    ({"state": "confirmed"}, "state"),
]


def test_what_is_wrong_is_named_field_by_field(
    client: FlaskClient, plain: str, form: dict[str, Any]
) -> None:
    for wrong, field in WRONG:
        answer = post(client, plain, body(form, **wrong))
        assert answer.status_code == 422, wrong
        assert [one["field"] for one in answer.get_json()["errors"]] == [field]
    assert post(client, plain, []).status_code == 422
    with db.engine.connect() as connection:
        assert connection.scalars(select(Signature.id)).all() == []


def test_a_closed_letter_and_a_suspended_partner_take_nobody(
    client: FlaskClient, plain: str, form: dict[str, Any]
) -> None:
    with transaction():
        db.session.execute(update(Partner).values(state="suspended"))
    assert post(client, plain, body(form)).status_code == 403
    with transaction():
        db.session.execute(update(Partner).values(state="active"))
    make.close("open-roads")
    assert post(client, plain, body(form)).status_code == 410


def test_one_address_is_not_flooded_through_the_api(
    client: FlaskClient, plain: str, form: dict[str, Any]
) -> None:
    statuses = [post(client, plain, body(form)).status_code for _ in range(52)]
    assert statuses[0] == 202
    assert statuses[-1] == 429
