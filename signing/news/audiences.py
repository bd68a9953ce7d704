"""Who gets a broadcast: confirmed, not bounced, and the consent stands. By one partial index."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select, tuple_

from signing.core.db import db
from signing.news.models import Audience
from signing.signatures.models import CONTROLLER, Consent, Signature, State


def count_by_locale(letter_id: UUID, audience: Audience) -> dict[str, int]:
    """How many would get it, by the language they signed in. Reads a row of each."""
    rows = db.session.execute(
        select(Signature.locale, func.count())
        .join(Consent, _is_theirs())
        .where(*_reached(letter_id, audience))
        .group_by(Signature.locale)
    )
    return {row[0]: row[1] for row in rows}


def select_next(
    letter_id: UUID, audience: Audience, *, after: UUID, confirmed_by: datetime, limit: int
) -> Select[UUID, str]:
    """Ids and languages of the next to get it, in the order of ids."""
    return (
        select(Signature.id, Signature.locale)
        .join(Consent, _is_theirs())
        .where(*_reached(letter_id, audience))
        .where(Consent.signature_id > after, Signature.confirmed_at <= confirmed_by)
        .order_by(Consent.signature_id)
        .limit(limit)
    )


def list_consenting(letter_id: UUID, audience: Audience, ids: Collection[UUID]) -> set[UUID]:
    """Which of these signatures still have the consent."""
    key = tuple_(Consent.letter_id, Consent.signature_id)
    standing = select(Consent.signature_id).where(
        key.in_([(letter_id, id_) for id_ in ids]), *_stands(audience)
    )
    return set(db.session.scalars(standing))


def _is_theirs() -> ColumnElement[bool]:
    return and_(
        Consent.letter_id == Signature.letter_id,
        Consent.signature_id == Signature.id,
    )


def _reached(letter_id: UUID, audience: Audience) -> tuple[ColumnElement[bool], ...]:
    return (
        Consent.letter_id == letter_id,
        *_stands(audience),
        Signature.letter_id == letter_id,
        Signature.state == literal_column(f"'{State.CONFIRMED}'"),
        Signature.bounced_at.is_(None),
    )


def _stands(audience: Audience) -> tuple[ColumnElement[bool], ...]:
    """In the words of the partial index: a parameter would keep databases from using it."""
    return (
        Consent.purpose == literal_column(f"'{audience.value}'"),
        Consent.receiver_id == CONTROLLER,
        Consent.withdrawn_at.is_(None),
    )
