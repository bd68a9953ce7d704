"""Writing the audit log, in the transaction of what is done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, text, tuple_

from signing.audit.events import Actor, Verb
from signing.audit.models import AuditEvent
from signing.core import clock
from signing.core.db import count_rows, db, dialect
from signing.core.ids import HOUSE, new_id

OLD = {
    "postgresql": text("at < now() - interval '24 months'"),
    "sqlite": text("at < datetime('now', '-24 months')"),
}


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


def delete_old(*, limit: int = 1000) -> int:
    """Delete events older than 24 months, by the clock of the database, which refuses others."""
    key = tuple_(AuditEvent.letter_id, AuditEvent.id)
    old = select(AuditEvent.letter_id, AuditEvent.id).where(OLD[dialect()]).limit(limit)
    return count_rows(db.session.execute(delete(AuditEvent).where(key.in_(old))))
