"""Who gets a broadcast: confirmed, not bounced, and the consent stands. By one partial index."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    case,
    func,
    literal_column,
    select,
    tuple_,
)

from signing.core.db import db
from signing.news.models import Audience
from signing.signatures.models import CONTROLLER, Consent, Signature, State


def count_by_locale(letter_id: UUID, audience: Audience) -> dict[str, int]:
    """How many would get it, by the language they signed in. Reads a row of each."""
    each = select(_locale().label("locale")).where(Consent.letter_id == letter_id)
    asked = each.where(*_stands(audience)).subquery()
    counted = select(asked.c.locale, func.count()).where(asked.c.locale.is_not(None))
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(asked.c.locale))}


def select_next(
    letter_id: UUID, audience: Audience, *, after: UUID, confirmed_by: datetime, limit: int
) -> Select[UUID, str]:
    """Ids and languages of the next to get it, in the order of ids."""
    locale = _locale(Signature.confirmed_at <= confirmed_by)
    return (
        select(Consent.signature_id.label("id"), locale.label("locale"))
        .where(Consent.letter_id == letter_id, *_stands(audience))
        .where(Consent.signature_id > after, locale.is_not(None))
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


def _locale(*more: ColumnElement[bool]) -> ScalarSelect[str]:
    """The language of a consent's signer, none unless mails can reach them.

    A question for each consent, by nothing but the key of its signature. Of a letter that grew
    faster than PostgreSQL takes its figures it expects one row: joined, or by another index, it
    would compare each of 100,000 with each.
    """
    confirmed = Signature.state == literal_column(f"'{State.CONFIRMED}'")
    is_reached = and_(confirmed, Signature.bounced_at.is_(None), *more)
    return (
        select(case((is_reached, Signature.locale)))
        .where(Signature.letter_id == Consent.letter_id, Signature.id == Consent.signature_id)
        .correlate(Consent)
        .scalar_subquery()
    )


def _stands(audience: Audience) -> tuple[ColumnElement[bool], ...]:
    """In the words of the partial index: a parameter would keep databases from using it."""
    return (
        Consent.purpose == literal_column(f"'{audience.value}'"),
        Consent.receiver_id == CONTROLLER,
        Consent.withdrawn_at.is_(None),
    )
