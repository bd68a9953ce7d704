"""Questions about letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select

from signing.core import clock, locales
from signing.core.db import db
from signing.core.refusals import Refusal
from signing.letters.folder import Text
from signing.letters.models import (
    Draft,
    Letter,
    LetterRevision,
    LetterSlug,
    State,
    Translation,
    TranslationState,
)
from signing.letters.pictures import Picture


@dataclass(frozen=True, slots=True)
class Correction:
    """Why and when a signed text was changed, and how it read before."""

    why: str
    at: datetime
    title_before: str
    body_before: str


BY_SLUG = (
    select(Letter)
    .join(LetterSlug, LetterSlug.letter_id == Letter.id)
    .where(LetterSlug.slug == bindparam("wanted"))
)


class NoSuchLetter(Refusal):
    status = 404
    message = _l("There is no letter at this address.")


class NothingPublished(Refusal):
    status = 409
    message = _l("The original of this letter is not published yet.")


@dataclass(frozen=True, slots=True)
class Reading:
    """A letter in the best language there is for a reader."""

    letter: Letter
    translation: Translation
    locales: tuple[str, ...]  # the languages it is published in, sorted
    original_revision_id: UUID

    @property
    def addressee(self) -> str:
        return self.translation.to or self.letter.to

    @property
    def is_stale(self) -> bool:
        """Made from another text than the original's newest."""
        return self.translation.made_from_revision_id != self.original_revision_id


def get_by_slug(slug: str) -> Letter:
    """The public letter that has or had this slug; compare `slug` to see which."""
    letter = find_by_slug(slug)
    if letter is None or not letter.is_public:
        raise NoSuchLetter
    return letter


def get_by_any_slug(slug: str) -> Letter:
    """The letter that has or had this slug, drafts too: for staff."""
    letter = find_by_slug(slug)
    if letter is None:
        raise NoSuchLetter
    return letter


def find_by_slug(slug: str) -> Letter | None:
    """Drafts too."""
    return db.session.scalar(BY_SLUG, {"wanted": slug})


def get(letter_id: UUID) -> Letter:
    letter = db.session.get(Letter, letter_id)
    if letter is None:
        raise NoSuchLetter
    return letter


def get_to_change(letter_id: UUID) -> Letter:
    """The letter as it is by now; until this transaction ends, nobody else changes it."""
    wanted = select(Letter).where(Letter.id == letter_id).with_for_update()
    found = db.session.scalar(wanted, execution_options={"populate_existing": True})
    if found is None:
        raise NoSuchLetter
    return found


def read(letter: Letter, locale: str) -> Reading:
    """The letter in `locale` or the best fallback: exact, base, the letter's own language."""
    rows = db.session.execute(
        select(Translation.locale, Translation.revision_id).where(
            Translation.letter_id == letter.id, Translation.state == TranslationState.PUBLISHED
        )
    )
    revisions = dict(rows.all())
    best = locales.choose([locale], revisions, letter.default_locale)
    translation = db.session.get_one(Translation, (letter.id, best))
    return Reading(letter, translation, tuple(sorted(revisions)), revisions[letter.default_locale])


def get_title(letter: Letter, locale: str) -> str:
    """What visitors read above it; while there is nothing for them yet, what is being written."""
    published = select(Translation.locale, Translation.title).where(
        Translation.letter_id == letter.id, Translation.state == TranslationState.PUBLISHED
    )
    written = select(Draft.locale, Draft.title).where(Draft.letter_id == letter.id)
    titles = dict(db.session.execute(published).all()) or dict(db.session.execute(written).all())
    best = locales.choose([locale], titles, letter.default_locale)
    return titles.get(best) or letter.slug


def list_open(locale: str) -> list[Reading]:
    """Letters that take signatures, newest first, each in the best language for the reader."""
    letters = db.session.scalars(
        select(Letter).where(Letter.state == State.OPEN).order_by(Letter.created_at.desc())
    )
    at = clock.now()
    return [read(letter, locale) for letter in letters if letter.takes_signatures(at)]


def list_public(*, after: str = "", limit: int) -> Sequence[Letter]:
    """Letters that everybody may see, by slug; those that come after this one."""
    wanted = select(Letter).where(Letter.state != State.DRAFT, Letter.slug > after)
    return db.session.scalars(wanted.order_by(Letter.slug).limit(limit)).all()


def list_all() -> Sequence[Letter]:
    return db.session.scalars(select(Letter).order_by(Letter.slug)).all()


def list_over(*, delivered_before: datetime, closed_before: datetime) -> Sequence[Letter]:
    """Letters whose signers' data has had its time: delivered or closed so long ago."""
    is_over = (Letter.delivered_at < delivered_before) | (Letter.closes_at < closed_before)
    return db.session.scalars(select(Letter).where(is_over, Letter.erased_at.is_(None))).all()


def list_with_names_over(today: date) -> Sequence[Letter]:
    """Letters that may show no names any more: the date that the wording named has passed."""
    return db.session.scalars(select(Letter).where(Letter.names_until < today)).all()


def list_locales(letter_id: UUID) -> list[str]:
    """The languages that the letter is published in."""
    published = select(Translation.locale).where(
        Translation.letter_id == letter_id, Translation.state == TranslationState.PUBLISHED
    )
    return sorted(db.session.scalars(published))


def list_translations(letter_id: UUID) -> Sequence[Translation]:
    """The letter in every language that visitors find it in, sorted by locale."""
    wanted = select(Translation).where(
        Translation.letter_id == letter_id, Translation.state == TranslationState.PUBLISHED
    )
    return db.session.scalars(wanted.order_by(Translation.locale)).all()


def list_texts(letter_id: UUID) -> Sequence[Translation]:
    """As `list_translations`, with what visitors no longer find; read anew."""
    wanted = select(Translation).where(Translation.letter_id == letter_id)
    anew = {"populate_existing": True}
    return db.session.scalars(wanted.order_by(Translation.locale), execution_options=anew).all()


def list_corrections(letter: Letter, locale: str) -> list[Correction]:
    """Changes made to this language's text after people had signed it, newest first."""
    revisions = db.session.scalars(
        select(LetterRevision)
        .where(LetterRevision.letter_id == letter.id, LetterRevision.locale == locale)
        .order_by(LetterRevision.at.desc(), LetterRevision.id.desc())
    ).all()
    return [
        Correction(after.correction, after.at, before.title, before.body)
        for after, before in pairwise(revisions)
        if after.correction
    ]


def as_folder(letter: Letter) -> tuple[Text, list[Text], dict[str, object]]:
    """The letter as `folder.write` takes it: the original, the other languages, the settings."""
    rows = list_translations(letter.id)
    texts = {row.locale: _as_text(row) for row in rows}
    if letter.default_locale not in texts:
        raise NothingPublished
    default = texts.pop(letter.default_locale)
    return default, [texts[tag] for tag in sorted(texts)], list_settings(letter)


def list_settings(letter: Letter) -> dict[str, object]:
    """What stands in the original's front matter in a folder, without what is empty."""
    own = (row for row in list_translations(letter.id) if row.locale == letter.default_locale)
    said = next((row.newsletter for row in own), "")
    settings = _as_settings(letter) | {
        "newsletter": letter.newsletter and (said or letter.newsletter)
    }
    return {name: value for name, value in settings.items() if value not in (None, "", ())}


def _as_text(row: Translation) -> Text:
    return Text(
        locale=row.locale,
        title=row.title,
        summary=row.summary,
        body=row.body,
        to=row.to,
        privacy=row.privacy,
    )


def _as_settings(letter: Letter) -> dict[str, object]:
    """The original's front matter; what is empty is left out by whoever asks."""
    picture = Picture.of(letter)
    return {
        "slug": letter.slug,
        "goal": letter.goal,
        "goal_grows_at": letter.goal_grows_at,
        "opens": letter.opens_at,
        "closes": letter.closes_at,
        "time_zone": letter.time_zone,
        "to": letter.to,
        "fields": tuple(letter.fields),
        "required": tuple(letter.required),
        "countries": tuple(letter.countries),
        "state": State.CLOSED.value if letter.is_closed else State(letter.state).value,
        "controller": letter.controller,
        "contact": letter.contact,
        "minimum_age": letter.minimum_age,
        "sender_name": letter.sender_name,
        "reply_address": letter.reply_address,
        "accent": letter.accent,
        "picture_focus": (picture.x, picture.y) if picture else None,
    }


def list_phrases(letter: Letter) -> dict[str, dict[str, str]]:
    """The small texts of the letter's languages that are set, as `folder_reader.read` gives them.

    The original's newsletter is not among them: it stands with the settings.
    """
    said = {}
    for row in list_translations(letter.id):
        newsletter = "" if row.locale == letter.default_locale else row.newsletter
        found = {
            "thanks": row.thanks,
            "delivery_note": row.delivery_note,
            "picture_alt": row.picture_alt,
            "newsletter": newsletter,
        }
        said[row.locale] = {name: text for name, text in found.items() if text}
    return said
