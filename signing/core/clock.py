"""What time it is: the only place that asks. Also the hours by which tallies count."""

from __future__ import annotations

from datetime import UTC, datetime

SECONDS_AN_HOUR = 3600


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def hour_of(moment: datetime) -> int:
    """The hour that it lies in: whole hours since 1970-01-01T00Z."""
    return int(moment.timestamp()) // SECONDS_AN_HOUR


def begin_of(hour: int) -> datetime:
    """The moment, in UTC, at which such an hour begins."""
    return datetime.fromtimestamp(hour * SECONDS_AN_HOUR, UTC)
