"""The columns of an export, and one signature as a row of them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from signing.letters.models import Field

REFERENCE = "reference"
COLUMNS = (
    "name",
    "email",
    "country",
    "postcode",
    "city",
    "organisation",
    "language",
    "comment",
    "shown_name",
    "signed_at",
    "confirmed_at",
    "consents",
    "entry",
    "partner",
    REFERENCE,
)
# Columns that are empty unless the letter's form has such a field.
ASKED_FOR = frozenset(field.value for field in Field)

Rows = Sequence[Row[Any]]
People = Sequence[Mapping[str, str]]
Reading = Callable[[Rows, People], Iterable[str]]


def time(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _sealed(name: str) -> Reading:
    """What was sealed before a field was there lacks it."""
    return lambda _rows, people: [who.get(name, "") for who in people]


def names_but_hidden(rows: Rows, people: People) -> list[str]:
    """Names as they were typed; empty where staff hid them."""
    return [
        "" if row.hidden_by_staff_at else who.get("name", "")
        for row, who in zip(rows, people, strict=True)
    ]


def readings(
    columns: Sequence[str], countries: Mapping[str, str], more: Mapping[str, Reading]
) -> list[Reading]:
    """How each column of many rows is read from them and from what was sealed in them.

    A column at a time, since a call a cell costs more than all that happens in it. Times are UTC,
    ISO 8601. `countries` are names by code; a code without one stays. `more` has what a row alone
    does not tell: consents and the reference.
    """
    sealed = ("name", "email", "postcode", "city", "organisation", "comment")
    known: dict[str, Reading] = {name: _sealed(name) for name in sealed} | {
        "country": lambda rows, _people: [countries.get(row.country, row.country) for row in rows],
        "language": lambda rows, _people: [row.locale for row in rows],
        "shown_name": lambda rows, _people: [
            "" if row.hidden_by_staff_at else row.public_name or "" for row in rows
        ],
        "signed_at": lambda rows, _people: [time(row.created_at) for row in rows],
        "confirmed_at": lambda rows, _people: [time(row.confirmed_at) for row in rows],
        "entry": lambda rows, _people: [row.entry for row in rows],
    }
    return [more.get(column) or known[column] for column in columns]
