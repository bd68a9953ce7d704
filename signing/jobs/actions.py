"""Long work: asked for, claimed under a lease, brought forward, ended. Nothing here commits.

A worker that dies gives its job back when the lease ends; the next one goes on from `cursor`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import Update, delete, select, tuple_, update

from signing.core import clock
from signing.core.db import count_rows, db, dialect
from signing.core.ids import new_id
from signing.core.refusals import Refusal
from signing.jobs.models import Job, Kind, State

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 3
KEPT = timedelta(days=30)


class JobOver(Refusal):
    status = 409
    message = _l("This work has ended.")


class LeaseLost(Exception):
    """Another worker has the job by now, or a person paused or stopped it: leave it at once."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is; `cursor` is what a runner needs to go on after a crash."""

    done: int
    total: int | None = None
    cursor: Mapping[str, Any] = field(default_factory=dict)
    rest_until: datetime | None = None  # nothing to do before then: others may have the worker


def put(
    kind: Kind,
    *,
    letter_id: UUID,
    subject_id: UUID,
    member_id: str = "",
    due_at: datetime | None = None,
) -> Job:
    """Have it done by a worker once this transaction is durable, not before `due_at`."""
    at = clock.now()
    job = Job(
        letter_id=letter_id,
        id=new_id(),
        kind=kind,
        subject_id=subject_id,
        member_id=member_id,
        state=State.WAITING,
        cursor={},
        done=0,
        attempts=0,
        due_at=due_at or at,
        created_at=at,
    )
    db.session.add(job)
    db.session.flush()
    return job


def claim() -> Job | None:
    """The job that is due longest, in this worker's hands until the lease ends."""
    at = clock.now()
    free = (Job.leased_until.is_(None)) | (Job.leased_until < at)
    due = select(Job.letter_id, Job.id).where(Job.state == State.WAITING, Job.due_at <= at, free)
    due = due.order_by(Job.due_at).limit(1)
    if dialect() == "postgresql":
        due = due.with_for_update(skip_locked=True)
    found = db.session.execute(due).first()
    if found is None:
        return None
    taken = (
        update(Job)
        .where(Job.letter_id == found.letter_id, Job.id == found.id, free)
        .values(lease_id=new_id(), leased_until=at + LEASE, attempts=Job.attempts + 1)
        .returning(Job)
    )
    job = db.session.scalars(taken, execution_options={"populate_existing": True}).first()
    if job is None:
        return None
    db.session.expunge(job)  # it is held for longer than a session
    if job.attempts > MOST_ATTEMPTS:
        _end(job, State.FAILED, error="attempts")
        return None
    return job


def advance(job: Job, progress: Progress) -> None:
    """Note how far it is and keep it for another lease; raises `LeaseLost` if it is not ours."""
    at = clock.now()
    noted = _mine(job).values(
        done=progress.done,
        total=progress.total,
        cursor=dict(progress.cursor),
        leased_until=at + LEASE,
        attempts=1,
    )
    if not count_rows(db.session.execute(noted)):
        raise LeaseLost


def rest(job: Job, progress: Progress) -> None:
    """As `advance`, but give it back: whoever is free at `rest_until` goes on from the cursor."""
    rested = _mine(job).values(
        done=progress.done,
        total=progress.total,
        cursor=dict(progress.cursor),
        due_at=progress.rest_until,
        leased_until=None,
        attempts=0,
    )
    if not count_rows(db.session.execute(rested)):
        raise LeaseLost


def finish(job: Job) -> None:
    _end(job, State.DONE)


def fail(job: Job, error: str) -> None:
    """Try again when the lease would have ended; `error` is kept if that was the last time."""
    if job.attempts >= MOST_ATTEMPTS:
        _end(job, State.FAILED, error=error)
    else:
        db.session.execute(_mine(job).values(error=error, leased_until=clock.now() + LEASE))


def _end(job: Job, state: State, *, error: str | None = None) -> None:
    ended = {"state": state, "error": error, "ended_at": clock.now(), "leased_until": None}
    if not count_rows(db.session.execute(_mine(job).values(ended))):
        raise LeaseLost


def _mine(job: Job) -> Update:
    return update(Job).where(
        Job.letter_id == job.letter_id,
        Job.id == job.id,
        Job.lease_id == job.lease_id,
        Job.state == State.WAITING,
    )


def pause(letter_id: UUID, job_id: UUID) -> None:
    """It goes no further until `resume`; what was done stays done."""
    _move(letter_id, job_id, (State.WAITING,), State.PAUSED)


def resume(letter_id: UUID, job_id: UUID) -> None:
    _move(letter_id, job_id, (State.PAUSED, State.FAILED), State.WAITING)


def stop(letter_id: UUID, job_id: UUID) -> None:
    """It ends here; what was done stays done."""
    _move(letter_id, job_id, (State.WAITING, State.PAUSED), State.STOPPED)


def _move(letter_id: UUID, job_id: UUID, before: tuple[State, ...], after: State) -> None:
    values: dict[str, Any] = {"state": after, "leased_until": None, "attempts": 0}
    if after is State.STOPPED:
        values["ended_at"] = clock.now()
    moved = update(Job).where(Job.letter_id == letter_id, Job.id == job_id, Job.state.in_(before))
    if not count_rows(db.session.execute(moved.values(values))):
        raise JobOver


def delete_old(*, limit: int = 1000) -> int:
    """Delete what ended 30 days ago."""
    old = select(Job.letter_id, Job.id).where(Job.ended_at < clock.now() - KEPT).limit(limit)
    key = tuple_(Job.letter_id, Job.id)
    return count_rows(db.session.execute(delete(Job).where(key.in_(old))))
