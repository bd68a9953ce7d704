"""Names that people take to be the same: capitals and spaces do not matter."""

from __future__ import annotations

import unicodedata
from itertools import product
from uuid import UUID

from sqlalchemy import select, union

from signing.core.db import db
from signing.signatures.models import Signature
from signing.signatures.wanted import spelled as begins

LETTERS = 5  # of its beginning, in capitals or not, the index finds all names that may be meant
MOST = 5000  # names that are looked through; what is written as it was reported is found anyhow


def spelled(letter_id: UUID, name: str) -> list[str]:
    """How the shown names are written that are this one, among them the name as it stands."""
    meant = plain(name)
    written = " ".join(unicodedata.normalize("NFC", name).split())
    begin = written[:LETTERS]
    if not begin:
        return [name]
    ways = {"".join(one) for one in product(*({c.lower(), c.upper(), c} for c in begin))}
    mine = select(Signature.public_name.label("name")).where(Signature.letter_id == letter_id)
    # Each by itself along the index: SQLite would read every row for all of them at once.
    shown = union(*(mine.where(begins(one)) for one in sorted(ways))).subquery()
    few = db.session.scalars(select(shown.c.name).order_by(shown.c.name).limit(MOST))
    return sorted({name, written, *(one for one in few if one and plain(one) == meant)})


def plain(name: str) -> str:
    """The same for names that differ in capitals, in spaces, or in how signs are composed."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
