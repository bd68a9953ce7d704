"""Questions about posts and broadcasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from signing.core import locales
from signing.core.db import db
from signing.core.refusals import NotFound
from signing.letters.models import Letter
from signing.news.models import Broadcast, NewsPost, NewsText

MOST_POSTS = 200  # that a page lists; nobody has had as many yet
LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Headline:
    """A published post in the best language for a reader."""

    id: UUID
    number: int
    at: datetime
    locale: str
    title: str
    body: str = ""  # only where it was asked for


@dataclass(frozen=True, slots=True)
class Told:
    """One published post as it is read, and the languages it is published in."""

    headline: Headline
    locales: tuple[str, ...]


def list_headlines(
    letter: Letter, locale: str, *, limit: int = MOST_POSTS, with_body: bool = False
) -> list[Headline]:
    """Published posts, the newest first; one statement."""
    newest = (
        select(NewsPost.id)
        .where(NewsPost.letter_id == letter.id, NewsPost.published_at.is_not(None))
        .order_by(NewsPost.published_at.desc(), NewsPost.number.desc())
        .limit(limit)
    )
    more = (NewsText.body,) if with_body else ()
    rows = db.session.execute(
        select(
            NewsPost.id,
            NewsPost.number,
            NewsPost.published_at,
            NewsPost.locale.label("original"),
            NewsText.locale,
            NewsText.title,
            *more,
        )
        .join(NewsText, (NewsText.letter_id == letter.id) & (NewsText.post_id == NewsPost.id))
        .where(NewsPost.letter_id == letter.id, NewsPost.id.in_(newest))
        .where(NewsText.published_at.is_not(None))
        .order_by(NewsPost.published_at.desc(), NewsPost.number.desc())
    )
    texts: dict[UUID, dict[str, Headline]] = {}
    originals: dict[UUID, str] = {}
    for id_, number, at, original, tag, *words in rows:
        originals[id_] = original
        texts.setdefault(id_, {})[tag] = Headline(id_, number, at, tag, *words)
    return [found[locales.choose([locale], found, originals[id_])] for id_, found in texts.items()]


def get_told(letter: Letter, number: int, locale: str) -> Told:
    """A published post in the best language for a reader; raises `NotFound`."""
    post = _find(letter.id, number)
    texts = list_texts(post.letter_id, post.id) if post else []
    published = {text.locale: text for text in texts if text.is_published}
    if post is None or post.published_at is None or not published:
        raise NotFound
    text = published[locales.choose([locale], published, post.locale)]
    headline = Headline(post.id, post.number, post.published_at, text.locale, text.title, text.body)
    return Told(headline, tuple(sorted(published)))


def _find(letter_id: UUID, number: int) -> NewsPost | None:
    if number > LARGEST_NUMBER:
        return None
    wanted = select(NewsPost).where(NewsPost.letter_id == letter_id, NewsPost.number == number)
    return db.session.scalar(wanted)


def list_texts(letter_id: UUID, post_id: UUID) -> Sequence[NewsText]:
    """A post in every language it is written in, drafts too, sorted by locale."""
    wanted = select(NewsText).where(NewsText.letter_id == letter_id, NewsText.post_id == post_id)
    wanted = wanted.order_by(NewsText.locale).execution_options(populate_existing=True)
    return db.session.scalars(wanted).all()


def list_posts(letter_id: UUID) -> list[tuple[NewsPost, list[NewsText]]]:
    """Every post with its texts, drafts too, the newest first: for staff."""
    wanted = select(NewsPost).where(NewsPost.letter_id == letter_id)
    posts = db.session.scalars(wanted.order_by(NewsPost.number.desc()).limit(MOST_POSTS)).all()
    texts = db.session.scalars(
        select(NewsText)
        .where(NewsText.letter_id == letter_id, NewsText.post_id.in_([one.id for one in posts]))
        .order_by(NewsText.locale)
    )
    found: dict[UUID, list[NewsText]] = {}
    for text in texts:
        found.setdefault(text.post_id, []).append(text)
    return [(post, found.get(post.id, [])) for post in posts]


def list_broadcasts(letter_id: UUID, *, limit: int = 50) -> Sequence[Broadcast]:
    """The newest first."""
    wanted = select(Broadcast).where(Broadcast.letter_id == letter_id)
    return db.session.scalars(wanted.order_by(Broadcast.id.desc()).limit(limit)).all()


def get_broadcast(letter_id: UUID, id_: UUID, *, to_change: bool = False) -> Broadcast:
    """Raises `NotFound`; `to_change` has others who would change it wait."""
    wanted = select(Broadcast).where(Broadcast.letter_id == letter_id, Broadcast.id == id_)
    if to_change:
        wanted = wanted.with_for_update()
    found = db.session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found
