"""What the worker needs to make a batch of news mails: the post in each language, who wants it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, tuple_

from signing.core import locales
from signing.core.db import db
from signing.news import audiences
from signing.news.models import Audience, Broadcast, NewsPost, NewsText, State


@dataclass(frozen=True, slots=True)
class Text:
    """The post in one language."""

    locale: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """A broadcast with its post."""

    letter_id: UUID
    id: UUID
    audience: Audience
    state: State
    number: int
    original: str
    texts: Mapping[str, Text]  # by locale, the published ones

    @property
    def may_leave(self) -> bool:
        """Not once somebody has stopped it, or taken the post off the page."""
        return bool(self.texts) and self.state is not State.STOPPED

    def text(self, locale: str) -> Text:
        """In the best language there is for a reader of this one."""
        return self.texts[locales.choose([locale], self.texts, self.original)]


Key = tuple[UUID, UUID]


def list_announcements(keys: Collection[Key]) -> dict[UUID, Announcement]:
    """These broadcasts, by letter and id, in two statements."""
    broadcast_key = tuple_(Broadcast.letter_id, Broadcast.id)
    rows = db.session.execute(
        select(Broadcast, NewsPost)
        .join(
            NewsPost,
            (NewsPost.letter_id == Broadcast.letter_id) & (NewsPost.id == Broadcast.post_id),
        )
        .where(broadcast_key.in_(keys))
        .execution_options(populate_existing=True)
    ).all()
    texts = _list_texts({(post.letter_id, post.id) for _broadcast, post in rows})
    return {
        broadcast.id: Announcement(
            broadcast.letter_id,
            broadcast.id,
            Audience(broadcast.audience),
            State(broadcast.state),
            post.number,
            post.locale,
            texts.get(post.id, {}) if post.is_published else {},
        )
        for broadcast, post in rows
    }


def _list_texts(posts: set[Key]) -> dict[UUID, dict[str, Text]]:
    found: dict[UUID, dict[str, Text]] = {}
    rows = db.session.execute(
        select(NewsText.post_id, NewsText.locale, NewsText.title, NewsText.body)
        .where(tuple_(NewsText.letter_id, NewsText.post_id).in_(posts))
        .where(NewsText.published_at.is_not(None))
    )
    for post_id, locale, title, body in rows:
        found.setdefault(post_id, {})[locale] = Text(locale, title, body)
    return found


def list_wanted(announcement: Announcement, signature_ids: Collection[UUID]) -> set[UUID]:
    """Which of these people still want it."""
    if not announcement.may_leave:
        return set()
    return audiences.list_consenting(announcement.letter_id, announcement.audience, signature_ids)
