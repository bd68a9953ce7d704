"""The rows of an export, streamed: memory does not grow with their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import select

from signing.core.db import db
from signing.exports import columns
from signing.signatures import person
from signing.signatures.models import Consent, Signature, State

BATCH = 1000


def stream(letter_id: UUID) -> Iterator[tuple[str, ...]]:
    """Confirmed signatures in the order they were made, as rows of `columns.COLUMNS`."""
    after = UUID(int=0)
    while batch := _batch(letter_id, after):
        consents = _consents(letter_id, [signature.id for signature in batch])
        for signature in batch:
            yield columns.row(signature, person.of(signature), consents[signature.id])
        after = batch[-1].id
        db.session.expunge_all()


def _batch(letter_id: UUID, after: UUID) -> Sequence[Signature]:
    """The next rows by primary key: no cursor to keep open, no offset to count again."""
    return db.session.scalars(
        select(Signature)
        .where(Signature.letter_id == letter_id, Signature.id > after)
        .where(Signature.state == State.CONFIRMED)
        .order_by(Signature.id)
        .limit(BATCH)
    ).all()


def _consents(letter_id: UUID, ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, UUID]]]:
    rows = db.session.execute(
        select(Consent.signature_id, Consent.purpose, Consent.wording_id)
        .where(Consent.letter_id == letter_id, Consent.signature_id.in_(ids))
        .where(Consent.withdrawn_at.is_(None))
    )
    given: dict[UUID, list[tuple[str, UUID]]] = defaultdict(list)
    for signature_id, purpose, wording_id in rows:
        given[signature_id].append((purpose, wording_id))
    return given
