"""Tables: sorted by the heading that was pressed, a page at a time, each at the same cost.

`sort` in the address names a heading, with a "-" before it where the last comes first; `after` is
the row that the page begins behind. What cannot be read is the first page in the usual order.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from flask import request, url_for

from signing.core.keyset import Order
from signing.web.staff import reading

T = TypeVar("T")
A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows in an order, and the addresses of what is around them; "" where there is none."""

    rows: Sequence[T]
    order: Order
    first: str = ""  # back to the beginning
    next: str = ""
    headings: Mapping[str, str] = field(default_factory=dict)  # where each of them leads


@dataclass(frozen=True, slots=True)
class Table:
    """What the address asks of one table."""

    sorts: tuple[str, ...]  # as `sort` names them; the first is the usual order
    order: Order
    after: str
    name: str = ""  # tells the tables of one page apart
    size: int = A_PAGE
    endpoint: str = ""  # of the page; "": the one that is asked for

    @property
    def limit(self) -> int:
        """One row more than a page has tells whether there is a next one."""
        return self.size + 1

    @property
    def after_id(self) -> UUID | None:
        return reading.uuid(self.after)

    def of(self, found: Sequence[T], place: Callable[[T], str], **kept: str) -> Page[T]:
        """A page of `limit` rows at most; `place` says where a row stands, as `after` names it."""
        rows = found[: self.size]
        return self.turn(rows, place(rows[-1]) if len(found) > self.size else "", **kept)

    def of_all(
        self,
        rows: Iterable[T],
        keys: Mapping[str, Callable[[T], Any]],
        place: Callable[[T], str],
        **kept: str,
    ) -> Page[T]:
        """A page of what the database cannot sort, of which there are few: each by its key."""
        key, reverse = keys[self.order.by], self.order.is_descending
        found = sorted(rows, key=lambda row: (key(row), place(row)), reverse=reverse)
        places = [place(row) for row in found] if self.after else []
        begin = places.index(self.after) + 1 if self.after in places else 0
        return self.of(found[begin : begin + self.limit], place, **kept)

    def turn(self, rows: Sequence[T], following: str, **kept: str) -> Page[T]:
        """These rows; `following` is the place that the next page begins behind, `kept` filters."""
        now = _spelled(self.order)
        return Page(
            rows,
            self.order,
            first=self._address(kept, now) if self.after else "",
            next=self._address(kept, now, following) if following else "",
            headings={one.removeprefix("-"): self._pressed(one, kept) for one in self.sorts},
        )

    def _pressed(self, sort: str, kept: Mapping[str, str]) -> str:
        """Where a heading leads: to its own order, or to the reverse of the one that is there."""
        if self.order.by == sort.removeprefix("-"):
            sort = _spelled(Order(self.order.by, not self.order.is_descending))
        return self._address(kept, sort)

    def _address(self, kept: Mapping[str, str], sort: str, after: str = "") -> str:
        """This page with these values in its query; empty and usual ones are left out."""
        own = {"sort": "" if sort == self.sorts[0] else sort, "after": after}
        asked = {**kept, **{f"{self.name}{name}": value for name, value in own.items()}}
        values: dict[str, Any] = {name: value for name, value in asked.items() if value}
        where = self.endpoint or str(request.endpoint)
        return url_for(where, **(request.view_args or {}) | values)


def read(*sorts: str, name: str = "", size: int = 0, endpoint: str = "") -> Table:
    """What the query says of a table with these headings; the first names the usual order."""
    order = order_of(request.values.get(f"{name}sort", ""), sorts)
    after = request.args.get(f"{name}after", "")
    return Table(sorts, order, after, name, size or A_PAGE, endpoint)


def order_of(typed: str, sorts: Sequence[str]) -> Order:
    is_known = typed.removeprefix("-") in {one.removeprefix("-") for one in sorts}
    sort = typed if is_known else sorts[0]
    return Order(sort.removeprefix("-"), is_descending=sort.startswith("-"))


def _spelled(order: Order) -> str:
    return f"-{order.by}" if order.is_descending else order.by


def by_words(text: str) -> str:
    """As people look words up: case and accents make no difference."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(one for one in plain if not unicodedata.combining(one)).casefold()
