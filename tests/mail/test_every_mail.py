"""Every kind of mail in every language: written parts, the right direction, nothing left over."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from signing.core import clock, locales
from signing.core.db import transaction
from signing.core.ids import HOUSE, new_id
from signing.core.tokens import SignatureRef
from signing.core.vault import Place, vault
from signing.exports import actions as exports
from signing.exports.allowance import ALONE
from signing.exports.choice import Choice
from signing.exports.purpose import Purpose
from signing.letters.models import Letter
from signing.mail.kinds import Kind
from signing.mail.outbox import Claimed
from signing.moderation.models import Deed
from signing.partners import hooks
from signing.partners.models import HookState, Partner
from signing.signatures.wanted import Wanted
from signing.staff_accounts.actions import Doer, actor
from signing.staff_accounts.roles import Held, Role
from signing.worker import composing
from tests import make, staff
from tests.conftest import Inbox

NAME, TITLE, SITE = "Zoë <Lindqvist>", "Open & free “roads”", "Open letters"

LINKS = {
    Kind.CONFIRM_SIGNATURE: {"confirm", "my-signature"},
    Kind.REMINDER: {"confirm"},
    Kind.INVITATION: {"invitation"},
    Kind.PARTNER: {"partner"},
    Kind.EXPORT_WAITING: {"letters"},
    Kind.WEBHOOK_FAILING: set(),
    Kind.WEBHOOK_OFF: set(),
}
OF_PARTNER = (Kind.PARTNER, Kind.WEBHOOK_FAILING, Kind.WEBHOOK_OFF)
OF_HOUSE = {Kind.ALL_LINKS, Kind.INVITATION}
# Tests of their own see to these: tests/news/test_every_news_mail.py
ELSEWHERE = {Kind.NEWS, Kind.NEWS_TEST}


@pytest.fixture
def letter(app: Flask) -> Letter:
    read = make.folder()
    texts = [make.text(tag, title=TITLE) for tag in locales.languages()]
    english = next(text for text in texts if text.locale == "en")
    others = tuple(text for text in texts if text is not english)
    return make.letter(read=type(read)(english, others, read.settings, ()))


def test_every_mail_in_every_language(letter: Letter) -> None:
    ref = make.signature(letter, name=NAME, is_confirmed=False)
    about = dict.fromkeys(Kind, ref) | {Kind.INVITATION: staff.invitation()} | _decided(letter)
    partner = make.partner(letter, contact=NAME)
    about |= dict.fromkeys(OF_PARTNER, SignatureRef(letter.id, partner.id))
    _in_trouble(partner)
    about[Kind.EXPORT_WAITING] = _asked(letter)
    kinds = [kind for kind in Kind if kind not in ELSEWHERE]
    batch = [_claimed(kind, about[kind], tag) for kind in kinds for tag in locales.languages()]
    mails = composing.compose(batch, lambda _digests, _most: set())
    for claimed in batch:
        mail = mails[claimed.id]
        assert isinstance(mail, composing.Mail), mail
        _check(mail, claimed, locales.languages()[claimed.locale])


def _decided(letter: Letter) -> dict[Kind, SignatureRef]:
    """Signatures that staff have decided about, so that there is something to tell."""
    hidden = make.decided(letter, Deed.HIDE, email="hidden@example.org", name=NAME)
    aside = make.decided(letter, Deed.SET_ASIDE, email="aside@example.org", name=NAME)
    return {Kind.NAME_HIDDEN: hidden, Kind.SET_ASIDE: aside, Kind.DECISION_STANDS: aside}


def _asked(letter: Letter) -> SignatureRef:
    """A member who is to agree to an export of somebody else."""
    asking = staff.member("dora@example.org", [Held(Role.EXPORTER)])
    deciding = staff.member("cleo@example.org", [Held(Role.EXPORTER)], name=NAME)
    doer = Doer(actor(asking.id), [Held(Role.EXPORTER)])
    why = Purpose("Handing over", "The council")
    with transaction():
        exports.ask(letter, Choice(Wanted(letter.id)), why, by=doer, number=ALONE + 1)
    return SignatureRef(letter.id, deciding.id)


def _in_trouble(partner: Partner) -> None:
    """One of the partner's webhooks fails, and one is off."""
    with transaction():
        failing, _secret = hooks.add(partner, "https://failing.example/", by=make.OPERATOR)
        off, _secret = hooks.add(partner, "https://off.example/", by=make.OPERATOR)
        failing.failing_since, off.state = clock.now(), HookState.OFF


def test_a_partner_to_credit_is_named_in_every_language(letter: Letter) -> None:
    ref, partner = make.signature(letter, name=NAME), make.partner(letter)
    for tag in locales.languages():
        again = _claimed(Kind.ALREADY_SIGNED, ref, tag)
        again = replace(again, partner_id=partner.id)
        mail = composing.compose([again], lambda _digests, _most: set())[again.id]
        assert isinstance(mail, composing.Mail), mail
        text, html = Inbox.text(mail.message), Inbox.html(mail.message)
        for part in (text, html):
            assert "Green Web" in part
            assert f"/{tag}/credit/" in part


def _claimed(kind: Kind, ref: SignatureRef, tag: str) -> Claimed:
    id_, now = new_id(), clock.now()
    is_of_house = kind in OF_HOUSE
    place = Place("outgoing_mail", HOUSE, id_.bytes)
    return Claimed(
        HOUSE if is_of_house else ref.letter_id,
        id_,
        kind,
        ref.signature_id,
        tag,
        now,
        1,
        new_id(),
        now,
        vault.seal(place, b"zoe@example.org") if is_of_house else None,
    )


def _check(mail: composing.Mail, claimed: Claimed, language: locales.Language) -> None:
    message = mail.message
    text, html = Inbox.text(message), Inbox.html(message)
    is_of_house = claimed.letter_id == HOUSE
    if not is_of_house:
        assert TITLE in message["Subject"].replace("\u200e", "").replace("\u200f", "")
    assert message["Content-Language"] == language.tag
    soup = BeautifulSoup(html, "html.parser")
    assert soup.html is not None
    assert (soup.html["lang"], soup.html["dir"]) == (language.tag, language.direction)
    named = {Kind.ALL_LINKS: TITLE, Kind.INVITATION: SITE}.get(claimed.kind, NAME)
    assert named in text
    assert named in soup.get_text()
    for part in (text, soup.get_text()):
        assert not re.search(r"%\(|\{\{|&lt;|&amp;|None", part)
    links = {str(link["href"]) for link in soup.select("a") if "http" in str(link["href"])}
    assert links == set(re.findall(r"http\S+", text))
    kinds = {link.split("/")[4] for link in links}
    assert kinds == LINKS.get(claimed.kind, {"my-signature"}) | {"not-me"}
    is_staffs = claimed.kind in {Kind.INVITATION, Kind.EXPORT_WAITING}
    spoken = {"staff", language.tag} if is_staffs else {language.tag}
    assert {link.split("/")[3] for link in links} == spoken
    assert soup.select("img, script, link") == []
