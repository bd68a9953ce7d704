"""After a restore: what staff took off the page is off it, and no mailing begins by itself."""

from __future__ import annotations

from sqlalchemy import select

from signing.audit import Actor
from signing.core.db import db
from signing.core.keystore import Forgotten, TakenBack
from signing.news import broadcasts, posts
from signing.news.models import Broadcast, NewsPost, State


def _take_in(one: TakenBack) -> bool:
    """A post that was removed is a draft again, for staff to remove."""
    post = db.session.get(NewsPost, (one.letter_id, one.signature_id))
    if post is None or not post.is_published:
        return False
    posts.take_in(post)
    db.session.flush()
    return True


REPLAYS = {Forgotten.NEWS_WITHDRAWN: _take_in}


def pause_all(*, by: Actor) -> int:
    """Mailings that were on their way wait for a person; returns how many.

    They may have been sent since the backup was made, or stopped: nothing here can know.
    """
    moving = select(Broadcast.letter_id, Broadcast.id).where(
        Broadcast.state.in_([State.SCHEDULED, State.RUNNING])
    )
    found = db.session.execute(moving).all()
    for letter_id, id_ in found:
        broadcasts.pause(letter_id, id_, by=by)
    return len(found)
