"""Numbers by day that name nobody, however often one looks: days go together until they are ten.

Whoever looks every day could read off what one day added, and with it a single person. So what is
told is in blocks: a period and one kind of people in it, ten or more in each. A period that is
told never changes again, and the next ones are told beside it: the difference between what is told
today and what was told earlier is a sum of blocks too. Pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from signing.counts import cells

A_DAY = timedelta(days=1)
Days = Mapping[date, Mapping[str, int]]  # changes of a day by kind; what went is below zero


@dataclass(frozen=True, slots=True)
class Period:
    """Some days on end, and how many people by kind; the small kinds together as `cells.OTHER`."""

    first: date
    last: date
    by_kind: Mapping[str, int]

    @property
    def n(self) -> int:
        return sum(self.by_kind.values())


@dataclass(frozen=True, slots=True)
class Told:
    """What may be told: periods, the oldest first, and since when nothing is told yet."""

    periods: tuple[Period, ...]
    open_since: date

    @property
    def n(self) -> int:
        return sum(one.n for one in self.periods)

    def end_of(self, day: date) -> date | None:
        """The last day of the period that this day is told with; None: it is not told yet."""
        lasts = [one.last for one in self.periods]
        place = bisect_left(lasts, day)
        return lasts[place] if place < len(lasts) else None

    @property
    def by_kind(self) -> dict[str, int]:
        """All periods together, most first."""
        summed: Counter[str] = Counter()
        for one in self.periods:
            summed.update(one.by_kind)
        return dict(summed.most_common())


def tell(days: Days, begin: date, today: date) -> Told:
    """Whole days from `begin` to the one before `today`, as far as they are ten together.

    Days before `begin` count to the first period.
    """
    periods: list[Period] = []
    first, waiting = begin, Counter[str]()
    for day in sorted(days):
        if day >= today:
            break
        waiting.update(days[day])
        if waiting.total() >= cells.SMALLEST:
            periods.append(Period(first, max(day, first), cells.merged(waiting)))
            first, waiting = max(day, first) + A_DAY, Counter()
    return Told(tuple(periods), first)
