"""What a rotation of keys seals anew; not the files, which last a day and can be asked anew."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table

from signing.core.resealing import Shelf
from signing.exports import purpose
from signing.exports.models import Export

_exports = cast(Table, Export.__table__)
SHELVES = (Shelf(_exports, _exports.c.sealed, lambda row: purpose.place(row.letter_id, row.id)),)
