"""Where a page begins, sealed: what stands in it would tell when somebody signed.

The same place is spelled anew each time; `answering` leaves it out of the ETag.
"""

from __future__ import annotations

import base64
import binascii
from uuid import UUID

from signing.core.ids import HOUSE
from signing.core.vault import Place, Unreadable, vault
from signing.web.api.answering import BadQuery

PATTERN = "^[A-Za-z0-9_-]{40,400}$"


def seal(list_: str, letter_id: UUID, place: str) -> str:
    """The cursor of this list of this letter that stands for `place`."""
    sealed = vault.seal(_place(list_, letter_id), place.encode())
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read(list_: str, letter_id: UUID, cursor: str) -> str:
    """What `seal` was given; raises `BadQuery` for what is not ours, or of another list."""
    try:
        sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return vault.open(_place(list_, letter_id), sealed).decode()
    except (binascii.Error, Unreadable):
        raise BadQuery from None


def _place(list_: str, letter_id: UUID) -> Place:
    return Place(f"api_{list_}", HOUSE, letter_id.bytes)
