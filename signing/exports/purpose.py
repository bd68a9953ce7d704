"""Why an export is made, who gets it, with which key: sealed, since all of it may name people."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from uuid import UUID

from signing.core.vault import Place, Unreadable, vault
from signing.exports.models import Export


@dataclass(frozen=True, slots=True)
class Purpose:
    """What whoever asks says of it. `key` is an age recipient, an SSH key or a certificate."""

    reason: str = ""
    receiver: str = ""
    key: str = ""


def seal(letter_id: UUID, export_id: UUID, purpose: Purpose) -> bytes:
    return vault.seal(place(letter_id, export_id), json.dumps(asdict(purpose)).encode())


def find(export: Export) -> Purpose | None:
    """None where the letter was erased: then it is unreadable for everybody."""
    try:
        plain = vault.open(place(export.letter_id, export.id), export.sealed)
    except Unreadable:
        return None
    return Purpose(**json.loads(plain))


def place(letter_id: UUID, export_id: UUID) -> Place:
    return Place("exports", letter_id, export_id.bytes)
