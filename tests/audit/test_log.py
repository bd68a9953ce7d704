"""The audit log: written with the deed, kept for 24 months, changed by nobody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from signing.audit import Actor, ActorKind, Verb, log
from signing.audit.models import AuditEvent
from signing.core.db import db, transaction


@pytest.mark.usefixtures("app")
def test_what_is_older_than_two_years_goes_and_nothing_else() -> None:
    actor = Actor(ActorKind.OPERATOR)
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC)), transaction():
        log.record(Verb.LETTER_OPENED, by=actor, subject="old")
    with transaction():
        log.record(Verb.LETTER_OPENED, by=actor, subject="young")
    with transaction():
        assert log.delete_old() == 1
    assert list(db.session.scalars(select(AuditEvent.subject))) == ["young"]
