"""Questions to the audit log."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from signing.audit.events import Verb
from signing.audit.models import AuditEvent
from signing.core.db import db


def list_of_letter(letter_id: UUID, *, limit: int = 100) -> Sequence[AuditEvent]:
    """The newest events of a letter first."""
    newest = select(AuditEvent).where(AuditEvent.letter_id == letter_id)
    return db.session.scalars(newest.order_by(AuditEvent.id.desc()).limit(limit)).all()


def has_happened(letter_id: UUID, verb: Verb) -> bool:
    """Whether this was ever done to a letter, as far back as the log goes."""
    event = select(AuditEvent.id).where(AuditEvent.letter_id == letter_id, AuditEvent.verb == verb)
    return db.session.scalar(event.limit(1)) is not None


def list_since(letter_id: UUID, verb: Verb, since: datetime) -> Sequence[AuditEvent]:
    """When this was done to a letter from that moment on, the oldest first."""
    events = select(AuditEvent).where(AuditEvent.letter_id == letter_id, AuditEvent.verb == verb)
    return db.session.scalars(events.where(AuditEvent.at >= since).order_by(AuditEvent.at)).all()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: empty values filter nothing; `letters` None means all, the house's too."""

    letters: Collection[UUID] | None = None
    verb: str = ""
    subject: str = ""
    actor_id: str = ""
    day: date | None = None  # in UTC


def list_page(wanted: Wanted, *, before: UUID | None, limit: int) -> Sequence[AuditEvent]:
    """The newest first, from behind `before` on: a page costs the same wherever it is."""
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
        events = events.where(AuditEvent.at >= begin, AuditEvent.at < begin + timedelta(days=1))
    if before is not None:
        events = events.where(AuditEvent.id < before)
    return db.session.scalars(events.order_by(AuditEvent.id.desc()).limit(limit)).all()
