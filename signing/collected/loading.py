"""A file's rows into the table, a batch a transaction: what a worker does, and how it goes on.

The number of rows read stands in the collection and moves in the transaction of its rows: a
worker that dies loses a batch at most, and none comes twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from signing.audit import Actor, Verb
from signing.collected import actions, columns, entering, person, queries, tables
from signing.collected.columns import Column, Problem, Signer
from signing.collected.models import CollectedSignature, CollectedUpload, Collection, State
from signing.core.db import PLAIN, count_rows, db, insert
from signing.core.ids import new_id
from signing.core.keystore import Forgotten
from signing.core.vault import vault
from signing.jobs.actions import LeaseLost

BATCH = 1000
KEPT_PROBLEMS = 100

Numbered = tuple[int, Sequence[str]]


def rows(letter_id: UUID, collection_id: UUID) -> Iterator[Sequence[str]]:
    """The rows of the uploaded file; holds one piece of it at a time, and no session."""
    return tables.rows_of(_pieces(letter_id, collection_id))


def _pieces(letter_id: UUID, collection_id: UUID) -> Iterator[bytes]:
    n = 0
    while piece := _piece(letter_id, collection_id, n):
        yield piece
        n += 1


def _piece(letter_id: UUID, collection_id: UUID, n: int) -> bytes:
    found = db.session.execute(
        select(CollectedUpload.id, CollectedUpload.sealed).where(
            CollectedUpload.letter_id == letter_id,
            CollectedUpload.collection_id == collection_id,
            CollectedUpload.n == n,
        )
    ).one_or_none()
    if found is None:
        return b""
    return vault.open(person.place(letter_id, found.id, person.UPLOADS), found.sealed)


def batches(collection: Collection) -> Iterator[list[Numbered]]:
    """What is still to be read, with the numbers that a spreadsheet gives the rows."""
    all_rows = enumerate(rows(collection.letter_id, collection.id), start=1)
    left = islice(all_rows, collection.rows_read, None)
    while batch := list(islice(left, BATCH)):
        yield batch


def load(collection: Collection, batch: Sequence[Numbered]) -> None:
    """These rows are there afterwards, not counted yet; raises `LeaseLost` if others were quicker.

    An address that is counted already, or came before in this file, is a duplicate.
    """
    signers, problems = _read(collection, batch)
    fresh = _without_known(collection, signers)
    values = [entering.row_of(collection, new_id(), signer, digest) for signer, digest in fresh]
    added = 0
    if values:
        statement = insert(CollectedSignature).on_conflict_do_nothing()
        done = db.session.execute(statement.returning(CollectedSignature.id), values)
        added = len(done.all())
    duplicates = len(signers) - added
    _advance(collection, batch[-1][0], added, duplicates, problems)


def _read(
    collection: Collection, batch: Sequence[Numbered]
) -> tuple[list[Signer], list[list[Any]]]:
    chosen = [Column(one) for one in collection.columns]
    signers: list[Signer] = []
    problems: list[list[Any]] = []
    for number, row in batch:
        if (number == 1 and collection.has_header) or tables.is_blank(row):
            continue
        read = columns.signer(row, chosen, keeps_addresses=collection.keeps_addresses)
        if isinstance(read, Problem):
            problems.append([number, read.value])
        else:
            signers.append(read)
    return signers, problems


def _without_known(
    collection: Collection, signers: Sequence[Signer]
) -> list[tuple[Signer, bytes | None]]:
    """Those that are not counted yet, with the digests of their addresses."""
    digests = [
        vault.digest(collection.letter_id, one.address) if one.address else None for one in signers
    ]
    known = queries.list_known(collection.letter_id, {one for one in digests if one})
    fresh: list[tuple[Signer, bytes | None]] = []
    for signer, digest in zip(signers, digests, strict=True):
        if digest is None:
            fresh.append((signer, digest))
        elif digest not in known:
            known.add(digest)
            fresh.append((signer, digest))
    return fresh


def _advance(
    collection: Collection, read: int, added: int, duplicates: int, problems: list[list[Any]]
) -> None:
    kept = [*collection.problems, *problems][:KEPT_PROBLEMS]
    moved = _mine(collection).where(Collection.rows_read == collection.rows_read)
    values = {
        "rows_read": read,
        # As they are by then: retention takes from them what was confirmed by mail meanwhile.
        "number": Collection.number + added,
        "duplicates": Collection.duplicates + duplicates,
        "faulty": Collection.faulty + len(problems),
        "problems": kept,
    }
    _execute(moved.values(values))


def _mine(collection: Collection) -> Any:
    return update(Collection).where(
        Collection.letter_id == collection.letter_id,
        Collection.id == collection.id,
        Collection.state == State.READING,
    )


def _execute(statement: Any) -> None:
    if not count_rows(db.session.execute(statement, execution_options=PLAIN)):
        raise LeaseLost


def finish(collection: Collection) -> None:
    """All is there and waits for somebody to look; the file is deleted."""
    _execute(_mine(collection).values(state=State.READ, rows=Collection.rows_read))
    delete_upload(collection)


def refuse(collection: Collection, row: int, *, by: Actor) -> None:
    """From this row on it is no table: nothing of it will count, and its page says why.

    Whoever calls deletes the rows that were read before.
    """
    vault.store.note_forgotten(collection.letter_id, collection.id, Forgotten.COLLECTION_UNDONE)
    problems = [[row, Problem.NO_TABLE.value], *collection.problems][:KEPT_PROBLEMS]
    ended = {"state": State.UNDONE, "problems": problems, "faulty": collection.faulty + 1}
    _execute(_mine(collection).values(ended))
    undone = {"number": collection.number, "was": State.READING}
    actions.note(Verb.COLLECTION_UNDONE, collection, by, undone)


def delete_upload(collection: Collection) -> None:
    mine = delete(CollectedUpload).where(
        CollectedUpload.letter_id == collection.letter_id,
        CollectedUpload.collection_id == collection.id,
    )
    db.session.execute(mine, execution_options=PLAIN)


def delete_rows(collection: Collection, *, limit: int = 5 * BATCH) -> int:
    """Delete so many rows of what was undone; returns how many there were."""
    some = (
        select(CollectedSignature.id)
        .where(CollectedSignature.letter_id == collection.letter_id)
        .where(CollectedSignature.collection_id == collection.id)
        .limit(limit)
    )
    gone = delete(CollectedSignature).where(
        CollectedSignature.letter_id == collection.letter_id, CollectedSignature.id.in_(some)
    )
    return count_rows(db.session.execute(gone, execution_options=PLAIN))
