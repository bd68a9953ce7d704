"""Pages of signatures for staff, each at the same cost for ten rows or ten million.

The table is walked along the index of one filter; the others are tried on what is met on the way,
on so many rows a page and no more. Nothing sealed is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, literal, select, tuple_

from signing.core import keyset
from signing.core.db import Moment, count_few, db
from signing.core.keyset import Order
from signing.signatures.models import Signature, State
from signing.signatures.wanted import Wanted, in_state, spelled, spellings

# So many rows are looked at for one page at most; where that is not enough, one goes on from there.
SPAN = 4000
COLUMNS = (
    Signature.id,
    Signature.state,
    Signature.public_name,
    Signature.hidden_by_staff_at,
    Signature.country,
    Signature.locale,
    Signature.partner_id,
    Signature.entry,
    Signature.reasons,
    Signature.is_flagged,
    Signature.bounced_at,
    Signature.created_at,
    Signature.confirmed_at,
)
# The table is walked along the index of one filter: the first of these that is in use.
WALKED = ("address_digest", "is_flagged", "state", "partner_id", "country", "locale")
ID_CHARACTERS = 32


class By(StrEnum):
    """What a walk is ordered by, before the id."""

    ID = "id"  # which tells when the form was first sent
    CONFIRMED = "confirmed_at"
    NAME = "public_name"
    COUNTRY = "country"
    LOCALE = "locale"


# What the table can be sorted by: whatever has an index of a letter's signatures.
SORTS = {
    "sent": By.ID,
    "confirmed": By.CONFIRMED,
    "name": By.NAME,
    "country": By.COUNTRY,
    "language": By.LOCALE,
}
NEWEST = Order("sent", is_descending=True)
# Who has none is not on the index either, and so not on the way.
HAVE_ONE = {By.CONFIRMED: Signature.confirmed_at, By.NAME: Signature.public_name}


@dataclass(frozen=True, slots=True)
class Row:
    """What the table shows of a signature: nothing that its signer does not show."""

    id: UUID
    state: str
    public_name: str | None
    hidden_by_staff_at: datetime | None
    country: str
    locale: str
    partner_id: UUID | None
    entry: str
    reasons: list[str]
    is_flagged: bool
    bounced_at: datetime | None
    created_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """A page; `after` says where the next one begins, "" at the end of the table.

    `is_short`: the page is not full because enough rows were looked at; there may be more.
    """

    rows: Sequence[Row]
    after: str = ""
    is_short: bool = False


@dataclass(frozen=True, slots=True)
class _Walk:
    """One way along the table: its order, the rows on it, and what is tried on each of them."""

    by: By
    along: tuple[ColumnElement[bool], ...]
    tried: tuple[ColumnElement[bool], ...]
    is_descending: bool
    begin: str = ""  # of names that are looked for: where the way begins

    def order(self) -> list[ColumnElement[Any]]:
        columns = [*self._before_id(), Signature.id]
        return [one.desc() if self.is_descending else one.asc() for one in columns]

    def _before_id(self) -> list[ColumnElement[Any]]:
        return [] if self.by is By.ID else [getattr(Signature, self.by.value)]

    def ahead(self, after: str) -> list[ColumnElement[bool]]:
        """What limits the way to that behind a place; nothing where the way begins later anyway.

        PostgreSQL would take the lower of two lower bounds, and read all that is in between.
        """
        is_later = bool(self.begin) and after[ID_CHARACTERS:].encode() < self.begin.encode()
        return [self.beyond(after)] if after and not is_later else []

    def beyond(self, place: str) -> ColumnElement[bool]:
        """What comes after this place on the way."""
        key, value = self._key(place)
        beyond: ColumnElement[bool] = key < value if self.is_descending else key > value
        return beyond

    def up_to(self, place: str) -> ColumnElement[bool]:
        key, value = self._key(place)
        reached: ColumnElement[bool] = key >= value if self.is_descending else key <= value
        return reached

    def _key(self, place: str) -> tuple[Any, Any]:
        id_, rest = literal(UUID(hex=place[:ID_CHARACTERS])), place[ID_CHARACTERS:]
        before = self._before_id()
        if not before:
            return Signature.id, id_
        value = literal(keyset.moment(rest), Moment()) if self.by is By.CONFIRMED else literal(rest)
        return tuple_(*before, Signature.id), tuple_(value, id_)

    def place(self, row: Any) -> str:
        """Where a row stands on the way, as `beyond` reads it."""
        if self.by is By.ID:
            return str(row.id.hex)
        rest = getattr(row, self.by.value)
        return f"{row.id.hex}{keyset.micros(rest) if self.by is By.CONFIRMED else rest}"


def count_open(letter_id: UUID, state: State, *, most: int = 1000) -> int:
    """How many are in a state other than confirmed; one more than `most` for all beyond."""
    there = select(Signature.id).where(Signature.letter_id == letter_id, in_state(state))
    return count_few(there, most=most)


def list_page(wanted: Wanted, order: Order, *, after: str = "", limit: int = 50) -> Found:
    """A page of what is wanted, from behind `after` on; names that are looked for come in the order
    of names. Sorted by name or confirmation, it is those who have one.

    Raises `ValueError` where `after` is none of ours.
    """
    walks = _walks(wanted, order)
    parts = [_look(walk, after, limit) for walk in walks]
    return parts[0] if len(parts) == 1 else _merge(parts, limit)


def _walks(wanted: Wanted, order: Order) -> list[_Walk]:
    conditions = wanted.conditions()
    if wanted.name and wanted.address_digest is None:
        letter = conditions.pop("letter_id")
        del conditions["name"]
        tried = tuple(conditions.values())
        return [
            _Walk(By.NAME, (letter, spelled(one)), tried, is_descending=False, begin=one)
            for one in spellings(wanted.name)
        ]
    by = SORTS[order.by]
    if by is not By.ID and wanted.address_digest is None:  # an address is one row at most
        return [_along(by, conditions, is_descending=order.is_descending)]
    walked = {"letter_id", "days", _choose(wanted)}
    return [
        _Walk(
            By.ID,
            tuple(one for name, one in conditions.items() if name in walked),
            tuple(one for name, one in conditions.items() if name not in walked),
            is_descending=order.is_descending,
        )
    ]


def _along(by: By, conditions: dict[str, ColumnElement[bool]], *, is_descending: bool) -> _Walk:
    """The way along the index of what it is sorted by, for those who have one."""
    along = [conditions.pop("letter_id")]
    if by in HAVE_ONE:
        along.append(HAVE_ONE[by].is_not(None))
    if by.value in conditions:  # filtered by what it is sorted by
        along.append(conditions.pop(by.value))
    return _Walk(by, tuple(along), tuple(conditions.values()), is_descending=is_descending)


def _choose(wanted: Wanted) -> str:
    """The filter to walk along; most signatures are confirmed, so that is no way."""
    used = [one for one in WALKED if one in wanted.used]
    if wanted.state is State.CONFIRMED and "state" in used:
        used.remove("state")
    return used[0] if used else ""


def _look(walk: _Walk, after: str, limit: int) -> Found:
    """A page of one walk; what is tried is tried on `SPAN` rows at most."""
    end = _find_end(walk, after) if walk.tried else ""
    rows: Any = select(*COLUMNS).where(*walk.along, *walk.tried, *walk.ahead(after))
    if end:
        rows = rows.where(walk.up_to(end))
    got = db.session.execute(rows.order_by(*walk.order()).limit(limit + 1)).mappings()
    found = [Row(**row) for row in got]
    if len(found) > limit:
        return Found(found[:limit], walk.place(found[limit - 1]))
    return Found(found, end, is_short=bool(end))


def _find_end(walk: _Walk, after: str) -> str:
    """The place of the row that is `SPAN` rows on; "" if the way ends before."""
    on = select(Signature.id, *(getattr(Signature, one.value) for one in By if one is not By.ID))
    on = on.where(*walk.along, *walk.ahead(after))
    row = db.session.execute(on.order_by(*walk.order()).offset(SPAN - 1).limit(1)).one_or_none()
    return walk.place(row) if row else ""


def _merge(parts: Sequence[Found], limit: int) -> Found:
    """One page of several walks by name, up to where each of them has been looked at."""
    ends = [one.after for one in parts if one.after]
    end = min(ends, key=_by_name) if ends else ""
    rows = sorted(
        (row for one in parts for row in one.rows),
        key=lambda row: _by_name(row.id.hex + (row.public_name or "")),
    )
    if end:
        rows = [row for row in rows if _by_name(f"{row.id.hex}{row.public_name}") <= _by_name(end)]
    if len(rows) > limit:
        return Found(rows[:limit], f"{rows[limit - 1].id.hex}{rows[limit - 1].public_name}")
    return Found(rows, end, is_short=bool(end) and len(rows) < limit)


def _by_name(place: str) -> tuple[bytes, str]:
    return place[ID_CHARACTERS:].encode(), place[:ID_CHARACTERS]
