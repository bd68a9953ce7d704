"""Putting a broadcast into the outbox, a batch a transaction: each signer once, come what may.

A batch and how far it goes are written together, under a lock on the broadcast's row. Nothing
here commits.
"""

from __future__ import annotations

import math
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    String,
    Table,
    func,
    insert,
    literal,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy import cast as as_type

from signing.audit import WORKER, Verb
from signing.core import clock
from signing.core.db import db, dialect
from signing.mail import waiting
from signing.mail.kinds import Kind, Recipient
from signing.mail.models import MailState, OutgoingMail
from signing.news import audiences, broadcasts, queries
from signing.news.models import Audience, Broadcast, State

BATCH = 2000
AHEAD = 10_000  # so many wait in the outbox at most, where no pace was set
A_MINUTE = timedelta(minutes=1)  # what a pace is shared out by
A_WHILE = timedelta(seconds=5)  # until some of those who wait have left

COLUMNS = (
    "letter_id", "id", "kind", "recipient_kind", "recipient_id", "broadcast_id", "locale",
    "created_at", "due_at", "attempts", "state",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """How many were put so far, of how many; when to go on, if not at once."""

    queued: int
    total: int
    rest_until: datetime | None


def forward(letter_id: UUID, id_: UUID) -> Step | None:
    """Put the next mails, as many as its pace allows; None when there is nothing left to do."""
    broadcast = queries.get_broadcast(letter_id, id_, to_change=True)
    if broadcast.state == State.SCHEDULED:
        broadcast.state, broadcast.started_at = State.RUNNING, clock.now()
    if broadcast.state != State.RUNNING:
        return None
    pause = _put_some(broadcast) if broadcast.queued_at is None else A_WHILE
    if _is_done(broadcast):
        _end(broadcast)
        return None
    return Step(broadcast.queued, broadcast.total, clock.now() + pause if pause else None)


def _put_some(broadcast: Broadcast) -> timedelta | None:
    """How long to wait before the next."""
    room = _room(broadcast)
    if room and put_batch(broadcast, room) < room:
        broadcast.queued_at = clock.now()
        return A_WHILE
    if broadcast.pace:
        return A_MINUTE
    return None if room else A_WHILE


def _room(broadcast: Broadcast) -> int:
    """How many may be put now."""
    if broadcast.pace:
        return math.ceil(broadcast.pace / 60)
    return max(0, min(BATCH, AHEAD - waiting.count(broadcast.letter_id, broadcast.id)))


def put_batch(broadcast: Broadcast, limit: int) -> int:
    """One mail for each of the next `limit` people; returns how many there were."""
    mails = cast(Table, OutgoingMail.__table__)
    at = literal(clock.now(), mails.c.due_at.type)
    whom = audiences.select_next(
        broadcast.letter_id,
        Audience(broadcast.audience),
        after=broadcast.queued_up_to,
        confirmed_by=broadcast.started_at or clock.now(),
        limit=limit,
    ).subquery()
    rows = select(
        literal(broadcast.letter_id),
        _new_id(),
        literal(Kind.NEWS.value),
        literal(Recipient.SIGNATURE.value),
        whom.c.id,
        literal(broadcast.id),
        whom.c.locale,
        at,
        at,
        literal_column("0"),
        literal(MailState.WAITING.value),
    ).select_from(whom)
    put = insert(mails).from_select(COLUMNS, rows, include_defaults=False)
    recipients = db.session.scalars(put.returning(mails.c.recipient_id)).all()
    if recipients:
        broadcast.queued_up_to = max(recipients)
        broadcast.queued += len(recipients)
    return len(recipients)


def _new_id() -> ColumnElement[UUID]:
    """A UUIDv7 (RFC 9562, 5.7) for each row: our milliseconds, the database's random bits."""
    head = f"{time.time_ns() // 1_000_000:012x}"
    if dialect() == "postgresql":
        rest = func.substr(as_type(func.gen_random_uuid(), String()), 16)
        return as_type(literal(f"{head[:8]}-{head[8:]}-7").concat(rest), OutgoingMail.id.type)
    bits = func.lower(func.hex(func.randomblob(9)))
    variant = "89ab"[secrets.randbelow(4)]
    tail = func.substr(bits, 1, 3).concat(variant).concat(func.substr(bits, 4, 15))
    return type_coerce(literal(f"{head}7").concat(tail), OutgoingMail.id.type)


def _is_done(broadcast: Broadcast) -> bool:
    """All were put and tried; what a server puts off is tried again for days, and no reason to
    keep the next broadcast waiting."""
    is_put = broadcast.queued_at is not None
    return is_put and not waiting.count(broadcast.letter_id, broadcast.id, is_untried=True)


def _end(broadcast: Broadcast) -> None:
    broadcast.state, broadcast.ended_at = State.DONE, clock.now()
    broadcasts.record(Verb.BROADCAST_DONE, broadcast, WORKER, {"mails": broadcast.queued})
