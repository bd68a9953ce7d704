"""A number over time: no span is missing, none is counted twice, whatever clocks do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.core import clock
from signing.core.db import transaction
from signing.core.ids import new_id
from signing.counts import queries, series
from signing.counts.actions import Counted, note, roll_up
from signing.counts.models import Dimension
from signing.counts.series import Step, spans

ZONES = ("UTC", "Europe/Berlin", "Pacific/Auckland", "Asia/Kolkata", "America/Sao_Paulo")
NOON = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
HOURS = st.dictionaries(st.integers(0, 24 * 400), st.integers(-5, 50), max_size=40)


@given(HOURS, st.sampled_from(ZONES), st.sampled_from(Step))
@settings(deadline=None, max_examples=60)
def test_every_change_is_in_one_span_and_the_totals_add_up(
    ago: dict[int, int], zone: str, step: Step
) -> None:
    hour = clock.hour_of(NOON)
    changes = {hour - back: n for back, n in ago.items()}
    begin = clock.begin_of(min(changes, default=hour))
    found = spans(
        changes, step=step, zone=ZoneInfo(zone), begin=begin, end=NOON, total=sum(changes.values())
    )
    assert sum(one.change for one in found) == sum(changes.values())
    running = 0
    for one in found:
        running += one.change
        assert one.total == running
    assert [one.is_unfinished for one in found] == [False] * (len(found) - 1) + [True]
    begins = [one.begin.astimezone(UTC) for one in found]
    assert begins == sorted(set(begins))
    assert begins[-1] <= NOON


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_on_which_clocks_are_changed_is_shorter_or_longer(day: str, hours: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    midnight = datetime.fromisoformat(day).replace(tzinfo=zone)
    first = clock.hour_of(midnight - timedelta(hours=5))
    changes = dict.fromkeys(range(first, first + 48), 1)
    end = midnight + timedelta(hours=30)
    found = spans(changes, step=Step.DAY, zone=zone, begin=midnight, end=end, total=0)
    assert found[0].change == hours
    assert found[0].begin == midnight


def test_days_without_a_signature_are_there_as_zero() -> None:
    hour = clock.hour_of(NOON)
    begin = NOON - timedelta(days=3)
    found = spans({hour: 2}, step=Step.DAY, zone=ZoneInfo("UTC"), begin=begin, end=NOON, total=9)
    assert [(one.change, one.total) for one in found] == [(0, 7), (0, 7), (0, 7), (2, 9)]


def test_the_longer_the_letter_the_longer_the_step() -> None:
    ages = {30: Step.DAY, 92: Step.DAY, 100: Step.WEEK, 700: Step.WEEK, 800: Step.MONTH}
    for days, step in ages.items():
        assert series.step_for(NOON - timedelta(days=days), NOON) is step


def as_of(letter_id: UUID, moments: Iterable[datetime]) -> list[dict[str, int]]:
    counted = [one for one in Dimension if one is not Dimension.SHOWN_NAME]
    return [queries.before(letter_id, one, at) for at in moments for one in counted]


def test_changes_by_hour_are_the_same_before_and_after_they_are_rolled_up(app: Flask) -> None:
    letter_id, other, partner_id = new_id(), new_id(), new_id()
    with transaction():
        for country, delta in (("SE", 3), ("FR", 1), ("SE", -1)):
            note(letter_id, Counted("en", country, "form", partner_id), delta=delta)
        note(other, Counted("en", "SE", "form"), delta=7)
    waiting = queries.changes(letter_id)
    assert sum(waiting.values()) == 3
    assert queries.totals([letter_id, other, new_id()]) == {letter_id: 3, other: 7}
    by_country = queries.by_value(letter_id, Dimension.COUNTRY)
    hour = clock.begin_of(max(waiting))
    moments = (clock.begin_of(min(waiting)), hour, hour + timedelta(hours=1))
    as_they_were = as_of(letter_id, moments)
    with transaction():
        roll_up()
    assert queries.changes(letter_id) == waiting
    assert queries.changes(letter_id, max(waiting) + 1) == {}
    assert queries.totals([letter_id, other]) == {letter_id: 3, other: 7}
    assert queries.by_value(letter_id, Dimension.COUNTRY) == by_country
    assert by_country == {"SE": 2, "FR": 1}
    assert as_of(letter_id, moments) == as_they_were
    assert queries.before(letter_id, Dimension.COUNTRY, moments[-1]) == by_country
    assert queries.before(letter_id, Dimension.COUNTRY, moments[0]) == {}
