"""One-click unsubscribe (RFC 8058): one sort of mail ends, and nothing else."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from signing.core.db import db
from signing.core.keystore import Forgotten
from signing.core.keystore_tables import ForgottenRow
from signing.core.tokens import SignatureRef
from signing.core.vault import vault
from signing.letters.models import ConsentPurpose
from signing.mail import opt_outs
from signing.mail.models import Suppression
from signing.mail.opt_outs import OptOut, Sort
from signing.signatures import person
from signing.signatures.models import Consent
from tests import make
from tests.books import Books

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
FROM_A_MAIL_PROGRAM = {"Origin": "https://webmail.example", "Sec-Fetch-Site": "cross-site"}
MAILED = (ConsentPurpose.NEWS, ConsentPurpose.NEWSLETTER, ConsentPurpose.FOLLOW_UP)


@pytest.fixture
def ref(app: Flask) -> SignatureRef:
    """A confirmed signature of somebody who wants every mail there is."""
    letter = make.letter(newsletter="Our newsletter, monthly.")
    return make.signature(letter, consents=(ConsentPurpose.SIGN, *MAILED))


def _link(ref: SignatureRef, sort: Sort) -> str:
    return "/u/" + opt_outs.make(OptOut(ref, person.house_digest("zoe@example.org"), sort))


def _stopped(app: Flask) -> set[str]:
    with app.app_context():
        ended = select(Consent.purpose).where(Consent.withdrawn_at.is_not(None))
        return set(db.session.scalars(ended))


@pytest.mark.parametrize("sort", [Sort.NEWS, Sort.NEWSLETTER, Sort.FOLLOW_UP])
def test_one_click_from_a_mail_program_takes_back_one_consent(
    app: Flask, client: FlaskClient, ref: SignatureRef, sort: Sort, books: Books
) -> None:
    link = _link(ref, sort)
    for _twice in range(2):
        answer = client.post(link, data=ONE_CLICK, headers=FROM_A_MAIL_PROGRAM)
        assert answer.status_code == 200
        assert "Location" not in answer.headers
    assert _stopped(app) == {sort}
    assert books.total("open-roads") == 1
    with vault.store.engine.connect() as connection:
        noted = connection.scalars(select(ForgottenRow.__table__.c.what)).all()
    assert noted == [Forgotten(f"unsubscribed:{sort}")]


def test_looking_shows_a_button_in_the_visitors_language_and_changes_nothing(
    app: Flask, client: FlaskClient, ref: SignatureRef
) -> None:
    page = client.get(_link(ref, Sort.NEWS), headers={"Accept-Language": "fr"})
    assert page.status_code == 200
    assert '<html lang="fr"' in page.text
    assert page.text.count("<button") == 1
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert _stopped(app) == set()


def test_after_a_reminder_it_suppresses_the_address_for_that_letter(
    app: Flask, client: FlaskClient, ref: SignatureRef
) -> None:
    client.post(_link(ref, Sort.REMINDER), data=ONE_CLICK)
    with app.app_context():
        scopes = db.session.scalars(select(Suppression.scope)).all()
    assert scopes == [ref.letter_id]
    assert _stopped(app) == set()


def test_a_broken_link_is_answered_in_plain_words(client: FlaskClient, ref: SignatureRef) -> None:
    answer = client.post(_link(ref, Sort.NEWS)[:-3], data=ONE_CLICK)
    assert answer.status_code == 404
    assert "copy the whole address" in answer.text


def test_a_page_of_ones_own_signature_is_no_such_link(
    client: FlaskClient, ref: SignatureRef
) -> None:
    not_me = opt_outs.make(OptOut(ref, person.house_digest("zoe@example.org")))
    assert client.post(f"/u/{not_me}", data=ONE_CLICK).status_code == 404


def test_other_posts_from_other_sites_stay_refused(client: FlaskClient, ref: SignatureRef) -> None:
    not_me = opt_outs.make(OptOut(ref, person.house_digest("zoe@example.org")))
    assert client.post(f"/en/not-me/{not_me}", headers=FROM_A_MAIL_PROGRAM).status_code == 403
