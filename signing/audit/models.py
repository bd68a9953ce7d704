"""The audit log's table. The database itself refuses changes to it (see the first migration)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from signing.core.db import Base


class AuditEvent(Base):
    __tablename__ = "audit_events"
    # Pages of it, over all letters and of one, and by each of the filters.
    __table_args__ = (
        Index("ix_audit_events_at", "at", "id"),
        Index("ix_audit_events_of_letter", "letter_id", "at", "id"),
        Index("ix_audit_events_subject", "subject", "at", "id"),
        Index("ix_audit_events_actor", "actor_id", "at", "id"),
        Index("ix_audit_events_verb", "verb", "at", "id"),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    actor_kind: Mapped[str]
    actor_id: Mapped[str]
    verb: Mapped[str]
    subject: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]
