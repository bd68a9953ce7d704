"""Local times where clocks jump."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.letters import moments

BERLIN = "Europe/Berlin"


def test_a_time_means_a_moment() -> None:
    meant = moments.meant(datetime(2027, 7, 1, 18, 0), BERLIN)  # noqa: DTZ001  # local by intent
    assert meant == moments.Meant(datetime(2027, 7, 1, 16, 0, tzinfo=UTC), is_twice=False)


def test_an_hour_that_is_jumped_over_does_not_exist() -> None:
    with pytest.raises(moments.NoSuchTime) as refused:
        moments.meant(datetime(2027, 3, 28, 2, 30), BERLIN)  # noqa: DTZ001
    assert refused.value.then == datetime(2027, 3, 28, 3, 30)  # noqa: DTZ001


def test_of_an_hour_that_comes_twice_the_first_opens_and_the_last_closes() -> None:
    local = datetime(2027, 10, 31, 2, 30)  # noqa: DTZ001
    first, last = moments.meant(local, BERLIN), moments.meant(local, BERLIN, last=True)
    assert (first.moment.hour, last.moment.hour) == (0, 1)
    assert first.is_twice
    assert last.is_twice
    assert moments.is_twice(first.moment, BERLIN)
    assert [moments.offset(one.moment, BERLIN) for one in (first, last)] == [
        "UTC+02:00", "UTC+01:00",
    ]  # fmt: skip


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1)),  # noqa: DTZ001
    st.sampled_from(moments.zones()),
)
def test_every_time_that_exists_is_shown_by_the_clocks_there(local: datetime, zone: str) -> None:
    try:
        meant = moments.meant(local, zone)
    except moments.NoSuchTime as jump:
        local = jump.then
        meant = moments.meant(local, zone)
    back = meant.moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    assert back == local


def test_offsets_of_odd_zones_are_told() -> None:
    at = datetime(2027, 1, 1, tzinfo=UTC)
    assert moments.offset(at, "Asia/Kathmandu") == "UTC+05:45"
    assert moments.offset(at, "America/St_Johns") == "UTC-03:30"
    assert moments.offset(at, "UTC") == "UTC"
