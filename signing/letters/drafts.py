"""Writing a letter's texts: drafts beside what visitors see, until somebody publishes them.

Nothing here commits: the door draws the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import delete, update

from signing.audit import Actor, Verb, log
from signing.core import clock, locales
from signing.core.db import count_rows, db, insert
from signing.core.refusals import NotFound, Refusal
from signing.letters import actions, markdown, moments, pieces, publishing, writing
from signing.letters.models import Draft, Letter, Translation, TranslationState
from signing.letters.pieces import Piece
from signing.letters.writing import Working

NEVER = UUID(int=0)  # made from words that were never the published original
TITLE_CHARACTERS = 300
LINE_CHARACTERS = 1000  # of the summary, of the addressee


class SavedMeanwhile(Refusal):
    status = 409
    message = _l("Somebody else has changed this text meanwhile. Look at both and save again.")


class PublishedMeanwhile(Refusal):
    """By an import: the draft would put back what stood there before."""

    status = 409
    message = _l("The published text has changed since this draft was begun. Compare, save again.")


class TextUnusable(Refusal):
    """What the text lacks, in words for whoever writes it."""

    status = 422

    def __init__(self, lacking: list[str]) -> None:
        super().__init__()
        self.lacking = lacking

    def __str__(self) -> str:
        return " ".join(self.lacking)


class OriginalUnpublished(Refusal):
    status = 409
    message = _l("Publish the original first: translations stand beside it.")


class OriginalStays(Refusal):
    status = 409
    message = _l("The original cannot be taken away: the letter would have no text.")


@dataclass(frozen=True, slots=True)
class Written:
    """A text as somebody saves it."""

    title: str
    summary: str = ""
    to: str = ""
    privacy: str = ""
    pieces: tuple[Piece, ...] = ()
    source_title: str = ""  # the original's title that this one was made from
    version: int = 0  # the one that is written over; 0: there was no draft
    based_on: UUID | None = None  # what visitors saw meanwhile


def add_letter(
    slug: str, title: str, locale: str, reserved: frozenset[str], *, by: Actor
) -> Letter:
    """A draft of a letter whose original is begun; refused where the slug is taken.

    Its times are those of the place where most of its readers live, until somebody sets another.
    """
    letter = actions.add(slug, locale, reserved)
    letter.time_zone = moments.likely(locale)
    details = {"locale": locale}
    log.record(Verb.LETTER_ADDED, by=by, subject=slug, letter_id=letter.id, details=details)
    save(letter, locale, Written(title, pieces=(Piece("", ""),)), by=by)
    return letter


def add_language(letter: Letter, locale: str, *, by: Actor) -> None:
    """The language can be written afterwards; nothing happens if it could be before."""
    if locale not in locales.languages():
        raise NotFound
    if writing.find_shown(letter, locale) is not None:
        return
    if _put(letter, locale, Written(""), TranslationState.DRAFT, by=by):
        _note(Verb.TEXT_ADDED, letter, locale, by=by)


def save(letter: Letter, locale: str, written: Written, *, by: Actor) -> None:
    """The draft reads so afterwards; raises `SavedMeanwhile` if another save came in between."""
    _check_lengths(written)
    if not _put(letter, locale, written, TranslationState.DRAFT, by=by):
        raise SavedMeanwhile
    _note(Verb.TEXT_SAVED, letter, locale, by=by, version=written.version + 1)


def _check_lengths(written: Written) -> None:
    lengths = {
        len("".join(one.text for one in written.pieces)): markdown.CHARACTERS,
        len(written.privacy): markdown.CHARACTERS,
        len(written.title): TITLE_CHARACTERS,
        max(len(written.summary), len(written.to)): LINE_CHARACTERS,
    }
    if any(length > most for length, most in lengths.items()):
        raise markdown.TextTooLong


def _put(
    letter: Letter, locale: str, written: Written, state: TranslationState, *, by: Actor
) -> bool:
    """Whether it was still the version that was written over."""
    values: dict[str, Any] = {
        "title": written.title,
        "source_title": written.source_title,
        "summary": written.summary,
        "to": written.to,
        "privacy": written.privacy,
        "pieces": pieces.stored(written.pieces),
        "state": state,
        "revision_id": written.based_on,
        "version": written.version + 1,
        "member_id": by.id,
        "saved_at": clock.now(),
    }
    if written.version:
        done = db.session.execute(_mine(letter, locale, written.version).values(values))
        return bool(count_rows(done))
    key = {"letter_id": letter.id, "locale": locale}
    added = insert(Draft).values(key | values).on_conflict_do_nothing()
    return db.session.execute(added.returning(Draft.version)).first() is not None


def _mine(letter: Letter, locale: str, version: int) -> Any:
    return update(Draft).where(
        Draft.letter_id == letter.id, Draft.locale == locale, Draft.version == version
    )


def _as_saved(working: Working, version: int) -> Written:
    return Written(
        title=working.title,
        summary=working.summary,
        to=working.to,
        privacy=working.privacy,
        pieces=working.pieces,
        source_title=working.source_title,
        version=version,
        based_on=working.based_on,
    )


def list_lacking(working: Working) -> Iterator[str]:
    """What keeps the text from being published, a sentence each."""
    if not working.title:
        yield str(_l("The title is missing."))
    if not working.body.strip():
        yield str(_l("There is no text yet."))
    elif not markdown.plain(working.body):
        yield str(_l("Nothing of this text can be shown."))
    elif untranslated := pieces.count_new(working.compare()):
        yield ngettext(
            "%(num)s paragraph is not translated yet.",
            "%(num)s paragraphs are not translated yet.",
            untranslated,
        )


def _check_whole(working: Working) -> None:
    if lacking := list(list_lacking(working)):
        raise TextUnusable(lacking)


def review(letter: Letter, locale: str, version: int, *, by: Actor) -> None:
    """Somebody has read it and found it good; saving it again makes it a draft again."""
    working = writing.get(letter, locale)
    _check_whole(working)
    if not working.has_changes:
        return
    if not _put(letter, locale, _as_saved(working, version), TranslationState.REVIEWED, by=by):
        raise SavedMeanwhile
    _note(Verb.TEXT_REVIEWED, letter, locale, by=by)


def publish(
    letter: Letter, locale: str, version: int, *, has_signatures: bool, correction: str, by: Actor
) -> None:
    """Visitors see the draft afterwards, all of it at once.

    A signed original takes a `correction`, which says why. A translation whose every paragraph
    fits the original is no longer stale.
    """
    working = writing.get(letter, locale)
    if not working.has_changes:
        return
    if working.is_overtaken:
        raise PublishedMeanwhile
    _show(letter, working, version, publishing.Source(has_signatures, None, correction), by=by)
    _note(Verb.TEXT_PUBLISHED, letter, locale, by=by, correction=bool(correction))


def keep(letter: Letter, locale: str, version: int, *, by: Actor) -> None:
    """The translation is still valid as it is: somebody has compared it with the original."""
    working = writing.get(letter, locale)
    if working.is_original or working.has_changes or not working.is_stale:
        return
    _check_whole(working)  # a paragraph that nobody has translated is not valid
    accepted = tuple(pieces.accept(working.compare()))
    fitting = replace(working, pieces=accepted, source_title=working.original.title)
    _show(letter, fitting, version, publishing.Source(has_signatures=False), by=by)
    _note(Verb.TEXT_KEPT, letter, locale, by=by)


def _show(
    letter: Letter, working: Working, version: int, source: publishing.Source, *, by: Actor
) -> None:
    _check_whole(working)
    if not working.is_original:
        source = replace(source, made_from=_made_from(working), is_checked=True)
    saved = _as_saved(working, version)
    if not _put(letter, working.locale, saved, TranslationState.PUBLISHED, by=by):
        raise SavedMeanwhile
    kept = publishing.publish(letter, working.text, source)
    published = _mine(letter, working.locale, version + 1).values(revision_id=kept.revision_id)
    db.session.execute(published)
    publishing.publish_wordings(letter)


def _made_from(working: Working) -> UUID:
    if working.original.revision_id is None:
        raise OriginalUnpublished
    if working.fits:
        return working.original.revision_id
    return working.shown.made_from_revision_id if working.shown else NEVER


def unpublish(letter: Letter, locale: str, version: int, *, by: Actor) -> None:
    """Visitors no longer find the translation; it is a draft, with what was written since."""
    working = writing.get(letter, locale)
    if working.is_original:
        raise OriginalStays
    if working.shown is None:
        return
    saved = replace(_as_saved(working, version), based_on=None)
    if not _put(letter, locale, saved, TranslationState.DRAFT, by=by):
        raise SavedMeanwhile
    hidden = update(Translation).where(
        Translation.letter_id == letter.id, Translation.locale == locale
    )
    db.session.execute(hidden.values(state=TranslationState.DRAFT))
    _note(Verb.TEXT_UNPUBLISHED, letter, locale, by=by)


def discard(letter: Letter, locale: str, version: int, *, by: Actor) -> None:
    """What was written and never published is gone; what visitors see stays."""
    working = writing.get(letter, locale)
    if working.is_original and working.shown is None:
        raise OriginalStays
    gone = delete(Draft).where(
        Draft.letter_id == letter.id, Draft.locale == locale, Draft.version == version
    )
    if not count_rows(db.session.execute(gone)):
        raise SavedMeanwhile
    _note(Verb.TEXT_DISCARDED, letter, locale, by=by)


def _note(verb: Verb, letter: Letter, locale: str, *, by: Actor, **more: Any) -> None:
    details = {"locale": locale} | more
    log.record(verb, by=by, subject=letter.slug, letter_id=letter.id, details=details)
