"""What staff decided about an address, as long as it stands: signing anew does not undo it.

Noted with the decision, under the address's digest; so it is there whenever the row goes. The
statement that confirms reads it (see `statements.CONFIRM`), and the form does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, exists, select

from signing.core import clock
from signing.core.db import PLAIN, count_rows, db, insert
from signing.signatures.models import Kept, KeptDecision, Signature, State


def keep(
    signature: Signature,
    deed: Kept,
    *,
    reason: str = "",
    source: str = "",
    bulk_id: UUID | None = None,
) -> None:
    """Whoever signs with this address is decided about so, until it is ended.

    Without a reason where nobody knows it any more (see `replaying`); what is known stays.
    """
    row = insert(KeptDecision).values(
        letter_id=signature.letter_id,
        address_digest=signature.address_digest,
        deed=deed,
        reason=reason,
        source=source,
        bulk_id=bulk_id,
        decided_at=clock.now(),
    )
    key = [column.name for column in KeptDecision.__table__.primary_key]
    new = {name: row.excluded[name] for name in ("reason", "source", "bulk_id", "decided_at")}
    as_new = row.on_conflict_do_update(index_elements=key, set_=new)
    db.session.execute(as_new if reason else row.on_conflict_do_nothing(index_elements=key))


def end(signature: Signature, deed: Kept) -> None:
    """It was taken back: whoever signs with this address anew begins as everybody does."""
    taken_back = delete(KeptDecision).where(
        KeptDecision.letter_id == signature.letter_id,
        KeptDecision.address_digest == signature.address_digest,
        KeptDecision.deed == deed,
    )
    db.session.execute(taken_back, execution_options=PLAIN)


def end_of_bulk(letter_id: UUID, bulk_id: UUID) -> None:
    """A deed to many is undone: for those too who have withdrawn meanwhile."""
    is_decided_about = exists().where(
        Signature.letter_id == KeptDecision.letter_id,
        Signature.address_digest == KeptDecision.address_digest,
        Signature.state != State.PENDING,
    )
    taken_back = delete(KeptDecision).where(
        KeptDecision.letter_id == letter_id, KeptDecision.bulk_id == bulk_id, ~is_decided_about
    )
    db.session.execute(taken_back, execution_options=PLAIN)


def list_of(signature: Signature, *, to_change: bool = False) -> Sequence[KeptDecision]:
    """What stands about the address of this signature; `to_change` has others wait."""
    wanted = select(KeptDecision).where(
        KeptDecision.letter_id == signature.letter_id,
        KeptDecision.address_digest == signature.address_digest,
    )
    wanted = wanted.order_by(KeptDecision.deed)
    return db.session.scalars(wanted.with_for_update() if to_change else wanted).all()


def erase_batch(letter_id: UUID, *, limit: int = 1000) -> int:
    """Forget what was decided under a letter whose data goes; returns how many rows went."""
    some = (
        select(KeptDecision.address_digest).where(KeptDecision.letter_id == letter_id).limit(limit)
    )
    gone = delete(KeptDecision).where(
        KeptDecision.letter_id == letter_id, KeptDecision.address_digest.in_(some)
    )
    return count_rows(db.session.execute(gone, execution_options=PLAIN))
