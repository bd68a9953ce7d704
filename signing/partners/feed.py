"""A partner's feed: what is to be told of people who agreed to hear from them, and in what order.

A line is written in the transaction of its deed, without a number. The worker numbers lines once
they are there, under a lock of the partner's row: so no reader of numbers misses what commits late
or sees it twice, which ids (made before the commit) could not promise. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, select, update

from signing.core import clock
from signing.core.db import PLAIN, count_rows, db
from signing.core.ids import new_id
from signing.partners.models import LAST, Call, CallState, FeedLine, Partner, Webhook, What

BATCH = 1000
ENDED = [what.value for what in LAST]

Told = tuple[UUID, UUID]  # a partner, and somebody's signature


def note(letter_id: UUID, told: Sequence[Told], what: What) -> None:
    """Each of these partners is told of this signature, by the feed and by their webhooks."""
    if not told:
        return
    at = clock.now()
    lines = [
        {
            "letter_id": letter_id,
            "id": new_id(),
            "partner_id": partner_id,
            "signature_id": signature_id,
            "what": what.value,
            "at": at,
        }
        for partner_id, signature_id in told
    ]
    db.session.execute(FeedLine.__table__.insert(), lines)  # type: ignore[attr-defined]
    hooks = _list_hooks(letter_id, {partner_id for partner_id, _signature in told})
    calls = [
        _call(letter_id, hook_id, line["id"], at)
        for line in lines
        for hook_id, partner_id in hooks
        if partner_id == line["partner_id"]
    ]
    if calls:
        db.session.execute(Call.__table__.insert(), calls)  # type: ignore[attr-defined]


def _list_hooks(letter_id: UUID, partner_ids: Iterable[UUID]) -> Sequence[tuple[UUID, UUID]]:
    """Those that are off as well: what is owed waits until they are on again."""
    mine = select(Webhook.id, Webhook.partner_id).where(
        Webhook.letter_id == letter_id, Webhook.partner_id.in_(partner_ids)
    )
    return [(hook_id, partner_id) for hook_id, partner_id in db.session.execute(mine)]


def _call(letter_id: UUID, hook_id: UUID, delivery_id: object, at: datetime) -> dict[str, object]:
    return {
        "letter_id": letter_id,
        "id": new_id(),
        "webhook_id": hook_id,
        "delivery_id": delivery_id,
        "state": CallState.WAITING.value,
        "attempts": 0,
        "due_at": at,
        "error": "",
    }


def note_gone(letter_id: UUID, signature_ids: Sequence[UUID], what: What) -> None:
    """Whoever was told of these signatures, and not yet of their end, is told it now."""
    if not signature_ids:
        return
    lines = db.session.execute(
        select(FeedLine.partner_id, FeedLine.signature_id, FeedLine.what)
        .where(FeedLine.letter_id == letter_id, FeedLine.signature_id.in_(signature_ids))
        .order_by(FeedLine.id)
    )
    newest: dict[Told, str] = {(row.partner_id, row.signature_id): row.what for row in lines}
    note(letter_id, [told for told, last in newest.items() if last not in ENDED], what)


def number(limit: int = BATCH) -> int:
    """Lines that are there have their numbers afterwards, up to `limit`; returns how many.

    Of partners whose row somebody holds, none: they are met again.
    """
    waiting = (
        select(FeedLine.letter_id, FeedLine.partner_id)
        .where(FeedLine.number.is_(None))
        .order_by(FeedLine.id)
        .limit(1)
    )
    found = db.session.execute(waiting).one_or_none()
    if found is None:
        return 0
    is_mine = (Partner.letter_id == found.letter_id) & (Partner.id == found.partner_id)
    taken = select(Partner.fed).where(is_mine).with_for_update(skip_locked=True, key_share=True)
    fed = db.session.scalar(taken)
    if fed is None:
        return 0
    ids = _list_unnumbered(found.letter_id, found.partner_id, limit)
    places = [{"line": id_, "place": place} for place, id_ in enumerate(ids, start=fed + 1)]
    lines = cast(Table, FeedLine.__table__)
    is_here = (lines.c.letter_id == found.letter_id) & (lines.c.id == bindparam("line"))
    here = update(lines).where(is_here)
    if places:
        db.session.connection().execute(here.values(number=bindparam("place")), places)
    db.session.execute(
        update(Partner).where(is_mine).values(fed=fed + len(ids)), execution_options=PLAIN
    )
    return len(ids)


def _list_unnumbered(letter_id: UUID, partner_id: UUID, limit: int) -> Sequence[UUID]:
    wanted = select(FeedLine.id).where(
        FeedLine.letter_id == letter_id,
        FeedLine.partner_id == partner_id,
        FeedLine.number.is_(None),
    )
    return db.session.scalars(wanted.order_by(FeedLine.id).limit(limit)).all()


def read(letter_id: UUID, partner_id: UUID, *, after: int, limit: int) -> Sequence[FeedLine]:
    """The next lines of the feed, from behind the number `after` on."""
    wanted = select(FeedLine).where(
        FeedLine.letter_id == letter_id,
        FeedLine.partner_id == partner_id,
        FeedLine.number > after,
    )
    return db.session.scalars(wanted.order_by(FeedLine.number).limit(limit)).all()


def forget(before: datetime, *, limit: int = BATCH) -> int:
    """All lines about signatures that ended before then are gone; returns how many."""
    over = (
        select(FeedLine.letter_id, FeedLine.signature_id)
        .where(FeedLine.what.in_([What.WITHDRAWN.value, What.ERASED.value]), FeedLine.at < before)
        .limit(limit)
    )
    gone = 0
    for letter_id, signature_id in db.session.execute(over).all():
        mine = delete(FeedLine).where(
            FeedLine.letter_id == letter_id, FeedLine.signature_id == signature_id
        )
        gone += count_rows(db.session.execute(mine, execution_options=PLAIN))
    return gone
