"""Long work, a slice at a time between the mails, so that neither waits for the other."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping

from sqlalchemy.exc import DBAPIError

from signing.core.db import db, transaction
from signing.core.settings import Settings
from signing.jobs import actions
from signing.jobs.actions import LeaseLost, Progress
from signing.jobs.models import Job, Kind
from signing.worker import broadcasting, bulk, collecting, delivering, exporting

# A runner does a batch in a transaction of its own before each yield; what it holds between
# yields must not be a session's, for each slice has another. Run anew after a crash, it goes on
# from `job.cursor`, or from the beginning where it keeps none.
Runner = Callable[[Job, Settings], Iterator[Progress]]
RUNNERS: Mapping[Kind, Runner] = {
    Kind.EXPORT: exporting.run,
    Kind.BROADCAST: broadcasting.run,
    Kind.COLLECTED: collecting.run,
    Kind.BULK: bulk.run,
    Kind.DELIVERY: delivering.run,
}
SLICE_SECONDS = 0.3
LOOK_EVERY_SECONDS = 1.0

log = logging.getLogger(__name__)


class Bench:
    """What this worker has in hand: one job at most."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._job: Job | None = None
        self._steps: Iterator[Progress] = iter(())
        self._looked_at = float("-inf")

    def work(self) -> int:
        """Bring the job in hand forward for a moment, or look for one; 1 if there was any."""
        job = self._job or self._take()
        if job is None:
            return 0
        try:
            self._forward(job)
        except LeaseLost:
            self._drop()
        except DBAPIError:
            self._drop()
            raise
        except Exception as error:  # noqa: BLE001  # one job's mistake must not end the worker
            self._fail(job, error)
        return 1

    def _take(self) -> Job | None:
        now = time.monotonic()
        if now - self._looked_at < LOOK_EVERY_SECONDS:
            return None
        self._looked_at = now
        with transaction():
            self._job = actions.claim()
        if self._job is not None:
            self._steps = RUNNERS[Kind(self._job.kind)](self._job, self._settings)
        return self._job

    def _forward(self, job: Job) -> None:
        end = time.monotonic() + SLICE_SECONDS
        while (progress := next(self._steps, None)) is not None:
            if progress.rest_until is not None:
                with transaction():
                    actions.rest(job, progress)
                self._drop()
                return
            if time.monotonic() >= end:
                with transaction():
                    actions.advance(job, progress)
                return
        with transaction():
            actions.finish(job)
        self._drop()

    def _fail(self, job: Job, error: Exception) -> None:
        db.session.rollback()
        log.error("%s failed: %s", job.kind, type(error).__name__)  # its words may name people
        self._drop()
        with transaction():
            actions.fail(job, type(error).__name__)

    def _drop(self) -> None:
        self._job, self._steps = None, iter(())
        self._looked_at = float("-inf")
