"""Whoever steals the database has no name, no address and no way in; and keys can be rotated."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from signing.cli import rotating
from signing.core import clock
from signing.core.db import Base, db, transaction
from signing.core.rotation import Rotation
from signing.core.vault import vault
from signing.staff_accounts import profile, queries, second_factors, sessions
from signing.staff_accounts.models import Member
from tests import staff
from tests.web.hardening.marks import traces

TABLES = ("members", "roles", "invitations", "staff_sessions", "recovery_codes", "audit_events",
          "outgoing_mail", "passkeys", "passkey_challenges")  # fmt: skip
EMAIL, NAME = "zaphirine.okonjo-vale@wexcombe.example", "Zaphirine Okonjo-Vale"


@pytest.fixture
def who(app: Flask) -> Member:
    return staff.member(EMAIL, name=NAME, password=staff.PASSWORD)


def dump() -> bytes:
    tables = (Base.metadata.tables[name] for name in TABLES)
    rows = [row for table in tables for row in db.session.execute(select(table))]
    return b"\n".join(
        value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row
    )


def test_no_table_holds_a_name_an_address_or_a_secret_that_can_be_used(who: Member) -> None:
    with transaction():
        cookie = sessions.open_(queries.get(who.id), "Firefox, Linux")
        codes = second_factors.make_recovery_codes(who.id)
    secret = profile.of(queries.get(who.id)).totp
    codes += [code.replace("-", "") for code in codes]
    stolen = dump()
    assert traces([EMAIL, NAME, *NAME.split(), staff.PASSWORD, secret, *codes], stolen) == []
    assert cookie.encode() not in stolen  # its digest of 256 random bits is no use to anybody
    assert queries.get(who.id).password_hash.startswith("$argon2id$")  # type: ignore[union-attr]


def test_members_are_still_known_once_the_houses_key_is_another(who: Member) -> None:
    before = queries.get(who.id).sealed
    rotation = Rotation(vault._get_current_object())  # type: ignore[attr-defined]
    rotating.begin(rotation)
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=2)):
        begun = rotating.begin(rotation)
        rotating.finish(rotation, begun, lambda _seconds: None)
        member = queries.get(who.id, to_change=True)
        assert member.sealed != before
        assert profile.of(member).name == NAME
        assert queries.find_by_address(EMAIL) is not None
