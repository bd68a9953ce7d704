"""The personal part of a signature from elsewhere, and its seal."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from uuid import UUID

from signing.collected.models import CollectedSignature
from signing.core.vault import Place, vault

SIGNATURES, UPLOADS = "collected_signatures", "collected_uploads"


@dataclass(frozen=True, slots=True)
class Person:
    """What only the sealed blob holds. `email` is there only where a basis allows keeping it."""

    name: str
    city: str = ""
    postcode: str = ""
    email: str = ""


def seal(letter_id: UUID, row_id: UUID, person: Person) -> bytes:
    plain = json.dumps(asdict(person), ensure_ascii=False, separators=(",", ":"))
    return vault.seal(place(letter_id, row_id), plain.encode())


def of(row: CollectedSignature) -> Person:
    """Raises `vault.Unreadable` where the letter's key is destroyed."""
    return Person(**json.loads(vault.open(place(row.letter_id, row.id), row.sealed)))


def place(letter_id: UUID, row_id: UUID, table: str = SIGNATURES) -> Place:
    return Place(table, letter_id, row_id.bytes)
