"""Signatures from paper and elsewhere as rows of a file: they are no confirmed signatures."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from signing.collected import queries
from signing.exports.sheets import csv_lines

COLUMNS = ("name", "email", "country", "city", "postcode", "kind", "source", "as_of", "sheet")


def lines(letter_id: UUID) -> Iterator[str]:
    """Everybody who counts, as CSV that no spreadsheet mistakes for formulas."""
    return csv_lines(COLUMNS, _rows(letter_id))


def _rows(letter_id: UUID) -> Iterator[tuple[str, ...]]:
    for collection, row in queries.stream(letter_id):
        who = row.person
        yield (
            who.name,
            who.email,
            row.country,
            who.city,
            who.postcode,
            collection.kind,
            collection.source,
            collection.as_of.isoformat(),
            row.sheet,
        )
