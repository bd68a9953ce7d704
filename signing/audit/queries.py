"""Questions to the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from signing.audit.models import AuditEvent
from signing.core.db import db


def list_of_letter(letter_id: UUID, *, limit: int = 100) -> Sequence[AuditEvent]:
    """The newest events of a letter first."""
    newest = select(AuditEvent).where(AuditEvent.letter_id == letter_id)
    return db.session.scalars(newest.order_by(AuditEvent.id.desc()).limit(limit)).all()
