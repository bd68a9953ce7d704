"""A broadcast is put into the outbox, a batch a step, as fast as its pace and the server allow."""

from __future__ import annotations

from collections.abc import Iterator

from signing.core.db import transaction
from signing.core.settings import Settings
from signing.jobs.actions import Progress
from signing.jobs.models import Job
from signing.news import queueing


def run(job: Job, _settings: Settings) -> Iterator[Progress]:
    """How far it is stands in the broadcast's own row: a worker that comes after goes on there."""
    while True:
        with transaction():
            step = queueing.forward(job.letter_id, job.subject_id)
        if step is None:
            return
        total = max(step.total, step.queued)
        yield Progress(step.queued, total, rest_until=step.rest_until)
