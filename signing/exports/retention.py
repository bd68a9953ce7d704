"""What goes when its time has come: files after a day, whom an export carried after 24 months."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from signing.core import clock
from signing.core.db import PLAIN, count_rows, db
from signing.exports import papers
from signing.exports.actions import delete_file
from signing.exports.models import Export, ExportChunk, Exported, State

KEPT = timedelta(days=730)
BATCH = 10_000


def end_over() -> int:
    """Bring one export whose time is over nearer to its end; 0 if there is none.

    Its file goes; of one that never left the house, so does whom it would have carried.
    """
    due = select(Export).where(Export.expires_at <= clock.now()).limit(1)
    export = db.session.scalar(due.with_for_update(skip_locked=True))
    if export is None:
        return 0
    delete_file(export)
    if export.left_at is None and (gone := _forget(export.letter_id, export.id)):
        return gone
    export.state, export.expires_at = State.OVER, None
    return 1


def delete_old() -> int:
    """Delete what was asked for 24 months ago, a batch of its people at a time."""
    export = db.session.scalar(select(Export).where(Export.asked_at < clock.now() - KEPT).limit(1))
    if export is None:
        return 0
    if gone := _forget(export.letter_id, export.id):
        return gone
    delete_file(export)
    db.session.delete(export)
    return 1


def erase(letter_id: UUID) -> int:
    """Bring a letter's exports nearer to holding nobody and no file; 0 once they are there.

    That there were exports, when and how many rows they had, stays: the controller has to tell
    the receivers.
    """
    files = delete(ExportChunk).where(ExportChunk.letter_id == letter_id)
    open_ones = update(Export).where(
        Export.letter_id == letter_id, Export.state.not_in([State.OVER, State.REFUSED])
    )
    ended = open_ones.values(state=State.OVER, expires_at=None)
    done = 0
    for one in (files, ended):
        done += count_rows(db.session.execute(one, execution_options=PLAIN))
    return done + papers.erase(letter_id) + _forget(letter_id)


def let_go_open() -> int:
    """After a restore: nothing waits to be agreed to, made or fetched; returns how much did.

    It may have been refused or fetched since the backup. The worker deletes the files.
    """
    waiting = Export.state.not_in([State.OVER, State.REFUSED])
    papers.let_go()
    over = update(Export).where(waiting).values(state=State.OVER, expires_at=clock.now())
    return count_rows(db.session.execute(over, execution_options=PLAIN))


def forget_unfinished(letter_id: UUID, export_id: UUID) -> int:
    """Before a file is made anew: what a dead worker has left is deleted, a batch at a time."""
    key = (ExportChunk.letter_id == letter_id, ExportChunk.export_id == export_id)
    chunks = count_rows(db.session.execute(delete(ExportChunk).where(*key)))
    return chunks + _forget(letter_id, export_id)


def _forget(letter_id: UUID, export_id: UUID | None = None) -> int:
    some = select(Exported.signature_id).where(Exported.letter_id == letter_id)
    gone = delete(Exported).where(Exported.letter_id == letter_id)
    if export_id is not None:
        some = some.where(Exported.export_id == export_id)
        gone = gone.where(Exported.export_id == export_id)
    few = gone.where(Exported.signature_id.in_(some.limit(BATCH)))
    return count_rows(db.session.execute(few, execution_options=PLAIN))
