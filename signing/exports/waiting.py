"""How many exports wait for a second person."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select

from signing.core import clock
from signing.core.db import count_few, db
from signing.exports.models import Export, State


def count_asked(letter_id: UUID, *, but: str | None = None) -> int:
    """Asked for, not decided, and not lapsed; not counting what the member `but` asked for."""
    asked = select(Export.id).where(
        Export.letter_id == letter_id,
        Export.state == State.ASKED,
        Export.expires_at > clock.now(),
    )
    return count_few(asked if but is None else asked.where(Export.asked_by != but))


def count_by_letter(letter_ids: Collection[UUID]) -> dict[UUID, int]:
    """The same for many letters; those without any are not in it."""
    asked = select(Export.letter_id, func.count()).where(
        Export.letter_id.in_(letter_ids),
        Export.state == State.ASKED,
        Export.expires_at > clock.now(),
    )
    return dict(db.session.execute(asked.group_by(Export.letter_id)).all())
