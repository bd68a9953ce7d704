"""Builders of posts and broadcasts, by the application's own verbs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from signing.core.db import db, let_go, transaction
from signing.core.tokens import SignatureRef
from signing.letters.models import ConsentPurpose, Letter
from signing.mail import figures
from signing.mail.figures import What
from signing.mail.kinds import Kind
from signing.mail.models import OutgoingMail
from signing.news import broadcasts, posts, queries
from signing.news.models import Audience, Broadcast, NewsPost
from signing.news.posts import Words
from tests import make

BODY = "We handed it over.\n\nRead *more* [on our site](https://example.org/more)."


def letter(**settings: Any) -> Letter:
    """A letter that has a newsletter too."""
    return make.letter(newsletter="Our newsletter, monthly.", **settings)


def signer(
    letter: Letter, number: int = 1, *, purpose: str = "news", locale: str = "en", **values: Any
) -> SignatureRef:
    """Somebody who agreed to such mail."""
    return make.signature(
        letter,
        email=f"person{number}@example.org",
        locale=locale,
        consents=(ConsentPurpose.SIGN, ConsentPurpose(purpose)),
        **values,
    )


def post(
    letter: Letter,
    title: str = "Delivered!",
    body: str = BODY,
    *,
    into: Sequence[str] = (),
    is_published: bool = True,
) -> NewsPost:
    """In the letter's own language, and in these."""
    with transaction():
        made = posts.write(letter, Words(title, body), by=make.OPERATOR)
        for tag in into:
            posts.save(made, tag, Words(f"{title} ({tag})", body), by=make.OPERATOR)
        if is_published:
            posts.publish(made, by=make.OPERATOR)
    return made


def prepared(post: NewsPost, audience: Audience = Audience.NEWS, pace: int = 0) -> Broadcast:
    with transaction():
        return broadcasts.prepare(post, audience, pace)


def started(
    post: NewsPost,
    audience: Audience = Audience.NEWS,
    pace: int = 0,
    *,
    is_sure: bool = False,
    due_at: Any = None,
) -> Broadcast:
    made = prepared(post, audience, pace)
    with transaction():
        broadcasts.start(made.letter_id, made.id, due_at=due_at, is_sure=is_sure, by=make.OPERATOR)
    return made


def look(broadcast: Broadcast) -> Broadcast:
    """As it is by now."""
    let_go()
    return queries.get_broadcast(broadcast.letter_id, broadcast.id)


def fate(broadcast: Broadcast) -> dict[What, int]:
    let_go()
    return dict(figures.sums(broadcast.letter_id, [broadcast.id])[broadcast.id])


def mails(broadcast: Broadcast) -> list[OutgoingMail]:
    """Its rows in the outbox, tests aside."""
    let_go()
    db.session.expire_all()
    mine = select(OutgoingMail).where(
        OutgoingMail.broadcast_id == broadcast.id, OutgoingMail.kind == Kind.NEWS
    )
    return list(db.session.scalars(mine))
