"""What a partner is told names nobody, however often they look."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from signing.counts import cells, periods
from signing.counts.periods import Period

BEGIN = date(2026, 3, 1)
DAYS = st.dictionaries(
    st.integers(0, 40).map(lambda n: BEGIN + timedelta(days=n)),
    st.dictionaries(st.sampled_from(["de", "fr", "ar"]), st.integers(-4, 25), max_size=3),
    max_size=40,
)
LATER = BEGIN + timedelta(days=50)


def told(days: Mapping[date, Mapping[str, int]], today: date) -> tuple[Period, ...]:
    return periods.tell(days, BEGIN, today).periods


@given(DAYS)
def test_every_number_that_is_told_is_ten_or_more(days: dict[date, dict[str, int]]) -> None:
    for period in told(days, LATER):
        assert all(n >= cells.SMALLEST for n in period.by_kind.values())
        true = sum(sum(days[day].values()) for day in days if period.first <= day <= period.last)
        assert period.n == true


@given(DAYS, st.integers(0, 50), st.integers(0, 50))
def test_looking_again_later_adds_periods_and_changes_none(
    days: dict[date, dict[str, int]], one: int, other: int
) -> None:
    """So the difference between two looks is a sum of numbers of ten and more, too."""
    earlier, later = sorted((one, other))
    before = told(days, BEGIN + timedelta(days=earlier))
    after = told(days, BEGIN + timedelta(days=later))
    assert after[: len(before)] == before


@given(DAYS)
def test_periods_follow_each_other_without_a_gap(days: dict[date, dict[str, int]]) -> None:
    expected = BEGIN
    for period in told(days, LATER):
        assert period.first == expected
        assert period.last >= period.first
        expected = period.last + timedelta(days=1)
    assert periods.tell(days, BEGIN, LATER).open_since == expected


def test_today_is_not_told() -> None:
    days = {BEGIN: {"de": 12}}
    assert told(days, BEGIN) == ()
    assert told(days, BEGIN + timedelta(days=1)) == (Period(BEGIN, BEGIN, {"de": 12}),)


def test_a_small_language_goes_together_with_others() -> None:
    day = {BEGIN: {"de": 40, "fr": 12, "ar": 3}}
    assert told(day, LATER)[0].by_kind == {"de": 40, cells.OTHER: 15}


def test_nine_are_not_told_and_the_tenth_tells_of_all() -> None:
    days = {BEGIN: {"de": 9}, BEGIN + timedelta(days=5): {"de": 1}}
    assert told(days, BEGIN + timedelta(days=5)) == ()
    assert told(days, BEGIN + timedelta(days=6))[0].n == 10
