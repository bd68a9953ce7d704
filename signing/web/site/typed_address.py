"""The address as it was typed, sealed for the page that says "look in your inbox".

Padded to one length, so that nobody learns even that; readable for an hour, by us alone.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import timedelta
from uuid import UUID

from signing.core import clock
from signing.core.ids import HOUSE
from signing.core.vault import Place, Unreadable, vault

AGE = timedelta(hours=1)
PADDED_BYTES = 384  # the longest address, and then some


def seal(letter_id: UUID, address: str) -> str:
    until = int((clock.now() + AGE).timestamp())
    plain = json.dumps([until, address], ensure_ascii=False).encode().ljust(PADDED_BYTES)
    return base64.urlsafe_b64encode(vault.seal(_place(letter_id), plain)).decode()


def read(letter_id: UUID, sealed: str) -> str | None:
    """The address, or None where `sealed` is too old, not ours, or for another letter."""
    try:
        raw = base64.urlsafe_b64decode(sealed.encode())
        until, address = json.loads(vault.open(_place(letter_id), raw))
    except (binascii.Error, UnicodeEncodeError, Unreadable):
        return None
    return str(address) if clock.now().timestamp() < until else None


def _place(letter_id: UUID) -> Place:
    return Place("sent", HOUSE, letter_id.bytes)
