"""Where sealed signers lie, for the rotation of keys."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table

from signing.core.resealing import Shelf
from signing.signatures import person
from signing.signatures.models import Signature

_rows = cast(Table, Signature.__table__)
SHELVES = (
    Shelf(_rows, _rows.c.sealed, lambda row: person.place(row.letter_id, row.address_digest)),
)
