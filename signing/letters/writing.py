"""Questions about texts that are being written: how each language stands, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from signing.core.db import db
from signing.core.refusals import NotFound
from signing.letters import blocks, pieces
from signing.letters.folder import Text
from signing.letters.models import (
    Draft,
    Letter,
    LetterRevision,
    Translation,
    TranslationState,
)
from signing.letters.pieces import Mark, Piece, Row


@dataclass(frozen=True, slots=True)
class Original:
    """What translations are made from: as published, else as it is being written."""

    locale: str
    title: str
    summary: str
    to: str
    privacy: str
    body: str
    revision_id: UUID | None  # None: not published yet


@dataclass(frozen=True, slots=True)
class Working:
    """A language's text as whoever writes it finds it: the draft, else what visitors see."""

    letter_id: UUID
    locale: str
    title: str
    source_title: str
    summary: str
    to: str
    privacy: str
    pieces: tuple[Piece, ...]
    state: TranslationState
    version: int  # of the draft; 0: nobody has saved anything here
    based_on: UUID | None  # the revision that visitors saw when the draft was begun
    member_id: str
    saved_at: datetime | None
    shown: Translation | None  # what visitors see
    original: Original

    @property
    def is_original(self) -> bool:
        return self.locale == self.original.locale

    @property
    def body(self) -> str:
        if self.is_original:
            return "".join(one.text for one in self.pieces)
        return pieces.whole(self.pieces)

    @property
    def text(self) -> Text:
        """As it is published; what differs from what is shown by blank lines alone does not."""
        is_same = self.shown is not None and blocks.tidy(self.shown.body) == blocks.tidy(self.body)
        body = self.shown.body if self.shown is not None and is_same else self.body
        return Text(
            locale=self.locale,
            title=self.title,
            summary=self.summary,
            body=body,
            to=self.to,
            privacy=self.privacy,
        )

    def compare(self) -> list[Row]:
        """Beside the original; nothing for the original itself."""
        return [] if self.is_original else pieces.compare(self.pieces, self.original.body)

    @property
    def fits(self) -> bool:
        """Made from the very words that the original has now."""
        return pieces.fits(self.compare()) and self.source_title == self.original.title

    @property
    def has_changes(self) -> bool:
        """There is something that visitors do not see yet."""
        return self.shown is None or self.state is not TranslationState.PUBLISHED

    @property
    def is_stale(self) -> bool:
        """Visitors read a translation of older words than the original's."""
        return (
            self.shown is not None
            and not self.is_original
            and self.shown.made_from_revision_id != self.original.revision_id
        )

    @property
    def is_overtaken(self) -> bool:
        """What visitors see was changed by another way since the draft was begun."""
        shown = self.shown.revision_id if self.shown else None
        return self.has_changes and self.version > 0 and shown != self.based_on


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a language is."""

    working: Working
    blocks: int  # paragraphs, headings, lists of the original
    translated: int
    changed: int  # the original changed here since


def stand(working: Working) -> Standing:
    rows = working.compare()
    ours = [row for row in rows if row.now]
    done = sum(row.mark is not Mark.NEW for row in ours)
    changed = sum(row.mark in {Mark.CHANGED, Mark.GONE} for row in rows)
    return Standing(working, len(ours), done, changed)


def list_all(letter: Letter) -> list[Working]:
    """Every language that is written or shown: the original, then the others by their tags."""
    shown = select(Translation.locale).where(
        Translation.letter_id == letter.id, Translation.state == TranslationState.PUBLISHED
    )
    written = select(Draft.locale).where(Draft.letter_id == letter.id)
    tags = {*db.session.scalars(shown), *db.session.scalars(written)}
    first = letter.default_locale
    return [get(letter, tag) for tag in sorted(tags, key=lambda tag: (tag != first, tag))]


def get(letter: Letter, locale: str) -> Working:
    """Raises `NotFound` for a language that the letter is not written in."""
    draft = db.session.get(Draft, (letter.id, locale), populate_existing=True)
    shown = find_shown(letter, locale)
    if draft is None and shown is None:
        raise NotFound
    original = get_original(letter)
    is_old = draft is None or (
        draft.state == TranslationState.PUBLISHED
        and (shown is None or shown.revision_id != draft.revision_id)
    )
    if shown is not None and (draft is None or is_old):
        return _as_shown(letter, shown, original, draft)
    assert draft is not None  # noqa: S101  # else there is nothing, see above
    return _as_written(draft, shown, original)


def find_shown(letter: Letter, locale: str) -> Translation | None:
    """What visitors see in this language, if anything."""
    found = db.session.get(Translation, (letter.id, locale), populate_existing=True)
    return found if found is not None and found.state == TranslationState.PUBLISHED else None


def get_original(letter: Letter) -> Original:
    """What is published; a letter that never was has a draft of it."""
    shown = find_shown(letter, letter.default_locale)
    if shown is not None:
        return Original(
            letter.default_locale, shown.title, shown.summary, letter.to, shown.privacy,
            shown.body, shown.revision_id,
        )  # fmt: skip
    draft = db.session.get(Draft, (letter.id, letter.default_locale), populate_existing=True)
    if draft is None:
        return Original(letter.default_locale, "", "", letter.to, "", "", None)
    body = "".join(one.text for one in pieces.load(draft.pieces))
    return Original(
        letter.default_locale, draft.title, draft.summary, letter.to, draft.privacy, body, None
    )


def _as_written(draft: Draft, shown: Translation | None, original: Original) -> Working:
    is_published = draft.state == TranslationState.PUBLISHED and shown is not None
    fresh = shown if is_published and shown is not None else draft
    return Working(
        letter_id=draft.letter_id,
        locale=draft.locale,
        title=fresh.title,
        source_title=draft.source_title,
        summary=fresh.summary,
        to=fresh.to,
        privacy=fresh.privacy,
        pieces=tuple(pieces.load(draft.pieces)),
        state=TranslationState(draft.state),
        version=draft.version,
        based_on=draft.revision_id,
        member_id=draft.member_id,
        saved_at=draft.saved_at,
        shown=shown,
        original=original,
    )


def _as_shown(
    letter: Letter, shown: Translation, original: Original, draft: Draft | None
) -> Working:
    """Imported, or imported anew over what was published here."""
    made_from = db.session.get(LetterRevision, (letter.id, shown.made_from_revision_id))
    title, body = (
        (made_from.title, made_from.body) if made_from else (original.title, original.body)
    )
    own = pieces.make(body, shown.body)
    revision = db.session.get(LetterRevision, (letter.id, shown.revision_id))
    if shown.locale == original.locale:
        own = [Piece("", shown.body)]
    return Working(
        letter_id=letter.id,
        locale=shown.locale,
        title=shown.title,
        source_title=title,
        summary=shown.summary,
        to=shown.to,
        privacy=shown.privacy,
        pieces=tuple(own),
        state=TranslationState.PUBLISHED,
        version=draft.version if draft else 0,
        based_on=shown.revision_id,
        member_id="",
        saved_at=revision.at if revision else None,
        shown=shown,
        original=original,
    )
