"""What goes when its time has come: files nobody decided about, the undone, an erased letter's."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, tuple_, update

from signing.audit import Actor, Verb, log
from signing.collected import actions
from signing.collected.models import CollectedSignature, CollectedUpload, Collection, State
from signing.core import clock
from signing.core.db import PLAIN, count_rows, db
from signing.signatures.models import Signature
from signing.signatures.models import State as SignatureState

BATCH = 1000
FILE_KEPT = timedelta(days=1)  # the uploaded file, whatever becomes of it
READ_KEPT = timedelta(days=7)  # rows that were read, for somebody to look and decide
_KEY = tuple_(CollectedSignature.letter_id, CollectedSignature.id)


def undo_forgotten(*, by: Actor, limit: int = 20) -> int:
    """Files that nobody decided about in time are as if they had never come; returns how many."""
    at = clock.now()
    is_old = (
        Collection.state.in_([State.UPLOADED, State.READING])
        & (Collection.created_at < at - FILE_KEPT)
    ) | ((Collection.state == State.READ) & (Collection.created_at < at - READ_KEPT))
    old = db.session.scalars(select(Collection).where(is_old).limit(limit)).all()
    for collection in old:
        actions.undo(collection, by=by)
    return len(old)


def sweep_undone(*, limit: int = BATCH) -> int:
    """Delete rows of undone collections that no worker has deleted yet; returns how many."""
    over = (
        select(CollectedSignature.letter_id, CollectedSignature.id)
        .join(
            Collection,
            (Collection.letter_id == CollectedSignature.letter_id)
            & (Collection.id == CollectedSignature.collection_id),
        )
        .where(Collection.state == State.UNDONE)
        .limit(limit)
    )
    gone = delete(CollectedSignature).where(_KEY.in_(over))
    return count_rows(db.session.execute(gone, execution_options=PLAIN))


def drop_confirmed(*, by: Actor, limit: int = BATCH) -> int:
    """Whoever confirmed by mail since is counted there alone; returns how many rows went."""
    rows = db.session.execute(
        select(CollectedSignature.letter_id, CollectedSignature.id)
        .join(
            Signature,
            (Signature.letter_id == CollectedSignature.letter_id)
            & (Signature.address_digest == CollectedSignature.address_digest),
        )
        .where(Signature.state == SignatureState.CONFIRMED)
        .limit(limit)
    ).all()
    if not rows:
        return 0
    gone = db.session.execute(
        delete(CollectedSignature)
        .where(_KEY.in_([tuple(row) for row in rows]))
        .returning(CollectedSignature.letter_id, CollectedSignature.collection_id),
        execution_options=PLAIN,
    ).all()
    for (letter_id, collection_id), n in Counter(map(tuple, gone)).items():
        _count_as_duplicates(letter_id, collection_id, n, by=by)
    return len(gone)


def _count_as_duplicates(letter_id: UUID, collection_id: UUID, n: int, *, by: Actor) -> None:
    fewer = (
        update(Collection)
        .where(Collection.letter_id == letter_id, Collection.id == collection_id)
        .values(number=Collection.number - n, duplicates=Collection.duplicates + n)
    )
    db.session.execute(fewer, execution_options=PLAIN)
    log.record(
        Verb.COLLECTED_DUPLICATE,
        by=by,
        subject=str(collection_id),
        letter_id=letter_id,
        details={"number": n},
    )


def erase_batch(letter_id: UUID, *, limit: int = BATCH) -> int:
    """Delete people of an erased letter who signed elsewhere; their number stays."""
    gone = 0
    for table in (CollectedSignature, CollectedUpload):
        some = select(table.id).where(table.letter_id == letter_id).limit(limit)
        statement = delete(table).where(table.letter_id == letter_id, table.id.in_(some))
        gone += count_rows(db.session.execute(statement, execution_options=PLAIN))
    return gone
