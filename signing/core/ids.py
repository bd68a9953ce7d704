"""Identifiers that need no sequence, so that every table can be split over servers."""

from __future__ import annotations

import secrets
import time
from datetime import datetime
from uuid import UUID

# House rows in a table that grows carry this in place of a letter's id.
HOUSE = UUID(int=0)
# No id is smaller: a walk through ids in their order begins behind it.
BEFORE_ALL = UUID(int=0)


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then 74 random bits.

    It tells when it was made, so it leaves the house readable only in mail to its own inbox.
    """
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def first_of(at: datetime) -> UUID:
    """No id that was made at that moment or later is smaller: times in an order of ids.

    Before 1970 none was made.
    """
    return UUID(int=max(int(at.timestamp() * 1000), 0) << 80)
