"""Credit to partners for people who had signed before: as numbers, each person once a partner.

A touch counts while its signature does: a number is that of confirmed signatures' touches.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select

from signing.core import clock
from signing.core.db import db, insert
from signing.core.tokens import SignatureRef
from signing.counts.periods import Days
from signing.signatures import queries
from signing.signatures.models import Signature, State, Touch, TouchCount


def can_credit(signature: Signature, partner_id: UUID) -> bool:
    """Not whoever brought them in the first place: that is counted already."""
    return signature.state == State.CONFIRMED and signature.partner_id != partner_id


def add_touch(ref: SignatureRef, partner_id: UUID) -> bool:
    """The partner is credited with this person, once however often; returns whether it is new.

    Raises what `queries.get` raises.
    """
    signature, _letter = queries.get(ref, to_change=True)
    if not can_credit(signature, partner_id):
        return False
    day = clock.now().date()
    row = insert(Touch).values(
        letter_id=ref.letter_id,
        signature_id=ref.signature_id,
        partner_id=partner_id,
        locale=signature.locale,
        day=day,
    )
    added = db.session.execute(row.on_conflict_do_nothing().returning(Touch.day)).one_or_none()
    if added is not None:
        _count(ref.letter_id, partner_id, day, signature.locale, 1)
    return added is not None


def take_back(letter_id: UUID, signature_id: UUID) -> None:
    """The person goes: nobody is credited with them any more."""
    if _is_counted(letter_id, signature_id):
        recount(letter_id, signature_id, -1)
    db.session.execute(delete(Touch).where(*_of(letter_id, signature_id)))


def recount(letter_id: UUID, signature_id: UUID, change: int) -> None:
    """The signature counts once more (1), or no more (-1): so do its touches, which stay.

    Of today: the day of the touch may be told already, and a number that is told changed would
    tell of this one person (see `counts.periods`).
    """
    touched = select(Touch.partner_id, Touch.locale).where(*_of(letter_id, signature_id))
    today = clock.now().date()
    for one in db.session.execute(touched.order_by(Touch.partner_id)).all():
        _count(letter_id, one.partner_id, today, one.locale, change)


def _is_counted(letter_id: UUID, signature_id: UUID) -> bool:
    """As of now; whoever sets it aside or restores it waits until this transaction ends."""
    state = select(Signature.state).where(
        Signature.letter_id == letter_id, Signature.id == signature_id
    )
    return db.session.scalar(state.with_for_update()) == State.CONFIRMED


def _of(letter_id: UUID, signature_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return Touch.letter_id == letter_id, Touch.signature_id == signature_id


def _count(letter_id: UUID, partner_id: UUID, day: date, locale: str, change: int) -> None:
    row = insert(TouchCount).values(
        letter_id=letter_id, partner_id=partner_id, day=day, locale=locale, n=change
    )
    key = ["letter_id", "partner_id", "day", "locale"]
    again = row.on_conflict_do_update(index_elements=key, set_={"n": TouchCount.n + change})
    db.session.execute(again)


def list_partners(ref: SignatureRef) -> list[UUID]:
    """Which partners this person is a later touch of: for whoever asks what is held."""
    mine = select(Touch.partner_id).where(
        Touch.letter_id == ref.letter_id, Touch.signature_id == ref.signature_id
    )
    return [*db.session.scalars(mine.order_by(Touch.day))]


def by_day(letter_id: UUID, partner_id: UUID) -> Days:
    """A partner's later touches by day and language, the oldest day first."""
    rows = db.session.execute(
        select(TouchCount.day, TouchCount.locale, TouchCount.n)
        .where(TouchCount.letter_id == letter_id, TouchCount.partner_id == partner_id)
        .order_by(TouchCount.day)
    )
    days: dict[date, Counter[str]] = {}
    for day, locale, n in rows:
        days.setdefault(day, Counter())[locale] += n
    return days


def totals(letter_id: UUID) -> dict[UUID, int]:
    """Later touches by partner."""
    sums = (
        select(TouchCount.partner_id, func.sum(TouchCount.n))
        .where(TouchCount.letter_id == letter_id)
        .group_by(TouchCount.partner_id)
    )
    return {partner_id: int(n) for partner_id, n in db.session.execute(sums)}
