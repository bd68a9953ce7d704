"""A partner's own newsletter: the sentence that people who come by them may agree to, by language.

The letter says how many partners may ask (`most_receivers`); at first none. Nothing here commits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select, update

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import PLAIN, db, insert
from signing.core.ids import new_id
from signing.core.refusals import Refusal
from signing.letters.models import ConsentPurpose, Letter, Wording
from signing.partners import actions as partners
from signing.partners.models import Newsletter, Partner, State

CHARACTERS = 300
MOST = 20  # partners of one letter


class TooManyReceivers(Refusal):
    """As many partners ask already as the letter allows."""

    status = 409


def limit(letter: Letter, most: int, *, by: Actor) -> None:
    """So many partners may ask from now on; those that ask already go on asking."""
    if letter.most_receivers != most:
        letter.most_receivers = most
        details = {"most": most}
        log.record(
            Verb.NEWSLETTERS_LIMITED,
            by=by,
            subject=letter.slug,
            letter_id=letter.id,
            details=details,
        )


def set_texts(letter: Letter, partner: Partner, texts: Mapping[str, str], *, by: Actor) -> None:
    """These sentences are asked from now on, each in its language; "" is not asked at all.

    Who saves them has read them. What people agreed to before stays as it was worded. The caller
    holds the letter's row, so that two do not become one too many. Raises `TooManyReceivers`.
    """
    wanted = {locale: text for locale, text in texts.items() if text}
    asking = _list_asking(letter.id)
    if wanted and partner.id not in asking and len(asking) >= letter.most_receivers:
        raise TooManyReceivers
    now = list_texts(letter.id, partner.id)
    changed = {tag for tag in texts.keys() | now.keys() if wanted.get(tag) != now.get(tag)}
    if not changed:
        return
    _end(letter.id, partner.id, changed)
    for locale in sorted(changed & wanted.keys()):
        _begin(letter.id, partner.id, locale, wanted[locale], by)
    partners.record(Verb.NEWSLETTER_SET, partner, by, languages=sorted(wanted))


def _end(letter_id: UUID, partner_id: UUID, languages: set[str]) -> None:
    over = update(Newsletter).where(
        Newsletter.letter_id == letter_id,
        Newsletter.partner_id == partner_id,
        Newsletter.locale.in_(languages),
        Newsletter.ended_at.is_(None),
    )
    db.session.execute(over.values(ended_at=clock.now()), execution_options=PLAIN)


def _begin(letter_id: UUID, partner_id: UUID, locale: str, text: str, by: Actor) -> None:
    """A wording of its own, whose version counts over all partners of the letter."""
    id_, at = new_id(), clock.now()
    newest = select(func.max(Wording.version)).where(
        Wording.letter_id == letter_id,
        Wording.purpose == ConsentPurpose.PARTNER,
        Wording.locale == locale,
    )
    row = {
        "letter_id": letter_id,
        "id": id_,
        "purpose": ConsentPurpose.PARTNER.value,
        "locale": locale,
        "version": (db.session.scalar(newest) or 0) + 1,
        "text": text,
        "digest": hashlib.sha256(text.encode()).digest(),
        "created_at": at,
        "reviewed_by": by.id or by.kind.value,
        "reviewed_at": at,
    }
    db.session.execute(insert(Wording).values(row))
    named = {"letter_id": letter_id, "wording_id": id_, "partner_id": partner_id, "locale": locale}
    db.session.execute(insert(Newsletter).values(named))


def _list_asking(letter_id: UUID) -> set[UUID]:
    """Partners whose newsletter is asked for in any language."""
    asking = select(Newsletter.partner_id).where(
        Newsletter.letter_id == letter_id, Newsletter.ended_at.is_(None)
    )
    return set(db.session.scalars(asking))


def list_texts(letter_id: UUID, partner_id: UUID) -> dict[str, str]:
    """What is asked for this partner, by language."""
    rows = db.session.execute(
        select(Newsletter.locale, Wording.text)
        .join(
            Wording,
            (Wording.letter_id == Newsletter.letter_id) & (Wording.id == Newsletter.wording_id),
        )
        .where(Newsletter.letter_id == letter_id, Newsletter.partner_id == partner_id)
        .where(Newsletter.ended_at.is_(None))
    )
    return dict(rows.all())


def find_shown(letter: Letter, code: str, locale: str) -> Wording | None:
    """What a form says to whoever came by this code, in this language; mostly nothing.

    Once a letter allows no partner to ask, none does any more.
    """
    if not code or not letter.most_receivers:
        return None
    return db.session.scalar(
        select(Wording)
        .join(
            Newsletter,
            (Wording.letter_id == Newsletter.letter_id) & (Wording.id == Newsletter.wording_id),
        )
        .join(
            Partner,
            (Partner.letter_id == Newsletter.letter_id) & (Partner.id == Newsletter.partner_id),
        )
        .where(Newsletter.letter_id == letter.id, Newsletter.locale == locale)
        .where(Newsletter.ended_at.is_(None))
        .where(Partner.code == code, Partner.state == State.ACTIVE)
    )


def is_of(letter_id: UUID, wording_id: UUID, partner_id: UUID | None) -> bool:
    """Whether this wording was ever this partner's: what a page named that was open for long."""
    if partner_id is None:
        return False
    found = db.session.get(Newsletter, (letter_id, wording_id))
    return found is not None and found.partner_id == partner_id
