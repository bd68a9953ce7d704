"""How many names staff have hidden."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from signing.core.db import db
from signing.moderation.models import Decision, Deed
from signing.signatures.models import Signature


def count(letter_id: UUID, conditions: Collection[ColumnElement[bool]]) -> int:
    """Signatures of the letter that fit these conditions, and whose name staff hid.

    By the decisions, which are few: it costs little, however many have signed.
    """
    hidden = select(Decision.signature_id).where(
        Decision.letter_id == letter_id,
        Decision.deed == Deed.HIDE.value,
        Decision.ended_at.is_(None),
    )
    wanted = (
        select(func.count())
        .select_from(Signature)
        .where(Signature.letter_id == letter_id, Signature.id.in_(hidden), *conditions)
        .where(Signature.hidden_by_staff_at.is_not(None))
    )
    return db.session.scalar(wanted) or 0
