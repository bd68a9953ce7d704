"""Where sealed data of signatures from elsewhere lies, for the rotation of keys."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table

from signing.collected import person
from signing.collected.models import CollectedSignature, CollectedUpload
from signing.core.resealing import Shelf

_rows = cast(Table, CollectedSignature.__table__)
_uploads = cast(Table, CollectedUpload.__table__)
SHELVES = (
    Shelf(_rows, _rows.c.sealed, lambda row: person.place(row.letter_id, row.id)),
    Shelf(
        _uploads,
        _uploads.c.sealed,
        lambda row: person.place(row.letter_id, row.id, person.UPLOADS),
    ),
)
