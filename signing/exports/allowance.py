"""How much one person alone may carry out of a letter: by the sum of a month, not by the file.

What a second person agreed to, and what only the receiver can open, is not in the sum.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import case, func, or_, select

from signing.audit import Verb
from signing.audit import queries as audit
from signing.core import clock
from signing.core.db import db
from signing.exports.models import Export, State

ALONE = 1000  # more rows need a second person, or a key that only the receiver has
WITHIN = timedelta(days=30)
OTHERWISE = (
    Verb.COLLECTED_EXPORTED,
    Verb.PARTNER_LIST_EXPORTED,
    Verb.EXPORT_PREVIEWED,
    Verb.SIGNATURE_OPENED,
)


def left(letter_id: UUID, member_id: str, *, but: UUID | None = None) -> int:
    """How many rows the member may still carry out alone; `but` this export, which is asked about.

    Whoever decides by it takes the letter to change first: of two exports at once the second waits
    there, so that each sees the other in the sum.
    """
    return max(0, ALONE - _exported(letter_id, member_id, but) - _taken(letter_id, member_id))


def _exported(letter_id: UUID, member_id: str, but: UUID | None) -> int:
    """What has left, and what could be fetched at any moment."""
    at = clock.now()
    is_open = Export.state.in_([State.OPEN, State.MAKING]) & (Export.expires_at > at)
    most = case((Export.carried > Export.number, Export.carried), else_=Export.number)
    alone = select(func.sum(most)).where(
        Export.letter_id == letter_id,
        Export.asked_by == member_id,
        Export.decided_by.is_(None),
        Export.is_encrypted.is_(False),
        or_(Export.left_at > at - WITHIN, is_open),
    )
    if but is not None:
        alone = alone.where(Export.id != but)
    return int(db.session.scalar(alone) or 0)


def _taken(letter_id: UUID, member_id: str) -> int:
    """What was taken in other ways, one by one too: the audit log is where that stands."""
    since = clock.now() - WITHIN
    taken = audit.list_details(OTHERWISE, letter_id=letter_id, actor_id=member_id, since=since)
    return sum(int(one.get("number", 1)) for one in taken)
