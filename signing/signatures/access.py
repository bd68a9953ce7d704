"""What people can learn about themselves: their links, everything that is held (GDPR art. 15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from signing.core.db import db
from signing.core.ids import HOUSE
from signing.core.tokens import SignatureRef
from signing.core.vault import vault
from signing.letters.models import Letter, LetterRevision
from signing.mail import outbox
from signing.mail.kinds import Kind, Recipient
from signing.mail.outbox import Sent
from signing.partners import queries as partners
from signing.signatures import credit, person, queries
from signing.signatures.address import normalised
from signing.signatures.models import Signature
from signing.signatures.person import Person
from signing.signatures.queries import Given


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that is held about one signature."""

    signature: Signature
    letter: Letter
    person: Person
    consents: Sequence[Given]
    mails: Sequence[Sent]
    text: LetterRevision | None  # as it was shown when confirmed
    sources: Sequence[str]  # who brought the person: first, and then whom they credited later


def send_links(address: str, locale: str) -> None:
    """Have the address sent a link to each of its signatures, if it has any.

    Which these are is looked up where the mail is made: nobody can tell from the answer here.
    What stays of the mail is a digest, so that a complaint about it finds its address.
    """
    recipient = UUID(bytes=person.house_digest(address))
    to = outbox.To(HOUSE, recipient, Recipient.ADDRESS, address)
    outbox.put(Kind.ALL_LINKS, to=to, locale=locale)


def get_held(ref: SignatureRef) -> Held:
    """Raises `SignatureGone`, and `vault.Unreadable` where the letter's key is destroyed."""
    signature, letter = queries.get(ref)
    return Held(
        signature=signature,
        letter=letter,
        person=person.of(signature),
        consents=queries.list_consents(ref),
        mails=outbox.list_for(ref.letter_id, ref.signature_id),
        text=_find_text(signature),
        sources=_list_sources(ref, signature),
    )


def find_held(letter: Letter, address: str) -> Held | None:
    """What is held about the signature of an address, if there is one; raises `Unreadable`."""
    digest = vault.digest(letter.id, normalised(address))
    found = queries.find_ref(letter.id, digest)
    return get_held(found) if found else None


def _list_sources(ref: SignatureRef, signature: Signature) -> list[str]:
    first = [signature.partner_id] if signature.partner_id else []
    brought_by = [*first, *credit.list_partners(ref)]
    names = partners.list_names(ref.letter_id) if brought_by else {}
    return [names[id_] for id_ in brought_by if id_ in names]


def _find_text(signature: Signature) -> LetterRevision | None:
    return db.session.scalar(
        select(LetterRevision).where(
            LetterRevision.letter_id == signature.letter_id,
            LetterRevision.id == signature.text_revision_id,
        )
    )
