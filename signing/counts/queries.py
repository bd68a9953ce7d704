"""Questions about counts. Each costs the same at ten signatures and at ten million."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
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

from signing.core.db import Moment, db, hour_of
from signing.counts.models import EVER, SECONDS_AN_HOUR, CountChange, Dimension, Tally

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


def by_locale(letter_id: UUID) -> dict[str, int]:
    """People by the language they signed in; languages above zero, most first."""
    counts = _add_up(letter_id, Dimension.LOCALE, CountChange.locale, CountChange.delta)
    return {locale: n for locale, n in counts.most_common() if n > 0}


def by_hour(letter_id: UUID) -> list[tuple[datetime, int]]:
    """How much the number changed in each hour in which it did, oldest first.

    To be read in one snapshot: lines move from the ledger to the tallies.
    """
    tallied = (
        select(Tally.hour, func.sum(Tally.n))
        .where(Tally.letter_id == letter_id, Tally.dimension == FEWEST, Tally.hour != EVER)
        .group_by(Tally.hour)
    )
    waiting = select(CountChange.at, CountChange.delta).where(CountChange.letter_id == letter_id)
    hours = Counter({hour: int(n) for hour, n in db.session.execute(tallied)})
    for at, delta in db.session.execute(waiting):
        hours[int(at.timestamp()) // SECONDS_AN_HOUR] += delta
    return [
        (datetime.fromtimestamp(hour * SECONDS_AN_HOUR, UTC), n)
        for hour, n in sorted(hours.items())
        if n
    ]


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
    first = datetime.fromtimestamp(since * SECONDS_AN_HOUR, UTC)
    waiting = select(hour_of(CountChange.at).label("hour"), CountChange.delta.label("n")).where(
        CountChange.letter_id == letter_id, CountChange.at >= first, CountChange.delta != 0
    )
    lines = union_all(tallied, waiting).subquery()
    sums = select(lines.c.hour, func.sum(lines.c.n)).group_by(lines.c.hour)
    return {int(hour): int(n) for hour, n in db.session.execute(sums)}


def by_value(letter_id: UUID, dimension: Dimension) -> dict[str, int]:
    """People by the values of a dimension; values above zero, most first."""
    counted = _add_up(letter_id, dimension, _COLUMNS[dimension], CountChange.delta)
    return {value: n for value, n in counted.most_common() if n > 0}


def before(letter_id: UUID, dimension: Dimension, moment: datetime) -> dict[str, int]:
    """People by the values of a dimension as they were at a full hour; values above zero.

    To be read in one snapshot. What has changed since is taken off what there is, so that it costs
    the same however old the letter is.
    """
    hour = int(moment.timestamp()) // SECONDS_AN_HOUR
    column = CountChange.locale if dimension is Dimension.LOCALE else CountChange.country
    now = _add_up(letter_id, dimension, column, CountChange.delta)
    rolled_up = (
        select(Tally.value, func.sum(Tally.n))
        .where(Tally.letter_id == letter_id, Tally.dimension == dimension, Tally.hour >= hour)
        .group_by(Tally.value)
    )
    waiting = (
        select(column, func.sum(CountChange.delta))
        .where(CountChange.letter_id == letter_id, CountChange.at >= moment)
        .group_by(column)
    )
    for since in (rolled_up, waiting):
        now.subtract({value: int(n) for value, n in db.session.execute(since)})
    return {value: n for value, n in now.most_common() if n > 0}


def ever(letter_id: UUID) -> dict[tuple[Dimension, str], int]:
    """Every dimension and value above or below zero."""
    shown = _add_up(letter_id, Dimension.SHOWN_NAME, literal(""), CountChange.shown_delta)
    counted = {
        dimension: _add_up(letter_id, dimension, column, CountChange.delta)
        for dimension, column in _COLUMNS.items()
    } | {Dimension.SHOWN_NAME: shown}
    return {
        (dimension, value): n
        for dimension, values in counted.items()
        for value, n in values.items()
        if n and (dimension, value) != NOBODY
    }


def _ever(letter_id: UUID, dimension: Dimension) -> tuple[ColumnElement[bool], ...]:
    return (Tally.letter_id == letter_id, Tally.dimension == dimension, Tally.hour == EVER)


def _add_up(
    letter_id: UUID,
    dimension: Dimension,
    value: SQLColumnExpression[str],
    delta: SQLColumnExpression[int],
) -> Counter[str]:
    tallied = select(Tally.value, Tally.n).where(*_ever(letter_id, dimension))
    waiting: Select[str, int] = select(value.label("value"), delta.label("n")).where(
        CountChange.letter_id == letter_id
    )
    lines = union_all(tallied, waiting).subquery()
    sums = select(lines.c.value, func.sum(lines.c.n)).group_by(lines.c.value)
    return Counter({one: int(n) for one, n in db.session.execute(sums)})
