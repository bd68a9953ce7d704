"""People at partners: who is written to, who accepted. Sealed under the letter's key."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from uuid import UUID

from signing.core.vault import Place, Unreadable, vault
from signing.partners.models import Agreement, Partner

NAME_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the campaign writes to."""

    name: str = field(repr=False)
    email: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Acceptor:
    """Who accepted an arrangement, and to which address its link had gone."""

    name: str = field(repr=False)
    role: str = field(repr=False)
    email: str = field(repr=False)


def seal(letter_id: UUID, partner_id: UUID, contact: Contact) -> bytes:
    return vault.seal(place(letter_id, partner_id), _plain(contact))


def find(partner: Partner) -> Contact | None:
    """None where it was forgotten, or the letter's key is destroyed."""
    with suppress(Unreadable):
        sealed = vault.open(place(partner.letter_id, partner.id), partner.sealed or b"")
        return Contact(**json.loads(sealed))
    return None


def place(letter_id: UUID, partner_id: UUID) -> Place:
    return Place("partners", letter_id, partner_id.bytes)


def seal_acceptor(letter_id: UUID, agreement_id: UUID, acceptor: Acceptor) -> bytes:
    return vault.seal(place_of_agreement(letter_id, agreement_id), _plain(acceptor))


def find_acceptor(agreement: Agreement) -> Acceptor | None:
    """As `find`."""
    with suppress(Unreadable):
        where = place_of_agreement(agreement.letter_id, agreement.id)
        return Acceptor(**json.loads(vault.open(where, agreement.sealed or b"")))
    return None


def place_of_agreement(letter_id: UUID, agreement_id: UUID) -> Place:
    return Place("partner_agreements", letter_id, agreement_id.bytes)


def _plain(person: Contact | Acceptor) -> bytes:
    return json.dumps(asdict(person), ensure_ascii=False, separators=(",", ":")).encode()
