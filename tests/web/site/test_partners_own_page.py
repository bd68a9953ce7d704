"""A partner's own page: by a link that can be revoked, in numbers that name nobody."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from signing.core import clock
from signing.core.db import db, transaction
from signing.core.tokens import Purpose, SignatureRef, tokens
from signing.letters.models import Letter
from signing.partners import agreeing, queries
from signing.partners.models import Partner, State
from tests import make, staff
from tests.conftest import Inbox


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter(locales=("en", "ar"))


def path(partner: Partner, *, locale: str = "en", version: int = 1) -> str:
    ref = SignatureRef(partner.letter_id, partner.id, version)
    return f"/{locale}/partner/{tokens.make(Purpose.PARTNER, ref)}"


def anew(partner: Partner) -> Partner:
    """As requests have left it."""
    db.session.expire_all()
    return queries.get(partner.letter_id, partner.id)


def hidden(page: str, name: str) -> str:
    found = BeautifulSoup(page, "html.parser").select_one(f'input[name="{name}"]')
    assert found is not None
    return str(found["value"])


def sign(letter: Letter, partner: Partner, days_ago: int, emails: range) -> None:
    with time_machine.travel(clock.now() - timedelta(days=days_ago)):
        for n in emails:
            make.signature(letter, email=f"p{n}@example.org", partner_id=partner.id)


def numbers(page: str) -> list[str]:
    return [one.get_text() for one in BeautifulSoup(page, "html.parser").select("td.number")]


def test_from_the_mail_to_an_accepted_arrangement(
    client: FlaskClient, inbox: Inbox, letter: Letter
) -> None:
    partner = make.partner(letter, is_active=False)
    (mail,) = inbox.mails
    assert mail["To"] == "noor@partner.example"
    link = inbox.link("partner")
    page = client.get(link)
    assert anew(partner).state == State.INVITED  # a mail scanner may have opened it
    assert "GDPR art. 26" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]

    form = {"name": "Noor Abel", "role": "", "digest": hidden(page.text, "digest")}
    refused = client.post(f"{link}/accept", data=form)
    assert refused.status_code == 422
    assert 'value="Noor Abel"' in refused.text
    for _twice in range(2):
        answer = client.post(f"{link}/accept", data=form | {"role": "Director"})
        assert answer.status_code == 303
    staff.look_anew()
    assert anew(partner).is_active
    accepted = client.get(answer.headers["Location"]).text
    assert "Noor Abel" in accepted
    assert "/en/open-roads/embed/from/green-web" in accepted


def test_an_arrangement_can_be_declined_and_ended(client: FlaskClient, letter: Letter) -> None:
    for code, is_active in (("a", True), ("b", False)):
        partner = make.partner(letter, code, is_active=is_active)
        assert client.post(f"{path(partner)}/end").status_code == 303
        staff.look_anew()
        assert anew(partner).state == State.DECLINED
        page = client.get(path(partner))
        assert page.status_code == 200
        assert "/accept" not in page.text


def test_the_text_is_refused_if_it_changed_since_it_was_shown(
    client: FlaskClient, letter: Letter
) -> None:
    partner = make.partner(letter, is_active=False)
    digest = hidden(client.get(path(partner)).text, "digest")
    with transaction():
        anew(partner).name = "Another name"
    form = {"name": "Noor", "role": "Director", "digest": digest}
    assert client.post(f"{path(partner)}/accept", data=form).status_code == 409
    assert not anew(partner).is_active


def test_after_thirty_days_nothing_is_left_to_accept(client: FlaskClient, letter: Letter) -> None:
    partner = make.partner(letter, is_active=False)
    digest = hidden(client.get(path(partner)).text, "digest")
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert "/accept" not in client.get(path(partner)).text
        form = {"name": "Noor", "role": "Director", "digest": digest}
        assert client.post(f"{path(partner)}/accept", data=form).status_code == 410


def test_full_days_are_told_in_tens_and_today_is_not(client: FlaskClient, letter: Letter) -> None:
    partner = make.partner(letter)
    with transaction():
        anew(partner).created_at = clock.now() - timedelta(days=9)
    sign(letter, partner, 8, range(7))
    assert numbers(client.get(path(partner)).text) == []
    sign(letter, partner, 5, range(7, 12))
    sign(letter, partner, 2, range(12, 21))
    sign(letter, partner, 0, range(21, 25))
    assert numbers(client.get(path(partner)).text) == ["12"]  # and neither 9 nor 13


def test_no_name_and_no_address_of_anybody_is_on_the_page(
    client: FlaskClient, letter: Letter
) -> None:
    partner = make.partner(letter)
    sign(letter, partner, 1, range(11))
    page = client.get(path(partner)).text
    assert "Lindqvist" not in page
    assert "p1@" not in page


def test_a_revoked_link_opens_nothing_but_mails_a_fresh_one_to_the_contact(
    client: FlaskClient, inbox: Inbox, letter: Letter
) -> None:
    partner = make.partner(letter)
    old = path(partner)
    inbox.let_time_pass()
    with transaction():
        agreeing.renew_link(anew(partner), by=make.OPERATOR)
    page = client.get(old)
    assert page.status_code == 410
    assert "Green Web" not in page.text
    for part in ("accept", "end"):
        form = {"name": "x", "role": "x", "digest": "x"}
        assert client.post(f"{old}/{part}", data=form).status_code == 410
    inbox.let_time_pass(30)
    arrived = len(inbox.mails)
    assert client.post(f"{old}/link").status_code == 200
    assert len(inbox.mails) == arrived + 1
    fresh = inbox.link("partner")
    assert fresh != old
    assert client.get(fresh).status_code == 200


def test_an_old_link_offers_a_fresh_one(client: FlaskClient, letter: Letter) -> None:
    link = path(make.partner(letter))
    with time_machine.travel(clock.now() + timedelta(days=500)):
        assert client.get(link).status_code == 410
        assert client.post(f"{link}/link").status_code == 200


def test_forged_links_and_links_to_sources_open_nothing(
    client: FlaskClient, letter: Letter
) -> None:
    source = make.source(letter)
    ref = make.signature(letter)
    partner = make.partner(letter)
    assert client.get(path(source)).status_code == 410
    assert client.get(f"/en/partner/{tokens.make(Purpose.PARTNER, ref)}").status_code == 410
    managing = tokens.make(Purpose.MANAGE, SignatureRef(letter.id, partner.id))
    assert client.get(f"/en/partner/{managing}").status_code == 404
    assert client.get(path(partner, version=2)).status_code == 410


def test_the_page_reads_from_right_to_left_around_a_text_that_does_not(
    client: FlaskClient, letter: Letter
) -> None:
    partner = make.partner(letter, is_active=False)
    soup = BeautifulSoup(client.get(path(partner, locale="ar")).text, "html.parser")
    assert soup.html is not None
    assert soup.html["dir"] == "rtl"
    text = soup.select_one(".text")
    assert text is not None
    assert (text["lang"], text["dir"]) == ("en", "ltr")


def test_the_mail_knows_its_page_in_the_contacts_language(
    client: FlaskClient, inbox: Inbox, letter: Letter
) -> None:
    partner = make.partner(letter)
    inbox.let_time_pass()
    with transaction():
        found = anew(partner)
        found.locale = "de"
        agreeing.renew_link(found, by=make.OPERATOR)
    assert urlsplit(inbox.link("partner")).path.startswith("/de/partner/")
