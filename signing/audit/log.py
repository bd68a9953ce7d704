"""Writing the audit log, in the transaction of what is done."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, tuple_

from signing.audit.events import Actor, Verb
from signing.audit.models import AuditEvent
from signing.core import clock
from signing.core.db import count_rows, db
from signing.core.ids import HOUSE, new_id


def record(
    verb: Verb,
    *,
    by: Actor,
    subject: str,
    letter_id: UUID = HOUSE,
    details: dict[str, Any] | None = None,
) -> None:
    """Write down who did what to what. `details` hold no personal data."""
    db.session.execute(
        insert(AuditEvent).values(
            letter_id=letter_id,
            id=new_id(),
            actor_kind=by.kind,
            actor_id=by.id,
            verb=verb,
            subject=subject,
            details=details or {},
            at=clock.now(),
        )
    )


def delete_old(before: datetime, *, limit: int = 1000) -> int:
    """Delete events older than `before`; returns how many. The database refuses younger ones."""
    key = tuple_(AuditEvent.letter_id, AuditEvent.id)
    old = select(AuditEvent.letter_id, AuditEvent.id).where(AuditEvent.at < before).limit(limit)
    return count_rows(db.session.execute(delete(AuditEvent).where(key.in_(old))))
