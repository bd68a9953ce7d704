"""What follows for a signature when a mail about it comes back."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import case, literal, select, update

from signing.core import clock
from signing.core.db import count_few, count_rows, db
from signing.core.ids import HOUSE
from signing.core.vault import Unreadable
from signing.letters.models import Letter
from signing.mail import figures, suppressions
from signing.mail.bounces import Bounce, Verdict
from signing.mail.figures import Fate, What
from signing.mail.kinds import Kind
from signing.mail.models import OutgoingMail
from signing.mail.suppressions import Reason
from signing.signatures import person
from signing.signatures.models import Signature

PLAIN = {"synchronize_session": False}
CAME_TO = {Verdict.FAILED: What.BOUNCED, Verdict.UNWANTED: What.COMPLAINED}


def heed(bounce: Bounce) -> bool:
    """Act on what came back; returns whether there was anything to do.

    After a failure for good the signature gets no mail for a while; it stays, and counts if it
    is confirmed. After a complaint its address gets none at all.
    """
    found = _find_recipient(bounce.mail_id)
    if found is None:
        return False
    letter_id, signature_id, broadcast_id = found
    if broadcast_id and bounce.verdict in CAME_TO:
        fate = Fate(letter_id, broadcast_id, CAME_TO[bounce.verdict])
        figures.note_once(fate, bounce.mail_id)
    if bounce.verdict is Verdict.FAILED:
        return _mark(letter_id, signature_id)
    return bounce.verdict is Verdict.UNWANTED and _silence(letter_id, signature_id)


def _find_recipient(mail_id: UUID) -> tuple[UUID, UUID, UUID | None] | None:
    """Letter and signature of a mail, and its broadcast if it is news.

    By the primary key, letter by letter.
    """
    letters = select(Letter.id).union_all(select(literal(HOUSE, OutgoingMail.letter_id.type)))
    row = db.session.execute(
        select(
            OutgoingMail.letter_id,
            OutgoingMail.recipient_id,
            case((OutgoingMail.kind == Kind.NEWS, OutgoingMail.broadcast_id)),
        ).where(OutgoingMail.id == mail_id, OutgoingMail.letter_id.in_(letters))
    ).first()
    return (row[0], row[1], row[2]) if row else None


def _mark(letter_id: UUID, signature_id: UUID) -> bool:
    marked = (
        update(Signature)
        .where(Signature.letter_id == letter_id, Signature.id == signature_id)
        .values(bounced_at=clock.now())
    )
    return bool(count_rows(db.session.execute(marked, execution_options=PLAIN)))


def _silence(letter_id: UUID, signature_id: UUID) -> bool:
    signature = db.session.get(Signature, (letter_id, signature_id), populate_existing=True)
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
