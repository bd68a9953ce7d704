"""A number over time, hour by hour put into hours, days, weeks or months of a place. Pure.

Tallies are kept by whole hours of UTC. Where a zone is half an hour off, an hour belongs to the
day on which it begins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from signing.core import clock, days

MOST_DAYS, MOST_WEEKS = 92, 106  # more of them than this, and the next longer step is taken


class Step(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"  # from Monday on (ISO 8601)
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Span:
    """What happened from `begin` up to the next one's."""

    begin: datetime  # in the place's own time
    change: int
    total: int  # at its end
    is_unfinished: bool


def step_for(begin: datetime, end: datetime) -> Step:
    """The shortest step, from days on, that keeps a chart readable."""
    n = (end - begin).days
    if n <= MOST_DAYS:
        return Step.DAY
    return Step.WEEK if n <= MOST_WEEKS * 7 else Step.MONTH


def spans(
    changes: Mapping[int, int],
    *,
    step: Step,
    zone: ZoneInfo,
    begin: datetime,
    end: datetime,
    total: int,
) -> list[Span]:
    """Every span between the moments, those without any change too, the last one unfinished.

    `changes` are by hours since 1970, none missing since `begin`; `total` is as of `end`.
    """
    summed: Counter[datetime] = Counter()
    for hour, n in changes.items():
        summed[_begin(clock.begin_of(hour), step, zone)] += n
    begins = list(_begins(begin, end, step, zone))
    found: list[Span] = []
    for start in reversed(begins):
        found.append(Span(start.astimezone(zone), summed[start], total, start == begins[-1]))
        total -= summed[start]
    return found[::-1]


def day_begin(at: datetime, zone: ZoneInfo) -> datetime:
    """When the day of this moment began there."""
    return _begin(at, Step.DAY, zone)


def _begins(begin: datetime, end: datetime, step: Step, zone: ZoneInfo) -> Iterator[datetime]:
    at = _begin(begin, step, zone)
    while at <= end:
        yield at
        at = _next(at, step, zone)


def _begin(at: datetime, step: Step, zone: ZoneInfo) -> datetime:
    if step is Step.HOUR:
        return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return days.begin(_first(at.astimezone(zone).date(), step), zone)


def _next(at: datetime, step: Step, zone: ZoneInfo) -> datetime:
    if step is Step.HOUR:
        return at + timedelta(hours=1)
    further = {Step.DAY: 1, Step.WEEK: 7, Step.MONTH: 31}[step]
    return days.begin(_first(at.astimezone(zone).date() + timedelta(days=further), step), zone)


def _first(day: date, step: Step) -> date:
    if step is Step.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step is Step.MONTH else day
