"""Personal data under its owner's newest key: what a rotation does to rows, a few at a time.

Each package names its own rows in `shelves.py`. Rows that somebody else changes at that moment are
left alone: they are met again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Row,
    Table,
    bindparam,
    func,
    literal,
    select,
    update,
)

from signing.core.db import db
from signing.core.ids import HOUSE
from signing.core.vault import Place, Unreadable, vault

BATCH = 500


@dataclass(frozen=True, slots=True)
class Shelf:
    """A table with a sealed column, and where a value of it belongs.

    Its rows are their letter's; of a table without letters they are the house's.
    """

    table: Table
    sealed: Column[bytes]
    place: Callable[[Row[Any]], Place]

    is_house: bool = False  # also where the table has letters

    @property
    def owner(self) -> ColumnElement[UUID]:
        letter: Column[UUID] | None = self.table.c.get("letter_id")
        return literal(HOUSE) if letter is None or self.is_house else letter

    @property
    def version(self) -> ColumnElement[bytes]:
        """The first byte."""
        return func.substr(self.sealed, 1, 1, type_=LargeBinary)

    def is_old(self, owner_id: UUID) -> ColumnElement[bool]:
        newest = bytes([vault.get_newest(owner_id)])
        return (self.owner == owner_id) & (self.version != newest)


@dataclass(frozen=True, slots=True)
class Resealed:
    """What became of some rows; those that are neither were busy, or gone meanwhile."""

    done: int = 0
    unreadable: int = 0

    def __add__(self, other: Resealed) -> Resealed:
        return Resealed(self.done + other.done, self.unreadable + other.unreadable)


def count_old(owner_id: UUID, shelves: Sequence[Shelf]) -> int:
    """How many of the owner's rows are under another key than the newest; reads every row."""
    return sum(
        db.session.scalar(
            select(func.count()).select_from(shelf.table).where(shelf.is_old(owner_id))
        )
        or 0
        for shelf in shelves
    )


def count_by_version(shelves: Sequence[Shelf]) -> dict[tuple[UUID, int], int]:
    """How many rows there are by owner and version of the key; reads every row."""
    counted: dict[tuple[UUID, int], int] = {}
    for shelf in shelves:
        rows = select(shelf.owner.label("owner"), shelf.version.label("version"))
        kept = rows.where(shelf.sealed.is_not(None)).subquery()
        groups = (kept.c.owner, kept.c.version)
        wanted = select(*groups, func.count()).group_by(*groups)
        for owner_id, version, n in db.session.execute(wanted):
            key = (owner_id, version[0] if version else 0)
            counted[key] = counted.get(key, 0) + n
    return counted


def list_old(shelf: Shelf, owner_id: UUID, *, after: UUID, limit: int = BATCH) -> Sequence[UUID]:
    """Ids, from behind `after` on, of rows that are to be sealed anew. Takes no lock."""
    id_: Column[UUID] = shelf.table.c.id
    old = select(id_).where(shelf.is_old(owner_id), id_ > after)
    return db.session.scalars(old.order_by(id_).limit(limit)).all()


def reseal(shelf: Shelf, owner_id: UUID, ids: Sequence[UUID]) -> Resealed:
    """These rows are under the owner's newest key afterwards, unless somebody holds them."""
    table = shelf.table
    mine = select(table).where(shelf.is_old(owner_id), table.c.id.in_(ids)).order_by(table.c.id)
    changed, unreadable = [], 0
    for row in db.session.execute(mine.with_for_update(skip_locked=True)):
        old: bytes = getattr(row, shelf.sealed.name)
        try:
            new = vault.reseal(shelf.place(row), old)
        except Unreadable:
            unreadable += 1
            continue
        changed.append({"owner": owner_id, "row": row.id, "old": old, "new": new})
    if changed:
        db.session.connection().execute(_swap(shelf), changed)
    return Resealed(len(changed), unreadable)


def _swap(shelf: Shelf) -> Any:
    """Only where the row holds what was opened, so that nobody's change is lost."""
    return (
        update(shelf.table)
        .where(shelf.owner == bindparam("owner"))
        .where(shelf.table.c.id == bindparam("row"), shelf.sealed == bindparam("old"))
        .values({shelf.sealed: bindparam("new")})
    )
