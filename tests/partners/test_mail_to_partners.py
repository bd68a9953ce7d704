"""What a partner's contact reads: an invitation with its day, later the way to the page."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from signing.core import clock, locales
from signing.core.db import transaction
from signing.partners import actions, agreeing, queries
from signing.partners.arrangement import ANSWER_WITHIN
from tests import make
from tests.conftest import Inbox


def test_the_first_mail_invites_and_says_until_when(client: FlaskClient, inbox: Inbox) -> None:
    make.partner(make.letter(), is_active=False)
    (mail,) = inbox.mails
    until = locales.day(clock.now() + ANSWER_WITHIN, locales.languages()["en"])
    page = client.get(inbox.link("partner"))
    for part in (Inbox.text(mail), Inbox.html(mail), page.text):
        assert "Please read the arrangement and accept it by" in part
        assert until[-4:] in part  # the year: the day itself may have turned meanwhile
    for part in (Inbox.text(mail), Inbox.html(mail)):
        assert "invites Green Web to carry the letter" in part
    assert "At present nobody is counted" not in page.text


def test_a_later_mail_to_one_who_has_accepted_asks_nothing(app: Flask, inbox: Inbox) -> None:
    partner = make.partner(make.letter())
    _ = inbox.mails
    inbox.let_time_pass()
    with transaction():
        again = queries.get(partner.letter_id, partner.id, to_change=True)
        assert agreeing.answer_by(again) is None
        actions.send_link(again)
    text = Inbox.text(inbox.mails[-1])
    assert "your partner page" in text
    assert "invites" not in text
    assert "accept it by" not in text


def test_links_can_be_made_void_however_often(app: Flask, inbox: Inbox) -> None:
    partner = make.partner(make.letter())
    with transaction():
        again = queries.get(partner.letter_id, partner.id, to_change=True)
        seen = []
        for _time in range(300):
            seen.append(again.link_version)
            again.void_links()
        again.link_version = 255
        again.void_links()
    inbox.let_time_pass()
    with transaction():
        actions.send_link(queries.get(partner.letter_id, partner.id, to_change=True))
    assert len({*seen[:255]}) == 255
    assert inbox.link("partner")
