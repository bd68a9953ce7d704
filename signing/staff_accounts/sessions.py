"""Sessions: a browser that is signed in, known by the digest of its cookie."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select, true, update

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import PLAIN, count_rows, db
from signing.core.ids import new_id
from signing.staff_accounts import actions
from signing.staff_accounts.models import Member, StaffSession, State

COOKIE_BYTES = 32
IDLE = timedelta(hours=12)
LONGEST = timedelta(days=14)
PROVED = timedelta(minutes=10)  # so long nobody is asked again who they are
NOTED = timedelta(minutes=5)  # not every page writes that the session is in use


def open_(member: Member, device: str) -> str:
    """The member is signed in with the cookie that comes back."""
    _delete_over(member.id)
    at, cookie = clock.now(), secrets.token_urlsafe(COOKIE_BYTES)
    db.session.add(
        StaffSession(
            id=new_id(),
            digest=_digest(cookie),
            member_id=member.id,
            created_at=at,
            used_at=at,
            proved_at=at,
            device=device,
        )
    )
    member.seen_on = at.date()
    log.record(Verb.SIGNED_IN, by=actions.actor(member.id), subject=str(member.id))
    return cookie


def _digest(cookie: str) -> bytes:
    """256 random bits need no key: nobody finds them by trying."""
    return hashlib.sha256(cookie.encode()).digest()


def find(cookie: str) -> tuple[StaffSession, Member] | None:
    """The session of this cookie, unless it is over or its member may not sign in."""
    at = clock.now()
    row = db.session.execute(
        select(StaffSession, Member)
        .join(Member, Member.id == StaffSession.member_id)
        .where(StaffSession.digest == _digest(cookie), Member.state == State.ACTIVE)
        .where(StaffSession.used_at > at - IDLE, StaffSession.created_at > at - LONGEST)
        .execution_options(populate_existing=True)
    ).first()
    return (row[0], row[1]) if row else None


def is_proved(session: StaffSession) -> bool:
    """Whether somebody proved to be the member a moment ago."""
    return clock.now() < session.proved_at + PROVED


def needs_note(session: StaffSession) -> bool:
    return session.used_at + NOTED < clock.now()


def note_use(session: StaffSession, member: Member) -> None:
    """The session is in use at this moment."""
    at = clock.now()
    mine = update(StaffSession).where(StaffSession.id == session.id)
    db.session.execute(mine.values(used_at=at), execution_options=PLAIN)
    if member.seen_on != at.date():
        seen = update(Member).where(Member.id == member.id).values(seen_on=at.date())
        db.session.execute(seen, execution_options=PLAIN)


def prove(session_id: UUID) -> str:
    """Somebody proved again to be the member; the old cookie is void, the new one comes back."""
    at, cookie = clock.now(), secrets.token_urlsafe(COOKIE_BYTES)
    mine = update(StaffSession).where(StaffSession.id == session_id)
    fresh = {"digest": _digest(cookie), "used_at": at, "proved_at": at}
    db.session.execute(mine.values(fresh), execution_options=PLAIN)
    return cookie


def list_of(member_id: UUID) -> Sequence[StaffSession]:
    """Sessions that are not over, the one used last first."""
    at = clock.now()
    mine = select(StaffSession).where(
        StaffSession.member_id == member_id,
        StaffSession.used_at > at - IDLE,
        StaffSession.created_at > at - LONGEST,
    )
    return db.session.scalars(mine.order_by(StaffSession.used_at.desc())).all()


def end(member_id: UUID, session_id: UUID) -> None:
    """This session of the member is over; twice is once."""
    _end(member_id, StaffSession.id == session_id)


def end_others(member_id: UUID, kept_id: UUID) -> None:
    """Every other session of the member is over."""
    _end(member_id, StaffSession.id != kept_id)


def end_all(member_id: UUID | None, *, by: Actor) -> int:
    """No session of the member is left, or of anybody where none is named; returns how many."""
    which = StaffSession.member_id == member_id if member_id else true()
    n = count_rows(db.session.execute(delete(StaffSession).where(which)))
    if n:
        subject = str(member_id) if member_id else "everybody"
        log.record(Verb.SESSIONS_ENDED, by=by, subject=subject, details={"number": n})
    return n


def _end(member_id: UUID, which: ColumnElement[bool]) -> None:
    gone = delete(StaffSession).where(StaffSession.member_id == member_id, which)
    n = count_rows(db.session.execute(gone))
    if n:
        by = actions.actor(member_id)
        log.record(Verb.SESSIONS_ENDED, by=by, subject=str(member_id), details={"number": n})


def _delete_over(member_id: UUID) -> None:
    at = clock.now()
    is_over = or_(StaffSession.used_at <= at - IDLE, StaffSession.created_at <= at - LONGEST)
    db.session.execute(delete(StaffSession).where(StaffSession.member_id == member_id, is_over))
