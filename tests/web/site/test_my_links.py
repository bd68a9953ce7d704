""" "Send me all my links": one answer for everybody, the truth by mail alone."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from signing.core import clock
from signing.core.db import db
from signing.core.vault import vault
from signing.letters import queries as letters
from signing.mail.models import OutgoingMail
from tests import make
from tests.books import Books
from tests.conftest import Inbox

ASK = "/en/my-links"


def _links(inbox: Inbox) -> list[str]:
    text = inbox.text(inbox.mails[-1])
    return [urlsplit(one).path for one in re.findall(r"http\S+/my-signature/\S+", text)]


def test_one_mail_lists_every_signature_over_all_letters(client: FlaskClient, inbox: Inbox) -> None:
    make.signature(make.letter(slug="open-roads", locales=("en", "fr")))
    make.signature(make.letter(slug="closed-roads"), email="ZOE@example.org")
    make.signature(make.letter(slug="pending-roads"), is_confirmed=False)
    make.signature(make.letter(slug="other-roads"), email="somebody.else@example.org")
    make.close("closed-roads")
    before = len(inbox.mails)

    client.post("/fr/my-links", data={"email": "zoe@EXAMPLE.org"})

    assert len(inbox.mails) == before + 1
    mail = inbox.mails[-1]
    assert mail["Content-Language"] == "fr"
    assert "Open roads (fr)" in inbox.text(mail)
    links = _links(inbox)
    assert len(links) == 3
    assert all("zoe@" in client.get(link).text.lower() for link in links)


def test_the_answer_is_the_same_for_everybody(client: FlaskClient, inbox: Inbox) -> None:
    make.signature(make.letter())
    make.signature(make.letter(slug="other"), email="pending@example.org", is_confirmed=False)
    _ = inbox.mails
    with time_machine.travel(clock.now(), tick=False):  # some headers count seconds
        answers = [
            client.post(ASK, data={"email": email})
            for email in ("zoe@example.org", "pending@example.org", "nobody@example.org")
        ]
    first = answers[0]
    assert first.status_code == 303
    for other in answers[1:]:
        assert other.status_code == first.status_code
        assert other.data == first.data
        assert dict(other.headers) == dict(first.headers)
    page = client.get(first.headers["Location"])
    assert "If signatures were made with this address" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]


def test_the_statements_are_the_same_for_everybody(app: Flask, client: FlaskClient) -> None:
    make.signature(make.letter())
    client.post(ASK, data={"email": "warm@example.org"})
    seen: list[list[str]] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen[-1].append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    for email in ("zoe@example.org", "nobody@example.org"):
        seen.append([])
        client.post(ASK, data={"email": email})
    event.remove(engine, "before_cursor_execute", note)
    assert seen[0] == seen[1]


def test_an_address_without_signatures_gets_no_mail(
    client: FlaskClient, inbox: Inbox, books: Books
) -> None:
    make.letter()
    client.post(ASK, data={"email": "nobody@example.org"})
    assert inbox.mails == []
    assert books.mails() == [("all_links", "dropped")]


def test_an_erased_letter_does_not_hold_up_the_others(client: FlaskClient, inbox: Inbox) -> None:
    make.signature(make.letter())
    erased = make.letter(slug="erased-roads")
    make.signature(erased)
    _ = inbox.mails
    vault.destroy(erased.id)
    client.post(ASK, data={"email": "zoe@example.org"})
    assert len(_links(inbox)) == 1


def test_twice_is_one_mail(client: FlaskClient, inbox: Inbox) -> None:
    make.signature(make.letter())
    before = len(inbox.mails)
    for _twice in range(2):
        client.post(ASK, data={"email": "zoe@example.org"})
    assert len(inbox.mails) == before + 1


def test_the_address_stands_sealed_until_the_mail_is_settled(
    app: Flask, client: FlaskClient, inbox: Inbox
) -> None:
    make.signature(make.letter())
    client.post(ASK, data={"email": "zoe@example.org"})
    sealed = select(OutgoingMail.sealed_to).where(OutgoingMail.kind == "all_links")
    with app.app_context():
        before = db.session.scalars(sealed).one()
    assert before is not None
    assert b"zoe" not in before
    _ = inbox.mails
    with app.app_context():
        assert db.session.scalars(sealed).one() is None


def test_never_again_under_that_mail_ends_all_mail_to_its_address(
    client: FlaskClient, inbox: Inbox, books: Books
) -> None:
    make.signature(make.letter())
    client.post(ASK, data={"email": "zoe@example.org"})
    assert client.post(inbox.link("not-me")).status_code == 303
    before = len(inbox.mails)
    make.signature(make.letter(slug="other-roads"), is_confirmed=False)
    assert len(inbox.mails) == before
    assert books.states() == ["confirmed", "pending"]  # it was about none of them alone


def test_a_suppressed_address_gets_no_links(client: FlaskClient, inbox: Inbox) -> None:
    make.signature(make.letter())
    make.signature(make.letter(slug="other-roads"), is_confirmed=False)
    client.post(inbox.link("not-me"))
    before = len(inbox.mails)
    client.post(ASK, data={"email": "zoe@example.org"})
    assert len(inbox.mails) == before


def test_not_me_under_the_links_ends_mail_and_withdraws_nothing(
    client: FlaskClient, inbox: Inbox, books: Books
) -> None:
    make.signature(make.letter())
    _ = inbox.mails
    client.post(ASK, data={"email": "zoe@example.org"})
    link = inbox.link("not-me")
    assert "is withdrawn" not in client.get(link).text
    assert client.post(link, follow_redirects=True).status_code == 200
    assert books.total("open-roads") == 1


@pytest.mark.parametrize("typed", ["", "zoe", "zoe@", "a@b@c.org", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_refused_and_kept(client: FlaskClient, typed: str) -> None:
    page = client.post(ASK, data={"email": typed})
    assert page.status_code == 422
    assert f'value="{typed}"' in page.text
    assert 'href="#email"' in page.text


def test_it_is_linked_from_letter_and_privacy_notice(client: FlaskClient) -> None:
    make.letter()
    for path in ("/en/open-roads", "/en/open-roads/privacy"):
        assert f'href="{ASK}"' in client.get(path).text
    assert letters.find_by_slug("my-links") is None
