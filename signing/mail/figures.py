"""How far the mails of a broadcast have got: lines that are only added, and rolled up later.

No row is written by two workers, so that none waits for another with mails in its hands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select, tuple_

from signing.core import clock
from signing.core.db import PLAIN, db, dialect, insert
from signing.core.ids import new_id
from signing.mail.models import BroadcastFigure

# What comes back about one mail comes back within this time, if it comes twice.
ROLLED_UP_AFTER = timedelta(days=2)
ROLLED_UP = datetime(1970, 1, 1, tzinfo=UTC)  # what a sum has in the place of its time


class What(StrEnum):
    SENT = "sent"  # the server took it
    DROPPED = "dropped"  # unsubscribed, suppressed, bounced or withdrawn before its turn
    DEAD = "dead"  # refused for good, or too often
    STOPPED = "stopped"  # a person stopped the broadcast first
    BOUNCED = "bounced"  # sent, and came back for good
    UNSUBSCRIBED = "unsubscribed"  # by the link in such a mail
    COMPLAINED = "complained"  # marked as unwanted at the provider


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one mail of a broadcast."""

    letter_id: UUID
    broadcast_id: UUID
    what: What


def note(fates: Mapping[Fate, int]) -> None:
    """Add so many of each."""
    rows = [_row(fate, n) | {"id": new_id()} for fate, n in fates.items() if n]
    if rows:
        db.session.execute(insert(BroadcastFigure), rows)


def note_once(fate: Fate, mail_id: UUID) -> None:
    """Add one, unless the same was said of this mail before."""
    twice_the_same = UUID(int=mail_id.int ^ int.from_bytes(fate.what.encode()[:8]))
    row = insert(BroadcastFigure).values(_row(fate, 1) | {"id": twice_the_same})
    db.session.execute(row.on_conflict_do_nothing())


def _row(fate: Fate, n: int) -> dict[str, Any]:
    return {
        "letter_id": fate.letter_id,
        "broadcast_id": fate.broadcast_id,
        "what": fate.what.value,
        "n": n,
        "at": clock.now(),
    }


def sums(letter_id: UUID, broadcast_ids: Collection[UUID]) -> dict[UUID, Counter[What]]:
    """For each of these broadcasts how many mails came how far."""
    rows = db.session.execute(
        select(BroadcastFigure.broadcast_id, BroadcastFigure.what, func.sum(BroadcastFigure.n))
        .where(BroadcastFigure.letter_id == letter_id)
        .where(BroadcastFigure.broadcast_id.in_(broadcast_ids))
        .group_by(BroadcastFigure.broadcast_id, BroadcastFigure.what)
    )
    found: dict[UUID, Counter[What]] = {id_: Counter() for id_ in broadcast_ids}
    for broadcast_id, what, n in rows:
        found[broadcast_id][What(what)] = int(n)
    return found


def roll_up(*, limit: int = 1000) -> int:
    """Have up to `limit` old lines become one for each sum; returns how many there were."""
    gone = db.session.execute(
        delete(BroadcastFigure)
        .where(_key().in_(_old(limit)))
        .returning(
            BroadcastFigure.letter_id,
            BroadcastFigure.broadcast_id,
            BroadcastFigure.what,
            BroadcastFigure.n,
        ),
        execution_options=PLAIN,
    ).all()
    summed: Counter[Fate] = Counter()
    for letter_id, broadcast_id, what, n in gone:
        summed[Fate(letter_id, broadcast_id, What(what))] += n
    rows = [_row(fate, n) | {"id": new_id(), "at": ROLLED_UP} for fate, n in summed.items()]
    if rows:
        db.session.execute(insert(BroadcastFigure), rows)
    return len(gone)


def _key() -> Any:
    return tuple_(BroadcastFigure.letter_id, BroadcastFigure.broadcast_id, BroadcastFigure.id)


def _old(limit: int) -> Select[UUID, UUID, UUID]:
    """On PostgreSQL, none that another worker rolls up at this moment."""
    columns = (BroadcastFigure.letter_id, BroadcastFigure.broadcast_id, BroadcastFigure.id)
    before = clock.now() - ROLLED_UP_AFTER
    old = (
        select(*columns)
        .where(BroadcastFigure.at > ROLLED_UP, BroadcastFigure.at <= before)
        .limit(limit)
    )
    return old.with_for_update(skip_locked=True) if dialect() == "postgresql" else old
