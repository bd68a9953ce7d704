"""Links to a letter as it would look if its drafts were published; anybody may be given one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from signing.core import locales
from signing.core.ids import HOUSE
from signing.core.tokens import LinkBroken, Purpose, SignatureRef, tokens

VALID = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Preview:
    """Which text a link shows."""

    letter_id: UUID
    locale: str


def make(letter_id: UUID, locale: str) -> str:
    return tokens.make(Purpose.PREVIEW, SignatureRef(letter_id, HOUSE), locale.encode())


def read(token: str) -> Preview:
    """Raises `LinkExpired` after seven days, `LinkBroken` for what we did not make."""
    ref, locale = tokens.read_all(Purpose.PREVIEW, token)
    tag = locale.decode()
    if tag not in locales.languages():
        raise LinkBroken
    return Preview(ref.letter_id, tag)
