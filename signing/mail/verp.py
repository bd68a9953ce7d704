"""Return addresses of their own: a mail that comes back says by its address which it was (VERP)."""

from __future__ import annotations

from uuid import UUID

from signing.core.tokens import tokens

# The same tag inside the message, for complaints: they come with a copy of it, and from elsewhere.
HEADER = "X-Mail-Ref"


def sender(bounce_address: str, mail_id: UUID) -> str:
    """The envelope sender of a mail: `bounces+tag@…`."""
    local_part, _, domain = bounce_address.rpartition("@")
    return f"{local_part}+{tokens.tag(mail_id)}@{domain}"


def find_mail(address: str) -> UUID | None:
    """The mail that a return address stands for, if we made it; case does not matter."""
    return tokens.read_tag(tag_of(address))


def tag_of(address: str) -> str:
    return address.strip().rpartition("@")[0].rpartition("+")[2]
