"""Deciding about signatures, with reasons that their signers are told. Nothing here commits."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import update

from signing.audit import Actor
from signing.core import clock
from signing.core.db import PLAIN, db
from signing.core.ids import new_id
from signing.core.tokens import SignatureRef
from signing.mail.kinds import Kind
from signing.moderation.models import Decision, Deed, Source
from signing.moderation.reasons import Reason, ReasonMissing
from signing.signatures import kept, staff_actions
from signing.signatures.models import Kept, Signature

TELLS = {Deed.HIDE: Kind.NAME_HIDDEN, Deed.SET_ASIDE: Kind.SET_ASIDE}


@dataclass(frozen=True, slots=True)
class Why:
    """What a decision rests on; restoring and keeping need no reason."""

    reason: Reason | None = None
    source: Source = Source.STAFF
    bulk_id: UUID | None = None


def do(deed: Deed, ref: SignatureRef, why: Why, *, by: Actor) -> None:
    """Do this to the signature, note why, and tell its signer where anything changed for them."""
    match deed:
        case Deed.HIDE:
            decided = staff_actions.hide_name(ref, reason=_reason(why), by=by)
            _note(decided, deed, why)
        case Deed.SET_ASIDE:
            decided = staff_actions.set_aside(ref, reason=_reason(why), by=by)
            _note(decided, deed, why)
        case Deed.SHOW:
            _take_back(staff_actions.show_name(ref, by=by), Deed.HIDE)
        case Deed.RESTORE:
            _take_back(staff_actions.restore(ref, by=by), Deed.SET_ASIDE)
        case Deed.KEEP:
            staff_actions.keep(ref, by=by)


def _reason(why: Why) -> str:
    if why.reason is None:
        raise ReasonMissing
    return why.reason.value


def _note(signature: Signature, deed: Deed, why: Why) -> None:
    reason = _reason(why)
    kept.keep(signature, Kept(deed.value), reason=reason, source=why.source, bulk_id=why.bulk_id)
    _add(signature, deed, reason=reason, source=why.source, bulk_id=why.bulk_id)
    staff_actions.mail(TELLS[deed], signature)


def _add(
    signature: Signature, deed: Deed, *, reason: str, source: str, bulk_id: UUID | None
) -> None:
    decision = Decision(
        letter_id=signature.letter_id,
        signature_id=signature.id,
        id=new_id(),
        deed=deed,
        reason=reason,
        source=source,
        bulk_id=bulk_id,
        decided_at=clock.now(),
    )
    db.session.add(decision)
    db.session.flush()


def decide_again(ref: SignatureRef) -> bool:
    """What was decided about the address of a signature that was just confirmed is decided about
    this one too: its signer is told as the first time, without the reason where a restore has lost
    it, and can object. Who wants no name shown gets no mail that it is hidden.

    What was taken back while it was confirmed does not stand: it counts, or shows the name. False
    if nothing stands.
    """
    signature = staff_actions.get(ref.letter_id, ref.signature_id, to_change=True)
    standing = kept.list_of(signature, to_change=True)
    staff_actions.let_stand(signature, {Kept(one.deed) for one in standing})
    for one in standing:
        deed = Deed(one.deed)
        _add(signature, deed, reason=one.reason, source=one.source, bulk_id=one.bulk_id)
        if deed is Deed.SET_ASIDE or staff_actions.wants_name_shown(signature):
            staff_actions.mail(TELLS[deed], signature)
    return bool(standing)


def _take_back(signature: Signature, deed: Deed) -> None:
    """No decision of this kind is in force afterwards, and an objection to it is answered."""
    at = clock.now()
    standing = update(Decision).where(
        Decision.letter_id == signature.letter_id,
        Decision.signature_id == signature.id,
        Decision.deed == deed.value,
        Decision.ended_at.is_(None),
    )
    objected = standing.where(Decision.objected_at.is_not(None), Decision.answered_at.is_(None))
    db.session.execute(objected.values(answered_at=at), execution_options=PLAIN)
    db.session.execute(standing.values(ended_at=at), execution_options=PLAIN)
    if deed is Deed.SET_ASIDE or signature.public_name is not None:  # else nothing is shown again
        staff_actions.mail(Kind.RESTORED, signature)
