"""What a letter's languages still lack."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from signing.core.db import db
from signing.letters.models import (
    Draft,
    Letter,
    Translation,
    TranslationState,
    Wording,
)


@dataclass(frozen=True, slots=True)
class Lag:
    """Languages, sorted, by what somebody should do about them."""

    stale: tuple[str, ...]  # the original has changed since
    drafts: tuple[str, ...]  # being written, or waiting to be read by somebody
    reviewed: tuple[str, ...]  # found good, and not published yet
    missing: tuple[str, ...]  # people sign in them, and there is no text


def find(letter: Letter, signed_in: Collection[str]) -> Lag:
    """`signed_in` are the languages that people sign in."""
    rows = db.session.execute(
        select(
            Translation.locale, Translation.revision_id, Translation.made_from_revision_id
        ).where(Translation.letter_id == letter.id, Translation.state == TranslationState.PUBLISHED)
    ).all()
    original = next((row.revision_id for row in rows if row.locale == letter.default_locale), None)
    published = {row.locale for row in rows}
    stale = {row.locale for row in rows if row.made_from_revision_id != original}
    drafts = db.session.execute(
        select(Draft.locale, Draft.state).where(
            Draft.letter_id == letter.id, Draft.state != TranslationState.PUBLISHED
        )
    ).all()
    return Lag(
        stale=tuple(sorted(stale)),
        drafts=tuple(sorted(tag for tag, state in drafts if state == TranslationState.DRAFT)),
        reviewed=tuple(sorted(tag for tag, state in drafts if state == TranslationState.REVIEWED)),
        missing=tuple(sorted(set(signed_in) - published)),
    )


def count_unreviewed(letter: Letter) -> int:
    """Sentences in the letter's own languages that nobody has put their name to yet.

    The newest versions alone.
    """
    published = select(Translation.locale).where(
        Translation.letter_id == letter.id, Translation.state == TranslationState.PUBLISHED
    )
    own = (Wording.locale == letter.default_locale) | Wording.locale.in_(published)
    newest = (
        select(Wording.purpose, Wording.locale, func.max(Wording.version).label("version"))
        .where(Wording.letter_id == letter.id)
        .group_by(Wording.purpose, Wording.locale)
        .subquery()
    )
    same = (
        (Wording.purpose == newest.c.purpose)
        & (Wording.locale == newest.c.locale)
        & (Wording.version == newest.c.version)
    )
    unreviewed = (
        select(func.count())
        .select_from(Wording)
        .join(newest, same)
        .where(Wording.letter_id == letter.id, Wording.reviewed_by.is_(None))
        .where(own)
    )
    return db.session.scalar(unreviewed) or 0


def count_stale(letter_ids: Collection[UUID]) -> dict[UUID, int]:
    """In how many languages the original has changed since; letters without any are not in it."""
    original = aliased(Translation)
    is_original = (original.letter_id == Letter.id) & (original.locale == Letter.default_locale)
    stale = (
        select(Translation.letter_id, func.count())
        .join(Letter, Letter.id == Translation.letter_id)
        .join(original, is_original)
        .where(Translation.letter_id.in_(letter_ids))
        .where(Translation.state == TranslationState.PUBLISHED)
        .where(Translation.made_from_revision_id != original.revision_id)
    )
    return dict(db.session.execute(stale.group_by(Translation.letter_id)).all())
