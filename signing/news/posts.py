"""What can be done to a post. Nothing here commits: the door draws the transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import count_rows, db, insert
from signing.core.ids import new_id
from signing.core.keystore import Forgotten
from signing.core.refusals import NotFound, Refusal
from signing.core.vault import vault
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.news.models import OPEN, Broadcast, NewsPost, NewsText

TITLE_CHARACTERS = 200
BODY_CHARACTERS = 20_000


class ChangedMeanwhile(Refusal):
    """Somebody saved this text since the form was shown: it is not overwritten."""

    status = 409
    message = _l("Somebody else has changed this text meanwhile. Look at both and save again.")


class IsPublished(Refusal):
    status = 409
    message = _l("This text is published. Somebody who may edit the letter can change it.")


class IsMailed(Refusal):
    status = 409
    message = _l("This post has been mailed: it stays, for those who follow the link.")


@dataclass(frozen=True, slots=True)
class Words:
    """A post in one language, as it was typed."""

    title: str
    body: str


def write(letter: Letter, words: Words, *, by: Actor) -> NewsPost:
    """A new post in the letter's own language, shown to nobody yet."""
    letters.get_to_change(letter.id)  # two at once get two numbers
    last = select(func.max(NewsPost.number)).where(NewsPost.letter_id == letter.id)
    post = NewsPost(
        letter_id=letter.id,
        id=new_id(),
        number=(db.session.scalar(last) or 0) + 1,
        locale=letter.default_locale,
        created_at=clock.now(),
    )
    db.session.add(post)
    db.session.flush()
    save(post, letter.default_locale, words, by=by)
    return post


def save(
    post: NewsPost,
    locale: str,
    words: Words,
    *,
    by: Actor,
    revision: int = 0,
    may_change_published: bool = True,
) -> None:
    """The post says this in that language; where it is published already, at once to everybody.

    `revision` is the one that the form was made from, 0 for a new text. Raises
    `ChangedMeanwhile`, `IsPublished`.
    """
    typed = {"title": words.title, "body": words.body, "updated_at": clock.now()}
    saved = _change(post, locale, revision, typed, may_change_published=may_change_published)
    if not saved and not (revision == 0 and _add(post, locale, typed)):
        found = db.session.get(NewsText, (post.letter_id, post.id, locale), populate_existing=True)
        raise IsPublished if found and found.revision == revision else ChangedMeanwhile
    record(Verb.NEWS_WRITTEN, post, by, {"locale": locale})


def _change(
    post: NewsPost, locale: str, revision: int, typed: dict[str, Any], *, may_change_published: bool
) -> bool:
    changed = (
        update(NewsText)
        .where(NewsText.letter_id == post.letter_id, NewsText.post_id == post.id)
        .where(NewsText.locale == locale, NewsText.revision == revision)
        .values(typed | {"revision": revision + 1})
    )
    if not may_change_published:
        changed = changed.where(NewsText.published_at.is_(None))
    return bool(count_rows(db.session.execute(changed)))


def _add(post: NewsPost, locale: str, typed: dict[str, Any]) -> bool:
    key = {"letter_id": post.letter_id, "post_id": post.id, "locale": locale}
    added = insert(NewsText).values(key | typed | {"revision": 1}).on_conflict_do_nothing()
    return bool(count_rows(db.session.execute(added)))


def publish(post: NewsPost, *, by: Actor) -> None:
    """Everybody can read the post, in all languages that are written by now."""
    vault.store.note_remembered(post.letter_id, post.id, Forgotten.NEWS_WITHDRAWN)
    at = clock.now()
    written = NewsText.letter_id == post.letter_id, NewsText.post_id == post.id
    published = db.session.scalars(
        update(NewsText)
        .where(*written, NewsText.published_at.is_(None))
        .values(published_at=at)
        .returning(NewsText.locale)
    ).all()
    post.published_at = post.published_at or at
    if published:
        record(Verb.NEWS_PUBLISHED, post, by, {"locales": sorted(published)})


def withdraw(post: NewsPost, *, by: Actor) -> None:
    """Nobody outside sees the post; raises `IsMailed` while it is on its way to people."""
    _check_unmailed(post, Broadcast.state.in_(OPEN))
    vault.store.note_forgotten(post.letter_id, post.id, Forgotten.NEWS_WITHDRAWN)
    take_in(post)
    record(Verb.NEWS_WITHDRAWN, post, by, {})


def take_in(post: NewsPost) -> None:
    """What `withdraw` does, without noting it."""
    post.published_at = None
    db.session.execute(
        update(NewsText)
        .where(NewsText.letter_id == post.letter_id, NewsText.post_id == post.id)
        .values(published_at=None)
    )


def remove(post: NewsPost, *, by: Actor) -> None:
    """The post is gone with all its texts; raises `IsMailed` if anybody may have got it."""
    _check_unmailed(post, Broadcast.started_at.is_not(None) | Broadcast.state.in_(OPEN))
    vault.store.note_forgotten(post.letter_id, post.id, Forgotten.NEWS_WITHDRAWN)
    record(Verb.NEWS_REMOVED, post, by, {})
    for table in (Broadcast, NewsText):
        mine = table.letter_id == post.letter_id, table.post_id == post.id
        db.session.execute(delete(table).where(*mine))
    db.session.delete(post)
    db.session.flush()


def _check_unmailed(post: NewsPost, which: Any) -> None:
    letters.get_to_change(post.letter_id)  # nobody starts one meanwhile
    mailed = select(Broadcast.id).where(
        Broadcast.letter_id == post.letter_id, Broadcast.post_id == post.id, which
    )
    if db.session.scalar(mailed.limit(1)) is not None:
        raise IsMailed


def get(letter_id: UUID, post_id: UUID) -> NewsPost:
    """Drafts too: for staff. Raises `NotFound`."""
    post = db.session.get(NewsPost, (letter_id, post_id), populate_existing=True)
    if post is None:
        raise NotFound
    return post


def record(verb: Verb, post: NewsPost, by: Actor, details: dict[str, Any]) -> None:
    """The audit log says under the post's number what was done."""
    log.record(
        verb, by=by, subject=f"news/{post.number}", letter_id=post.letter_id, details=details
    )
