"""The worker's round: mail, a slice of long work, counts, retention; until it is told to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy.exc import DBAPIError

from signing.core.db import db, transaction
from signing.core.settings import Settings
from signing.counts.actions import ROLL_UP_LINES, roll_up
from signing.letters.actions import refresh_wordings
from signing.mail import smtp
from signing.worker import arranging, counting, reminding, retaining
from signing.worker.hooks import Caller
from signing.worker.jobs import Bench
from signing.worker.restored import Gate
from signing.worker.sending import Envelope, Outage, send_batch

IDLE_SECONDS = 0.5
ROLL_UP_EVERY_SECONDS = 2.0
RETENTION_EVERY_SECONDS = 3600.0
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0

log = logging.getLogger(__name__)


class Worker:
    """Any number may run, on any number of hosts: the database shares out the work."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.settings: Settings = app.extensions["signing.settings"]
        self.envelope = Envelope.of(self.settings)
        self.stopping = threading.Event()
        self._gate = Gate()
        self._bench = Bench(self.settings)
        self._caller = Caller()
        self._rolled_up_at = self._retained_at = self._counted_at = float("-inf")
        self._pause, self._resume_at = FIRST_PAUSE_SECONDS, float("-inf")

    def run(self) -> None:
        """Work until `stopping` is set; a database that goes away is waited for."""
        url = smtp.SmtpUrl.parse(self.settings.smtp_url)
        with smtp.Connection(url, ehlo=self.settings.mail_domain) as connection:
            self._guarded(self._refresh)
            while not self.stopping.is_set():
                worked = self._guarded(lambda: self.round(connection))
                if not worked:
                    self._caller.idle(self.stopping, IDLE_SECONDS)

    def round(self, connection: smtp.Connection) -> int:
        """One round; returns how much there was to do. Nothing on a restored database."""
        if not self._gate.is_open():
            return 0
        now = time.monotonic()
        worked = self._send(connection) + self._bench.work() + self._caller.work()
        if now - self._rolled_up_at >= ROLL_UP_EVERY_SECONDS:
            worked += self._roll_up()
            self._rolled_up_at = now
        if now - self._counted_at >= counting.EVERY_SECONDS:
            counting.count_mails()
            self._counted_at = now
        if now - self._retained_at >= RETENTION_EVERY_SECONDS:
            counting.recount()
            retaining.retain(self.settings)
            arranging.arrange()
            reminding.remind(self.settings)
            self._retained_at = now
        return worked

    def _send(self, connection: smtp.Connection) -> int:
        """Send a batch; while the mail server is away, all mails wait and none is to blame."""
        if time.monotonic() < self._resume_at:
            return 0
        try:
            sent = send_batch(connection, self.envelope, self.stopping)
        except Outage as outage:
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
            self._resume_at = time.monotonic() + self._pause
            log.warning("mail server away, again in %d s: %s", self._pause, outage)
            return 0
        self._pause = FIRST_PAUSE_SECONDS
        return sent

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
            except DBAPIError as error:
                db.session.rollback()
                self._gate.look_again()
                log.warning("database: %s", type(error.orig).__name__)
                self.stopping.wait(IDLE_SECONDS)
                return 0
