"""Questions to the audit log."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import literal, select, tuple_

from signing.audit.events import Verb
from signing.audit.models import AuditEvent
from signing.core.db import Moment, db

BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
A_DAY = timedelta(days=1, microseconds=-1)  # up to its last moment, also of the last day there is


def list_of_letter(letter_id: UUID, *, limit: int = 100) -> Sequence[AuditEvent]:
    """The newest events of a letter first."""
    newest = select(AuditEvent).where(AuditEvent.letter_id == letter_id)
    return db.session.scalars(newest.order_by(AuditEvent.id.desc()).limit(limit)).all()


def has_happened(letter_id: UUID, verb: Verb) -> bool:
    """Whether this was ever done to a letter, as far back as the log goes."""
    event = select(AuditEvent.id).where(AuditEvent.letter_id == letter_id, AuditEvent.verb == verb)
    return db.session.scalar(event.limit(1)) is not None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: empty values filter nothing; `letters` None means all, the house's too."""

    letters: Collection[UUID] | None = None
    verb: str = ""
    subject: str = ""
    actor_id: str = ""
    day: date | None = None  # in UTC


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the log an event stands: by its moment, and among those of one moment by its id."""

    at: datetime
    id: UUID

    @classmethod
    def of(cls, event: AuditEvent) -> Place:
        return cls(event.at, event.id)

    @classmethod
    def read(cls, text: str) -> Place | None:
        """What `str` wrote; None for anything else."""
        at, _, id_ = text.partition("_")
        try:
            return cls(BEGIN + timedelta(microseconds=int(at)), UUID(hex=id_))
        except (ValueError, OverflowError):
            return None

    def __str__(self) -> str:
        return f"{(self.at - BEGIN) // timedelta(microseconds=1)}_{self.id.hex}"


def list_page(wanted: Wanted, *, after: Place | None, limit: int) -> Sequence[AuditEvent]:
    """The newest first, from behind `after` on: a page costs the same wherever it is."""
    events = select(AuditEvent)
    if wanted.letters is not None:
        events = events.where(AuditEvent.letter_id.in_(wanted.letters))
    if wanted.verb:
        events = events.where(AuditEvent.verb == wanted.verb)
    if wanted.subject:
        events = events.where(AuditEvent.subject == wanted.subject)
    if wanted.actor_id:
        events = events.where(AuditEvent.actor_id == wanted.actor_id)
    if wanted.day is not None:
        begin = datetime.combine(wanted.day, time(), UTC)
        events = events.where(AuditEvent.at.between(begin, begin + A_DAY))
    if after is not None:
        place = tuple_(AuditEvent.at, AuditEvent.id)
        events = events.where(place < tuple_(literal(after.at, Moment()), literal(after.id)))
    newest = events.order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    return db.session.scalars(newest.limit(limit)).all()
