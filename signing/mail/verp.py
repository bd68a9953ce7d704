"""A return address for each mail: one that comes back tells by it which mail it was (VERP)."""

from __future__ import annotations

from uuid import UUID

from signing.core.tokens import tokens

# The same tag inside the message, for complaints: they come with a copy of it, and from elsewhere.
HEADER = "X-Mail-Ref"


def sender(bounce_address: str, mail_id: UUID) -> str:
    """The envelope sender of a mail: `bounces+tag@…`."""
    local_part, _, domain = bounce_address.rpartition("@")
    return f"{local_part}+{tokens.tag(mail_id)}@{domain}"


def tag_of(address: str) -> str:
    """What names the mail in a return address of ours."""
    return address.strip().rpartition("@")[0].rpartition("+")[2]
