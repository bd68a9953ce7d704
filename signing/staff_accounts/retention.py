"""What has had its time: sessions that are over, challenges, invitations nobody took up."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, or_, select

from signing.core import clock
from signing.core.db import PLAIN, count_rows, db
from signing.staff_accounts.models import Challenge, Invitation, Member, StaffSession, State
from signing.staff_accounts.sessions import IDLE, LONGEST

LAPSED = timedelta(days=30)


def delete_over() -> int:
    """Delete what is over; whoever did not accept for a month is known here no more."""
    at = clock.now()
    old = Invitation.created_at < at - LAPSED
    newer = select(Invitation.member_id).where(~old)
    nobody = (Member.state == State.INVITED, Member.id.not_in(newer))
    is_over = or_(StaffSession.used_at <= at - IDLE, StaffSession.created_at <= at - LONGEST)
    gone = (
        delete(StaffSession).where(is_over),
        delete(Challenge).where(Challenge.expires_at <= at),
        delete(Invitation).where(old),
        delete(Member).where(*nobody),
    )
    return sum(count_rows(db.session.execute(one, execution_options=PLAIN)) for one in gone)
