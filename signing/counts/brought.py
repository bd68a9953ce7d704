"""What partners and other sources brought: by day and language, from the tallies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from signing.core import clock
from signing.core.db import db
from signing.counts.actions import brought_value
from signing.counts.models import EVER, CountChange, Dimension, Tally
from signing.counts.periods import Days


@dataclass(frozen=True, slots=True)
class Figures:
    """How many people a source brought first, in all and since a moment."""

    ever: int = 0
    lately: int = 0


def by_day(letter_id: UUID, partner_id: UUID, locales: Collection[str]) -> Days:
    """A source's people by day (UTC) and language, the oldest day first.

    To be read in one snapshot: lines move from the ledger to the tallies. The values are named one
    by one, so that the tallies' key finds them whatever order a database has its letters in.
    """
    values = [brought_value(partner_id, one) for one in locales]
    tallied = select(Tally.value, Tally.hour, Tally.n).where(
        Tally.letter_id == letter_id,
        Tally.dimension == Dimension.BROUGHT,
        Tally.value.in_(values),
        Tally.hour != EVER,
    )
    waiting = select(CountChange.at, CountChange.locale, CountChange.delta).where(
        CountChange.letter_id == letter_id, CountChange.partner_id == partner_id
    )
    rolled_up = (
        (clock.begin_of(hour).date(), value.partition(":")[2], n)
        for value, hour, n in db.session.execute(tallied)
    )
    lines = ((at.date(), locale, n) for at, locale, n in db.session.execute(waiting))
    return _summed([*rolled_up, *lines])


def _summed(changes: Iterable[tuple[date, str, int]]) -> Days:
    days: dict[date, Counter[str]] = {}
    for day, locale, n in changes:
        days.setdefault(day, Counter())[locale] += n
    return dict(sorted(days.items()))


def totals(letter_id: UUID, since: datetime) -> dict[UUID, Figures]:
    """By source: people in all, and since a full hour. To be read in one snapshot, as `by_day`."""
    ever: Counter[UUID] = Counter()
    lately: Counter[UUID] = Counter()
    first_hour = clock.hour_of(since)
    wanted = select(Tally.value, Tally.hour, Tally.n).where(
        Tally.letter_id == letter_id,
        Tally.dimension == Dimension.PARTNER,
        Tally.value != "",
        (Tally.hour == EVER) | (Tally.hour >= first_hour),
    )
    for value, hour, n in db.session.execute(wanted):
        (ever if hour == EVER else lately)[UUID(hex=value)] += n
    is_late = CountChange.at >= since
    waiting = (
        select(CountChange.partner_id, is_late, func.sum(CountChange.delta))
        .where(CountChange.letter_id == letter_id, CountChange.partner_id.is_not(None))
        .group_by(CountChange.partner_id, is_late)
    )
    for partner_id, late, n in db.session.execute(waiting):
        assert partner_id is not None  # noqa: S101  # as the condition says
        ever[partner_id] += int(n)
        lately[partner_id] += int(n) if late else 0
    return {one: Figures(ever[one], lately[one]) for one in ever}
