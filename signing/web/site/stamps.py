"""The stamp of a form: it came from us, for this letter, with these wordings, not long ago.

It changes by the hour, so that a cached page stays the same page. Missing or old it means more
work for the visitor, never a refusal.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, Signer

from signing.core import clock
from signing.core.settings import Settings

HOUR = 3600
HOURS_VALID = 7 * 24


def make(letter_id: UUID, wordings: str) -> str:
    return signer("stamp").sign(f"{_hour()}.{_what(letter_id, wordings)}").decode()


def is_good(stamp: str, letter_id: UUID, wordings: str) -> bool:
    """Whether we made it for this letter and these wordings within the last seven days."""
    try:
        hour, _, what = signer("stamp").unsign(stamp).decode().partition(".")
    except (BadSignature, UnicodeError):
        return False
    return what == _what(letter_id, wordings) and _hour() - int(hour) <= HOURS_VALID


def signer(purpose: str) -> Signer:
    """Of the secret keys the first signs, all verify."""
    settings: Settings = current_app.extensions["signing.settings"]
    return Signer(
        list(reversed(settings.secret_keys)),
        salt=f"signing.{purpose}",
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )


def _hour() -> int:
    return int(clock.now().timestamp()) // HOUR


def _what(letter_id: UUID, wordings: str) -> str:
    return hashlib.sha256(letter_id.bytes + wordings.encode()).hexdigest()[:32]
