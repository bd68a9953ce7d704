"""The columns of an export, and one signature as a row of them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

Cells = Sequence[str]
Getter = Callable[[Row[Any], Mapping[str, Any]], str]


def time(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def getters(
    columns: Sequence[str], countries: Mapping[str, str], more: Mapping[str, Getter]
) -> list[Getter]:
    """How each column is read from a row and from what was sealed in it.

    Times are UTC, ISO 8601. `countries` are names by code; a code without one stays. `more` has
    what a row alone does not tell: consents and the reference.
    """
    known: dict[str, Getter] = {
        "name": lambda _row, who: str(who["name"]),
        "email": lambda _row, who: str(who["email"]),
        "postcode": lambda _row, who: str(who.get("postcode", "")),
        "city": lambda _row, who: str(who["city"]),
        "organisation": lambda _row, who: str(who.get("organisation", "")),
        "comment": lambda _row, who: str(who["comment"]),
        "country": lambda row, _who: countries.get(row.country, row.country),
        "language": lambda row, _who: str(row.locale),
        "shown_name": lambda row, _who: "" if row.hidden_by_staff_at else row.public_name or "",
        "signed_at": lambda row, _who: time(row.created_at),
        "confirmed_at": lambda row, _who: time(row.confirmed_at),
        "entry": lambda row, _who: str(row.entry),
    }
    return [more.get(column) or known[column] for column in columns]
