"""The links by which people end mails: each carries all it needs, so nothing is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from signing.core.tokens import Purpose, SignatureRef, tokens
from signing.core.vault import DIGEST_BYTES

SEPARATOR = b"\0"


class Sort(StrEnum):
    """Which mails end."""

    ALL = ""  # whatever we could write, about every letter
    REMINDER = "reminder"  # about a signature that waits for its button
    NEWS = "news"
    NEWSLETTER = "newsletter"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class OptOut:
    """Whom it is about. The digest works where the signature is gone by now."""

    ref: SignatureRef
    house_digest: bytes
    sort: Sort = Sort.ALL
    broadcast_id: UUID | None = None  # whose figures note it


def make(opt_out: OptOut) -> str:
    """The token of a link; of one purpose for all mail, of another for one sort."""
    more = opt_out.house_digest + opt_out.sort.encode()
    if opt_out.broadcast_id:
        more += SEPARATOR + opt_out.broadcast_id.bytes
    return tokens.make(_purpose(opt_out.sort), opt_out.ref, more)


def read(purpose: Purpose, token: str) -> OptOut:
    """Raises what `tokens.read` raises."""
    ref, more = tokens.read_all(purpose, token)
    sort, _, broadcast_id = more[DIGEST_BYTES:].partition(SEPARATOR)
    found = UUID(bytes=broadcast_id) if broadcast_id else None
    return OptOut(ref, more[:DIGEST_BYTES], Sort(sort.decode()), found)


def _purpose(sort: Sort) -> Purpose:
    return Purpose.UNSUBSCRIBE if sort else Purpose.NOT_ME
