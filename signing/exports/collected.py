"""Signatures from paper and elsewhere as rows of a file: they are not confirmed signatures."""

from __future__ import annotations

from collections.abc import Iterator

from signing.collected import queries
from signing.collected.queries import Counted
from signing.exports.sheets import csv_lines

COLUMNS = ("name", "email", "country", "city", "postcode", "kind", "source", "as_of", "sheet")


def lines(counted: Counted) -> Iterator[str]:
    """Everybody who counted at a moment, as CSV that no spreadsheet mistakes for formulas."""
    return csv_lines(COLUMNS, _rows(counted))


def _rows(counted: Counted) -> Iterator[tuple[str, ...]]:
    for origin, row in queries.stream(counted):
        who = row.person
        yield (
            who.name,
            who.email,
            row.country,
            who.city,
            who.postcode,
            origin.kind,
            origin.source,
            origin.as_of.isoformat(),
            row.sheet,
        )
