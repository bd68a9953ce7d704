"""A partner's own newsletter: asked of those who came by them, and kept as a consent to them."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from signing.core.db import db, transaction
from signing.core.tokens import Purpose, tokens
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.partners import feed
from signing.partners.models import FeedLine, Partner, What
from signing.programs import consenting, newsletters
from signing.signatures import actions
from signing.signatures.models import Consent, Show
from tests import make
from tests.books import Books
from tests.conftest import Inbox
from tests.programs.asking import TEXT, agreeing, asking, lines

BOX = 'name="partner"'


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


@pytest.fixture
def partner(letter: Letter) -> Partner:
    return asking(letter)


def page(client: FlaskClient, path: str) -> str:
    return client.get(path).text


def test_only_who_comes_by_the_partner_is_asked(
    letter: Letter, partner: Partner, client: FlaskClient
) -> None:
    here = page(client, "/en/open-roads/from/green-web")
    assert TEXT in here
    assert f"{BOX}" in here
    assert "goes to nobody else" not in here
    assert BOX not in page(client, "/en/open-roads")
    assert BOX not in page(client, "/fr/open-roads/from/green-web")  # no sentence in French
    make.source(letter)
    assert BOX not in page(client, "/en/open-roads/from/may-mail")


def sent(client: FlaskClient, **fields: str) -> None:
    """The form as the partner's visitors see it, with its own stamp and wordings."""
    text = page(client, "/en/open-roads/from/green-web")
    wording = text.split('name="wording" value="')[1].split('"')[0]
    form = make.sign_form(wording=wording, **{"from": "green-web"} | fields)
    assert client.post("/en/open-roads/sign", data=form).status_code == 303


def purposes() -> list[tuple[str, bool]]:
    with db.engine.connect() as connection:
        rows = connection.execute(select(Consent.purpose, Consent.receiver_id))
        return sorted((purpose, receiver.int != 0) for purpose, receiver in rows)


def test_the_consent_is_the_partners_and_acts_after_the_confirm_page_alone(
    letter: Letter, partner: Partner, client: FlaskClient, inbox: Inbox, books: Books
) -> None:
    sent(client, partner="y")
    assert purposes() == [("partner", True), ("sign", False)]
    assert lines(partner) == []
    link = inbox.link()
    assert TEXT in page(client, link)
    client.post(link, data={"revision": "1"})
    (line,) = lines(partner)
    assert (line.what, line.who and line.who.email) == (What.CONFIRMED, "zoe@example.org")
    assert line.who is not None
    assert line.who.wording == TEXT


def test_it_is_never_a_condition(
    letter: Letter, partner: Partner, client: FlaskClient, inbox: Inbox
) -> None:
    sent(client)
    client.post(inbox.link(), data={"revision": "1"})
    assert purposes() == [("sign", False)]
    assert lines(partner) == []


def test_confirming_without_news_is_without_the_partners_too(
    letter: Letter, partner: Partner, client: FlaskClient, inbox: Inbox
) -> None:
    sent(client, partner="y")
    client.post(inbox.link(), data={"revision": "1", "without_news": "1"})
    assert purposes() == [("sign", False)]
    assert lines(partner) == []


def test_another_partners_sentence_gives_nothing(
    letter: Letter, partner: Partner, client: FlaskClient
) -> None:
    make.partner(letter, "red-web")
    text = page(client, "/en/open-roads/from/green-web")
    wording = text.split('name="wording" value="')[1].split('"')[0]
    form = make.sign_form(wording=wording, partner="y", **{"from": "red-web"})
    client.post("/en/open-roads/sign", data=form)
    assert purposes() == [("sign", False)]


def test_it_is_taken_back_on_ones_own_page(
    letter: Letter, partner: Partner, client: FlaskClient
) -> None:
    ref = agreeing(letter, partner)
    token = tokens.make(Purpose.MANAGE, ref)
    here = f"/en/my-signature/{token}"
    assert f"{here}/stop/partner" in page(client, here)
    held = client.get(f"{here}/data.json").get_json()
    (given,) = [one for one in held["consents"] if one["purpose"] == "partner"]
    assert (given["receiver"], given["wording"]) == ("Green Web", TEXT)
    assert client.post(f"{here}/stop/partner").status_code == 303
    assert [one.what for one in lines(partner)] == [What.CONFIRMED, What.UNSUBSCRIBED]
    assert all(one.who is None for one in lines(partner))
    client.post(f"{here}/withdraw")  # nothing more to tell
    assert [one.what for one in lines(partner)] == [What.CONFIRMED, What.UNSUBSCRIBED]


def test_what_happens_to_a_signature_is_told_without_what_nobody_may_know_any_more(
    letter: Letter, partner: Partner
) -> None:
    ref = agreeing(letter, partner)
    with transaction():
        actions.correct_name(ref, "Zoë Corrected")
    told = lines(partner)
    assert [one.what for one in told] == [What.CONFIRMED, What.CORRECTED]
    assert told[1].who is not None
    assert told[1].who.name == "Zoë Corrected"
    with transaction():
        actions.withdraw(ref)
    told = lines(partner)
    assert [one.what for one in told][2:] == [What.WITHDRAWN]
    assert all(one.who is None for one in told)


def test_no_more_partners_ask_than_the_letter_allows(letter: Letter, partner: Partner) -> None:
    other = make.partner(letter, "red-web")
    with pytest.raises(newsletters.TooManyReceivers), transaction():
        newsletters.set_texts(
            letters.get_to_change(letter.id), other, {"en": "Mail me."}, by=make.OPERATOR
        )
    with transaction():
        newsletters.set_texts(letter, partner, {"en": ""}, by=make.OPERATOR)
        newsletters.set_texts(letter, other, {"en": "Mail me."}, by=make.OPERATOR)
    assert newsletters.list_texts(letter.id, other.id) == {"en": "Mail me."}


def test_a_letter_that_allows_none_asks_for_none(
    letter: Letter, partner: Partner, client: FlaskClient
) -> None:
    with transaction():
        newsletters.limit(letters.get_to_change(letter.id), 0, by=make.OPERATOR)
    assert BOX not in page(client, "/en/open-roads/from/green-web")


def test_numbers_follow_what_is_there_and_never_skip_what_comes_late(
    letter: Letter, partner: Partner
) -> None:
    """A line whose id is older but which is there later has the later number."""
    first = agreeing(letter, partner, email="a@example.org")
    assert [one.number for one in lines(partner)] == [1]
    late = agreeing(letter, partner, email="b@example.org")
    with transaction():
        row = db.session.scalars(
            select(FeedLine).where(FeedLine.signature_id == late.signature_id)
        ).one()
        row.id = first.signature_id  # as if it had been begun long before
    assert [one.signature_id for one in lines(partner)] == [
        first.signature_id,
        late.signature_id,
    ]
    assert len(consenting.read(letter.id, partner.id, after=1, limit=10)) == 1
    assert len([*consenting.stream(letter.id, partner.id)]) == 2
    assert feed.number() == 0


def test_a_shown_name_that_changes_is_no_correction(letter: Letter, partner: Partner) -> None:
    ref = agreeing(letter, partner, show=Show.FULL)
    with transaction():
        actions.show_name(ref, Show.NO, ref.letter_id)
    assert [one.what for one in lines(partner)] == [What.CONFIRMED]
