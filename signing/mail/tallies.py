"""How mails fare, in numbers by the hour: the worker counts them, so that no page has to.

The outbox is counted anew for the last hours; what has settled long ago changes no more.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, text

from signing.core import clock
from signing.core.db import db, hour_of, insert
from signing.mail.models import MailTally, OutgoingMail

LATELY = timedelta(hours=2)  # what is counted each minute
# What is counted each hour: as long as a mail is tried again (see `outbox.PAUSES`), and a day.
UNSETTLED = timedelta(days=5)

# In the very words of the partial indexes.
IS_SETTLED = text("state <> 'waiting'")
IS_FIRST = text("state = 'waiting' AND kind <> 'news'")

Key = tuple[UUID, int, str, str, str]


def recount(back: timedelta) -> None:
    """The tallies of the hours since then are what the outbox says at this moment."""
    since = (clock.now() - back).replace(minute=0, second=0, microsecond=0)
    counted = _count(since)
    first = clock.hour_of(since)
    db.session.execute(delete(MailTally).where(MailTally.hour >= first))
    names = ("letter_id", "hour", "kind", "state", "error")
    rows = [dict(zip(names, key, strict=True)) | {"n": n} for key, n in sorted(counted.items())]
    if not rows:
        return
    row = insert(MailTally)
    again = row.on_conflict_do_update(index_elements=names, set_={"n": row.excluded.n})
    db.session.execute(again, rows)  # two workers at once: the later count holds


def _count(since: datetime) -> Counter[Key]:
    """By two statements, so that each finds the index that was made for it.

    News that wait are not counted: there may be a million, and a broadcast has its own figures.
    """
    hour = hour_of(OutgoingMail.created_at)
    error = func.coalesce(OutgoingMail.last_error, "")
    key = (OutgoingMail.letter_id, hour, OutgoingMail.kind, OutgoingMail.state, error)
    lately = select(*key, func.count()).where(OutgoingMail.created_at >= since).group_by(*key)
    counted: Counter[Key] = Counter()
    for which in (IS_SETTLED, IS_FIRST):
        for letter_id, hour_, kind, state, error_, n in db.session.execute(lately.where(which)):
            counted[letter_id, int(hour_), kind, state, error_] += n
    return counted
