"""Questions about long work."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from signing.core.db import db
from signing.jobs.models import Job, Kind


def find_of(letter_id: UUID, subject_id: UUID) -> Job | None:
    """The newest job that works for this row."""
    wanted = select(Job).where(Job.letter_id == letter_id, Job.subject_id == subject_id)
    return db.session.scalars(wanted.order_by(Job.id.desc()).limit(1)).first()


def list_newest(letter_id: UUID, kind: Kind, *, limit: int = 20) -> Sequence[Job]:
    """The newest first."""
    wanted = select(Job).where(Job.letter_id == letter_id, Job.kind == kind)
    return db.session.scalars(wanted.order_by(Job.id.desc()).limit(limit)).all()
