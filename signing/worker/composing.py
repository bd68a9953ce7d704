"""From ids to a finished mail: facts, words in the signer's language, and only now the link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from uuid import UUID

from flask import current_app, g, render_template
from flask_babel import gettext as _
from sqlalchemy import select, tuple_

from signing.core import locales
from signing.core.db import db
from signing.core.links import absolute
from signing.core.settings import Settings
from signing.core.tokens import Purpose, SignatureRef, tokens
from signing.core.vault import MasterKeyMissing, Unreadable
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.letters.queries import Reading
from signing.mail import message
from signing.mail.kinds import Kind
from signing.mail.message import Content
from signing.mail.outbox import Claimed
from signing.signatures import person
from signing.signatures.models import Signature, State
from signing.signatures.person import Person


@dataclass(frozen=True, slots=True)
class Mail:
    """A message and the address it goes to."""

    to: str
    message: EmailMessage


@dataclass(frozen=True, slots=True)
class _Facts:
    signature: Signature
    letter: Letter
    person: Person


@dataclass(frozen=True, slots=True)
class Broken:
    """A mail that cannot be made; `error` says why in a word, without anybody's data."""

    error: str


def compose(batch: Sequence[Claimed]) -> dict[UUID, Mail | Broken | None]:
    """The mails of a batch by outbox id; None where nobody is left to write to."""
    facts = _facts(batch)
    readings: dict[tuple[UUID, str], Reading] = {}
    mails: dict[UUID, Mail | Broken | None] = {}
    for mail in batch:
        try:
            mails[mail.id] = _compose(mail, facts.get(mail.recipient_id), readings)
        except MasterKeyMissing:
            raise  # not this mail is broken but the installation; all mails wait
        except Exception as error:  # noqa: BLE001  # one broken mail must not hold up all others
            mails[mail.id] = Broken(type(error).__name__)
    return mails


def _facts(batch: Sequence[Claimed]) -> dict[UUID, _Facts]:
    """Signatures and letters of the whole batch in one statement."""
    wanted = [(mail.letter_id, mail.recipient_id) for mail in batch]
    rows = db.session.execute(
        select(Signature, Letter)
        .join(Letter, Letter.id == Signature.letter_id)
        .where(tuple_(Signature.letter_id, Signature.id).in_(wanted))
        .execution_options(populate_existing=True)
    )
    facts = {}
    for signature, letter in rows:
        try:
            facts[signature.id] = _Facts(signature, letter, person.of(signature))
        except Unreadable:  # the letter was erased a moment ago
            continue
    return facts


def _compose(
    mail: Claimed, facts: _Facts | None, readings: dict[tuple[UUID, str], Reading]
) -> Mail | None:
    if facts is None or not _is_still_wanted(mail.kind, facts.signature):
        return None
    key = (mail.letter_id, mail.locale)
    if key not in readings:
        readings[key] = letters.read(facts.letter, mail.locale)
    content = _content(mail, facts, readings[key])
    return Mail(facts.person.email, _message(mail, facts, content))


def _is_still_wanted(kind: Kind, signature: Signature) -> bool:
    """A question that was answered meanwhile is not asked again."""
    return kind is not Kind.CONFIRM_SIGNATURE or signature.state == State.PENDING


def _content(mail: Claimed, facts: _Facts, reading: Reading) -> Content:
    ref = SignatureRef(mail.letter_id, mail.recipient_id, facts.signature.link_version)
    with locales.speaking(mail.locale) as language:
        g.language = language
        values = {
            "title": reading.translation.title,
            "addressee": reading.addressee,
            "name": facts.person.name,
            "confirm_link": _link("site.confirm.ask", Purpose.CONFIRM, ref, mail.locale),
            "manage_link": _link("site.my_signature.show", Purpose.MANAGE, ref, mail.locale),
            "contact": facts.letter.contact,
            "why": _(
                "This mail (from: %(sender)s) is about the letter named above and goes to this "
                "address alone.",
                sender=facts.letter.sender,
            ),
        }
        subject = " ".join(render_template("mail/subject.txt", **values).split())
        return Content(
            subject=subject,
            text=render_template(f"mail/{mail.kind}/body.txt", **values),
            html=render_template(f"mail/{mail.kind}/body.html", subject=subject, **values),
            locale=language.tag,
            direction=language.direction,
        )


def _link(endpoint: str, purpose: Purpose, ref: SignatureRef, locale: str) -> str:
    return absolute(endpoint, locale=locale, token=tokens.make(purpose, ref))


def _message(mail: Claimed, facts: _Facts, content: Content) -> EmailMessage:
    settings: Settings = current_app.extensions["signing.settings"]
    return message.build(
        content,
        to=facts.person.email,
        sender_name=facts.letter.sender,
        sender_address=settings.mail_from,
        reply_to=facts.letter.reply_address or facts.letter.contact,
        message_id=message.message_id(mail.id, settings.mail_domain),
        date=mail.created_at,
    )
