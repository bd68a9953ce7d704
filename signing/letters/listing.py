"""Letters by the page, and their titles: as few statements for five hundred as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select

from signing.core import locales
from signing.core.db import db
from signing.letters.models import Draft, Letter, State, Translation, TranslationState


@dataclass(frozen=True, slots=True)
class Sought:
    """Which letters: empty values filter nothing; `letters` None means all."""

    letters: Collection[UUID] | None = None
    words: str = ""  # somewhere in the slug or in a title, in whatever language
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """What a letter is called, and the languages that it is published in."""

    title: str
    locales: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A letter as a list of all of them needs it, to be sorted and called by its name."""

    id: UUID
    slug: str
    state: str
    default_locale: str


def list_entries(sought: Sought) -> list[Entry]:
    """All that fit, in no order."""
    wanted = select(Letter.id, Letter.slug, Letter.state, Letter.default_locale)
    if sought.letters is not None:
        wanted = wanted.where(Letter.id.in_(sought.letters))
    if sought.state is not None:
        wanted = wanted.where(Letter.state == sought.state)
    if sought.words:
        part = f"%{_literally(sought.words.lower())}%"
        titled = select(Translation.letter_id).where(
            func.lower(Translation.title).like(part, escape="\\")
        )
        in_slug = Letter.slug.like(part, escape="\\")
        wanted = wanted.where(or_(in_slug, Letter.id.in_(titled)))
    return [Entry(*row) for row in db.session.execute(wanted)]


def list_these(ids: Sequence[UUID]) -> list[Letter]:
    """These letters, in this order."""
    found = db.session.scalars(select(Letter).where(Letter.id.in_(ids)))
    return sorted(found, key=lambda one: ids.index(one.id))


def _literally(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def name(letters: Sequence[Letter | Entry], locale: str) -> dict[UUID, Called]:
    """What each is called in this language or the best there is; before its first text, its slug.

    Two statements, and a third only while some have nothing but drafts.
    """
    published, titles = _titles([one.id for one in letters])
    return {one.id: _called(one, published[one.id], titles[one.id], locale) for one in letters}


def _called(
    letter: Letter | Entry, published: list[str], titles: dict[str, str], locale: str
) -> Called:
    among = [tag for tag in published if titles.get(tag)] or [tag for tag in titles if titles[tag]]
    best = locales.choose([locale], among, letter.default_locale)
    return Called(titles.get(best) or letter.slug, tuple(sorted(published)))


def _titles(
    letter_ids: Sequence[UUID],
) -> tuple[dict[UUID, list[str]], dict[UUID, dict[str, str]]]:
    titles: dict[UUID, dict[str, str]] = defaultdict(dict)
    published: dict[UUID, list[str]] = defaultdict(list)
    shown = select(
        Translation.letter_id, Translation.locale, Translation.title, Translation.state
    ).where(Translation.letter_id.in_(letter_ids))
    for letter_id, tag, title, state in db.session.execute(shown):
        titles[letter_id][tag] = title
        if state == TranslationState.PUBLISHED:
            published[letter_id].append(tag)
    nameless = [one for one in letter_ids if one not in titles]
    if nameless:
        drafts = select(Draft.letter_id, Draft.locale, Draft.title)
        for letter_id, tag, title in db.session.execute(
            drafts.where(Draft.letter_id.in_(nameless))
        ):
            titles[letter_id][tag] = title
    return published, titles
