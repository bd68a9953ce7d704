"""Carrying signatures out, written down."""

from __future__ import annotations

from collections.abc import Iterator

from signing.audit import Actor, Verb, log
from signing.core.db import db
from signing.exports import columns, queries, sheets
from signing.letters.models import Letter


def begin_export(letter: Letter, *, number: int, by: Actor) -> None:
    """Write down who takes which columns of how many signatures, before the first row leaves."""
    log.record(
        Verb.SIGNATURES_EXPORTED,
        by=by,
        subject=letter.slug,
        letter_id=letter.id,
        details={"format": "csv", "columns": list(columns.COLUMNS), "number": number},
    )
    db.session.flush()


def csv_lines(letter: Letter) -> Iterator[str]:
    return sheets.csv_lines(columns.COLUMNS, queries.stream(letter.id))
