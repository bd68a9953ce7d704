"""What follows for a signature when a mail about it comes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, literal, select, update

from signing.core import clock
from signing.core.db import PLAIN, count_few, count_rows, db
from signing.core.ids import HOUSE
from signing.core.vault import Unreadable
from signing.letters.models import Letter
from signing.mail import figures, suppressions
from signing.mail.bounces import Bounce, Verdict
from signing.mail.figures import Fate, What
from signing.mail.kinds import Kind
from signing.mail.models import OutgoingMail
from signing.mail.suppressions import Reason
from signing.signatures import person, queries
from signing.signatures.address import normalised
from signing.signatures.models import Signature

Key = tuple[UUID, UUID]  # of a signature: its letter's id, and its own
CAME_TO = {Verdict.FAILED: What.BOUNCED, Verdict.UNWANTED: What.COMPLAINED}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail was for: a signature's id, or the house digest of an address."""

    letter_id: UUID
    id: UUID
    kind: Kind
    broadcast_id: UUID | None  # if it is news


def heed(bounce: Bounce) -> bool:
    """Act on what came back; returns whether there was anything to do.

    After a failure for good the signature gets no mail for a while; it stays, and counts if it
    is confirmed. After a complaint its address gets none at all; so too after one about a mail
    with all links, while it is not forgotten that this was sent.
    """
    found = _find_recipient(bounce.mail_id)
    if found is None:
        return False
    if found.broadcast_id and bounce.verdict in CAME_TO:
        fate = Fate(found.letter_id, found.broadcast_id, CAME_TO[bounce.verdict])
        figures.note_once(fate, bounce.mail_id)
    if bounce.verdict is Verdict.FAILED:
        return bool(mark([(found.letter_id, found.id)]))
    return bounce.verdict is Verdict.UNWANTED and _silence(found)


def list_keys(letter_id: UUID, recipient_id: UUID, address: str) -> list[Key]:
    """The signatures that a mail to this address was about: one, or every one there is."""
    if letter_id != HOUSE:
        return [(letter_id, recipient_id)]
    return [
        (row.letter_id, row.id) for row, _letter in queries.list_of_address(normalised(address))
    ]


def mark(keys: Iterable[Key]) -> int:
    """Nothing will arrive at these signatures' address; returns how many of them there are.

    In the order of their keys, so that two who mark the same wait for each other in turn.
    """
    return sum(_mark(letter_id, signature_id) for letter_id, signature_id in sorted(set(keys)))


def _find_recipient(mail_id: UUID) -> Recipient | None:
    """By the primary key, letter by letter."""
    letters = select(Letter.id).union_all(select(literal(HOUSE, OutgoingMail.letter_id.type)))
    row = db.session.execute(
        select(
            OutgoingMail.letter_id,
            OutgoingMail.recipient_id,
            OutgoingMail.kind,
            case((OutgoingMail.kind == Kind.NEWS, OutgoingMail.broadcast_id)),
        ).where(OutgoingMail.id == mail_id, OutgoingMail.letter_id.in_(letters))
    ).first()
    return Recipient(row[0], row[1], Kind(row[2]), row[3]) if row else None


def _mark(letter_id: UUID, signature_id: UUID) -> int:
    marked = (
        update(Signature)
        .where(Signature.letter_id == letter_id, Signature.id == signature_id)
        .values(bounced_at=clock.now())
    )
    return count_rows(db.session.execute(marked, execution_options=PLAIN))


def _silence(found: Recipient) -> bool:
    if found.kind == Kind.ALL_LINKS:  # about no signature: what stays of it is the digest
        suppressions.suppress(found.id.bytes, reason=Reason.COMPLAINT)
        return True
    signature = db.session.get(Signature, (found.letter_id, found.id), populate_existing=True)
    if signature is None:
        return False
    try:
        address = person.of(signature).email
    except Unreadable:  # erased: nobody writes there any more
        return False
    suppressions.suppress(person.house_digest(address), reason=Reason.COMPLAINT)
    return True


def count(letter_id: UUID) -> int:
    """Signatures whose address sent our mail back, counted only so far; forgotten in time."""
    came_back = select(Signature.id).where(
        Signature.letter_id == letter_id, Signature.bounced_at.is_not(None)
    )
    return count_few(came_back)
