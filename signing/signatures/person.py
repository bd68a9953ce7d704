"""The personal part of a signature, and its seal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from uuid import UUID

from signing.core.ids import HOUSE
from signing.core.vault import Place, vault
from signing.signatures.address import normalised
from signing.signatures.models import Show, Signature


@dataclass(frozen=True, slots=True)
class Person:
    """What only the sealed blob holds. `email` is the spelling that was typed."""

    name: str
    email: str
    city: str = ""
    postcode: str = ""
    organisation: str = ""
    comment: str = ""
    show: Show = Show.NO


def seal(letter_id: UUID, address_digest: bytes, person: Person) -> bytes:
    plain = json.dumps(asdict(person), ensure_ascii=False, separators=(",", ":"))
    return vault.seal(place(letter_id, address_digest), plain.encode())


def open_(letter_id: UUID, address_digest: bytes, sealed: bytes) -> Person:
    """Raises `vault.Unreadable` where the letter's key is destroyed."""
    values = json.loads(vault.open(place(letter_id, address_digest), sealed))
    return Person(**values | {"show": Show(values["show"])})


def open_many(letter_id: UUID, rows: Iterable[tuple[bytes, bytes]]) -> Iterator[dict[str, str]]:
    """The fields of many people, by digest and what is sealed; raises `vault.Unreadable`.

    Plain values, since an export makes a million of them. What was sealed before a field was
    there lacks it.
    """
    read = json.JSONDecoder().decode  # `json.loads` would look for the encoding of each
    return (read(str(plain, "utf-8")) for plain in vault.open_many("signatures", letter_id, rows))


def of(signature: Signature) -> Person:
    return open_(signature.letter_id, signature.address_digest, signature.sealed)


def house_digest(address: str) -> bytes:
    """Recognises an address over all letters: to mail it only so often, or never.

    In no signature's row, so that a stolen table does not tell who signed several letters.
    """
    return vault.digest(HOUSE, normalised(address))


def place(letter_id: UUID, address_digest: bytes) -> Place:
    """The row is named by its digest: unlike its id, that is known before the upsert decides."""
    return Place("signatures", letter_id, address_digest)
