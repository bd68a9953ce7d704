"""Lines of sheets, typed in one by one, and taken back. Nothing here commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, update

from signing.audit import Actor, Verb
from signing.collected import actions, person, queries
from signing.collected.columns import Signer
from signing.collected.models import CollectedSignature, Collection, Kind, State
from signing.core import clock
from signing.core.db import PLAIN, count_rows, db, insert
from signing.core.ids import new_id
from signing.core.keystore import Forgotten
from signing.core.refusals import NotFound
from signing.core.vault import vault
from signing.letters import queries as letters


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of a line that was typed in. No id: the address is counted already."""

    id: UUID | None
    same_name_on: str | None = None  # a sheet where this name and place was typed in before


def enter(collection: Collection, signer: Signer, *, by: Actor) -> Entered:
    """The line counts afterwards, unless its address is counted already."""
    letter_id, id_ = collection.letter_id, new_id()
    digest = vault.digest(letter_id, signer.address) if signer.address else None
    place = signer.person.city or signer.person.postcode or signer.country
    name_digest = vault.digest(letter_id, f"{signer.person.name}\n{place}".casefold())
    same_name_on = queries.find_sheet(letter_id, name_digest)
    is_new = digest is None or not queries.list_known(letter_id, [digest])
    if is_new:
        typed = {"name_digest": name_digest, "member_id": by.id}
        row = row_of(collection, id_, signer, digest) | typed
        added = insert(CollectedSignature).values(row).on_conflict_do_nothing()
        is_new = bool(count_rows(db.session.execute(added)))
    if not is_new:
        _add(collection, duplicates=1)
        actions.note(Verb.COLLECTED_KNOWN, collection, by, {})
        return Entered(None)
    _add(collection, number=1)
    actions.note(Verb.COLLECTED_ENTERED, collection, by, {"row": str(id_)})
    return Entered(id_, same_name_on)


def row_of(
    collection: Collection, id_: UUID, signer: Signer, digest: bytes | None
) -> dict[str, Any]:
    """The row of somebody who signed elsewhere."""
    return {
        "letter_id": collection.letter_id,
        "id": id_,
        "collection_id": collection.id,
        "sheet": signer.sheet,
        "sealed": person.seal(collection.letter_id, id_, signer.person),
        "address_digest": digest,
        "name_digest": None,
        "country": signer.country,
        "created_at": clock.now(),
        "member_id": None,
    }


def _add(collection: Collection, *, number: int = 0, duplicates: int = 0) -> None:
    """Only to what takes rows: raises `NotNow`, and then nothing was typed in."""
    today = letters.get(collection.letter_id).local(clock.now()).date()
    taken = (
        update(Collection)
        .where(Collection.letter_id == collection.letter_id, Collection.id == collection.id)
        .where(Collection.kind == Kind.PAPER, Collection.state == State.COUNTED)
        .values(
            number=Collection.number + number,
            duplicates=Collection.duplicates + duplicates,
            as_of=today,
        )
    )
    if not count_rows(db.session.execute(taken, execution_options=PLAIN)):
        raise actions.NotNow
    db.session.expire(collection)


def remove(collection: Collection, row_id: UUID, *, by: Actor) -> None:
    """This one is deleted and counts no more; raises `NotFound` where it is gone already."""
    mine = CollectedSignature.collection_id == collection.id
    vault.store.note_forgotten(collection.letter_id, row_id, Forgotten.COLLECTED_REMOVED)
    if not take_out(collection.letter_id, row_id, mine):
        raise NotFound
    db.session.expire(collection)
    actions.note(Verb.COLLECTED_REMOVED, collection, by, {"row": str(row_id)})


def take_out(letter_id: UUID, row_id: UUID, *which: ColumnElement[bool]) -> bool:
    """What `remove` does, without noting it; returns whether there was somebody."""
    gone = (
        delete(CollectedSignature)
        .where(CollectedSignature.letter_id == letter_id, CollectedSignature.id == row_id, *which)
        .returning(CollectedSignature.collection_id)
    )
    collection_id = db.session.scalar(gone, execution_options=PLAIN)
    if collection_id is None:
        return False
    fewer = (
        update(Collection)
        .where(Collection.letter_id == letter_id, Collection.id == collection_id)
        .values(number=Collection.number - 1)
    )
    db.session.execute(fewer, execution_options=PLAIN)
    return True
