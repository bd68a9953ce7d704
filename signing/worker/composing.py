"""An outbox row becomes a message: facts, template in the right language, and only now the link."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import ParamSpec, TypeVar
from uuid import UUID

from flask import current_app, g, render_template
from flask_babel import gettext as _

from signing.core import locales
from signing.core.ids import HOUSE
from signing.core.links import absolute
from signing.core.master_keys import MasterKeyMissing
from signing.core.settings import Settings
from signing.core.tokens import Purpose, SignatureRef, tokens
from signing.letters import queries as letters
from signing.letters.queries import Reading
from signing.mail import message, opt_outs
from signing.mail.kinds import OWED, Kind
from signing.mail.message import Content
from signing.mail.opt_outs import OptOut, Sort
from signing.mail.outbox import Claimed
from signing.signatures import names
from signing.staff_accounts import invitations
from signing.worker import allowance, announcing, decided, export_mails, inboxes, partner_mails
from signing.worker.inboxes import Inbox, Signed

P = ParamSpec("P")
T = TypeVar("T")

# What goes to inboxes that may have agreed to nothing.
TO_STRANGERS = {Kind.CONFIRM_SIGNATURE, Kind.REMINDER, Kind.ALREADY_SIGNED, Kind.FRESH_LINK}
# By mail id the house digest of its address, and how many a day are allowed: which are too many.
Spent = Callable[[Mapping[UUID, bytes], int], set[UUID]]
Readings = dict[tuple[UUID, str], Reading]


@dataclass(frozen=True, slots=True)
class Mail:
    """A message and the address it goes to."""

    to: str
    message: EmailMessage


@dataclass(frozen=True, slots=True)
class Broken:
    """A mail that cannot be made; `error` says why in a word, without anybody's data."""

    error: str
    permanent: bool = False  # no later try can be better


@dataclass(frozen=True, slots=True)
class _Sender:
    """Who writes: the letter's people, or the house itself."""

    name: str
    contact: str
    reply_to: str


def compose(
    batch: Sequence[Claimed], list_spent: Spent = allowance.list_spent
) -> dict[UUID, Mail | Broken | None]:
    """The mails of a batch by outbox id; None where nobody is to be written to.

    That is: nobody is left, the address is suppressed, or it has had enough for a day.
    """
    signed = inboxes.list_signed(batch)
    readings: Readings = {}
    found = {mail.id: _tried(inboxes.find, mail, signed) for mail in batch}
    reached = {id_: one for id_, one in found.items() if isinstance(one, Inbox)}
    reached = announcing.add_news(batch, reached)
    for id_ in inboxes.list_suppressed(batch, reached):
        del reached[id_]
    owed = {mail.id for mail in batch if mail.kind in OWED}
    digests = {id_: one.house_digest for id_, one in reached.items() if id_ not in owed}
    for id_ in list_spent(digests, _settings().mails_a_day):
        del reached[id_]
    mails: dict[UUID, Mail | Broken | None] = {}
    for mail in batch:
        to, broken = reached.get(mail.id), found[mail.id]
        if to is not None:
            mails[mail.id] = _tried(_compose, mail, to, readings)
        else:
            mails[mail.id] = broken if isinstance(broken, Broken) else None
    return mails


def _tried(make: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | Broken:
    try:
        return make(*args, **kwargs)
    except MasterKeyMissing:
        raise  # not this mail is broken but the installation; all mails wait
    except Exception as error:  # noqa: BLE001  # one broken mail must not hold up all others
        return Broken(f"cannot be composed: {type(error).__name__}")


def _compose(mail: Claimed, to: Inbox, readings: Readings) -> Mail:
    sender = _sender(mail, to)
    content = _content(mail, to, sender, readings)
    settings = _settings()
    built = message.build(
        content,
        to=to.address,
        sender_name=sender.name,
        sender_address=settings.mail_from,
        reply_to=sender.reply_to or None,
        message_id=message.message_id(mail.id, settings.mail_domain),
        date=mail.created_at,
        headers=_headers(mail, to),
    )
    return Mail(to.address, built)


def _sender(mail: Claimed, to: Inbox) -> _Sender:
    if mail.letter_id == HOUSE:
        settings = _settings()
        contact = settings.operator_contact
        return _Sender(settings.operator or settings.site_name, contact, contact)
    letter = to.letter or to.signed[0].letter
    return _Sender(letter.sender, letter.contact, letter.reply_address or letter.contact)


def _content(mail: Claimed, to: Inbox, sender: _Sender, readings: Readings) -> Content:
    with locales.speaking(mail.locale) as language:
        g.language = language
        special = SPECIAL.get(mail.kind, _one_signature)
        values = {
            "not_me_link": absolute(
                "site.not_me.ask", locale=mail.locale, token=opt_outs.make(_opt_out(mail, to))
            ),
            "contact": sender.contact,
        } | special(mail, to, sender, readings)
        about = f"mail/{mail.kind}/" if mail.kind in SPECIAL else "mail/"
        subject = " ".join(render_template(f"{about}subject.txt", **values).split())
        return Content(
            subject=subject,
            text=render_template(f"mail/{mail.kind}/body.txt", **values),
            html=render_template(f"mail/{mail.kind}/body.html", subject=subject, **values),
            locale=language.tag,
            direction=language.direction,
        )


def _one_signature(
    mail: Claimed, to: Inbox, sender: _Sender, readings: Readings
) -> dict[str, object]:
    about = to.signed[0]
    reading = _read(about, mail.locale, readings)
    return (
        {
            "title": reading.translation.title,
            "addressee": reading.addressee,
            "name": _greeted(mail.kind, about.person.name),
            "confirm_link": _link("site.confirm.ask", Purpose.CONFIRM, about.ref, mail.locale),
            "manage_link": _manage_link(about.ref, mail.locale),
            "why": _(
                "This mail (from: %(sender)s) is about the letter named above and goes to this "
                "address alone.",
                sender=sender.name,
            ),
        }
        | partner_mails.credit_of(mail, about)
        | _decided(mail, about)
    )


def _greeted(kind: Kind, name: str) -> str:
    """ "" where a stranger may have typed a link into it beside somebody else's address."""
    return names.in_mail(name) if kind in TO_STRANGERS else name


def _decided(mail: Claimed, about: Signed) -> dict[str, object]:
    return decided.facts(mail.kind, about.ref, mail.locale) if mail.kind in decided.KINDS else {}


def _all_links(mail: Claimed, to: Inbox, sender: _Sender, readings: Readings) -> dict[str, object]:
    return {
        "links": [
            (
                _read(one, mail.locale, readings).translation.title,
                _manage_link(one.ref, mail.locale),
            )
            for one in to.signed
        ],
        "why": _(
            "This mail (from: %(sender)s) was asked for on our website and goes to this address "
            "alone.",
            sender=sender.name,
        ),
    }


def _invitation(
    mail: Claimed, _to: Inbox, sender: _Sender, _readings: Readings
) -> dict[str, object]:
    ref = SignatureRef(HOUSE, mail.recipient_id)
    token = tokens.make(Purpose.INVITATION, ref)
    return {
        "site": _settings().site_name,
        "days": invitations.VALID.days,
        "invitation_link": absolute("staff.invitation.show", token=token),
        "why": _(
            "This mail (from: %(sender)s) is an invitation and goes to this address alone.",
            sender=sender.name,
        ),
    }


def _partner(mail: Claimed, to: Inbox, sender: _Sender, _readings: Readings) -> dict[str, object]:
    return partner_mails.values(mail, to, sender.name)


def _webhook(mail: Claimed, to: Inbox, sender: _Sender, _readings: Readings) -> dict[str, object]:
    return partner_mails.about_webhooks(mail, to, sender.name)


def _export_waiting(
    mail: Claimed, to: Inbox, sender: _Sender, _readings: Readings
) -> dict[str, object]:
    return export_mails.values(mail, to, sender.name)


def _news(mail: Claimed, to: Inbox, _sender: _Sender, _readings: Readings) -> dict[str, object]:
    return announcing.values(mail, to, to.letter or to.signed[0].letter)


# Mails that are about no signature, or not about it alone; each has a subject of its own.
SPECIAL = {
    Kind.ALL_LINKS: _all_links,
    Kind.EXPORT_WAITING: _export_waiting,
    Kind.INVITATION: _invitation,
    Kind.NEWS: _news,
    Kind.NEWS_TEST: _news,
    Kind.PARTNER: _partner,
    Kind.WEBHOOK_FAILING: _webhook,
    Kind.WEBHOOK_OFF: _webhook,
}


def _read(about: Signed, locale: str, readings: Readings) -> Reading:
    key = (about.letter.id, locale)
    if key not in readings:
        readings[key] = letters.read(about.letter, locale)
    return readings[key]


def _manage_link(ref: SignatureRef, locale: str) -> str:
    return _link("site.my_signature.show", Purpose.MANAGE, ref, locale)


def _link(endpoint: str, purpose: Purpose, ref: SignatureRef, locale: str) -> str:
    return absolute(endpoint, locale=locale, token=tokens.make(purpose, ref))


def _headers(mail: Claimed, to: Inbox) -> dict[str, str]:
    """One click that ends mails of this sort (RFC 2369, RFC 8058), where nobody asked for them."""
    if mail.kind in announcing.KINDS:
        return announcing.headers(mail, to, to.letter or to.signed[0].letter)
    if mail.kind is not Kind.REMINDER:
        return {}
    token = opt_outs.make(_opt_out(mail, to, Sort.REMINDER))
    return {
        "List-Unsubscribe": f"<{absolute('site.unsubscribe.ask', token=token)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _opt_out(mail: Claimed, to: Inbox, sort: Sort = Sort.ALL) -> OptOut:
    """About the signature of this mail; where it is about none, about the address alone."""
    is_about_all = mail.letter_id == HOUSE or not to.signed
    ref = SignatureRef(HOUSE, mail.recipient_id) if is_about_all else to.signed[0].ref
    return OptOut(ref, to.house_digest, sort)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["signing.settings"]
    return settings
