"""The mails of one broadcast that wait in the outbox: how many, and to hold or drop them.

They are few at any time, whatever the broadcast's size: it puts them in as they can be sent.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select, update

from signing.core import clock
from signing.core.db import PLAIN, count_rows, db
from signing.mail.kinds import Kind
from signing.mail.models import MailState, OutgoingMail

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # when what is held is due


def count(letter_id: UUID, broadcast_id: UUID, *, is_untried: bool = False) -> int:
    """How many wait; `is_untried`: those alone that no server has put off yet."""
    waiting = select(func.count()).select_from(OutgoingMail).where(_of(letter_id, broadcast_id))
    if is_untried:
        waiting = waiting.where(OutgoingMail.last_error.is_(None))
    return db.session.scalar(waiting) or 0


def hold(letter_id: UUID, broadcast_id: UUID) -> None:
    """None of them leaves before `release`, but for the few in a worker's hands."""
    _change(_of(letter_id, broadcast_id), due_at=NEVER)


def release(letter_id: UUID, broadcast_id: UUID) -> None:
    """What was held is due."""
    held = _of(letter_id, broadcast_id) & (OutgoingMail.due_at == NEVER)
    _change(held, due_at=clock.now())


def drop(letter_id: UUID, broadcast_id: UUID) -> int:
    """They will not leave; returns how many there were, but for the few in a worker's hands."""
    return _change(_of(letter_id, broadcast_id), state=MailState.DROPPED)


def _change(which: ColumnElement[bool], **values: object) -> int:
    is_free = or_(OutgoingMail.leased_until.is_(None), OutgoingMail.leased_until <= clock.now())
    changed = update(OutgoingMail).where(which, is_free).values(**values)
    return count_rows(db.session.execute(changed, execution_options=PLAIN))


def _of(letter_id: UUID, broadcast_id: UUID) -> ColumnElement[bool]:
    """In the words of the partial index of news that wait."""
    return and_(
        OutgoingMail.state == literal_column(f"'{MailState.WAITING}'"),
        OutgoingMail.kind == literal_column(f"'{Kind.NEWS}'"),
        OutgoingMail.letter_id == letter_id,
        OutgoingMail.broadcast_id == broadcast_id,
    )
