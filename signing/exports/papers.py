"""Documents that go with a delivered file: asked for, kept sealed for a day. Nothing commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from signing.core import clock
from signing.core.db import PLAIN, count_rows, db
from signing.core.ids import first_of, new_id
from signing.core.refusals import NotFound
from signing.core.vault import Unreadable
from signing.exports import actions, purpose, queries
from signing.exports.models import Export, ExportChunk, ExportPaper
from signing.exports.refused import ErasedSince, NotToFetch
from signing.jobs import actions as jobs
from signing.jobs import queries as job_queries
from signing.jobs.models import Kind
from signing.letters.models import Letter
from signing.staff_accounts.actions import Doer
from signing.staff_accounts.roles import Act

CHUNK_BYTES = 1 << 20
NAMES_SERVE = timedelta(minutes=10)  # so long a paper with names is what the next one would be


def ask(letter: Letter, export_id: UUID, locale: str, *, has_names: bool, by: Doer) -> ExportPaper:
    """A worker makes it; while one such is made or kept it is that one. `export_id` has left
    whole.
    """
    by.demand(Act.EXPORT, letter.id)
    export = queries.get(letter.id, export_id, to_change=True)
    if export.digest is None:
        raise NotFound
    if purpose.find(export) is None:
        raise ErasedSince
    for known in list_of(letter.id, export_id):
        if (known.locale, known.has_names) == (locale, has_names) and _serves(known, export):
            return known
    made = ExportPaper(
        letter_id=letter.id,
        id=new_id(),
        export_id=export_id,
        locale=locale,
        has_names=has_names,
        size=None,
        expires_at=clock.now() + actions.AGREED_WITHIN,
    )
    db.session.add(made)
    jobs.put(Kind.DELIVERY, letter_id=letter.id, subject_id=made.id, member_id=by.actor.id)
    actions.note_delivery(letter, export, by=by.actor, has_names=has_names)
    return made


def _serves(paper: ExportPaper, export: Export) -> bool:
    """It is being made, or can be fetched and tells of the file as it left the last time."""
    if paper.has_lapsed or paper.size is None:
        return _is_being_made(paper)
    since = export.ended_at or export.asked_at
    if paper.has_names:  # whoever withdraws is in none that is asked for later
        since = max(since, clock.now() - NAMES_SERVE)
    return paper.id >= first_of(since) and _is_readable(paper)


def _is_readable(paper: ExportPaper) -> bool:
    """Not after a rotation of keys, as with the files of exports."""
    try:
        return queries.find_chunk(paper.letter_id, paper.id, 0) is not None
    except Unreadable:
        return False


def _is_being_made(paper: ExportPaper) -> bool:
    job = job_queries.find_of(paper.letter_id, paper.id)
    return paper.size is None and not paper.has_lapsed and job is not None and job.is_open


def list_of(letter_id: UUID, export_id: UUID) -> Sequence[ExportPaper]:
    """Those of one export that are kept at this moment, the newest first."""
    wanted = select(ExportPaper).where(
        ExportPaper.letter_id == letter_id, ExportPaper.export_id == export_id
    )
    return db.session.scalars(wanted.order_by(ExportPaper.id.desc())).all()


def find(letter_id: UUID, paper_id: UUID) -> ExportPaper | None:
    return db.session.get(ExportPaper, (letter_id, paper_id), populate_existing=True)


def get(letter_id: UUID, paper_id: UUID) -> ExportPaper:
    """Raises `NotToFetch` once it is gone: its page was found again too late."""
    found = find(letter_id, paper_id)
    if found is None or found.has_lapsed:
        raise NotToFetch
    return found


def keep(letter_id: UUID, paper_id: UUID, content: bytes) -> None:
    """It can be fetched for a day; nothing, if it was let go meanwhile."""
    found = find(letter_id, paper_id)
    if found is None:
        return
    delete_file(letter_id, paper_id)
    for number, first in enumerate(range(0, len(content), CHUNK_BYTES)):
        actions.put_chunk(letter_id, paper_id, number, content[first : first + CHUNK_BYTES])
    found.size, found.expires_at = len(content), clock.now() + actions.KEPT


def fetch(letter: Letter, paper_id: UUID, *, by: Doer) -> bytes:
    """The document; that it leaves is written down. Raises `vault.Unreadable`."""
    by.demand(Act.EXPORT, letter.id)
    paper = get(letter.id, paper_id)
    pieces: list[bytes] = []
    while (piece := queries.find_chunk(letter.id, paper_id, len(pieces))) is not None:
        pieces.append(piece)
    if not pieces:
        raise NotToFetch
    export = queries.get(letter.id, paper.export_id)
    actions.note_paper(letter, export, by=by.actor, has_names=paper.has_names)
    return b"".join(pieces)


def delete_file(letter_id: UUID, paper_id: UUID) -> None:
    mine = (ExportChunk.letter_id == letter_id, ExportChunk.export_id == paper_id)
    db.session.execute(delete(ExportChunk).where(*mine), execution_options=PLAIN)


def delete_over() -> int:
    """Delete one whose time is over, with its file; 0 if there is none."""
    due = select(ExportPaper).where(ExportPaper.expires_at <= clock.now()).limit(1)
    paper = db.session.scalar(due.with_for_update(skip_locked=True))
    if paper is None:
        return 0
    delete_file(paper.letter_id, paper.id)
    db.session.delete(paper)
    return 1


def erase(letter_id: UUID) -> int:
    """None of a letter's is left; their files go with those of its exports."""
    mine = delete(ExportPaper).where(ExportPaper.letter_id == letter_id)
    return count_rows(db.session.execute(mine, execution_options=PLAIN))


def let_go() -> None:
    """After a restore: what was made before the backup is not handed out any more."""
    over = update(ExportPaper).values(expires_at=clock.now())
    db.session.execute(over, execution_options=PLAIN)
