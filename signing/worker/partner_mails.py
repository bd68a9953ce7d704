"""What mails say of partners: the link to a partner's page, webhooks; whom one may credit."""

from __future__ import annotations

from flask_babel import gettext as _

from signing.core.links import absolute
from signing.core.tokens import Purpose, SignatureRef, tokens
from signing.letters import queries as letters
from signing.mail.kinds import Kind
from signing.mail.outbox import Claimed
from signing.partners import agreeing, calls, contact, queries
from signing.partners.models import Partner, State
from signing.signatures import credit
from signing.worker.inboxes import Inbox, Signed


def values(mail: Claimed, to: Inbox, sender_name: str) -> dict[str, object]:
    """For the templates of `Kind.PARTNER`; who was found for it a moment ago is there."""
    partner = queries.get(mail.letter_id, mail.recipient_id)
    letter = to.letter
    assert letter is not None  # noqa: S101  # `inboxes` put it there
    ref = SignatureRef(partner.letter_id, partner.id, partner.link_version)
    token = tokens.make(Purpose.PARTNER, ref)
    return _common(mail, to, partner, sender_name) | {
        "partner": partner.name,
        "is_invited": partner.state == State.INVITED,
        "answer_by": agreeing.answer_by(partner),
        "controller": letter.controller_name,
        "partner_link": absolute("site.partner_page.show", locale=mail.locale, token=token),
    }


def about_webhooks(mail: Claimed, to: Inbox, sender_name: str) -> dict[str, object]:
    """For the templates of `Kind.WEBHOOK_FAILING` and `WEBHOOK_OFF`."""
    partner = queries.get(mail.letter_id, mail.recipient_id)
    hosts = calls.list_hosts(mail.kind, mail.letter_id, mail.recipient_id)
    return _common(mail, to, partner, sender_name) | {"hosts": hosts}


def _common(mail: Claimed, to: Inbox, partner: Partner, sender_name: str) -> dict[str, object]:
    letter, who = to.letter, contact.find(partner)
    assert letter is not None  # noqa: S101  # `inboxes` put it there
    assert who is not None  # noqa: S101  # as above
    return {
        "title": letters.get_title(letter, mail.locale),
        "name": who.name,
        "why": _(
            "This mail (from: %(sender)s) is about the letter named above and goes to this "
            "address alone.",
            sender=sender_name,
        ),
    }


def credit_of(mail: Claimed, about: Signed) -> dict[str, object]:
    """Whom the person may say they came through this time, and by which link; None: nobody."""
    nobody: dict[str, object] = {"brought_by": None, "credit_link": None}
    if mail.kind is not Kind.ALREADY_SIGNED or mail.partner_id is None:
        return nobody
    if not credit.can_credit(about.signature, mail.partner_id):
        return nobody
    partner = queries.get(mail.letter_id, mail.partner_id)
    if not partner.is_active:
        return nobody
    token = tokens.make(Purpose.CREDIT, about.ref, partner.id.bytes)
    link = absolute("site.credit.ask", locale=mail.locale, token=token)
    return {"brought_by": partner.name, "credit_link": link}
