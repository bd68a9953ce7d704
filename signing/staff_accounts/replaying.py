"""After a restore: whoever staff let go stays let go, and everybody signs in anew."""

from __future__ import annotations

from sqlalchemy import delete

from signing.core.db import count_rows, db
from signing.core.keystore import Forgotten, TakenBack
from signing.staff_accounts import actions
from signing.staff_accounts.models import Member, StaffSession, State


def _let_go(one: TakenBack) -> bool:
    """Also the last owner: the command line invites another."""
    member = db.session.get(Member, one.signature_id)
    if member is None or member.state == State.ENDED:
        return False
    actions.let_go(member)
    return True


REPLAYS = {Forgotten.MEMBER_ENDED: _let_go}


def end_sessions() -> int:
    """Nobody is signed in: sessions that were ended since the backup are back in it."""
    return count_rows(db.session.execute(delete(StaffSession)))
