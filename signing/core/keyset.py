"""Rows by the page in a chosen order: a page begins behind a row and not at a number.

So it costs the same wherever it is, and no row is met twice or missed while others come and go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, tuple_

from signing.core.db import db

T = TypeVar("T")
BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Order:
    """By what a table is sorted, and whether the last comes first."""

    by: str
    is_descending: bool = False


def micros(at: datetime) -> int:
    """A moment as addresses carry it: microseconds since 1970, where floats would round."""
    return (at - BEGIN) // timedelta(microseconds=1)


def moment(written: str) -> datetime:
    """As `micros` wrote it; raises `ValueError` for what is no moment."""
    try:
        return BEGIN + timedelta(microseconds=int(written))
    except OverflowError as error:
        raise ValueError("There is no such moment.") from error


def list_page(
    rows: Select[T],
    by: ColumnElement[Any],
    id_: ColumnElement[UUID],
    order: Order,
    *,
    after: UUID | None,
    limit: int,
    fits: Sequence[ColumnElement[bool]] = (),
) -> Sequence[T]:
    """Those of `rows` that fit, by this and among equals by their id, from behind a row on.

    Where that row is gone, from the beginning. `by` is never NULL, and may be the id itself.
    """
    key = [id_] if by is id_ else [by, id_]
    wanted = rows.where(*fits)
    if after is not None:
        row = db.session.execute(rows.with_only_columns(*key).where(id_ == after)).one_or_none()
        if row is not None:
            wanted = wanted.where(_behind(key, row, order))
    sorted_ = [one.desc() if order.is_descending else one.asc() for one in key]
    return db.session.scalars(wanted.order_by(*sorted_).limit(limit)).all()


def _behind(key: Sequence[ColumnElement[Any]], row: Sequence[Any], order: Order) -> Any:
    place = [literal(value, one.type) for value, one in zip(row, key, strict=True)]
    if len(key) == 1:
        return key[0] < place[0] if order.is_descending else key[0] > place[0]
    return tuple_(*key) < tuple_(*place) if order.is_descending else tuple_(*key) > tuple_(*place)
