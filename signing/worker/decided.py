"""What mails about a decision say: what was decided, why, and where to object."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from signing.core.db import db
from signing.core.links import absolute
from signing.core.tokens import Purpose, SignatureRef, tokens
from signing.mail.kinds import Kind
from signing.moderation.models import Decision, Deed, Source
from signing.moderation.reasons import SOURCES, WORDS, Reason
from signing.signatures.models import Signature, State

KINDS = frozenset({Kind.NAME_HIDDEN, Kind.SET_ASIDE, Kind.RESTORED, Kind.DECISION_STANDS})
DEEDS = {Kind.NAME_HIDDEN: Deed.HIDE, Kind.SET_ASIDE: Deed.SET_ASIDE}


def is_still_so(kind: Kind, signature: Signature) -> bool:
    """Nobody is told what was changed again before the mail left; the next mail tells that."""
    is_aside, is_hidden = _stands(signature)
    if kind in DEEDS:
        return is_aside if kind is Kind.SET_ASIDE else is_hidden
    return kind is not Kind.DECISION_STANDS or is_aside or is_hidden


def _stands(signature: Signature) -> tuple[bool, bool]:
    return signature.state == State.SET_ASIDE, signature.hidden_by_staff_at is not None


def facts(kind: Kind, ref: SignatureRef, locale: str) -> dict[str, object]:
    """For the templates: the decision that the mail is about, and the link to object to it."""
    decision = _find(kind, ref)
    token = tokens.make(Purpose.MANAGE, ref)
    return {
        "deed": decision.deed if decision else Deed.SET_ASIDE,
        "reason": WORDS[Reason(decision.reason)] if decision else "",
        "source": SOURCES[Source(decision.source)] if decision else "",
        "object_link": absolute("site.objection.ask", locale=locale, token=token),
    }


def _find(kind: Kind, ref: SignatureRef) -> Decision | None:
    """The newest that fits: one that stands, was taken back, or was objected to."""
    newest: Any
    wanted = select(Decision).where(
        Decision.letter_id == ref.letter_id, Decision.signature_id == ref.signature_id
    )
    if kind in DEEDS:
        wanted = wanted.where(Decision.deed == DEEDS[kind].value)
        newest = Decision.id.desc()
    elif kind is Kind.RESTORED:
        newest = Decision.ended_at.desc().nulls_last()
    else:
        newest = Decision.answered_at.desc().nulls_last()
    return db.session.scalars(wanted.order_by(newest).limit(1)).first()
