"""Invitations nobody took up, sessions and challenges that are over: gone, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from flask import Flask

from signing.core import clock
from signing.core.db import db, transaction
from signing.core.settings import Settings
from signing.staff_accounts import passkeys, queries, sessions
from signing.staff_accounts.models import Challenge, StaffSession
from signing.worker import retaining
from tests import staff

SITE = passkeys.Site("Open letters", "https://letters.example.org")


def test_what_is_over_is_deleted_and_members_stay(app: Flask, settings: Settings) -> None:
    ada = staff.member("ada@example.org")
    staff.invitation("late@example.org")
    with transaction():
        sessions.open_(queries.get(ada.id), "")
        passkeys.ask_to_prove(SITE)
    with time_machine.travel(clock.now() + timedelta(days=25)):
        staff.invitation("again@example.org")
    staff.invitation("again@example.org")

    retaining.retain(settings)
    assert queries.find_by_address("late@example.org") is not None
    assert db.session.query(StaffSession).count() == 1

    with time_machine.travel(clock.now() + timedelta(days=31)):
        retaining.retain(settings)
    staff.look_anew()
    assert queries.find_by_address("late@example.org") is None
    assert queries.find_by_address("again@example.org") is not None
    assert queries.get(ada.id).id == ada.id
    assert db.session.query(StaffSession).count() == db.session.query(Challenge).count() == 0
