"""Whether mail gets through, in numbers: each costs the same however many mails there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text

from signing.core import clock, marks
from signing.core.db import Moment, count_few, db
from signing.mail import refusing
from signing.mail.models import MailState, MailTally, OutgoingMail, Suppression
from signing.mail.suppressions import Reason
from signing.mail.tallies import IS_FIRST

PERIOD = timedelta(days=7)
SILENT = timedelta(minutes=5)  # a worker says each minute that it is there
LATE = timedelta(minutes=10)  # a mail that is due so long waits for something
MOST_ERRORS = 8
_IS_WAITING = text("state = 'waiting' AND broadcast_id IS NULL")  # as the index says it


@dataclass(frozen=True, slots=True)
class Hour:
    """Mails of one kind that were put in an hour, by how they have fared since."""

    hour: int
    kind: str
    state: MailState
    n: int


@dataclass(frozen=True, slots=True)
class House:
    """How it stands with mail for all letters together."""

    worker_seen: datetime | None
    oldest_due: datetime | None  # what should have gone first and has not; news may wait
    complaints: int  # in the last 30 days
    refusing: tuple[tuple[str, int], ...]  # domains, and mails refused, in the last week

    @property
    def has_worker(self) -> bool:
        return self.worker_seen is not None and clock.now() - self.worker_seen < SILENT

    @property
    def is_late(self) -> bool:
        return self.oldest_due is not None and clock.now() - self.oldest_due > LATE


def house() -> House:
    now = clock.now()
    oldest = select(func.min(OutgoingMail.due_at, type_=Moment())).where(
        IS_FIRST, OutgoingMail.due_at <= now
    )
    complaints = select(Suppression.at).where(
        text(f"reason = '{Reason.COMPLAINT.value}'"), Suppression.at > now - timedelta(days=30)
    )
    return House(
        marks.worker_seen(),
        db.session.scalar(oldest),
        count_few(complaints),
        tuple(refusing.list_since((now - PERIOD).date())),
    )


def count_waiting(letter_id: UUID, *, most: int = 1000) -> dict[str, int]:
    """Mails of a letter that are still to be sent, by kind; no more than one beyond `most`.

    News are not among them: a broadcast says itself how far it is.
    """
    waiting = select(OutgoingMail.kind).where(OutgoingMail.letter_id == letter_id, _IS_WAITING)
    few = waiting.limit(most + 1).subquery()
    counted = select(few.c.kind, func.count()).group_by(few.c.kind).order_by(few.c.kind)
    return dict(db.session.execute(counted).all())


def list_hours(letter_id: UUID, since: datetime) -> list[Hour]:
    """How a letter's mails have fared since that hour, as the worker last counted."""
    key = (MailTally.hour, MailTally.kind, MailTally.state)
    rows = db.session.execute(
        select(*key, func.sum(MailTally.n))
        .where(MailTally.letter_id == letter_id, MailTally.hour >= clock.hour_of(since))
        .group_by(*key)
        .order_by(*key)
    )
    return [Hour(hour, kind, MailState(state), int(n)) for hour, kind, state, n in rows]


def list_errors(letter_id: UUID, since: datetime) -> Mapping[str, int]:
    """What mail servers said when they refused a letter's mails, the most frequent first."""
    rows = db.session.execute(
        select(MailTally.error, func.sum(MailTally.n))
        .where(MailTally.letter_id == letter_id, MailTally.hour >= clock.hour_of(since))
        .where(MailTally.error != "")
        .group_by(MailTally.error)
    )
    errors = Counter({error: int(n) for error, n in rows})
    return dict(errors.most_common(MOST_ERRORS))
