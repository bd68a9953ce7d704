"""A letter's addresses: the one that counts, and older ones, which lead to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from signing.audit import Actor, Verb, log
from signing.core.db import db, insert
from signing.core.refusals import Refusal
from signing.letters.models import Letter, LetterSlug

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_CHARACTERS = 64


class SlugUnusable(Refusal):
    status = 422
    message = _l("The slug needs lower-case letters, digits and single hyphens, and must be free.")


def check(slug: str, reserved: Collection[str]) -> None:
    """Raises `SlugUnusable` for what can be no letter's address, whether it is free or not."""
    if not SLUG.fullmatch(slug) or len(slug) > SLUG_CHARACTERS or slug in reserved:
        raise SlugUnusable


def rename(letter: Letter, slug: str, reserved: Collection[str], *, by: Actor) -> None:
    """The letter is found at this address; older ones lead there, mailed links too.

    It may take back an older one of its own, never one that another letter has or had.
    """
    if slug == letter.slug:
        return
    check(slug, reserved)
    new = {"slug": slug, "letter_id": letter.id, "is_current": False}
    db.session.execute(insert(LetterSlug).values(new).on_conflict_do_nothing())
    owner = select(LetterSlug.letter_id).where(LetterSlug.slug == slug)
    if db.session.scalar(owner) != letter.id:
        raise SlugUnusable
    mine = update(LetterSlug).where(LetterSlug.letter_id == letter.id)
    db.session.execute(mine.values(is_current=LetterSlug.slug == slug))
    before, letter.slug = letter.slug, slug
    db.session.flush()
    details = {"slug": [before, slug]}
    log.record(Verb.LETTER_RENAMED, by=by, subject=slug, letter_id=letter.id, details=details)


def list_older(letter: Letter) -> Sequence[str]:
    """Addresses that lead to the letter's own."""
    older = select(LetterSlug.slug).where(
        LetterSlug.letter_id == letter.id, LetterSlug.slug != letter.slug
    )
    return db.session.scalars(older.order_by(LetterSlug.slug)).all()
