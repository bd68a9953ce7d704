"""What can be done about signatures from elsewhere, each written down. Nothing here commits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from signing.audit import Actor, Verb, log
from signing.collected import person
from signing.collected.models import (
    Basis,
    CollectedUpload,
    Collection,
    Kind,
    State,
    may_keep_addresses,
)
from signing.core import clock
from signing.core.db import PLAIN, count_rows, db, insert
from signing.core.ids import new_id
from signing.core.keystore import Forgotten
from signing.core.refusals import Refusal
from signing.core.vault import vault
from signing.jobs import actions as jobs
from signing.jobs import queries as known_jobs
from signing.jobs.models import Kind as JobKind
from signing.letters import queries as letters
from signing.letters.models import Letter


class NotNow(Refusal):
    """Somebody was quicker, or it is over."""

    status = 409
    message = _l("This cannot be done now. Look at the present state.")


class Busy(Refusal):
    status = 409
    message = _l("Another file is not finished. Count it or throw it away first.")


@dataclass(frozen=True, slots=True)
class About:
    """Where signatures come from, and what allows keeping them."""

    kind: Kind
    source: str
    as_of: date
    link: str = ""
    began_on: date | None = None
    ended_on: date | None = None
    basis: Basis = Basis.NONE
    wording: str = ""

    @property
    def keeps_addresses(self) -> bool:
        return may_keep_addresses(self.source, self.basis, self.wording)


def begin_sheets(letter: Letter, about: About, *, by: Actor) -> Collection:
    """A collection of paper that lines can be typed into; they count at once."""
    return _begin(letter, about, State.COUNTED, by=by)


def begin_upload(letter: Letter, about: About, *, by: Actor) -> Collection:
    """A collection that waits for its file's columns; `store` is to follow."""
    return _begin(letter, about, State.UPLOADED, by=by)


def add_figure(letter: Letter, about: About, number: int, *, by: Actor) -> Collection:
    """The number stands beside the confirmed one; an older one of this source is replaced."""
    older = (
        update(Collection)
        .where(Collection.letter_id == letter.id, Collection.kind == Kind.FIGURE)
        .where(Collection.source == about.source, Collection.state == State.COUNTED)
    )
    db.session.execute(older.values(state=State.REPLACED), execution_options=PLAIN)
    return _begin(letter, about, State.COUNTED, number=number, by=by)


def _begin(letter: Letter, about: About, state: State, *, by: Actor, number: int = 0) -> Collection:
    made = Collection(
        letter_id=letter.id,
        id=new_id(),
        kind=about.kind,
        state=state,
        source=about.source,
        link=about.link,
        began_on=about.began_on,
        ended_on=about.ended_on,
        as_of=about.as_of,
        basis=about.basis,
        wording=about.wording,
        number=number,
        duplicates=0,
        faulty=0,
        problems=[],
        columns=[],
        has_header=True,
        rows=0,
        rows_read=0,
        member_id=by.id,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    details = {"kind": str(about.kind), "basis": str(about.basis), "as_of": str(about.as_of)}
    note(Verb.COLLECTION_BEGUN, made, by, details | {"number": number})
    return made


def note(verb: Verb, collection: Collection, by: Actor, details: dict[str, Any]) -> None:
    """Write it down in the audit log; no personal data in the details."""
    log.record(
        verb, by=by, subject=str(collection.id), letter_id=collection.letter_id, details=details
    )


def store(collection: Collection, pieces: Iterable[tuple[bytes, int]]) -> None:
    """Keep the file, sealed, and about how many rows it has; see `tables.pieces`."""
    for n, (piece, rows) in enumerate(pieces):
        id_ = new_id()
        place = person.place(collection.letter_id, id_, person.UPLOADS)
        row = {
            "letter_id": collection.letter_id,
            "id": id_,
            "collection_id": collection.id,
            "n": n,
            "sealed": vault.seal(place, piece),
            "created_at": collection.created_at,
        }
        db.session.execute(insert(CollectedUpload).values(row))
        collection.rows = rows
    db.session.flush()


def choose_columns(
    collection: Collection,
    columns: list[str],
    *,
    has_header: bool,
    by: Actor,
    has_worker: bool = True,
) -> None:
    """A worker reads the file, or else the caller; nothing counts before `count`.

    Of two at once the second waits here for the first, and is refused.
    """
    letters.get_to_change(collection.letter_id)
    check_free(collection.letter_id)
    chosen = {"columns": columns, "has_header": has_header}
    _move(collection, State.UPLOADED, State.READING, chosen)
    if has_worker:
        _put_job(collection, by)


def _put_job(collection: Collection, by: Actor) -> None:
    jobs.put(
        JobKind.COLLECTED,
        letter_id=collection.letter_id,
        subject_id=collection.id,
        member_id=by.id,
    )


def check_free(letter_id: UUID) -> None:
    """One file at a time: what another one holds decides what is a duplicate. Raises `Busy`."""
    if _is_busy(letter_id):
        raise Busy


def _is_busy(letter_id: UUID) -> bool:
    undecided = select(Collection.id).where(
        Collection.letter_id == letter_id, Collection.state.in_([State.READING, State.READ])
    )
    if db.session.scalar(undecided.limit(1)) is not None:
        return True
    return any(job.is_open for job in known_jobs.list_newest(letter_id, JobKind.COLLECTED))


def count(collection: Collection, *, without_faulty: bool, by: Actor) -> None:
    """All rows that could be used count from now on, at once.

    Where some could not, nobody counts unless whoever presses says that those are left out.
    """
    if collection.faulty and not without_faulty:
        raise NotNow
    _move(collection, State.READ, State.COUNTED, {})
    figures = {
        "number": collection.number,
        "duplicates": collection.duplicates,
        "left_out": collection.faulty,
    }
    note(Verb.COLLECTION_COUNTED, collection, by, figures)


def undo(collection: Collection, *, by: Actor, has_worker: bool = True) -> None:
    """It counts no more; a worker deletes its rows and its file, or else the caller."""
    if collection.state == State.UNDONE:
        raise NotNow
    vault.store.note_forgotten(collection.letter_id, collection.id, Forgotten.COLLECTION_UNDONE)
    before = State(collection.state)
    end(collection)
    note(Verb.COLLECTION_UNDONE, collection, by, {"number": collection.number, "was": before})
    if has_worker:
        _put_job(collection, by)


def end(collection: Collection) -> None:
    """What `undo` does first, without noting it: it counts no more."""
    job = known_jobs.find_of(collection.letter_id, collection.id)
    if job is not None and job.is_open:
        jobs.stop(collection.letter_id, job.id)
    _move(collection, State(collection.state), State.UNDONE, {})


def _move(collection: Collection, before: State, after: State, values: dict[str, Any]) -> None:
    """Once, however often it is pressed."""
    moved = (
        update(Collection)
        .where(Collection.letter_id == collection.letter_id, Collection.id == collection.id)
        .where(Collection.state == before)
        .values(state=after, **values)
    )
    if not count_rows(db.session.execute(moved, execution_options=PLAIN)):
        raise NotNow
    db.session.expire(collection)


def note_export(letter: Letter, number: int, *, by: Actor) -> None:
    """Write down who carries collected signatures out, before the first row leaves."""
    log.record(
        Verb.COLLECTED_EXPORTED,
        by=by,
        subject=letter.slug,
        letter_id=letter.id,
        details={"format": "csv", "number": number},
    )
