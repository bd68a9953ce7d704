"""Asking those who have not answered once more, where a letter wants it; a batch a transaction."""

from __future__ import annotations

import logging
from datetime import timedelta

from signing.core import clock
from signing.core.db import transaction
from signing.core.settings import Settings
from signing.signatures import reminders

# Whoever is reminded shall have time to answer before the row is deleted.
TIME_TO_ANSWER = timedelta(days=2)
logger = logging.getLogger(__name__)


def remind(settings: Settings) -> None:
    """Everybody whose reminder is due is sent it once."""
    now = clock.now()
    wait = timedelta(days=settings.reminder_days)
    # A settled mail tells for so long that there was one: nobody is looked at after that.
    known = wait + timedelta(days=settings.settled_mail_days)
    latest = min(timedelta(days=settings.pending_days) - TIME_TO_ANSWER, known)
    total = 0
    while True:
        with transaction():
            put = reminders.put_due(signed_after=now - latest, signed_before=now - wait)
        total += put
        if put < reminders.BATCH:
            break
    if total:
        logger.info("reminders put into the outbox: %d", total)
