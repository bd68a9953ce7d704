"""How many signatures wait for their button; more than anybody needs to know are not counted."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from signing.core.db import db
from signing.signatures.models import Signature, State

MOST = 10_000


def count(letter_id: UUID) -> int:
    """At most `MOST`, so that it costs the same however many there are."""
    waiting = select(Signature.id).where(
        Signature.letter_id == letter_id, Signature.state == State.PENDING
    )
    some = waiting.limit(MOST).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0
