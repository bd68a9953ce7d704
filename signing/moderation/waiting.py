"""How much waits for a moderator, each counted only up to a bound."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, Subquery, func, select

from signing.core.db import count_few, db
from signing.letters.models import Letter
from signing.moderation.models import Decision, Report
from signing.signatures.models import Signature
from signing.signatures.wanted import IS_FLAGGED

MOST_OF_MANY = 100
IS_OBJECTED = (Decision.objected_at.is_not(None), Decision.answered_at.is_(None))


def count_flagged(letter_id: UUID) -> int:
    """Signatures that the screening wants somebody to look at."""
    return count_few(select(Signature.id).where(Signature.letter_id == letter_id, IS_FLAGGED))


def count_reports(letter_id: UUID) -> int:
    """Names that visitors reported."""
    reported = select(Report.id).where(Report.letter_id == letter_id, Report.closed_at.is_(None))
    return count_few(reported)


def count_objections(letter_id: UUID) -> int:
    """Signers who object to what was decided about them."""
    return count_few(select(Decision.id).where(Decision.letter_id == letter_id, *IS_OBJECTED))


def count_by_letter(letter_ids: Collection[UUID]) -> dict[UUID, int]:
    """Everything that waits for a moderator, for many letters in one statement.

    Of each sort no more than `MOST_OF_MANY` are counted; letters without any are not in it.
    """
    sorts = (
        select(Signature.id).where(Signature.letter_id == Letter.id, IS_FLAGGED),
        select(Report.id).where(Report.letter_id == Letter.id, Report.closed_at.is_(None)),
        select(Decision.id).where(Decision.letter_id == Letter.id, *IS_OBJECTED),
    )
    columns = (select(func.count()).select_from(_few(one)).scalar_subquery() for one in sorts)
    rows = db.session.execute(select(Letter.id, *columns).where(Letter.id.in_(letter_ids)))
    counted = {letter_id: sum(numbers) for letter_id, *numbers in rows}
    return {letter_id: n for letter_id, n in counted.items() if n}


def _few(rows: Select[UUID]) -> Subquery:
    return rows.correlate(Letter).limit(MOST_OF_MANY).subquery()
