"""One after the other: who changes a letter's news while others wait."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from signing.core.db import db
from signing.letters.models import Letter


def take(letter_id: UUID) -> None:
    """Nobody else has the letter's turn before this transaction ends; people sign all the same."""
    db.session.execute(select(Letter.id).where(Letter.id == letter_id).with_for_update())
