"""Signatures as programs of the campaign read them: public names, and consents of a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from signing.core.db import db
from signing.letters.models import Wording
from signing.signatures.finding import COLUMNS, Row
from signing.signatures.models import Consent, Signature, State
from signing.signatures.wanted import in_state


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the list of names one stands: by its moment, and among equals by its id."""

    confirmed_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Named:
    """A name as its signer shows it."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Agreed:
    """One choice of a signer: what for, towards whom (the nil UUID: the controller), by which
    sentence.
    """

    purpose: str
    receiver_id: UUID
    digest: bytes
    withdrawn_at: datetime | None


def list_names(letter_id: UUID, *, limit: int, after: Place | None = None) -> list[Named]:
    """Public names, the newest signature first; none that staff have hidden.

    Keys and no numbers say where a page begins: nothing shifts while names come and go.
    """
    wanted = (
        select(Signature.public_name, Signature.confirmed_at, Signature.id)
        .where(Signature.letter_id == letter_id, in_state(State.CONFIRMED))
        .where(Signature.public_name.is_not(None), Signature.hidden_by_staff_at.is_(None))
        # SQLite alone has no figures to tell it that few of the confirmed may show their names.
        .with_hint(Signature, "INDEXED BY ix_signatures_shown", "sqlite")
    )
    if after is not None:
        # The first condition finds the place in the index; the second is for equal moments.
        wanted = wanted.where(
            Signature.confirmed_at <= after.confirmed_at,
            or_(Signature.confirmed_at < after.confirmed_at, Signature.id < after.id),
        )
    order = Signature.confirmed_at.desc(), Signature.id.desc()
    rows = db.session.execute(wanted.order_by(*order).limit(limit))
    return [Named(name or "", Place(at, id_)) for name, at, id_ in rows if at is not None]


def list_facts(
    letter_id: UUID, *, before: datetime, after: bytes, limit: int
) -> tuple[list[Row], bytes | None]:
    """Signatures first sent before a moment, and behind which digest the next page begins.

    In the order of their addresses' digests, which tells nothing: in that of time they would stand
    as their names do on the letter's page. A page has less than `limit` where some are younger.
    """
    wanted = (
        select(*COLUMNS, Signature.address_digest)
        .where(Signature.letter_id == letter_id, Signature.address_digest > after)
        .order_by(Signature.address_digest)
        .limit(limit + 1)
    )
    rows: Any = db.session.execute(wanted).mappings().all()
    page = rows[:limit]
    facts = [
        Row(**{one.key: row[one.key] for one in COLUMNS})
        for row in page
        if row["created_at"] < before
    ]
    return facts, page[-1]["address_digest"] if len(rows) > limit else None


def list_consents(letter_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, Sequence[Agreed]]:
    """What these signers agreed to, by signature; what they took back too."""
    of_wording = (Wording.letter_id == Consent.letter_id) & (Wording.id == Consent.wording_id)
    rows = db.session.execute(
        select(
            Consent.signature_id,
            Consent.purpose,
            Consent.receiver_id,
            Wording.digest,
            Consent.withdrawn_at,
        )
        .join(Wording, of_wording)
        .where(Consent.letter_id == letter_id, Consent.signature_id.in_(ids))
        .order_by(Consent.purpose, Consent.receiver_id)
    )
    found: dict[UUID, list[Agreed]] = defaultdict(list)
    for id_, purpose, receiver_id, digest, withdrawn_at in rows:
        found[id_].append(Agreed(purpose, receiver_id, digest, withdrawn_at))
    return found
