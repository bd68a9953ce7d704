"""Questions about what was collected elsewhere."""

from __future__ import annotations

from collections.abc import Collection as Many
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, union_all

from signing.collected import person
from signing.collected.models import CollectedSignature, Collection, Kind, State
from signing.collected.person import Person
from signing.core import clock
from signing.core.db import db
from signing.core.refusals import NotFound
from signing.core.vault import vault
from signing.letters.models import Wording
from signing.signatures.models import Signature
from signing.signatures.models import State as SignatureState

BATCH = 1000
PAPER_WORDING = "paper"


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure beside the confirmed number; `source` is "" for paper."""

    kind: Kind
    source: str
    link: str
    number: int
    as_of: date


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody who signed elsewhere, opened."""

    id: UUID
    sheet: str
    person: Person
    country: str


@dataclass(frozen=True, slots=True)
class Counted:
    """Who counts at one moment: in these collections, and there by then."""

    letter_id: UUID
    until: datetime
    collections: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a collection comes from: plain values, held for longer than a session."""

    id: UUID
    kind: str
    source: str
    as_of: date


def get(letter_id: UUID, collection_id: UUID, *, to_change: bool = False) -> Collection:
    """Raises `NotFound`. `to_change` has others who would change it wait."""
    wanted = select(Collection).where(
        Collection.letter_id == letter_id, Collection.id == collection_id
    )
    wanted = wanted.execution_options(populate_existing=True)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotFound
    return found


def list_all(letter_id: UUID, *, limit: int = 200) -> Sequence[Collection]:
    """Every act of bringing in, undone ones too, newest first."""
    wanted = select(Collection).where(Collection.letter_id == letter_id)
    return db.session.scalars(wanted.order_by(Collection.id.desc()).limit(limit)).all()


def list_brought_by(letter_id: UUID, by: Many[str], *, limit: int) -> Sequence[Collection]:
    """What these brought in (as the audit log names them), newest first."""
    wanted = select(Collection).where(Collection.letter_id == letter_id)
    wanted = wanted.where(Collection.member_id.in_(by)).order_by(Collection.id.desc())
    return db.session.scalars(wanted.limit(limit)).all()


def list_history(collection: Collection) -> Sequence[Collection]:
    """Earlier numbers of the same figure, newest first."""
    wanted = select(Collection).where(
        Collection.letter_id == collection.letter_id,
        Collection.kind == Kind.FIGURE,
        Collection.source == collection.source,
        Collection.state == State.REPLACED,
    )
    return db.session.scalars(wanted.order_by(Collection.id.desc()).limit(100)).all()


def list_shown(letter_id: UUID) -> list[Shown]:
    """What stands beside the confirmed number: paper first, then by source, most first."""
    rows = db.session.execute(
        select(
            Collection.kind,
            Collection.source,
            func.max(Collection.link),
            func.sum(Collection.number),
            func.max(Collection.as_of),
        )
        .where(Collection.letter_id == letter_id, Collection.state == State.COUNTED)
        .where(Collection.number > 0)
        .group_by(Collection.kind, Collection.source)
    ).all()
    found = [
        Shown(Kind(kind), source, link, int(number), as_of)
        for kind, source, link, number, as_of in rows
    ]
    paper = [one for one in found if one.kind is Kind.PAPER]
    others = sorted(
        (one for one in found if one.kind is not Kind.PAPER), key=lambda one: -one.number
    )
    if not paper:
        return others
    number, as_of = sum(one.number for one in paper), max(one.as_of for one in paper)
    return [Shown(Kind.PAPER, "", "", number, as_of), *others]


def count_people(letter_id: UUID) -> int:
    """How many who count are here with their names."""
    wanted = select(func.coalesce(func.sum(Collection.number), 0)).where(
        Collection.letter_id == letter_id,
        Collection.state == State.COUNTED,
        Collection.kind != Kind.FIGURE,
    )
    return int(db.session.scalar(wanted) or 0)


def count_on_sheet(collection: Collection, sheet: str, *, among: int = 200) -> int:
    """How many of the newest lines stand on this sheet."""
    newest = (
        select(CollectedSignature.sheet)
        .where(CollectedSignature.letter_id == collection.letter_id)
        .where(CollectedSignature.collection_id == collection.id)
        .order_by(CollectedSignature.id.desc())
        .limit(among)
        .subquery()
    )
    mine = select(func.count()).select_from(newest).where(newest.c.sheet == sheet)
    return db.session.scalar(mine) or 0


def list_rows(
    letter_id: UUID,
    collection_id: UUID,
    *,
    before: UUID | None = None,
    until: datetime | None = None,
    limit: int,
) -> list[Row]:
    """The newest first, older than `before`, there at `until`; raises `vault.Unreadable` for an
    erased letter.
    """
    wanted = select(CollectedSignature).where(
        CollectedSignature.letter_id == letter_id, CollectedSignature.collection_id == collection_id
    )
    if before is not None:
        wanted = wanted.where(CollectedSignature.id < before)
    if until is not None:
        wanted = wanted.where(CollectedSignature.created_at <= until)
    rows = db.session.scalars(wanted.order_by(CollectedSignature.id.desc()).limit(limit))
    return [_opened(row) for row in rows]


def list_typed(collection: Collection, by: str, *, limit: int) -> list[Row]:
    """The newest lines that this member (as the audit log names them) typed in; as `list_rows`."""
    wanted = select(CollectedSignature).where(
        CollectedSignature.letter_id == collection.letter_id,
        CollectedSignature.collection_id == collection.id,
        CollectedSignature.member_id == by,
    )
    rows = db.session.scalars(wanted.order_by(CollectedSignature.id.desc()).limit(limit))
    return [_opened(row) for row in rows]


def list_by_address(letter_id: UUID, address: str) -> list[tuple[UUID, Row]]:
    """Who signed elsewhere with this address (normalised), and in which collection."""
    digest = vault.digest(letter_id, address)
    rows = db.session.scalars(
        select(CollectedSignature).where(
            CollectedSignature.letter_id == letter_id,
            CollectedSignature.address_digest == digest,
        )
    )
    return [(row.collection_id, _opened(row)) for row in rows]


def _opened(row: CollectedSignature) -> Row:
    return Row(row.id, row.sheet, person.of(row), row.country)


def list_known(letter_id: UUID, digests: Many[bytes]) -> set[bytes]:
    """Which of these addresses are counted already: confirmed by mail, or collected elsewhere."""
    if not digests:
        return set()
    confirmed = select(Signature.address_digest).where(
        Signature.letter_id == letter_id,
        Signature.address_digest.in_(digests),
        Signature.state == SignatureState.CONFIRMED,
    )
    collected = select(CollectedSignature.address_digest).where(
        CollectedSignature.letter_id == letter_id, CollectedSignature.address_digest.in_(digests)
    )
    return {bytes(one) for one in db.session.scalars(union_all(confirmed, collected))}


def find_sheet(letter_id: UUID, name_digest: bytes) -> str | None:
    """A sheet on which this very name and place was typed in before; None: on no sheet."""
    wanted = select(CollectedSignature.sheet).where(
        CollectedSignature.letter_id == letter_id, CollectedSignature.name_digest == name_digest
    )
    return db.session.scalar(wanted.order_by(CollectedSignature.id.desc()).limit(1))


def find_counted(letter_id: UUID) -> Counted:
    """Who counts at this moment, for `stream`; whoever is added later is in none of it."""
    wanted = select(Collection.id, Collection.kind, Collection.source, Collection.as_of).where(
        Collection.letter_id == letter_id, Collection.state == State.COUNTED
    )
    rows = db.session.execute(wanted.order_by(Collection.id)).all()
    return Counted(letter_id, clock.now(), tuple(Origin(*row) for row in rows))


def stream(counted: Counted) -> Iterator[tuple[Origin, Row]]:
    """All of them, a collection after the other; memory does not grow with them."""
    letter_id, until = counted.letter_id, counted.until
    for origin in counted.collections:
        before = None
        while rows := list_rows(letter_id, origin.id, before=before, until=until, limit=BATCH):
            db.session.expunge_all()
            before = rows[-1].id
            yield from ((origin, row) for row in rows)


def list_paper_wordings(letter_id: UUID) -> Sequence[Wording]:
    """What our own sheets say, every version, newest first."""
    wanted = select(Wording).where(Wording.letter_id == letter_id, Wording.purpose == PAPER_WORDING)
    return db.session.scalars(wanted.order_by(Wording.id.desc())).all()
