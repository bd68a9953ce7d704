"""Making the file of a large export: sealed pieces in the database, for every host to hand out.

After a crash it is made anew from the beginning: no half file is ever offered.
"""

from __future__ import annotations

from collections.abc import Iterator

from signing.core.db import transaction
from signing.core.settings import Settings
from signing.exports import actions, carrying, retention
from signing.exports.carrying import Carrier
from signing.jobs.actions import Progress
from signing.jobs.models import Job

CHUNK_BYTES = 1 << 20


def run(job: Job, settings: Settings) -> Iterator[Progress]:
    """Make it, unless it was let go; where it cannot be made, the job fails and says how."""
    with transaction():
        begun = actions.begin_file(job.letter_id, job.subject_id)
    if begun is None:
        return
    while _forget(job):
        yield Progress(0, begun.number)
    with carrying.begin(begun, settings.data_dir) as carrier:
        yield from _store(carrier)
        with transaction():
            actions.finish_file(carrier)


def _forget(job: Job) -> int:
    with transaction():
        return retention.forget_unfinished(job.letter_id, job.subject_id)


def _store(carrier: Carrier) -> Iterator[Progress]:
    waiting, number, begun = bytearray(), 0, carrier.begun
    for piece in carrier.pieces(transaction):
        waiting += piece
        while len(waiting) >= CHUNK_BYTES:
            _put(carrier, number, bytes(waiting[:CHUNK_BYTES]))
            del waiting[:CHUNK_BYTES]
            number += 1
        yield Progress(carrier.carried, max(begun.number, carrier.carried))
    _put(carrier, number, bytes(waiting))


def _put(carrier: Carrier, number: int, piece: bytes) -> None:
    of = carrier.begun
    with transaction():
        actions.put_chunk(of.letter_id, of.export_id, number, piece)
