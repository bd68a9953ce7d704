"""A name may be typed beside somebody else's address: no mail makes a link of it."""

from __future__ import annotations

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from signing.core import clock, locales
from signing.core.ids import new_id
from signing.core.tokens import SignatureRef
from signing.mail.kinds import Kind
from signing.mail.outbox import Claimed
from signing.signatures import names
from signing.worker import composing
from tests import make
from tests.conftest import Inbox

LINKED = (
    "Visit evil.com",
    "evil.com?a=1",
    "evil.co:80",
    "bit.ly#a1",
    "t.co free",
    "Click.here",
    "EVIL\uff0eCOM",
    "evil\u3002com",
    "उदाहरण.भारत",
    "пример.рф",
    "tel:123",
    "Call +49 (900) 123 456",
    "Booking.com Workers",
    "Dr.med. Li",
)
GREETED = (
    "Anna v.d. Berg",
    "J.R.R. Tolkien",
    "A.-M. Dupont",
    "St. John",
    "Li Wei, Ph.D.",
    "Zoë / Ann",
    "John Smith 3",
    "محمد علي",
    "山田 花子",
    "می‌خواهم",
)


def test_whoever_has_not_confirmed_is_greeted_by_no_link(
    client: FlaskClient, inbox: Inbox, app: Flask
) -> None:
    make.without_work(make.letter())
    for n, name in enumerate((*LINKED, *GREETED)):
        sent = make.sign_form(name=name, email=f"zoe{n}@example.org")
        assert client.post("/en/open-roads/sign", data=sent).status_code == 303, name
    mails = {str(mail["To"]): mail for mail in inbox.mails}
    for n, name in enumerate((*LINKED, *GREETED)):
        mail = mails[f"zoe{n}@example.org"]
        text, html = inbox.text(mail), inbox.html(mail)
        for part in (text, BeautifulSoup(html, "html.parser").get_text()):
            assert (name in part) is (name in GREETED), name
            assert (f"Hello {name}," in part) is (name in GREETED), name
        begin = f"Hello {name}, your name and" if name in GREETED else "Your name and"
        assert " ".join(text.split()).startswith(begin), text


def test_every_mail_to_strangers_begins_well_in_every_language_without_a_name(app: Flask) -> None:
    letter = make.letter()
    ref = make.signature(letter, name="Visit evil.com", is_confirmed=False)
    batch = [
        _claimed(kind, ref, tag)
        for kind in sorted(composing.TO_STRANGERS)
        for tag in locales.languages()
    ]
    mails = composing.compose(batch, lambda _digests, _most: set())
    for claimed in batch:
        mail = mails[claimed.id]
        assert isinstance(mail, composing.Mail), mail
        text, html = Inbox.text(mail.message), Inbox.html(mail.message)
        assert "evil" not in text + html
        first = text.lstrip('«“„「"')[0]
        assert first == first.upper(), (claimed.kind, claimed.locale, text[:40])
        assert BeautifulSoup(html, "html.parser").find("p", string="") is None


def test_a_confirmed_name_is_called_as_it_is(app: Flask) -> None:
    """What somebody confirmed in their own inbox no stranger has typed."""
    assert names.in_mail("Booking.com Workers") == ""
    letter = make.letter()
    ref = make.signature(letter, name="Booking.com Workers")
    claimed = _claimed(Kind.CORRECTED, ref, "en")
    mail = composing.compose([claimed], lambda _digests, _most: set())[claimed.id]
    assert isinstance(mail, composing.Mail), mail
    assert "Hello Booking.com Workers," in Inbox.text(mail.message)


def _claimed(kind: Kind, ref: SignatureRef, tag: str) -> Claimed:
    now = clock.now()
    return Claimed(
        ref.letter_id, new_id(), kind, ref.signature_id, tag, now, 1, new_id(), now, None
    )
