"""Questions about posts and broadcasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select

from signing.core import keyset, locales
from signing.core.db import Moment, db
from signing.core.keyset import Order
from signing.core.refusals import NotFound
from signing.letters.models import Letter
from signing.news.models import Broadcast, NewsPost, NewsText

MOST_POSTS = 200  # that a page lists; nobody has had as many yet
LARGEST_NUMBER = 2**31 - 1
# What the staff's tables can be sorted by; the id tells when something was made, and what has not
# been published or begun yet counts as later than all that has.
_POST_ID: ColumnElement[UUID] = NewsPost.__table__.c.id
_BROADCAST_ID: ColumnElement[UUID] = Broadcast.__table__.c.id
_YET_TO_COME = literal(datetime(9999, 1, 1, tzinfo=UTC), Moment())
POST_SORTS: Mapping[str, ColumnElement[Any]] = {
    "made": _POST_ID,
    "published": func.coalesce(NewsPost.published_at, _YET_TO_COME),
}
BROADCAST_SORTS: Mapping[str, ColumnElement[Any]] = {
    "made": _BROADCAST_ID,
    "audience": Broadcast.__table__.c.audience,
    "begun": func.coalesce(Broadcast.started_at, _YET_TO_COME),
}
NEWEST = Order("made", is_descending=True)


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


def list_posts(
    letter_id: UUID, order: Order = NEWEST, *, after: UUID | None = None, limit: int = MOST_POSTS
) -> list[tuple[NewsPost, list[NewsText]]]:
    """Posts with their texts, drafts too, from behind one on: for staff."""
    wanted = select(NewsPost).where(NewsPost.letter_id == letter_id)
    by = POST_SORTS[order.by]
    posts = keyset.list_page(wanted, by, _POST_ID, order, after=after, limit=limit)
    return _with_texts(letter_id, posts)


def _with_texts(
    letter_id: UUID, posts: Sequence[NewsPost]
) -> list[tuple[NewsPost, list[NewsText]]]:
    texts = db.session.scalars(
        select(NewsText)
        .where(NewsText.letter_id == letter_id, NewsText.post_id.in_([one.id for one in posts]))
        .order_by(NewsText.locale)
    )
    found: dict[UUID, list[NewsText]] = {}
    for text in texts:
        found.setdefault(text.post_id, []).append(text)
    return [(post, found.get(post.id, [])) for post in posts]


def list_broadcasts(
    letter_id: UUID,
    order: Order = NEWEST,
    *,
    post_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> Sequence[Broadcast]:
    """From behind one on; those of one post, if one is given."""
    wanted = select(Broadcast).where(Broadcast.letter_id == letter_id)
    by = BROADCAST_SORTS[order.by]
    fits = [] if post_id is None else [Broadcast.post_id == post_id]
    return keyset.list_page(wanted, by, _BROADCAST_ID, order, after=after, limit=limit, fits=fits)


def list_posts_of(
    letter_id: UUID, broadcasts: Sequence[Broadcast]
) -> list[tuple[NewsPost, list[NewsText]]]:
    """The posts that these mail, with their texts."""
    ids = {one.post_id for one in broadcasts}
    wanted = select(NewsPost).where(NewsPost.letter_id == letter_id, NewsPost.id.in_(ids))
    return _with_texts(letter_id, db.session.scalars(wanted).all())


def get_broadcast(letter_id: UUID, id_: UUID, *, to_change: bool = False) -> Broadcast:
    """Raises `NotFound`; `to_change` has others who would change it wait."""
    wanted = select(Broadcast).where(Broadcast.letter_id == letter_id, Broadcast.id == id_)
    if to_change:
        wanted = wanted.with_for_update()
    found = db.session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found
