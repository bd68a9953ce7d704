"""Days of a place: from midnight to midnight by its clocks, of 23 to 25 hours. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

A_DAY = timedelta(days=1)


def begin(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of the day there, in UTC, where moments of every day keep their order.

    Where clocks skip midnight, it is the moment at which they jump.
    """
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError:  # the first day there is began earlier than anything can be
        return datetime.min.replace(tzinfo=UTC)


def span(
    first: date | None, last: date | None, zone: ZoneInfo
) -> tuple[datetime | None, datetime | None]:
    """From the begin of the first day to the end of the last, which is the begin of the next.

    None is no limit; so is the end of the last day that there is.
    """
    is_open = last is None or last == date.max
    return (
        None if first is None else begin(first, zone),
        None if is_open or last is None else begin(last + A_DAY, zone),
    )
