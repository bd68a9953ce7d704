"""One-time codes and recovery codes: each counts once, and the last factor stays where needed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from signing.core import clock
from signing.core.db import db, transaction
from signing.staff_accounts import queries, second_factors
from signing.staff_accounts.models import RecoveryCode
from signing.staff_accounts.roles import Held, Role
from signing.staff_accounts.second_factors import NeedsOne
from tests import staff

VIEWER = Held(Role.VIEWER)


def use(who: object, code: str) -> bool:
    with transaction():
        return second_factors.use(queries.get(who.id), code)  # type: ignore[attr-defined]


def test_a_code_counts_once_and_an_older_one_never_again(app: Flask) -> None:
    who = staff.member()
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=False):
        older, code = staff.code_of(who, steps=-1), staff.code_of(who)
        assert use(who, f"{code[:3]} {code[3:]}")
        assert not use(who, code)
        assert not use(who, older)


def test_a_clock_half_a_minute_off_is_forgiven_and_two_minutes_are_not(app: Flask) -> None:
    who = staff.member()
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=False):
        assert not use(who, staff.code_of(who, steps=4))
        assert not use(who, staff.code_of(who, steps=-4))
        assert use(who, staff.code_of(who, steps=-1))
        assert use(who, staff.code_of(who, steps=1))


@pytest.mark.parametrize("code", ["", "000000 ", "12345", "1234567", "abcdef", "①②③④⑤⑥", "-12345"])
def test_what_is_no_code_proves_nothing(app: Flask, code: str) -> None:
    who = staff.member(has_app=False, held=[VIEWER])
    assert not use(who, code)


def test_each_recovery_code_counts_once_in_any_case_and_spacing(app: Flask) -> None:
    who = staff.member()
    with transaction():
        codes = second_factors.make_recovery_codes(who.id)
    assert len(set(codes)) == 10
    assert use(who, codes[0].upper().replace("-", " "))
    assert not use(who, codes[0])
    assert use(who, codes[1])
    assert queries.count_recovery_codes(who.id) == 8


def test_new_recovery_codes_make_the_old_ones_void(app: Flask) -> None:
    who = staff.member()
    with transaction():
        old = second_factors.make_recovery_codes(who.id)
        second_factors.make_recovery_codes(who.id)
    assert not use(who, old[0])


def test_somebody_elses_recovery_code_proves_nothing(app: Flask) -> None:
    ada, ben = staff.member(), staff.member("ben@example.org", [VIEWER])
    with transaction():
        codes = second_factors.make_recovery_codes(ada.id)
    assert not use(ben, codes[0])


def test_an_owner_cannot_remove_the_last_factor(app: Flask) -> None:
    who = staff.member()
    with pytest.raises(NeedsOne), transaction():
        second_factors.remove_app(who.id)


def test_a_viewer_can_and_recovery_codes_go_with_it(app: Flask) -> None:
    who = staff.member(held=[VIEWER])
    with transaction():
        second_factors.make_recovery_codes(who.id)
    with transaction():
        second_factors.remove_app(who.id)
    assert not queries.has_second_factor(queries.get(who.id))
    assert db.session.scalar(select(func.count()).select_from(RecoveryCode)) == 0


def test_the_app_of_before_works_until_the_new_one_has_shown_a_code(app: Flask) -> None:
    who = staff.member()
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=False):
        with transaction():
            second_factors.begin_app(who.id)
        assert use(who, staff.code_of(who))
