"""The worker's round: mail first, then counts, now and then retention; until it is told to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy.exc import OperationalError

from signing.core import clock
from signing.core.db import db, transaction
from signing.core.settings import Settings
from signing.counts.actions import ROLL_UP_LINES, roll_up
from signing.letters.actions import refresh_wordings
from signing.mail import outbox, smtp
from signing.signatures import retention
from signing.worker.sending import send_batch

IDLE_SECONDS = 0.5
ROLL_UP_EVERY_SECONDS = 2.0
RETENTION_EVERY_SECONDS = 3600.0

log = logging.getLogger(__name__)


class Worker:
    """Any number may run, on any number of hosts: the database shares out the work."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.settings: Settings = app.extensions["signing.settings"]
        self.stopping = threading.Event()
        self._rolled_up_at = self._retained_at = float("-inf")

    def run(self) -> None:
        """Work until `stopping` is set; a database that goes away is waited for."""
        url = smtp.SmtpUrl.parse(self.settings.smtp_url)
        with smtp.Connection(url, ehlo=self.settings.mail_domain) as connection:
            self._guarded(self._refresh)
            while not self.stopping.is_set():
                worked = self._guarded(lambda: self.round(connection))
                if not worked:
                    self.stopping.wait(IDLE_SECONDS)

    def round(self, connection: smtp.Connection) -> int:
        """One round; returns how much there was to do."""
        now = time.monotonic()
        worked = send_batch(connection, self.settings.mail_from)
        if now - self._rolled_up_at >= ROLL_UP_EVERY_SECONDS:
            worked += self._roll_up()
            self._rolled_up_at = now
        if now - self._retained_at >= RETENTION_EVERY_SECONDS:
            self.retain()
            self._retained_at = now
        return worked

    def retain(self) -> None:
        """Delete unconfirmed people and settled mails whose time has come."""
        now = clock.now()
        unconfirmed_since = now - timedelta(days=self.settings.pending_days)
        settled_since = now - timedelta(days=self.settings.settled_mail_days)
        deleted = retention.BATCH
        while deleted == retention.BATCH:
            with transaction():
                deleted = retention.delete_pending(unconfirmed_since)
            log.info("retention: %d unconfirmed signatures deleted", deleted)
        with transaction():
            log.info("retention: %d settled mails deleted", outbox.delete_settled(settled_since))

    def _roll_up(self) -> int:
        with transaction():
            lines = roll_up()
        return lines if lines == ROLL_UP_LINES else 0

    def _refresh(self) -> int:
        with transaction():
            return refresh_wordings()

    def _guarded(self, work: Callable[[], int]) -> int:
        """Do it in a context of its own; a database that is away is not the end of the worker."""
        with self.app.app_context():
            try:
                return work()
            except OperationalError as error:
                db.session.rollback()
                log.warning("database: %s", type(error.orig).__name__)
                self.stopping.wait(IDLE_SECONDS)
                return 0
