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
from signing.signatures import deeds
from signing.signatures.models import Signature


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
            decided = deeds.hide_name(ref, reason=_reason(why), by=by)
            _note(decided, deed, why, Kind.NAME_HIDDEN)
        case Deed.SET_ASIDE:
            decided = deeds.set_aside(ref, reason=_reason(why), by=by)
            _note(decided, deed, why, Kind.SET_ASIDE)
        case Deed.SHOW:
            _take_back(deeds.show_name(ref, by=by), Deed.HIDE)
        case Deed.RESTORE:
            _take_back(deeds.restore(ref, by=by), Deed.SET_ASIDE)
        case Deed.KEEP:
            deeds.keep(ref, by=by)


def _reason(why: Why) -> str:
    if why.reason is None:
        raise ReasonMissing
    return why.reason.value


def _note(signature: Signature, deed: Deed, why: Why, kind: Kind) -> None:
    decision = Decision(
        letter_id=signature.letter_id,
        signature_id=signature.id,
        id=new_id(),
        deed=deed,
        reason=_reason(why),
        source=why.source,
        bulk_id=why.bulk_id,
        decided_at=clock.now(),
    )
    db.session.add(decision)
    db.session.flush()
    deeds.mail(kind, signature)


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
    deeds.mail(Kind.RESTORED, signature)
