"""The table of long work. It holds what is wanted and how far it is, and no personal data."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from signing.core.db import Base


class Kind(StrEnum):
    """One a runner in `signing.worker.jobs`."""

    EXPORT = "export"  # signatures into a file
    BROADCAST = "broadcast"  # a mail into the outbox for everybody who asked for news
    COLLECTED = "collected"  # signatures from elsewhere, out of an uploaded file
    BULK = "bulk"  # one deed to many signatures
    DELIVERY = "delivery"  # the document that goes with a delivered file


class State(StrEnum):
    WAITING = "waiting"  # for a worker, or in the hands of one until `leased_until`
    PAUSED = "paused"  # by a person; goes on where it was
    DONE = "done"
    FAILED = "failed"  # `error` says how
    STOPPED = "stopped"  # by a person, for good


_OPEN = text("state = 'waiting'")


class Job(Base):
    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_due_at", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[UUID]  # the row it works for: an export, a broadcast
    member_id: Mapped[str]  # who asked for it, as the audit log names them
    state: Mapped[str]
    cursor: Mapped[dict[str, Any]] = mapped_column(JSON)  # how to go on after a crash
    done: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int | None] = mapped_column(BigInteger)  # None: not known yet
    attempts: Mapped[int]  # begun so often without getting any further
    error: Mapped[str | None]  # a code, never data
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    lease_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        return self.state in {State.WAITING, State.PAUSED}

    @property
    def percent(self) -> int | None:
        """How much is done, 0 to 100; None while the whole is not known."""
        return min(100, 100 * self.done // self.total) if self.total else None
