"""Deeds to many signatures: a few a transaction, so that nobody has to wait."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from signing.audit import Actor, ActorKind
from signing.core.db import transaction
from signing.core.ids import BEFORE_ALL
from signing.core.settings import Settings
from signing.jobs.actions import Progress
from signing.jobs.models import Job
from signing.moderation import bulk


def run(job: Job, _settings: Settings) -> Iterator[Progress]:
    """Done by whoever asked for it; begun anew after a crash, it goes on behind the cursor."""
    by = Actor(ActorKind.MEMBER, job.member_id)
    after = UUID(hex=job.cursor["after"]) if job.cursor else BEFORE_ALL
    while True:
        with transaction():
            deed = bulk.get(job.letter_id, job.subject_id)
            last = bulk.do_batch(deed, after, by=by)
            progress = Progress(deed.done, deed.n, {"after": (last or after).hex})
        yield progress
        if last is None:
            return
        after = last
