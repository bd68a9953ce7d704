"""Files of signatures from elsewhere: read while nothing counts yet; or deleted once undone."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from signing.audit import WORKER
from signing.collected import loading, queries
from signing.collected.models import State
from signing.collected.tables import NotATable
from signing.core.db import transaction
from signing.core.settings import Settings
from signing.jobs.actions import Progress
from signing.jobs.models import Job


def run(job: Job, _settings: Settings) -> Iterator[Progress]:
    """What the collection's state asks for; begun anew, it goes on where the rows end."""
    collection = queries.get(job.letter_id, job.subject_id)
    if collection.state == State.UNDONE:
        yield from delete(job.letter_id, job.subject_id)
    elif collection.state == State.READING:
        yield from read(job.letter_id, job.subject_id)


def read(letter_id: UUID, collection_id: UUID) -> Iterator[Progress]:
    """The rows of the file are there afterwards, and wait for somebody to look."""
    collection = queries.get(letter_id, collection_id)
    total = collection.rows
    try:
        for batch in loading.batches(collection):
            with transaction():
                loading.load(queries.get(letter_id, collection_id), batch)
            yield Progress(batch[-1][0], max(total, batch[-1][0]))
    except NotATable as end:
        with transaction():
            loading.refuse(queries.get(letter_id, collection_id), end.row, by=WORKER)
        yield from delete(letter_id, collection_id)
        return
    with transaction():
        loading.finish(queries.get(letter_id, collection_id))


def delete(letter_id: UUID, collection_id: UUID) -> Iterator[Progress]:
    """Nothing is left of what was undone, but its line in the list."""
    collection = queries.get(letter_id, collection_id)
    with transaction():
        loading.delete_upload(collection)
    done, total = 0, max(collection.number, collection.rows_read)
    while True:
        with transaction():
            gone = loading.delete_rows(queries.get(letter_id, collection_id))
        if not gone:
            return
        done += gone
        yield Progress(done, total)
