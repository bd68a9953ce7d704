"""Questions about counts. Each costs the same at ten signatures and at ten million."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from signing.core import clock
from signing.core.db import Moment, db, hour_of
from signing.counts.models import EVER, CountChange, Dimension, Tally

NOBODY = (Dimension.BROUGHT, "")  # those whom nobody brought have no tally there
FEWEST = Dimension.ENTRY  # every signature is in each dimension; this one has the fewest values
_PARTNER = func.coalesce(cast(CountChange.partner_id, String), "")
_BROUGHT = case(
    (CountChange.partner_id.is_(None), ""),
    else_=func.replace(_PARTNER, "-", "", type_=String) + ":" + CountChange.locale,
)
# Where a line of the ledger has the value that it counts under.
_COLUMNS: dict[Dimension, SQLColumnExpression[str]] = {
    Dimension.LOCALE: CountChange.locale,
    Dimension.COUNTRY: CountChange.country,
    Dimension.PARTNER: func.replace(_PARTNER, "-", "", type_=String),
    Dimension.BROUGHT: _BROUGHT,
    Dimension.ENTRY: CountChange.entry,
}


@dataclass(frozen=True, slots=True)
class Total:
    """Confirmed people in all languages, and the moment that this last changed (None: never)."""

    n: int
    as_of: datetime | None


def total(letter_id: UUID) -> Total:
    """Tallies plus the ledger lines not rolled up yet, in one statement: exact at any moment."""
    tallied = select(Tally.n, Tally.changed_at.label("at")).where(
        *_ever(letter_id, Dimension.LOCALE)
    )
    waiting = select(CountChange.delta.label("n"), CountChange.at).where(
        CountChange.letter_id == letter_id, CountChange.delta != 0
    )
    lines = union_all(tallied, waiting).subquery()
    n, as_of = db.session.execute(
        select(func.coalesce(func.sum(lines.c.n), 0), func.max(lines.c.at, type_=Moment()))
    ).one()
    return Total(int(n), as_of)


def totals(letter_ids: Collection[UUID]) -> dict[UUID, int]:
    """The totals of several letters, in one statement; those that nobody signed are not in it."""
    tallied = select(Tally.letter_id, Tally.n).where(
        Tally.letter_id.in_(letter_ids), Tally.dimension == Dimension.LOCALE, Tally.hour == EVER
    )
    waiting = select(CountChange.letter_id, CountChange.delta.label("n")).where(
        CountChange.letter_id.in_(letter_ids)
    )
    lines = union_all(tallied, waiting).subquery()
    sums = select(lines.c.letter_id, func.sum(lines.c.n)).group_by(lines.c.letter_id)
    return {letter_id: int(n) for letter_id, n in db.session.execute(sums)}


def changes(letter_id: UUID, since: int = EVER + 1) -> dict[int, int]:
    """How much the number changed in each hour from this one on (hours since 1970-01-01T00Z).

    In one statement, so that no line is missed or counted twice on its way into the tallies.
    """
    tallied = select(Tally.hour.label("hour"), Tally.n).where(
        Tally.letter_id == letter_id, Tally.dimension == FEWEST, Tally.hour >= since
    )
    first = clock.begin_of(since)
    waiting = select(hour_of(CountChange.at).label("hour"), CountChange.delta.label("n")).where(
        CountChange.letter_id == letter_id, CountChange.at >= first, CountChange.delta != 0
    )
    lines = union_all(tallied, waiting).subquery()
    sums = select(lines.c.hour, func.sum(lines.c.n)).group_by(lines.c.hour)
    return {int(hour): int(n) for hour, n in db.session.execute(sums)}


def by_value(letter_id: UUID, dimension: Dimension) -> dict[str, int]:
    """People by the values of a dimension; values above zero, most first."""
    waiting = _waiting(letter_id, _COLUMNS[dimension])
    return _above_zero(_sum(_tallied(letter_id, dimension), waiting))


def before(letter_id: UUID, dimension: Dimension, moment: datetime) -> dict[str, int]:
    """People by the values of a dimension as they were at a full hour; values above zero.

    What has changed since is taken off what there is, so that it costs the same however old the
    letter is.
    """
    since = select(Tally.value, -Tally.n).where(
        Tally.letter_id == letter_id,
        Tally.dimension == dimension,
        Tally.hour >= clock.hour_of(moment),
    )
    waiting = _waiting(letter_id, _COLUMNS[dimension]).where(CountChange.at < moment)
    return _above_zero(_sum(_tallied(letter_id, dimension), since, waiting))


def ever(letter_id: UUID) -> dict[tuple[Dimension, str], int]:
    """Every dimension and value above or below zero."""
    waiting = {dimension: _waiting(letter_id, column) for dimension, column in _COLUMNS.items()}
    shown = _waiting(letter_id, literal(""), CountChange.shown_delta)
    waiting[Dimension.SHOWN_NAME] = shown
    return {
        (dimension, value): n
        for dimension, lines in waiting.items()
        for value, n in _sum(_tallied(letter_id, dimension), lines).items()
        if n and (dimension, value) != NOBODY
    }


def _ever(letter_id: UUID, dimension: Dimension) -> tuple[ColumnElement[bool], ...]:
    return (Tally.letter_id == letter_id, Tally.dimension == dimension, Tally.hour == EVER)


def _tallied(letter_id: UUID, dimension: Dimension) -> Select[str, int]:
    return select(Tally.value, Tally.n).where(*_ever(letter_id, dimension))


def _waiting(
    letter_id: UUID,
    value: SQLColumnExpression[str],
    delta: SQLColumnExpression[int] = CountChange.delta,
) -> Select[str, int]:
    return select(value, delta).where(CountChange.letter_id == letter_id)


def _sum(*lines: Select[str, int]) -> Counter[str]:
    """In one statement, so that no line is missed or counted twice on its way into the tallies."""
    value, n = union_all(*lines).subquery().c
    sums = select(value, func.sum(n)).group_by(value)
    return Counter({one: int(number) for one, number in db.session.execute(sums)})


def _above_zero(counted: Counter[str]) -> dict[str, int]:
    """Most first."""
    return {value: n for value, n in counted.most_common() if n > 0}
