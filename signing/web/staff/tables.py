"""Long tables, a page at a time: each page costs the same, wherever in the table it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for

T = TypeVar("T")
A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the addresses of the pages around them; "" where there is none.

    A page begins behind a row, named by its place in the order (`after`), and not at a number: so
    no row is met twice or missed while others come and go.
    """

    rows: Sequence[T]
    first: str = ""  # back to the beginning
    next: str = ""


def of(
    found: Sequence[T], place: Callable[[T], str], *, size: int = A_PAGE, **kept: str
) -> Page[T]:
    """A page of this view: `found` is one row more than `size` where there are more.

    `place` says where a row stands, as `after` in the address names it; `kept` are the filters.
    """
    rows = found[:size]
    return Page(
        rows,
        first=address(kept) if request.args.get("after") else "",
        next=address(kept, after=place(rows[-1])) if len(found) > size else "",
    )


def address(kept: Mapping[str, str], **more: str) -> str:
    """This very view with these values in its query; empty ones are left out."""
    values: dict[str, Any] = {name: value for name, value in {**kept, **more}.items() if value}
    return url_for(str(request.endpoint), **(request.view_args or {}) | values)
