"""Days of a place begin when its clocks say so, and none is lost or counted twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from signing.core import days
from signing.letters import moments

AN_HOUR = timedelta(hours=1)
A_MOMENT = timedelta(microseconds=1)


def hours(zone: str, day: date) -> float:
    begin, end = days.span(day, day, ZoneInfo(zone))
    assert begin
    assert end
    return (end - begin) / AN_HOUR


def test_days_on_which_clocks_are_changed_are_shorter_or_longer() -> None:
    for zone, day, n in (
        ("Europe/Athens", date(2026, 3, 29), 23), ("Europe/Athens", date(2026, 10, 25), 25),
        ("Europe/Athens", date(2026, 10, 26), 24), ("America/St_Johns", date(2026, 3, 8), 23),
        ("America/St_Johns", date(2026, 11, 1), 25), ("Pacific/Apia", date(2011, 12, 30), 0),
        ("Asia/Beirut", date(2026, 3, 29), 23), ("Asia/Beirut", date(2026, 10, 24), 25),
        ("Africa/Cairo", date(2026, 4, 24), 23), ("Africa/Cairo", date(2026, 10, 29), 25),
        ("America/Havana", date(2026, 11, 1), 25), ("America/Sao_Paulo", date(2018, 11, 4), 23),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5), ("UTC", date(2026, 3, 29), 24),
    ):  # fmt: skip
        assert hours(zone, day) == n, (zone, day)


def test_a_day_without_midnight_begins_when_clocks_jump_over_it() -> None:
    for zone, day, begin in (
        ("America/Sao_Paulo", date(2018, 11, 4), datetime(2018, 11, 4, 3, tzinfo=UTC)),
        ("Asia/Beirut", date(2026, 3, 29), datetime(2026, 3, 28, 22, tzinfo=UTC)),
        ("America/St_Johns", date(2026, 11, 1), datetime(2026, 11, 1, 2, 30, tzinfo=UTC)),
    ):
        assert days.begin(day, ZoneInfo(zone)) == begin, zone


def test_in_every_zone_a_day_begins_at_the_first_moment_that_clocks_show_it() -> None:
    for name in moments.zones():
        zone = ZoneInfo(name)
        for n in range(366):
            day = date(2026, 1, 1) + timedelta(days=n)
            begin = days.begin(day, zone)
            assert begin.astimezone(zone).date() == day, (name, day)
            assert (begin - A_MOMENT).astimezone(zone).date() < day, (name, day)


def test_the_first_and_the_last_day_there_are_need_no_limit() -> None:
    for name in ("UTC", "Pacific/Kiritimati", "Pacific/Honolulu", "Europe/Athens"):
        begin, end = days.span(date.min, date.max, ZoneInfo(name))
        assert begin is not None, name
        assert begin.year == 1, name
        assert end is None, name
        assert days.span(None, None, ZoneInfo(name)) == (None, None), name
        begin, end = days.span(date.max, date.max - timedelta(days=1), ZoneInfo(name))
        assert begin == end, name
