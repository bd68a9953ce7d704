"""Questions about long work."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select

from signing.core.db import db
from signing.core.refusals import NotFound
from signing.jobs.models import Job, Kind, State


def find_of(letter_id: UUID, subject_id: UUID) -> Job | None:
    """The newest job that works for this row."""
    wanted = select(Job).where(Job.letter_id == letter_id, Job.subject_id == subject_id)
    return db.session.scalars(wanted.order_by(Job.id.desc()).limit(1)).first()


def list_newest(letter_id: UUID, kind: Kind, *, limit: int = 20) -> Sequence[Job]:
    """The newest first."""
    wanted = select(Job).where(Job.letter_id == letter_id, Job.kind == kind)
    return db.session.scalars(wanted.order_by(Job.id.desc()).limit(limit)).all()


def get(letter_id: UUID, job_id: UUID) -> Job:
    """Raises `NotFound`."""
    job = db.session.get(Job, (letter_id, job_id), populate_existing=True)
    if job is None:
        raise NotFound
    return job


def list_of_letter(letter_id: UUID, *, before: UUID | None = None, limit: int) -> Sequence[Job]:
    """Work of every kind, the newest first, older than `before`."""
    wanted = select(Job).where(Job.letter_id == letter_id)
    if before is not None:
        wanted = wanted.where(Job.id < before)
    return db.session.scalars(wanted.order_by(Job.id.desc()).limit(limit)).all()


def count_by_state(letter_ids: Collection[UUID], state: State) -> dict[UUID, int]:
    """How many jobs of these letters are in this state; letters without any are not in it."""
    wanted = select(Job.letter_id, func.count()).where(
        Job.letter_id.in_(letter_ids), Job.state == state
    )
    return dict(db.session.execute(wanted.group_by(Job.letter_id)).all())
