"""Pages of signatures for staff, each at the same cost with ten rows or ten million.

The table is walked along the index of one filter; the others are tried on what is met on the way,
on so many rows a page and no more. Nothing sealed is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, literal, select, tuple_

from signing.core.db import Moment, db
from signing.signatures.models import Signature, State
from signing.signatures.wanted import Wanted, spelled, spellings

# So many rows are looked at for one page at most; where that is not enough, one goes on from there.
SPAN = 4000
BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
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


class Sort(StrEnum):
    NEWEST = "newest"  # by when the form was first sent
    OLDEST = "oldest"
    CONFIRMED = "confirmed"  # by when the button was pressed, the latest first


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


class By(StrEnum):
    """What a walk is ordered by, before the id."""

    ID = "id"
    CONFIRMED = "confirmed_at"
    NAME = "public_name"


@dataclass(frozen=True, slots=True)
class _Walk:
    """One way along the table: its order, the rows on it, and what is tried on each of them."""

    by: By
    along: tuple[ColumnElement[bool], ...]
    tried: tuple[ColumnElement[bool], ...]
    is_descending: bool
    begin: str = ""  # of names: where the way begins

    def order(self) -> list[ColumnElement[Any]]:
        columns = [*self._before_id(), Signature.id]
        return [one.desc() if self.is_descending else one.asc() for one in columns]

    def _before_id(self) -> list[ColumnElement[Any]]:
        return [] if self.by is By.ID else [getattr(Signature, self.by.value)]

    def ahead(self, after: str) -> list[ColumnElement[bool]]:
        """What limits the way to that behind a place; nothing where the way begins later anyway.

        PostgreSQL would take the lower of two lower bounds, and read all that is in between.
        """
        is_later = self.by is By.NAME and after[ID_CHARACTERS:].encode() < self.begin.encode()
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
        value = literal(_moment(rest), Moment()) if self.by is By.CONFIRMED else literal(rest)
        return tuple_(*before, Signature.id), tuple_(value, id_)

    def place(self, id_: UUID, name: str | None, confirmed_at: datetime | None) -> str:
        """Where a row stands on the way, as `beyond` reads it."""
        rest = {By.ID: "", By.NAME: name, By.CONFIRMED: _micro(confirmed_at)}[self.by]
        return f"{id_.hex}{rest}"


def _micro(at: datetime | None) -> str:
    return str((at - BEGIN) // timedelta(microseconds=1)) if at else ""


def _moment(micro: str) -> datetime:
    return BEGIN + timedelta(microseconds=int(micro))


def list_page(wanted: Wanted, sort: Sort, *, after: str = "", limit: int = 50) -> Found:
    """A page of what is wanted, from behind `after` on; names come in the order of names.

    Raises `ValueError` where `after` is none of ours.
    """
    walks = _walks(wanted, sort)
    parts = [_look(walk, after, limit) for walk in walks]
    return parts[0] if len(parts) == 1 else _merge(parts, limit)


def _walks(wanted: Wanted, sort: Sort) -> list[_Walk]:
    conditions = wanted.conditions()
    if wanted.name and wanted.address_digest is None:
        letter = conditions.pop("letter_id")
        del conditions["name"]
        tried = tuple(conditions.values())
        return [
            _Walk(By.NAME, (letter, spelled(one)), tried, is_descending=False, begin=one)
            for one in spellings(wanted.name)
        ]
    if sort is Sort.CONFIRMED:
        along = (conditions.pop("letter_id"), Signature.confirmed_at.is_not(None))
        return [_Walk(By.CONFIRMED, along, tuple(conditions.values()), is_descending=True)]
    walked = {"letter_id", "days", _choose(wanted)}
    return [
        _Walk(
            By.ID,
            tuple(one for name, one in conditions.items() if name in walked),
            tuple(one for name, one in conditions.items() if name not in walked),
            is_descending=sort is not Sort.OLDEST,
        )
    ]


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
        return Found(found[:limit], _place(walk, found[limit - 1]))
    return Found(found, end, is_short=bool(end))


def _find_end(walk: _Walk, after: str) -> str:
    """The place of the row that is `SPAN` rows on; "" if the way ends before."""
    on = select(Signature.id, Signature.public_name, Signature.confirmed_at)
    on = on.where(*walk.along, *walk.ahead(after))
    row = db.session.execute(on.order_by(*walk.order()).offset(SPAN - 1).limit(1)).one_or_none()
    return walk.place(*row) if row else ""


def _place(walk: _Walk, row: Row) -> str:
    return walk.place(row.id, row.public_name, row.confirmed_at)


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
