"""The personal part of a member, and its seal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from uuid import UUID

from signing.core import address_parts
from signing.core.ids import HOUSE
from signing.core.vault import Place, vault
from signing.staff_accounts.models import Member

NAME_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Profile:
    """What only the sealed blob holds; `totp_next` waits for its first code."""

    email: str
    name: str = ""
    totp: str = field(default="", repr=False)
    totp_next: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        """What colleagues call them."""
        return self.name or self.email


def seal(member_id: UUID, profile: Profile) -> bytes:
    plain = json.dumps(asdict(profile), ensure_ascii=False, separators=(",", ":"))
    return vault.seal(place(member_id), plain.encode())


def of(member: Member) -> Profile:
    return Profile(**json.loads(vault.open(place(member.id), member.sealed)))


def place(member_id: UUID) -> Place:
    return Place("members", HOUSE, member_id.bytes)


def digest(address: str) -> bytes:
    """Recognises a member's address, and is no signer's digest of the same address."""
    return vault.digest(HOUSE, f"member:{_folded(address)}")


def _folded(address: str) -> str:
    """As typed where it is no address at all: then nobody is found by it."""
    try:
        checked = address_parts.of_email(address, may_be_local=True)
    except ValueError:
        return address.strip().casefold()
    return (checked.ascii_email or checked.normalized).casefold()


def names(members: Sequence[Member]) -> dict[UUID, str]:
    """How each is called."""
    return {one.id: of(one).shown for one in members}
