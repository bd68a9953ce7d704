"""Questions to the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
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
