"""Sessions end by themselves, one by one, all at once; their cookie changes with each proof."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from signing.core import clock
from signing.core.db import transaction
from signing.staff_accounts import queries, sessions
from signing.staff_accounts.models import Member
from tests import staff


def open_(who: Member) -> str:
    with transaction():
        return sessions.open_(queries.get(who.id), "Firefox, Linux")


@pytest.fixture
def who(app: Flask) -> Member:
    return staff.member()


def test_a_session_that_is_not_used_ends_after_twelve_hours(who: Member) -> None:
    cookie = open_(who)
    with time_machine.travel(clock.now() + timedelta(hours=11, minutes=59)):
        assert sessions.find(cookie)
    with time_machine.travel(clock.now() + timedelta(hours=12, minutes=1)):
        assert sessions.find(cookie) is None
        assert sessions.list_of(who.id) == []


def test_a_session_ends_after_two_weeks_however_often_it_is_used(who: Member) -> None:
    cookie, began = open_(who), clock.now()
    for hours in range(10, 14 * 24, 10):
        with time_machine.travel(began + timedelta(hours=hours)), transaction():
            found = sessions.find(cookie)
            assert found is not None
            sessions.note_use(*found)
    with time_machine.travel(began + timedelta(days=14, minutes=1)):
        assert sessions.find(cookie) is None


def test_whoever_proved_it_ten_minutes_ago_is_asked_again(who: Member) -> None:
    found = sessions.find(open_(who))
    assert found is not None
    assert sessions.is_proved(found[0])
    with time_machine.travel(clock.now() + timedelta(minutes=10, seconds=1)):
        assert not sessions.is_proved(found[0])


def test_a_new_proof_makes_the_old_cookie_void(who: Member) -> None:
    old = open_(who)
    found = sessions.find(old)
    assert found is not None
    with transaction():
        new = sessions.prove(found[0].id)
    assert sessions.find(old) is None
    again = sessions.find(new)
    assert again is not None
    assert again[0].id == found[0].id


def test_one_session_is_ended_or_all_others(who: Member) -> None:
    cookies = [open_(who) for _n in range(3)]
    ids = [found[0].id for cookie in cookies if (found := sessions.find(cookie))]
    with transaction():
        sessions.end(who.id, ids[0])
    assert [bool(sessions.find(cookie)) for cookie in cookies] == [False, True, True]
    with transaction():
        sessions.end_others(who.id, ids[2])
    assert [bool(sessions.find(cookie)) for cookie in cookies] == [False, False, True]


def test_nobody_ends_somebody_elses_session(who: Member) -> None:
    cookie = open_(who)
    found = sessions.find(cookie)
    assert found is not None
    eve = staff.member("eve@example.org")
    with transaction():
        sessions.end(eve.id, found[0].id)
    assert sessions.find(cookie)
