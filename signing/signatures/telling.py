"""What deeds to a signature say to the partners that its signer agreed to hear from.

Each is called in the transaction of the deed. Where no partner may know, nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from signing.core.db import db
from signing.letters.models import ConsentPurpose
from signing.partners import feed
from signing.partners.models import What
from signing.signatures.models import Consent, Signature, State


def tell(letter_id: UUID, signature_id: UUID, what: What) -> None:
    """Whoever has the signer's consent now is told."""
    given = select(Consent.receiver_id).where(
        Consent.letter_id == letter_id,
        Consent.signature_id == signature_id,
        Consent.purpose == ConsentPurpose.PARTNER,
        Consent.withdrawn_at.is_(None),
    )
    told = [(receiver_id, signature_id) for receiver_id in db.session.scalars(given)]
    feed.note(letter_id, told, what)


def tell_corrected(signature: Signature) -> None:
    """Nobody knows of it before it is confirmed."""
    if signature.state == State.CONFIRMED:
        tell(signature.letter_id, signature.id, What.CORRECTED)


def tell_end(letter_id: UUID, signature_ids: Sequence[UUID], what: What) -> None:
    """Whoever was told of these signatures is told that it is over (GDPR art. 19)."""
    feed.note_gone(letter_id, signature_ids, what)
