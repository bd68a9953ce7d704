"""The sentences people agree to: our templates filled with a letter's settings, kept by version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import pgettext
from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound

from signing.core import bidi, clock, locales
from signing.core.db import db, insert
from signing.core.ids import new_id
from signing.letters.models import ConsentPurpose, Field, Letter, Wording

Texts = dict[ConsentPurpose, str]


@dataclass(frozen=True, slots=True)
class Own:
    """What the letter says in one language of its own; "": as in the letter's own language."""

    to: str = ""
    newsletter: str = ""


def write(letter: Letter, own: Own, language: locales.Language) -> Texts:
    """The letter's wordings in the language being spoken; only for what the letter asks."""
    isolated = partial(bidi.isolated, line=language.direction)
    controller = isolated(letter.controller_name)
    texts = {
        ConsentPurpose.SIGN: _(
            "By pressing the button I ask %(controller)s to count my signature and to hand "
            "%(what)s to: %(addressee)s. This shows my political opinion, so the law asks for my "
            "explicit consent: I give it. I am %(age)s or older. I can take my consent back at any "
            "time with the link in the mails; what was done until then stays lawful.",
            controller=controller,
            what=handed_over(letter.fields, language),
            addressee=isolated(own.to or letter.to),
            age=locales.number(letter.minimum_age, language),
        ),
        ConsentPurpose.SHOW_NAME: _(
            "Show my name on the page of the letter, where anyone can read and copy it, "
            "until %(date)s",
            date=locales.day(letter.names_until or date.max, language),
        ),
        ConsentPurpose.NEWS: _(
            "I want news about this letter by mail (from: %(controller)s)",
            controller=controller,
        ),
        ConsentPurpose.FOLLOW_UP: _(
            "Ask me once by mail about a follow-up letter (from: %(controller)s)",
            controller=controller,
        ),
    }
    if letter.newsletter:
        texts[ConsentPurpose.NEWSLETTER] = own.newsletter or letter.newsletter
    return texts


def handed_over(fields: Iterable[str], language: locales.Language) -> str:
    asked = {*fields}
    words = [pgettext("is handed over", "my name")]
    if Field.COUNTRY in asked:
        words.append(pgettext("is handed over", "my country"))
    if Field.POSTCODE in asked:
        words.append(pgettext("is handed over", "my postcode"))
    if Field.CITY in asked:
        words.append(pgettext("is handed over", "my town"))
    if Field.ORGANISATION in asked:
        words.append(pgettext("is handed over", "my organisation"))
    return locales.listing(words, language)


def publish(letter: Letter, own: dict[str, Own]) -> int:
    """Keep the letter's wordings as they read now in every language; returns how many are new.

    A sentence that reads as its newest version did stays that version. `own` by locale;
    other languages say what the letter itself does.
    """
    newest = _newest(letter.id)
    rows = []
    for tag in locales.languages():
        with locales.speaking(tag) as language:
            texts = write(letter, own.get(tag) or Own(), language)
        for purpose, text in texts.items():
            digest = hashlib.sha256(text.encode()).digest()
            version, known = newest.get((purpose, tag), (0, b""))
            if digest != known:
                rows.append(_row(letter.id, purpose, tag, version + 1, text, digest))
    if rows:
        db.session.execute(insert(Wording).on_conflict_do_nothing(), rows)
    return len(rows)


def _row(
    letter_id: UUID, purpose: ConsentPurpose, tag: str, version: int, text: str, digest: bytes
) -> dict[str, object]:
    return {
        "letter_id": letter_id,
        "id": new_id(),
        "purpose": purpose,
        "locale": tag,
        "version": version,
        "text": text,
        "digest": digest,
        "created_at": clock.now(),
    }


def _newest(letter_id: UUID) -> dict[tuple[str, str], tuple[int, bytes]]:
    rows = db.session.execute(
        select(Wording.purpose, Wording.locale, Wording.version, Wording.digest)
        .where(Wording.letter_id == letter_id)
        .order_by(Wording.version)
    )
    return {(purpose, tag): (version, digest) for purpose, tag, version, digest in rows}


def list_shown(letter: Letter, locale: str) -> dict[ConsentPurpose, Wording]:
    """The newest wording of each purpose: what a form shows in this language.

    A language that came to the interface lately has none yet; then it is the letter's own.
    """
    return _list_newest(letter.id, locale) or _list_newest(letter.id, letter.default_locale)


def _list_newest(letter_id: UUID, locale: str) -> dict[ConsentPurpose, Wording]:
    newest = (
        select(Wording.purpose, func.max(Wording.version).label("version"))
        .where(Wording.letter_id == letter_id, Wording.locale == locale)
        .where(Wording.purpose.not_in([ConsentPurpose.PAPER, ConsentPurpose.PARTNER]))
        .group_by(Wording.purpose)
        .subquery()
    )
    rows = db.session.scalars(
        select(Wording)
        .join(newest, (Wording.purpose == newest.c.purpose) & (Wording.version == newest.c.version))
        .where(Wording.letter_id == letter_id, Wording.locale == locale)
    )
    return {ConsentPurpose(row.purpose): row for row in rows}


def find_purpose(letter_id: UUID, wording_id: UUID) -> ConsentPurpose | None:
    """What the letter's wording of this id is about; None where the letter has no such wording."""
    try:
        return _purpose(letter_id, wording_id)
    except NoResultFound:
        return None


@lru_cache(maxsize=4096)
def _purpose(letter_id: UUID, wording_id: UUID) -> ConsentPurpose:
    """Kept in memory: a wording never changes, and every form names several."""
    found = select(Wording.purpose).where(Wording.letter_id == letter_id, Wording.id == wording_id)
    return ConsentPurpose(db.session.scalars(found).one())


def count_unreviewed() -> int:
    """How many wordings nobody has put their name to."""
    unreviewed = select(func.count()).select_from(Wording).where(Wording.reviewed_by.is_(None))
    return db.session.scalar(unreviewed) or 0
