"""What can be done to counts: note a change, roll up, compare with a recount, repair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, bindparam, case, delete, select, tuple_
from sqlalchemy import insert as plain_insert
from sqlalchemy.sql.dml import ReturningDelete

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import db, dialect, insert
from signing.core.ids import new_id
from signing.counts import queries
from signing.counts.models import EVER, CountChange, Dimension, Tally

ROLL_UP_LINES = 2000

ADD_LINE = plain_insert(cast(Table, CountChange.__table__))

Counts = Mapping[tuple[Dimension, str], int]


@dataclass(frozen=True, slots=True)
class Counted:
    """The dimensions a signature is counted under."""

    locale: str
    country: str
    entry: str
    partner_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    dimension: Dimension
    value: str
    tallied: int
    recounted: int


def partner_value(partner_id: UUID | None) -> str:
    """How a partner stands in a tally; "" where nobody brought the signature."""
    return partner_id.hex if partner_id else ""


def brought_value(partner_id: UUID, locale: str) -> str:
    """How a partner's people of one language stand in a tally."""
    return f"{partner_id.hex}:{locale}"


def note(letter_id: UUID, counted: Counted, *, delta: int, shown_delta: int = 0) -> None:
    """Add a line to the ledger, in the transaction of what changed the count."""
    line = {
        "letter_id": letter_id,
        "id": new_id(),
        "delta": delta,
        "shown_delta": shown_delta,
        "locale": counted.locale,
        "country": counted.country,
        "partner_id": counted.partner_id,
        "entry": counted.entry,
        "at": clock.now(),
    }
    db.session.execute(ADD_LINE, line)


def roll_up(limit: int = ROLL_UP_LINES) -> int:
    """Move up to `limit` ledger lines into the tallies; returns how many.

    The lines are taken by deleting them, so each is added once whoever else rolls up meanwhile.
    There is no high-water mark: ids are not in the order of commits.
    """
    taken = db.session.execute(_take(dialect()), {"lines": limit})
    lines = taken.scalars().all()
    _add_to_tallies(lines)
    return len(lines)


@cache
def _take(dialect_name: str) -> ReturningDelete[CountChange]:
    """Delete so many lines and return them. PostgreSQL joins from the batch, row by primary key.

    (As a subquery with IN it may choose to look the batch up again for every line there is.)
    """
    few = select(CountChange.letter_id, CountChange.id).limit(bindparam("lines"))
    key = tuple_(CountChange.letter_id, CountChange.id)
    if dialect_name == "sqlite":
        return delete(CountChange).where(key.in_(few)).returning(CountChange)
    batch = few.with_for_update(skip_locked=True).cte("batch")
    joined = (CountChange.letter_id == batch.c.letter_id) & (CountChange.id == batch.c.id)
    return delete(CountChange).where(joined).returning(CountChange)


def _add_to_tallies(lines: Sequence[CountChange]) -> None:
    sums: Counter[tuple[UUID, Dimension, str, int]] = Counter()
    latest: dict[tuple[UUID, Dimension, str, int], datetime] = {}
    for line in lines:
        for dimension, value, change in _changes(line):
            for hour in (EVER, clock.hour_of(line.at)):
                key = (line.letter_id, dimension, value, hour)
                sums[key] += change
                latest[key] = max(line.at, latest.get(key, line.at))
    if not sums:
        return
    rows = [
        dict(zip(("letter_id", "dimension", "value", "hour"), key, strict=True))
        | {"n": n, "changed_at": latest[key]}
        for key, n in sorted(sums.items())  # one order for all, so that no two wait for each other
    ]
    added = insert(Tally)
    db.session.execute(
        added.on_conflict_do_update(
            index_elements=[Tally.letter_id, Tally.dimension, Tally.value, Tally.hour],
            set_={"n": Tally.n + added.excluded.n, "changed_at": _later(added.excluded.changed_at)},
        ),
        rows,
    )


def _later(changed_at: ColumnElement[datetime]) -> ColumnElement[datetime]:
    return case((Tally.changed_at > changed_at, Tally.changed_at), else_=changed_at)


def _changes(line: CountChange) -> Iterator[tuple[Dimension, str, int]]:
    if line.delta:
        yield Dimension.LOCALE, line.locale, line.delta
        yield Dimension.COUNTRY, line.country, line.delta
        yield Dimension.PARTNER, partner_value(line.partner_id), line.delta
        yield Dimension.ENTRY, line.entry, line.delta
        if line.partner_id:
            yield Dimension.BROUGHT, brought_value(line.partner_id, line.locale), line.delta
    if line.shown_delta:
        yield Dimension.SHOWN_NAME, "", line.shown_delta


def compare(letter_id: UUID, recounted: Counts) -> list[Difference]:
    """Where tallies and ledger differ from the recount; read both in one snapshot."""
    tallied = queries.ever(letter_id)
    return [
        Difference(*key, tallied=tallied.get(key, 0), recounted=recounted.get(key, 0))
        for key in sorted(tallied.keys() | recounted.keys())
        if tallied.get(key, 0) != recounted.get(key, 0)
    ]


def repair(letter_id: UUID, differences: Sequence[Difference], *, by: Actor) -> None:
    """Set the tallies right by the differences found, and write down that it was needed."""
    added = insert(Tally)
    for difference in differences:
        off = difference.recounted - difference.tallied
        db.session.execute(
            added.values(
                letter_id=letter_id,
                dimension=difference.dimension,
                value=difference.value,
                hour=EVER,
                n=off,
                changed_at=clock.now(),
            ).on_conflict_do_update(
                index_elements=[Tally.letter_id, Tally.dimension, Tally.value, Tally.hour],
                set_={"n": Tally.n + off, "changed_at": clock.now()},
            )
        )
    found = {f"{one.dimension}:{one.value}": one.recounted - one.tallied for one in differences}
    log.record(
        Verb.COUNTS_REPAIRED, by=by, subject=str(letter_id), letter_id=letter_id, details=found
    )
